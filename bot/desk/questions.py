"""Questions at the desk: passed to an officer, answered once, brought back to the asker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.hiding import hide
from bot.i18n import Speech
from bot.words import Button, Say, private
from storage import areas, people, questions
from storage.records import AskedQuestion

if TYPE_CHECKING:
    from bot.desk.desk import Desk


class Questions:
    """`desk.questions`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pass_on(self, text: str) -> int:
        """Keep a question and show it to the officers; returns how many channels are told."""
        desk = self._desk
        person = desk.person
        area = self._area()
        number = questions.ask(
            desk.connection, person.person_id, person.link_id, area, text, desk.now
        )

        def build(_: Speech) -> Say:
            head = _("Question {number} from a resident:").format(number=number)
            shown = hide(text, [])
            return Say(f"{head}\n{shown}", (Button(f"q.answer.{number}", _("Answer")),))

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

    def answer(self, found: AskedQuestion, text: str) -> bool:
        """Answer the asker; False when a colleague already has."""
        desk = self._desk
        number = found.id or 0
        if not questions.answer(desk.connection, number, text, desk.person.person_id, desk.now):
            return False

        def build(_: Speech) -> Say:
            head = _("The commune officer answers your question:")
            asked = private(found.question[:200], "…")
            return Say(
                f"{head}\n«{asked}»\n\n{hide(text, [])}",
                (Button("m.ask", _("Ask more")), Button("m.menu", _("Menu"), nav=True)),
            )

        desk.tell([found.person_id], build, once=f"answer:{number}")
        return True

    def _area(self) -> str | None:
        desk = self._desk
        for code in (desk.person.home_area, *(area for _, area in desk.person.roles)):
            if commune := areas.commune_of(desk.connection, code):
                return commune
        today = desk.now.astimezone(desk.house.zone).date()
        every = areas.communes(desk.connection, today)
        return every[0].code if len(every) == 1 else None
