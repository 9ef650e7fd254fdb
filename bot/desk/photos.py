"""Photos of a record (sign-in sheets, papers): for officers of its area, each look audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.main_menu import said
from bot.i18n import later as _
from bot.words import Button, File, Say
from storage import areas, audit, kept_files

if TYPE_CHECKING:
    from bot.desk.desk import Desk

MOST = 10  # in one message
SEE = _("See the photos")


def may_see(desk: Desk, area: str | None) -> bool:
    """Whether this person is an officer of that area."""
    return bool(area and {*desk.cases.mine} & {*areas.above(desk.connection, area)})


def how_many(desk: Desk, subject: str) -> int:
    """The photos that are kept with a record, also those that are still being fetched."""
    return sum(
        state != "refused" for _number, state, _mime in kept_files.of(desk.connection, subject)
    )


def button(desk: Desk, value: str, subject: str, area: str | None) -> tuple[Button, ...]:
    """The button to see them, for who may, where they may be shown."""
    if desk.policy != "full" or not may_see(desk, area) or not how_many(desk, subject):
        return ()
    return (Button(value, desk._(SEE)),)


def line(desk: Desk, subject: str, area: str | None) -> tuple[str, ...]:
    """That there are some, and where they can be seen."""
    count = how_many(desk, subject) if may_see(desk, area) else 0
    if not count:
        return ()
    if desk.policy != "full":
        return (desk._("The photos are shown on the web only."),)
    return (desk._.n("{count} photo is kept with it.", "{count} photos are kept with it.", count),)


def show(desk: Desk, subject: str, name: str, area: str | None, head: str, back: Button) -> None:
    """The photos of a record; `name` is what the audit calls it."""
    me = desk.person.person_id
    if not may_see(desk, area):
        audit.note(desk.connection, desk.now, me, "refused", name)
        desk.say(Say(desk._("Only officers of that area see the photos."), (back,)))
        return
    if desk.policy != "full":
        desk.say(Say(desk._("The photos are shown on the web only."), (back,)))
        return
    audit.note(desk.connection, desk.now, me, "photos", name)
    found = kept_files.of(desk.connection, subject)
    files = tuple(File(number, "photo", mime) for number, state, mime in found if state == "kept")
    waiting = sum(state == "wanted" for _number, state, _mime in found)
    lines = [head]
    if waiting:
        text = desk._.n(
            "{count} photo is still on its way.", "{count} photos are still on their way.", waiting
        )
        lines.append(text)
    if len(files) > MOST:
        more = _("The first {count} are shown; the others are kept as well.")
        lines.append(said(desk, more, count=MOST))
    if not found:
        lines.append(desk._("There is no photo."))
    desk.say(Say("\n".join(lines), (back,), files=files[:MOST]))
