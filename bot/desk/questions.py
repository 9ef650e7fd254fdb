"""Questions at the desk: passed on, taken by an officer, answered once, brought to the asker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot import metrics
from bot.desk import courtesy
from bot.desk.alerts import OFFICERS
from bot.desk.hiding import hide, names_told
from bot.desk.main_menu import main_menu
from bot.faq.never_said import reasons
from bot.forms.model import Draft
from bot.forms.turns import CANCEL, button
from bot.i18n import Speech, later
from bot.words import Button, Say, private
from storage import areas, audit, people, questions
from storage.records.questions import AskedQuestion

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PAGE = 5


def shown(question: str) -> str:
    """Words that somebody wrote, with what looks like a name or a number marked personal."""
    return hide(question, names_told({"what": question}))


def buttons(found: AskedQuestion, _: Speech) -> tuple[Button, ...]:
    """What an officer can do with a question that nobody has."""
    return (
        Button(f"q.answer.{found.id}", _("Answer")),
        Button(f"q.take.{found.id}", _("I take this question")),
        Button("q.queue.0", _("All that wait"), nav=True),
    )


class Questions:
    """`desk.questions`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pass_on(self, text: str) -> int:
        """Keep a question and show it to the officers; returns how many channels are told."""
        desk = self._desk
        person = desk.person
        area = desk.commune
        number = questions.ask(
            desk.connection, person.person_id, person.link_id, area, text, desk.now
        )
        asked = questions.one(desk.connection, number)
        assert asked

        def build(_: Speech) -> Say:
            head = _("Question {number} from a resident:").format(number=number)
            return Say(f"{head}\n{shown(text)}", buttons(asked, _))

        officers = people.on_duty(desk.connection, area, "officer", "on_call")
        return desk.tell(officers, build, once=f"question:{number}")

    def find(self, number: str) -> AskedQuestion | None:
        """A question of this officer's areas."""
        desk = self._desk
        if not number.isdecimal() or len(number) > 15 or not desk.cases.mine:
            return None
        found = questions.one(desk.connection, int(number))
        if found is None:
            return None
        over = areas.above(desk.connection, found.area)
        return found if found.area is None or set(over) & set(desk.cases.mine) else None

    def find_or_say(self, number: str) -> AskedQuestion | None:
        """The same, or None after saying that there is none."""
        desk, found = self._desk, self.find(number)
        if found is None:
            desk.say(main_menu(desk, desk._("There is no such question in your area.")))
        return found

    # --- the queue -----------------------------------------------------------------------

    def waiting(self, page: int) -> tuple[list[AskedQuestion], int, datetime | None]:
        """A page (from 0) of the unanswered questions of these areas, the oldest first; how many
        there are, and since when the oldest waits."""
        connection, inside = self._desk.connection, self.inside
        count, since = questions.how_many(connection, inside)
        return questions.waiting(connection, inside, max(page, 0) * PAGE, PAGE), count, since

    @property
    def inside(self) -> set[str]:
        """The areas of this officer, and all below."""
        desk = self._desk
        return areas.within(desk.connection, desk.cases.mine)

    def owner(self, found: AskedQuestion) -> int | None:
        """Who has taken a question, while they are on duty there: who is suspended has it not."""
        return owner(self._desk.connection, found)

    def owner_name(self, found: AskedQuestion) -> str:
        """The owner as colleagues read it; "" when the question is nobody's."""
        number = self.owner(found)
        person = people.one(self._desk.connection, number) if number else None
        return private(person.name or "", "") or self._desk._("a colleague") if person else ""

    def label(self, found: AskedQuestion) -> str:
        """Number, age and owner; the words themselves are read on the card."""
        __ = self._desk._
        who = __("you") if self.is_mine(found) else self.owner_name(found) or __("free")
        ago = __.ago(self._desk.now - found.asked_at)
        return __("No. {number} · {ago} · {who}").format(number=found.id, ago=ago, who=who)

    def is_mine(self, found: AskedQuestion) -> bool:
        """Whether this officer has taken it."""
        return self.owner(found) == self._desk.person.person_id

    def take(self, found: AskedQuestion) -> bool:
        """Make it this officer's, whoever has it now; the colleagues are told.

        False when it is answered, or somebody was faster.
        """
        desk, number = self._desk, found.id or 0
        me = desk.person.person_id
        if not questions.take(desk.connection, number, me, desk.now, found.taken_by):
            return False
        self._note("take", number)
        person = people.one(desk.connection, me)
        name = person.name if person else ""

        def build(_: Speech) -> Say:
            who = private(name or "", _("a colleague")) or _("a colleague")
            return Say(_("Question {number}: {who} has taken it.").format(number=number, who=who))

        self._tell_colleagues(found, build, "taken")
        return True

    def give_back(self, found: AskedQuestion) -> bool:
        """It waits for somebody again; the colleagues are told. False when it was not theirs."""
        desk, number = self._desk, found.id or 0
        if not questions.give_back(desk.connection, number, desk.person.person_id):
            return False
        self._note("give back", number)

        def build(_: Speech) -> Say:
            text = _("Question {number} waits for somebody again.").format(number=number)
            return Say(text, buttons(found, _))

        self._tell_colleagues(found, build, "back")
        return True

    def _tell_colleagues(
        self, found: AskedQuestion, build: Callable[[Speech], Say], what: str
    ) -> None:
        desk = self._desk
        officers = people.on_duty(desk.connection, found.area, "officer", "on_call")
        others = [each for each in officers if each != desk.person.person_id]
        once = f"question:{found.id}:{what}:{desk.incoming.event_id}"
        at = courtesy.day_of(desk.house, desk.now).resumes
        desk.notify(others, build, once=once, at=at, held=True)

    # --- the answer ----------------------------------------------------------------------

    def answer(self, found: AskedQuestion, text: str) -> int | None:
        """Answer the asker; on how many channels (0: not reachable), None when answered before."""
        desk = self._desk
        number = found.id or 0
        if not questions.answer(desk.connection, number, text, desk.person.person_id, desk.now):
            return None
        self._note("answer", number)
        metrics.ANSWERED_AFTER.observe((desk.now - found.asked_at).total_seconds())

        def build(_: Speech) -> Say:
            head = _("The commune officer answers your question:")
            asked = private(found.question[:200], "…")
            return Say(
                f"{head}\n«{asked}»\n\n{shown(text)}",
                (Button("m.ask", _("Ask more")), Button("m.menu", _("Menu"), nav=True)),
            )

        return desk.tell([found.person_id], build, once=f"answer:{number}")

    def doubts(self, text: str) -> list[str]:
        """What is better not said in an answer, each a sentence; nothing is forbidden."""
        __ = self._desk._
        return [
            __("Better not said: {reason}").format(reason=reason)
            for reason in reasons(text, self._desk.person.language)
        ]

    def sent_in_spite(self, number: str) -> None:
        """Keep in mind that an answer went out although its writer was warned."""
        self._note("answer in spite of a warning", int(number))

    def _note(self, action: str, number: int) -> None:
        desk = self._desk
        audit.note(desk.connection, desk.now, desk.person.person_id, action, f"question:{number}")

    def card(self, found: AskedQuestion) -> Say:
        """One question as an officer sees it, with what can be done; the look is audited."""
        desk, __ = self._desk, self._desk._
        self._note("view", found.id or 0)
        head = __("Question {number} from a resident, {ago} ago:").format(
            number=found.id, ago=__.ago(desk.now - found.asked_at)
        )
        return Say(f"{head}\n{shown(found.question)}\n\n{self._state(found)}", self._choices(found))

    def _state(self, found: AskedQuestion) -> str:
        __ = self._desk._
        if found.answered_at:
            return __("Answered at {moment}.").format(moment=__.moment(found.answered_at))
        if self.is_mine(found):
            return __("You have taken it: the answer is yours to write.")
        name = self.owner_name(found)
        return __(TAKEN_BY).format(who=name) if name else __("Nobody has taken it yet.")

    def _choices(self, found: AskedQuestion) -> tuple[Button, ...]:
        __, number = self._desk._, found.id
        back = Button("q.queue.0", __("All that wait"), nav=True)
        menu = Button("m.menu", __("Menu"), nav=True)
        answer = Button(f"q.answer.{number}", __("Answer"))
        if found.answered_at:
            return (back, menu)
        if self.is_mine(found):
            return (answer, Button(f"q.back.{number}", __("Give it back")), back, menu)
        if self.owner(found):
            return (Button(f"q.over.{number}", __("I take it over")), back, menu)
        return (*buttons(found, __), menu)


def look_again(desk: Desk, draft: Draft, doubts: list[str]) -> Say:
    """What is doubtful about an answer that was written, before it goes to the asker."""
    __ = desk._
    lines = [
        __("Please look at this first:"),
        *(f"⚠ {doubt}" for doubt in doubts),
        __("Nothing has been sent yet. Write the answer anew, or send it as it is."),
    ]
    buttons = (
        Button(f"q.send.{draft.key}", __("Send it as it is")),
        Button(button(draft, "-", CANCEL), __("Cancel"), nav=True),
    )
    return Say("\n".join(lines), buttons)


TAKEN_BY = later("{who} has taken it.")


def owner(connection: Connection, found: AskedQuestion) -> int | None:
    """Who has taken a question and may still answer it; None when it is free."""
    if found.taken_by is None:
        return None
    return (
        found.taken_by
        if found.taken_by in people.on_duty(connection, found.area, *OFFICERS)
        else None
    )
