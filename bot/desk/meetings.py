"""Outreach meetings at the desk: noted or planned, found again, added to, counted, settled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import alerts, attendance
from bot.desk.attendance import Meeting
from bot.desk.checking_in import link_token
from bot.forms.model import UNKNOWN, Draft
from bot.forms.moment import hour_and_minute
from bot.forms.outreach_event import UNATTENDED, held_on
from storage import areas, audit, duties, group_sizes, kept_files, meeting_answers, meetings
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
    """Why a meeting is not kept yet: `what` is among, day, same or crowd; `about` says of what."""

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
        return areas.within(desk.connection, tops)

    def doubt(self, draft: Draft, answers: Mapping[str, Any]) -> Doubt | None:
        """What has to be cleared up before a meeting is kept; what was asked once is not again."""
        settled = draft.context.get("sure", ())
        people = _number(answers, "people")
        for part in ("women", "children", "minority"):
            if people is not None and (_number(answers, part) or 0) > people:
                return Doubt("among", part, count=people)
        if "day" not in settled and held_on(answers) is None:
            return Doubt("day")
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
        found = meetings.same(self._desk.connection, area, on, hour_of(answers)[0])
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
        hour, minute = hour_of(answers)
        if minute:
            details["minute"] = minute
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
                "hour": hour,
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
        hour = event.hour
        if hour is None:
            hour, details["minute"] = hour_of(answers)
        assert event.id is not None
        meetings.change(self._desk.connection, event.id, details=details, hour=hour)
        self.count(event, answers, again=True)

    def remark(self, event: OutreachEvent, also: Sequence[str]) -> None:
        """Keep with a meeting what was said beside the questions of a form about it."""
        if also and event.id is not None:
            known = dict(event.details)
            remarks = [str(known.get("remarks", "")), *also]
            details = {**known, "remarks": "\n".join(part for part in remarks if part)}
            meetings.change(self._desk.connection, event.id, details=details)

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
            kept_files.keep(self._desk.connection, subject(event), photos)
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
        duties.close(desk.connection, "headcount", event.code, desk.now)
        detail = f"{group} {way} {people}"
        audit.note(desk.connection, desk.now, desk.person.person_id, "count", event.code, detail)

    def find(self, code: str) -> Meeting | None:
        """The meeting of a code, if it is one's own or of one's area."""
        desk = self._desk
        event = meetings.by_code(desk.connection, code)
        if event is None:
            return None
        mine = event.person_id == desk.person.person_id
        inside = {event.area, event.commune} & self.inside
        if not (mine or inside or self.is_invited(event)):
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
        mine = event.person_id == desk.person.person_id and bool(desk.roles())
        return mine or bool({event.area, event.commune} & areas.within(desk.connection, officer))

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

    def is_invited(self, event: OutreachEvent) -> bool:
        """Whether this person is asked to come to a meeting that somebody else holds."""
        me = self._desk.person.person_id
        if me == event.person_id or event.kind in UNATTENDED or self._desk.person.suspended:
            return False
        return me in meeting_answers.invited(self._desk.connection, event)

    def answer(self, event: OutreachEvent, *, coming: bool) -> None:
        """Somebody who is invited says whether they come; who does not is not reminded."""
        desk, me = self._desk, self._desk.person.person_id
        meeting_answers.answer(desk.connection, event, me, coming=coming, now=desk.now)
        found = duties.of_subject(desk.connection, "meeting", event.code, me)[:1]
        for duty in found:
            if coming and duty.done_at:
                desk.duties.reopen(duty)
            elif not coming and not duty.done_at:
                duties.finish(desk.connection, duty.id or 0, me, desk.now)

    def move(
        self, event: OutreachEvent, on: date, hour: int | None, minute: int, place: str
    ) -> None:
        """A meeting to come is held at another time or place; who knows of it will be told."""
        desk = self._desk
        assert event.id is not None
        details = dict(event.details)
        if event.told == event.revision:  # else nobody has heard of the state it is in
            was = {"hour": event.hour, "minute": details.get("minute", 0)}
            details["before"] = {"held_on": event.held_on.isoformat(), **was}
        details["minute"] = minute
        if place:
            details["place"] = place
        changed = {"held_on": on, "hour": hour, "state": "planned", "closes_at": self._end_of(on)}
        meetings.change(desk.connection, event.id, **changed, **self._news(event, details))
        audit.note(desk.connection, desk.now, desk.person.person_id, "move", event.code, str(on))

    def _news(self, event: OutreachEvent, details: dict[str, Any]) -> dict[str, Any]:
        """What marks a meeting as changed since people were told, and by whom."""
        details["by"] = self._desk.person.person_id
        news = event.told is not None and event.told == event.revision
        return {"details": details, "revision": event.revision + news}

    def cancel(self, event: OutreachEvent) -> None:
        """The meeting did not take place, or was noted by mistake; it stays in the records."""
        desk = self._desk
        assert event.id is not None
        news = self._news(event, dict(event.details)) if event.state == "planned" else {}
        meetings.change(desk.connection, event.id, state="cancelled", closes_at=desk.now, **news)
        for source in ("meeting", "headcount"):
            duties.close(desk.connection, source, event.code, desk.now)
        audit.note(desk.connection, desk.now, desk.person.person_id, "cancel", event.code)

    def own_check_in_link(self, event: OutreachEvent) -> str:
        """The same page for this person: who checks in there and in the chat is one."""
        url = self.check_in_link(event)
        return f"{url}?me={link_token(event, self._desk.person.person_id)}" if url else ""

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


def hour_of(answers: Mapping[str, Any]) -> tuple[int | None, int]:
    """(hour, minute) at which a meeting begins, as it was told."""
    for key in ("begins", "hour"):
        told = answers.get(key)
        if isinstance(told, int | float):
            return hour_and_minute(told)
    return None, 0
