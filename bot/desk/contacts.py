"""The offices near by that stand on the hotline card of a commune; every state is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.words import Call
from storage import audit, revisions
from storage.records.questions import Revision

if TYPE_CHECKING:
    from bot.desk.desk import Desk

MOST = 8  # what a small phone can show


@dataclass(frozen=True)
class Contact:
    """One office as people see it."""

    item: str
    name: str
    phone: str
    hours: str

    @classmethod
    def of(cls, state: Revision) -> Contact:
        """A contact as it was kept."""
        kept = {key: str(state.content[key]) for key in ("name", "phone", "hours")}
        return cls(state.item, **kept)

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.name}: {readable(self.phone)} ({self.hours})"

    @property
    def call(self) -> Call:
        """To be tapped."""
        return Call(self.phone, f"{readable(self.phone)} – {self.name}")


def readable(phone: str) -> str:
    """A number in groups: "0205 381 2345"."""
    return f"{phone[:4]} {phone[4:7]} {phone[7:]}"


class Contacts:
    """`desk.contacts`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def shown(self) -> list[Contact]:
        """What people of this person's commune are shown, in the order in which it was added."""
        return [Contact.of(each) for each in self._states().values() if each.live]

    def _states(self) -> dict[str, Revision]:
        desk = self._desk
        if not desk.commune:
            return {}
        found = revisions.newest(desk.office.connection, "contact", desk.commune)
        return {each.item: each for each in found}

    def find(self, item: str) -> Contact | None:
        """One that is shown now, for an officer of its commune."""
        if not self._desk.entries.commune:
            return None
        return next((each for each in self.shown() if each.item == item), None)

    def put(self, item: str, answers: Mapping[str, Any]) -> bool:
        """Show an office, new or changed. False when there are too many, or nobody may."""
        kept = {key: str(answers[key]).removeprefix("/") for key in ("name", "phone", "hours")}
        known = {each.item for each in self.shown()}
        if item not in known and len(known) >= MOST:
            return False
        return self._keep(item, kept, live=True)

    def remove(self, item: str) -> bool:
        """Show it no more. False when it is not shown."""
        found = self.find(item)
        if found is None:
            return False
        kept = {"name": found.name, "phone": found.phone, "hours": found.hours}
        return self._keep(item, kept, live=False)

    def _keep(self, item: str, kept: Mapping[str, Any], *, live: bool) -> bool:
        desk, commune = self._desk, self._desk.entries.commune
        if commune is None:
            return False
        person = desk.person.person_id
        number = revisions.put(
            desk.connection, "contact", commune, item, kept, person, desk.now, live=live
        )
        action = "contact shown" if live else "contact removed"
        audit.note(
            desk.connection, desk.now, person, action, f"contact:{commune}:{item}", str(number)
        )
        return True
