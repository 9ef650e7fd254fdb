"""Messages that are whole reports: whether one is, of which child, and what waits for its turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.desk.main_menu import said
from bot.desk.telling import words_only
from bot.forms.answering import keep_media
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import Draft, Media, Reply
from bot.forms.told import names_another, tells_of_a_child, with_told
from bot.forms.turns import show
from bot.i18n import later as _
from bot.reading import read
from bot.vietnamese.danger import about_law
from bot.words import Button, Incoming, Say

if TYPE_CHECKING:
    from bot.desk.desk import Desk


def a_report(incoming: Incoming, desk: Desk) -> bool:
    """A message that tells of a certain child, and asks nothing."""
    text = incoming.text
    if incoming.value or text.rstrip().endswith("?") or len(text.split()) < 3 or about_law(text):
        return False
    return tells_of_a_child(desk.told)


def of_another_child(incoming: Incoming, desk: Desk) -> bool:
    """A whole report in the middle of a report that names another child."""
    here = desk.open_form()
    if here is None or here[0] is not CHILD_REPORT or "name" not in here[1].answers:
        return False  # before anything is read: most answers are asked for
    return a_report(incoming, desk) and names_another(here[1], desk.told)


def waiting(draft: Draft) -> list[str]:
    """The reports in one message that came while this one was being written, oldest first."""
    waits = draft.context.get("waits", [])
    return [waits] if isinstance(waits, str) else [*waits]  # of old drafts it was the only one


def with_waiting(draft: Draft, waits: list[str]) -> Draft:
    """The draft with these messages behind it."""
    return replace(draft, context={**draft.context, "waits": waits})


def which_child(desk: Desk, text: str, alarmed: Draft | None = None) -> None:
    """Ask of whom a message is; it waits behind the unfinished report, which stays as it is.

    `alarmed` is the report somebody was woken for by this message: it is gone on with later.
    """
    kept = desk.draft(CHILD_REPORT.name)
    assert kept
    draft = with_waiting(kept[0], [*waiting(kept[0]), text])
    if alarmed:
        woken = {**_alarmed(draft), text: [alarmed.key, alarmed.context["early"]]}
        draft = replace(draft, context={**draft.context, "alarmed": woken})
    shown = said(desk, WHICH, ago=desk._.ago(desk.now - kept[1]), count=len(draft.answers))
    buttons = (
        Button(f"s.same.{draft.key}", desk._("The same child")),
        Button(f"s.first.{draft.key}", desk._("First finish that one")),
        Button(f"s.new.{draft.key}", desk._("Drop that one, begin anew")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.put_away(draft)
    desk.say(Say(shown, buttons))


WHICH = _(
    "You have begun a report {ago} ago ({count} answers). Is this message about the same child, "
    "or shall I begin a new report with it?"
)


def _alarmed(draft: Draft) -> dict[str, list[str]]:
    """The messages somebody was woken for already: key of the report and code of the case."""
    return dict(draft.context.get("alarmed", {}))


def take_down(desk: Desk, text: str) -> None:
    """A fresh report from a message; an unfinished one is never overwritten."""
    words_only(desk)
    kept = desk.draft(CHILD_REPORT.name)
    if kept is None or not kept[0].answers or kept[0].cancelled:
        begin(desk, text, waiting(kept[0]) if kept else [])
    else:
        which_child(desk, text)


def begin(
    desk: Desk,
    text: str,
    behind: list[str],
    before: Draft | None = None,
    media: tuple[Media, ...] = (),
) -> None:
    """A fresh report from a message, with everything that was read and what came with it; others
    wait behind it.

    `before` is the report behind which it waited.
    """
    draft = desk.begin(CHILD_REPORT, {"what": text})[1]
    woken = _alarmed(before) if before else {}
    key, code = woken.pop(text, (draft.key, ""))
    context = {**({"early": code} if code else {}), **({"alarmed": woken} if woken else {})}
    draft = replace(draft, key=key, trail=("what",), context=context)
    draft = with_waiting(draft, behind) if behind else draft
    if media:
        draft = keep_media(CHILD_REPORT, show(CHILD_REPORT, draft, desk.scene), Reply(media=media))
    here = with_told(draft, read(text, desk.office.villages, desk.scene.today), desk.scene)
    desk.ask(CHILD_REPORT, here or show(CHILD_REPORT, draft, desk.scene))


def next_one(desk: Desk, draft: Draft) -> None:
    """A report has been sent: the message that waited behind it has its turn."""
    if waits := waiting(draft):
        begin(desk, waits[0], waits[1:], draft)


def begin_anew(desk: Desk) -> None:
    """A fresh report in the place of one that is given up: from what waited behind that, if any."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and waiting(kept[0]):
        next_one(desk, kept[0])
    else:
        desk.resume(*desk.begin(CHILD_REPORT))
