"""What an officer sees of the entries of the commune: preview, card, lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.desk.hiding import hide, names_told
from bot.faq.entries import Citation, Entry
from bot.forms.faq_entry import known_document
from bot.forms.model import Draft
from bot.forms.turns import CANCEL, EDIT, button
from bot.words import Button, Say

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PAGE = 5


def preview(desk: Desk, draft: Draft, answers: Mapping[str, Any]) -> Say:
    """An entry as people will read it, what is doubtful about it, and the question whether it is
    free of anybody's name and number."""
    __ = desk._
    item = str(draft.context.get("item") or draft.key)
    told = {key: str(answers[key]).removeprefix("/") for key in ("question", "answer")}
    document = str(answers["document"]).removeprefix("/")
    cited = Citation(known_document(document) or document, str(answers["article"]))
    lines = [
        __("This is how people will read it:"),
        "",
        _safe(f"«{told['question']}»"),
        _safe(told["answer"]),
        __("By: {sources}").format(sources=cited.says(desk.person.language)),
    ]
    if doubts := desk.entries.doubts(item, answers):
        lines += ["", __("Please look at this first:"), *(f"⚠ {doubt}" for doubt in doubts)]
    lines += ["", __("Everybody in the commune can read it. Is it free of names and numbers?")]
    buttons = (
        Button(f"e.up.{draft.key}", __("Nobody's name in it: put it up")),
        Button(button(draft, "-", EDIT), __("Edit")),
        Button(button(draft, "-", CANCEL), __("Cancel"), nav=True),
    )
    return Say("\n".join(lines), buttons)


def _safe(text: str) -> str:
    return hide(text, names_told({"text": text}))


def card(desk: Desk, item: str) -> Say | None:
    """One entry with its state and what can be done with it; None when there is none."""
    __, entries = desk._, desk.entries
    entry, state = entries.entry(item), entries.state(item)
    if entry is None or entries.commune is None:
        return None
    cited = "; ".join(each.says(desk.person.language) for each in entry.citations)
    lines = [
        _safe(f"«{entry.question}»"),
        _safe(entry.says("vi")),
        __("By: {sources}").format(sources=cited),
        "",
        standing(desk, entry, withdrawn=state is not None and not state.live),
    ]
    buttons = []
    if state is not None and not state.live:
        buttons.append(Button(f"e.on.{item}", __("Put it up again")))
    else:
        if not entry.in_force(desk.scene.today):
            buttons.append(Button(f"e.until.{item}", __("Still right until …")))
        buttons.append(Button(f"e.edit.{item}", __("Edit")))
        buttons.append(Button(f"e.off.{item}", __("Withdraw")))
        buttons.append(Button(f"h.list.{item}", __("Recordings")))
    if entries.before(item):
        buttons.append(Button(f"e.undo.{item}", __("The words of before")))
    buttons.append(Button("e.list.0", __("Entries of the commune"), nav=True))
    buttons.append(Button("m.menu", __("Menu"), nav=True))
    return Say("\n".join(lines), tuple(buttons))


def standing(desk: Desk, entry: Entry, *, withdrawn: bool) -> str:
    """Whether an entry is given to people today, and if not why."""
    __, today = desk._, desk.scene.today
    if withdrawn:
        return __("It is withdrawn: nobody is shown it.")
    if entry.in_force(today):
        if entry.valid_to:
            return __("People are answered by it, until {day}.").format(day=__.day(entry.valid_to))
        return __("People are answered by it.")
    if entry.valid_from and entry.valid_from > today:
        return __("People are answered by it from {day}.").format(day=__.day(entry.valid_from))
    if entry.valid_to and entry.valid_to < today:
        return __("It is withdrawn: it was right until {day}.").format(day=__.day(entry.valid_to))
    return __("It is withdrawn: a document it rests on has ended.")


def listed(desk: Desk, page: int) -> Say:
    """What the commune has added or changed, the newest first."""
    __ = desk._
    found = desk.entries.added()
    buttons = []
    for state in found[page * PAGE : page * PAGE + PAGE]:
        entry = desk.entries.entry(state.item)
        if entry is not None:
            given = state.live and entry.in_force(desk.scene.today)
            mark = "" if given else "⏸ "
            buttons.append(Button(f"e.view.{state.item}", mark + _safe(entry.question)))
    text = __("The commune has added nothing yet. Answer a question, then make it an entry.")
    if found:
        text = __("What the commune has added or changed. ⏸ is not shown to people:")
    return _paged(desk, text, buttons, "e.list", page, len(found))


def to_review(desk: Desk, page: int) -> Say:
    """What is withdrawn because its day, or a document of it, has ended."""
    __ = desk._
    found = desk.entries.to_review()
    here = found[page * PAGE : page * PAGE + PAGE]
    buttons = [Button(f"e.view.{each.id}", _safe(each.question)) for each in here]
    text = __("Every entry is in force. Nothing to look at.")
    if found:
        text = __(
            "These are withdrawn because what they rest on has ended. Choose one: still right, "
            "change it, or leave it withdrawn."
        )
    return _paged(desk, text, buttons, "e.review", page, len(found))


def _paged(desk: Desk, text: str, buttons: list[Button], value: str, page: int, count: int) -> Say:
    __ = desk._
    nav = []
    if page:
        nav.append(Button(f"{value}.{page - 1}", __("Back"), nav=True))
    if (page + 1) * PAGE < count:
        nav.append(Button(f"{value}.{page + 1}", __("More choices"), nav=True))
    nav.append(Button("q.queue.0", __("Questions that wait"), nav=True))
    nav.append(Button("m.menu", __("Menu"), nav=True))
    return Say(text, (*buttons, *nav))


def answers_of(entry: Entry) -> dict[str, Any]:
    """An entry as answers of the form in which it can be changed."""
    cited = entry.citations[0] if entry.citations else Citation("")
    place = ", ".join(part for part in (cited.article, cited.clause) if part)
    found: dict[str, Any] = {
        "question": entry.question,
        "answer": entry.says("vi"),
        "document": cited.document,
        "article": place,
    }
    if entry.variants:
        found["variants"] = "\n".join(entry.variants)
    days: dict[str, date | None] = {"valid_from": entry.valid_from, "valid_to": entry.valid_to}
    return found | {key: day.isoformat() for key, day in days.items() if day}
