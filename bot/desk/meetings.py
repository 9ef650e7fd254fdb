"""Outreach meetings at the desk: noted or planned, found again, added to, counted, settled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import alerts, attendance
from bot.desk.attendance import Meeting
from bot.forms.model import UNKNOWN, Draft
from bot.forms.outreach_event import UNATTENDED, held_on
from storage import areas, audit, group_sizes, meetings
from storage.records.outreach import OutreachEvent

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PAGE = 5
DETAILS = (
    "topic",
    "within",
    "late",
    "place",
    "host",
    "language",
    "minutes",
    "materials",
    "remarks",
    "typed_village",
)
_BETWEEN = re.compile(r"[,;\n]+|\s{2,}")
MOST_UNITS = 500


@dataclass(frozen=True)
class Doubt:
    """Why a meeting is not kept yet: `what` is among, same or crowd; `about` says of what."""

    what: str
    about: str = ""
    meeting: OutreachEvent | None = None
    count: int = 0
    source: str = ""


class Meetings:
    """`desk.meetings`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def inside(self) -> set[str]:
        """Every area where this person has a role, with what lies below."""
        desk = self._desk
        if desk.person.suspended:
            return set()
        tops = [area for _, area in desk.person.roles]
        return {code for top in tops for code in areas.below(desk.office.areas, top)}

    def doubt(self, draft: Draft, answers: Mapping[str, Any]) -> Doubt | None:
        """What has to be cleared up before a meeting is kept; what was asked once is not again."""
        settled = draft.context.get("sure", ())
        people = _number(answers, "people")
        for part in ("women", "children", "minority"):
            if people is not None and (_number(answers, part) or 0) > people:
                return Doubt("among", part, count=people)
        if "same" not in settled and (known := self._same(draft, answers)):
            return Doubt("same", known.code, known)
        if "crowd" not in settled and people:
            return self._crowd(answers, people)
        return None

    def _same(self, draft: Draft, answers: Mapping[str, Any]) -> OutreachEvent | None:
        """A meeting of the same village, day and hour (process.md 5: prevent double entry)."""
        area, on = _area(answers), held_on(answers)
        if area is None or on is None:
            return None
        found = meetings.same(self._desk.connection, area, on, _hour(answers))
        return found if found and found.draft_key != draft.key else None

    def _crowd(self, answers: Mapping[str, Any], people: int) -> Doubt | None:
        """More people than live in the village, as far as that is known."""
        area = _area(answers)
        if area is None:
            return None
        known = group_sizes.latest(self._desk.connection, area, "residents", "person")
        if known is None or people <= known.count:
            return None
        return Doubt("crowd", area, count=known.count, source=f"{known.source}, {known.year}")

    def keep(self, draft: Draft, answers: Mapping[str, Any]) -> OutreachEvent:
        """Keep a meeting with what was counted; the same draft is kept once."""
        desk = self._desk
        area, on = _area(answers), held_on(answers) or desk.scene.today
        mine = [code for _, code in desk.person.roles]
        found = (areas.commune_of(desk.connection, code) for code in (area, *mine))
        commune = next((code for code in found if code), None)
        details = {key: answers[key] for key in DETAILS if answers.get(key) not in (None, UNKNOWN)}
        if topic := details.pop("topic", None):
            details["topics"] = [topic]
        village = answers.get("village")
        if isinstance(village, dict):
            details["typed_village"] = village["typed"]
        if draft.also:
            details["remarks"] = "\n".join([str(details.get("remarks", "")), *draft.also]).strip()
        event = meetings.add(
            desk.connection,
            {
                "draft_key": draft.key,
                "state": "planned" if on > desk.scene.today else "held",
                "kind": str(answers.get("kind", UNKNOWN)),
                "area": area,
                "commune": commune,
                "held_on": on,
                "hour": _hour(answers),
                "person_id": desk.person.person_id,
                "noted_at": desk.now,
                "closes_at": self._end_of(on),
                "details": details,
            },
        )
        self.count(event, answers, again=False)
        return event

    def add(self, event: OutreachEvent, draft: Draft, answers: Mapping[str, Any]) -> None:
        """What was noted a second time goes to the meeting that is there: nothing is lost."""
        known = dict(event.details)
        told = {key: answers[key] for key in DETAILS if answers.get(key) not in (None, UNKNOWN)}
        topics = [*known.get("topics", ()), *([told.pop("topic")] if "topic" in told else [])]
        more = [str(told.pop("remarks", "")), *draft.also]
        more += [str(value) for key, value in told.items() if known.get(key, value) != value]
        remarks = [str(known.get("remarks", "")), *more]
        details = {**told, **known, "topics": [*dict.fromkeys(topics)]}
        if words := "\n".join(part for part in remarks if part):
            details["remarks"] = words
        hour = _hour(answers) if event.hour is None else event.hour
        assert event.id is not None
        meetings.change(self._desk.connection, event.id, details=details, hour=hour)
        self.count(event, answers, again=True)

    def _end_of(self, on: date) -> datetime:
        """When checking in ends: with the day; at once for a day that has gone by."""
        desk = self._desk
        if on < desk.scene.today:
            return desk.now
        return datetime.combine(on + timedelta(days=1), time(), desk.house.zone)

    def count(self, event: OutreachEvent, answers: Mapping[str, Any], *, again: bool) -> None:
        """Keep how many of a group came. Told `again` of a group that is counted already, the two
        counts stand side by side."""
        group, people = answers.get("group"), _number(answers, "people")
        if people is not None and event.kind not in UNATTENDED:
            kept = attendance.read(self._desk.connection, [event])[0]
            there = any(each.group == group and each.heads for each in kept.counted)
            way = "recount" if again and there else "headcount"
            self._keep_count(event, way, people, answers)
        self._keep_sheet(event, answers)

    def _keep_sheet(self, event: OutreachEvent, answers: Mapping[str, Any]) -> None:
        photos = answers.get("sheet")
        if isinstance(photos, list):
            meetings.keep_files(self._desk.connection, subject(event), photos)
        signed = _number(answers, "signed")
        if signed is not None:
            self._keep_count(event, "sheet", signed, {"group": answers.get("group")})

    def _keep_count(
        self, event: OutreachEvent, way: str, people: int, answers: Mapping[str, Any]
    ) -> None:
        desk, group = self._desk, answers.get("group")
        meetings.count_heads(
            desk.connection,
            {
                "event_id": event.id,
                "group": group if isinstance(group, str) else UNKNOWN,
                "way": way,
                "people": people,
                "women": _number(answers, "women"),
                "children": _number(answers, "children"),
                "minority": _number(answers, "minority"),
                "units": units_of(answers.get("units")),
                "person_id": desk.person.person_id,
                "noted_at": desk.now,
            },
        )
        if event.state == "planned" and event.id is not None and event.held_on <= desk.scene.today:
            meetings.change(desk.connection, event.id, state="held")
        detail = f"{group} {way} {people}"
        audit.note(desk.connection, desk.now, desk.person.person_id, "count", event.code, detail)

    def find(self, code: str) -> Meeting | None:
        """The meeting of a code, if it is one's own or of one's area."""
        desk = self._desk
        event = meetings.by_code(desk.connection, code)
        if event is None:
            return None
        mine = event.person_id == desk.person.person_id
        if not mine and not {event.area, event.commune} & self.inside:
            return None
        return attendance.read(desk.connection, [event])[0]

    def listed(self, page: int) -> tuple[list[Meeting], int]:
        """A page (from 0) of one's own meetings and those of one's areas; how many there are."""
        desk = self._desk
        start = max(page, 0) * PAGE
        me = desk.person.person_id
        found, total = meetings.recent(desk.connection, self.inside, me, PAGE, start)
        return attendance.read(desk.connection, found), total

    def may_settle(self, event: OutreachEvent) -> bool:
        """An officer of the area, or who noted the meeting."""
        desk = self._desk
        officer = desk.person.areas_as(*alerts.OFFICERS)
        tops = {code for top in officer for code in areas.below(desk.office.areas, top)}
        mine = event.person_id == desk.person.person_id and bool(desk.roles())
        return mine or bool({event.area, event.commune} & tops)

    def settle(self, meeting: Meeting, group: str, way: str, why: str) -> int | None:
        """Say which count of a group holds, and why; audited. Returns it, None when it is none."""
        desk, event = self._desk, meeting.event
        counted = next((each for each in meeting.counted if each.group == group), None)
        people = counted.figures.get(way) if counted else None
        if people is None or not self.may_settle(event):
            return None
        meetings.settle(
            desk.connection,
            {
                "event_id": event.id,
                "group": group,
                "way": way,
                "people": people,
                "why": why,
                "person_id": desk.person.person_id,
                "at": desk.now,
            },
        )
        detail = f"{group} {way} {people}"
        audit.note(desk.connection, desk.now, desk.person.person_id, "settle", event.code, detail)
        return people

    def close_check_in(self, event: OutreachEvent) -> None:
        """Nobody checks in any more."""
        desk = self._desk
        assert event.id is not None
        meetings.change(desk.connection, event.id, closes_at=desk.now)
        audit.note(desk.connection, desk.now, desk.person.person_id, "close check-in", event.code)

    def cancel(self, event: OutreachEvent) -> None:
        """The meeting did not take place, or was noted by mistake; it stays in the records."""
        desk = self._desk
        assert event.id is not None
        meetings.change(desk.connection, event.id, state="cancelled", closes_at=desk.now)
        audit.note(desk.connection, desk.now, desk.person.person_id, "cancel", event.code)

    def check_in_link(self, event: OutreachEvent) -> str:
        """The page where people check in without an app; "" when the bot has no address."""
        url = self._desk.house.public_url
        return f"{url}/c/{event.code}" if url else ""


def subject(event: OutreachEvent) -> str:
    """The name by which files belong to a meeting."""
    return f"outreach_events:{event.id}"


def units_of(told: object) -> list[str] | None:
    """The households or classes of a list as it was typed: "12, 15, 16" or "4A 5B"."""
    if not isinstance(told, str) or told == UNKNOWN:
        return None
    parts = [part.strip() for part in _BETWEEN.split(told) if part.strip()]
    if len(parts) == 1 and all(any(map(str.isdigit, word)) for word in told.split()):
        parts = told.split()
    return list(dict.fromkeys(parts))[:MOST_UNITS] or None


def _number(answers: Mapping[str, Any], key: str) -> int | None:
    value = answers.get(key)
    return int(value) if isinstance(value, int | float) else None


def _area(answers: Mapping[str, Any]) -> str | None:
    village = answers.get("village")
    return village if isinstance(village, str) and village != UNKNOWN else None


def _hour(answers: Mapping[str, Any]) -> int | None:
    begins = _number(answers, "begins")
    return _number(answers, "hour") if begins is None else begins
