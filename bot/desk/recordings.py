"""Answers that can be listened to: one recording for an entry and a language of a commune."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.forms.recording import SPOKEN
from bot.i18n import Speech
from bot.vietnamese.fold import fold
from bot.words import File
from storage import attachments, audit, revisions
from storage.records.questions import Revision

if TYPE_CHECKING:
    from bot.desk.desk import Desk


@dataclass(frozen=True)
class Recording:
    """What is spoken, in which language, and the attachment that holds it."""

    item: str
    entry: str
    language: str
    attachment: int

    @classmethod
    def of(cls, state: Revision) -> Recording:
        """A recording as it was kept."""
        kept = state.content
        return cls(state.item, kept["entry"], kept["language"], int(kept["attachment"]))

    def named(self, _: Speech) -> str:
        """Its language as people call it."""
        label = SPOKEN.get(self.language)
        return _(label) if label else self.language


class Recordings:
    """`desk.recordings`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, entry: str) -> list[Recording]:
        """The recordings of an entry in this person's commune."""
        return [each for each in self._desk.entries.recordings if each.entry == entry]

    def to_hear(self, entry: str) -> list[Recording]:
        """Those of them that have arrived whole."""
        found = self.of(entry)
        if not found:
            return []
        states = self._states([each.attachment for each in found])
        return [each for each in found if states.get(each.attachment, ("",))[0] == "kept"]

    def state(self, recording: Recording) -> str:
        """ "wanted" until it has arrived, then "kept", or "refused" when it is no recording."""
        return self._states([recording.attachment]).get(recording.attachment, ("refused",))[0]

    def _states(self, ids: list[int]) -> Mapping[int, tuple[str, ...]]:
        return attachments.states(self._desk.office.connection, ids)

    def find(self, item: str) -> Recording | None:
        """A recording of this person's commune."""
        return next((each for each in self._desk.entries.recordings if each.item == item), None)

    def file(self, recording: Recording) -> File | None:
        """It as something to send to anybody; None until it has arrived."""
        found = self._states([recording.attachment]).get(recording.attachment)
        if found is None or found[0] != "kept":
            return None
        return File(recording.attachment, "voice", found[2], public=True)

    def put(self, item: str, entry: str, answers: Mapping[str, Any]) -> bool:
        """Let people hear a recording; one in the same language gives way. False when nobody may.

        `item` names it if it is the first in its language.
        """
        language = str(answers["language"]).removeprefix("/").strip()
        before = next((r for r in self.of(entry) if fold(r.language) == fold(language)), None)
        if before is not None:
            item, language = before.item, before.language
            self._publish(before.attachment, on=False)
        number = int(answers["voice"][-1])
        kept = {"entry": entry, "language": language, "attachment": number}
        self._publish(number, on=True)
        return self._keep(item, kept, live=True)

    def remove(self, recording: Recording) -> bool:
        """Nobody can hear it any more, and its sound is forgotten."""
        kept = {key: getattr(recording, key) for key in ("entry", "language", "attachment")}
        self._publish(recording.attachment, on=False)
        return self._keep(recording.item, kept, live=False)

    def _publish(self, number: int, *, on: bool) -> None:
        if self._desk.entries.commune:
            attachments.publish(self._desk.connection, number, on=on)

    def _keep(self, item: str, kept: Mapping[str, Any], *, live: bool) -> bool:
        desk, commune = self._desk, self._desk.entries.commune
        if commune is None:
            return False
        person = desk.person.person_id
        number = revisions.put(
            desk.connection, "recording", commune, item, kept, person, desk.now, live=live
        )
        action = "recording shown" if live else "recording removed"
        subject = f"recording:{commune}:{item}"
        audit.note(desk.connection, desk.now, person, action, subject, str(number))
        return True
