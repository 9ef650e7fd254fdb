"""Questions at the desk: answered from what is known, with the question before in mind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from bot.desk.main_menu import said
from bot.faq.answering import Answer
from bot.faq.answering import answer as answer_to
from bot.faq.entries import Entries, Entry
from bot.i18n import later as _
from bot.words import Button

if TYPE_CHECKING:
    from bot.desk.desk import Desk


def pass_on_or_not(desk: Desk) -> tuple[Button, ...]:
    """What can be done with a question that is not answered."""
    return (
        Button("a.pass", desk._("Pass it on to the officer")),
        Button("m.call", desk._("Call 111")),
        Button("m.report", desk._("Report a child")),
        Button("m.menu", desk._("Menu"), nav=True),
    )


def with_sources(desk: Desk, text: str, cited: Sequence[str], reviewed: date) -> str:
    """An answer with what it rests on and when that was last compared with the law."""
    if not cited:
        return text
    head = said(desk, _("By: {sources}"), sources="; ".join(cited))
    checked = said(desk, _("Checked on {day}."), day=desk._.day(reviewed))
    return f"{text}\n\n{head}\n{checked}"


def in_full(desk: Desk, found: Answer) -> str:
    """What is known, in the person's language, with what it rests on."""
    language = desk.person.language
    # What is worked out from the table names its articles itself.
    cited = found.citations.get(language, ()) if found.entry else ()
    return with_sources(desk, found.text[language], cited, found.reviewed)


LAST = "last_question"  # kept where drafts are: encrypted, and forgotten with them
STILL_MEANT = timedelta(minutes=30)


class Faq:
    """`desk.faq`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def entries(self) -> Entries:
        """Every entry there is, as the person's commune has it."""
        return self._desk.entries.all

    @cached_property
    def found(self) -> Answer:
        """The answer to what was just written; a short one may go on from the question before."""
        desk = self._desk
        return answer_to(desk.incoming.text, self.entries, desk.scene.today, self.last)

    def entry(self, number: str) -> Entry | None:
        """An entry by its id, if it may be given today."""
        found = self.entries.by_id.get(number)
        return found if found and found.in_force(self._desk.scene.today) else None

    def topic(self, number: str) -> list[Entry]:
        """The entries of a topic that may be given today."""
        today = self._desk.scene.today
        return [each for each in self.entries if each.topic == number and each.in_force(today)]

    @property
    def last(self) -> str | None:
        """The question before, while it may still be meant."""
        desk = self._desk
        kept = desk.note_of(LAST)
        if kept is None or desk.now - kept[1] > STILL_MEANT:
            return None
        return str(kept[0].get("text", "")) or None

    def forget(self) -> None:
        """The question before is done with."""
        self._desk.keep_note(LAST, {})

    def remember(self, text: str) -> None:
        """Keep a question for the one that follows, or to pass it on."""
        self._desk.keep_note(LAST, {"text": text[:4000]})
