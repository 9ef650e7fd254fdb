"""The figures of a commune's half-year and year reports, from the records; nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.desk import attendance
from bot.desk.alerts import LEVELS, STATUSES
from bot.desk.standings import NoStanding, standings
from bot.documents.few import FEWEST
from bot.documents.papers import (
    CaseFigures,
    Counts,
    Held,
    Office,
    OutreachFigures,
    Oversight,
    Period,
    PeriodicReport,
    Standing,
)
from bot.forms.child_report import SEX
from bot.forms.outreach_event import KIND, OUTREACH_EVENT, TOPIC
from bot.i18n import Speech
from bot.i18n import later as _
from bot.plans.coverage import Count, TargetProgress, progress
from bot.plans.vocabulary import name, words
from bot.vietnamese.fold import as_in_a_list
from storage import areas, audit, oversight, people, statistics
from storage.records.areas import COMMUNE_KINDS, VILLAGE_KINDS, Area

UNKNOWN = _("not known")
NO_VILLAGE = _("Of no single village, or not known which")
OTHER = _("other")
NO_NUMBER = "……"  # to be written in by hand
PLAN_BASIS = _("Carrying out plan {number} of {issuer}: {title}")
AGES = (  # the groups of process.md 3.3; a guess of the reporter is enough
    (_("under 5 years"), range(0, 5)),
    (_("5 to 12 years"), range(5, 13)),
    (_("13 and 14 years"), range(13, 15)),
    (_("15 to 17 years"), range(15, 18)),
)


class NoReport(LookupError):
    """There can be no report of this area; the message tells an operator what works."""


def periodic_report(
    connection: Connection,
    speech: Speech,
    about: str,
    code: str,
    period: Period,
    now: datetime,
    *,
    outside: bool = False,
    audited: bool = False,
) -> PeriodicReport:
    """Everything a report of a commune or province says in figures. Raises NoReport.

    The look at the cases is audited, as one line without any code, unless it was when the report
    was asked for.
    """
    every = areas.every(connection)
    area = _area(every, code)
    look = _Look(connection, speech, every, area, period)
    if not audited:
        audit.note(connection, now, None, "report", f"area:{code}", f"{about} {period.label}")
    plans = look.standings()
    if outside:
        plans = tuple(_without_few(each) for each in plans)
    if about == "progress" and not plans:
        raise NoReport(
            f"no plan is loaded for {code} in {period.start.year}: vongtay plan load FILE"
        )
    return PeriodicReport(
        about=about,
        office=Office(area.name),
        period=period,
        written_on=now.astimezone(speech.zone).date(),
        cases=look.cases() if about == "child_labour" else None,
        outreach=look.outreach() if about != "progress" else None,
        oversight=look.oversight(),
        standings=plans,
        villages=len(look.villages),
        collaborators=len(people.with_role_below(connection, [code], "collaborator")),
        questions=look.questions(),
        basis=tuple(_basis(each, speech) for each in plans),
        outside=outside,
    )


def _without_few(standing: Standing) -> Standing:
    """For readers outside: no figure of so few cases that it could tell who they are."""
    few = [
        each.target.id
        for each in standing.progress.targets
        if words("indicator")[each.target.indicator]["measured"] == "cases"
        and any(0 < n < FEWEST for n in (each.whole.covered or 0, _base(each), _left(each)))
    ]
    hidden = Count(None, None, None, None, False, ("too_few",), ())
    targets = tuple(
        replace(each, whole=hidden, status="no_data") if each.target.id in few else each
        for each in standing.progress.targets
    )
    of_cases = {i for i, known in words("indicator").items() if known["measured"] == "cases"}
    return replace(
        standing,
        progress=replace(standing.progress, targets=targets),
        entries=tuple(each for each in standing.entries if each.indicator not in of_cases),
        denominators=tuple(
            each
            for each in standing.denominators
            if each.group not in ("children_reported", "children_at_risk")
        ),
    )


def _base(each: TargetProgress) -> int:
    return each.whole.base.count if each.whole.base and each.whole.covered is not None else 0


def _left(each: TargetProgress) -> int:
    return _base(each) - (each.whole.covered or 0)


def _area(every: Sequence[Area], code: str) -> Area:
    area = next((each for each in every if each.code == code), None)
    if area is None:
        raise NoReport(f"there is no area {code}: see vongtay area list")
    if area.kind in VILLAGE_KINDS:
        communes = [each.code for each in every if each.kind in COMMUNE_KINDS]
        inside = f", such as {area.parent}" if area.parent in communes else ""
        raise NoReport(f"{code} is a village: reports are of a commune or a province{inside}")
    return area


def _basis(standing: Standing, speech: Speech) -> str:
    source = standing.progress.plan.source
    number = source.number if source.number[:1].isdigit() else NO_NUMBER + source.number
    holes = {"number": number, "issuer": source.issuer, "title": source.title}
    return speech(PLAN_BASIS).format(**holes)


@dataclass
class _Held:
    """How many meetings of one kind, and the attendances that were counted at them."""

    meetings: int = 0
    attendances: int | None = None

    @classmethod
    def together(cls, several: Iterable[_Held]) -> _Held:
        """What several came to."""
        whole = cls()
        for each in several:
            whole.add(each.attendances, each.meetings)
        return whole

    def add(self, people: int | None, meetings: int = 1) -> None:
        self.meetings += meetings
        if people is not None:
            self.attendances = (self.attendances or 0) + people


@dataclass(frozen=True)
class _Told:
    """One meeting, from whichever record holds it."""

    kind: str
    topics: tuple[str, ...]
    village: str | None
    people: int | None
    among: Mapping[str, int]
    groups: Mapping[str, int] = field(default_factory=dict)


class _Look:
    """One look at the records of an area in a period."""

    def __init__(
        self,
        connection: Connection,
        speech: Speech,
        every: Sequence[Area],
        area: Area,
        period: Period,
    ) -> None:
        self._connection, self._speech, self._every = connection, speech, every
        self._area, self._period = area, period
        self._inside = areas.inside(connection, area.code)
        self._merged = areas.Mergers.of(connection)
        self._names = {each.code: each.name for each in every}
        self._first = _midnight(period.start, speech.zone)
        self._end = _midnight(period.until + timedelta(days=1), speech.zone)
        here = (each for each in every if each.code in self._inside)
        self.villages = sorted(
            (v for v in here if v.kind in VILLAGE_KINDS and self._is_there(v)),
            key=lambda village: as_in_a_list(village.name),
        )
        self._codes = {village.code for village in self.villages}

    def cases(self) -> CaseFigures:
        """How many cases there are of which kind."""
        communes = {each.code for each in self._every if each.kind in COMMUNE_KINDS}
        today = {c.code for c in self._every if c.code in communes and self._is_there(c)}
        found = statistics.case_counts(
            self._connection,
            self._inside,
            self._first,
            self._end,
            asked=("age", "sex"),
            unplaced=today <= self._inside,
        )
        return CaseFigures(
            opened=found.opened,
            by_level=_pairs(found.levels, LEVELS),
            by_status=_pairs(found.statuses, STATUSES),
            by_age=_ages(found.told["age"]),
            by_sex=_pairs(found.told["sex"], SEX),
            reports=found.reports,
            by_collaborators=found.by_collaborators,
            urgent=found.levels["EMERGENCY"],
            urgent_in_time=found.urgent_in_time,
            answered_in_time=found.answered_in_time,
            closed=found.closed,
            open_now=found.open_at_end,
        )

    def _is_there(self, area: Area) -> bool:
        return areas.valid(area, self._period.until)

    def outreach(self) -> OutreachFigures:
        """Meetings and attendances, all together and told apart."""
        told = self._told()
        by_kind, by_topic, by_village = _sorted_out(told)
        heard = {*by_village}
        known = [(v.name, by_village.pop(v.code)) for v in self.villages if v.code in by_village]
        if elsewhere := [*by_village.values()]:  # so that the rows add up to the whole
            known.append((self._speech(NO_VILLAGE), _Held.together(elsewhere)))
        groups: Counter[str] = Counter()
        meetings: Counter[str] = Counter()
        for each in told:
            groups.update(each.groups)
            meetings.update(each.groups.keys())
        whole = _Held()
        for each in told:
            whole.add(each.people)
        return OutreachFigures(
            meetings=whole.meetings,
            attendances=whole.attendances,
            women=_among(told, "women"),
            children=_among(told, "children"),
            minority=_among(told, "minority"),
            by_kind=_rows(by_kind, KIND),
            by_topic=_rows(by_topic, TOPIC),
            by_group=tuple((self._group(g), meetings[g], groups[g]) for g in sorted(groups)),
            by_village=tuple((name, held.meetings, held.attendances) for name, held in known),
            silent=tuple(v.name for v in self.villages if v.code not in heard),
        )

    def oversight(self) -> Oversight:
        """Commitments of employers and inspections."""
        period = self._period
        signed = oversight.commitments_in(self._connection, self._inside)
        seen = oversight.inspections_in(self._connection, self._inside, period.start, period.until)
        return Oversight(
            commitments=sum(period.start <= each.signed_on <= period.until for each in signed),
            commitments_expired=sum(
                each.expires_on is not None and period.start <= each.expires_on <= period.until
                for each in signed
            ),
            inspections=len(seen),
            inspections_unannounced=sum(each.kind == "unannounced" for each in seen),
            violations=sum(each.result == "violation" for each in seen),
        )

    def questions(self) -> int:
        """Questions that were passed on to the commune."""
        return statistics.questions_asked(self._connection, self._inside, self._first, self._end)

    def standings(self) -> tuple[Standing, ...]:
        """The plans of the area as they stood on the last day of the figures."""
        until = self._period.until
        try:
            found = standings(
                self._connection, self._speech, until, self._area.code, self._period.start.year
            )
        except NoStanding:
            return ()
        return tuple(self._up_to(each, until) for each in found)

    def _up_to(self, standing: Standing, until: date) -> Standing:
        held = tuple(entry for entry in standing.entries if entry.day <= until)
        plan, year = standing.progress.plan, standing.progress.year
        villages, became = standing.progress.villages, standing.progress.became
        told = progress(plan, held, standing.denominators, year, villages, until, became)
        return replace(standing, entries=held, progress=told, on=until)

    def _told(self) -> list[_Told]:
        """The meetings that were held, from their records and from what was noted before."""
        period = self._period
        held = attendance.held_between(self._connection, self._inside, period.start, period.until)
        noted = statistics.noted_meetings(
            self._connection, OUTREACH_EVENT.name, self._inside, period.start, period.until
        )
        told = [
            *(_of_record(meeting) for meeting in held if meeting.event.state == "held"),
            *(_of_form(each.answers, each.area) for each in noted),
        ]
        return [replace(each, village=self._now(each.village)) for each in told]

    def _now(self, village: str | None) -> str | None:
        """The village that one which was merged is part of at the end of the period."""
        return self._merged.now(village, self._codes) if village else None

    def _group(self, group: str) -> str:
        language = self._speech.language
        return name("group", group, language) if group in words("group") else group


def _of_record(meeting: attendance.Meeting) -> _Told:
    event, topics = meeting.event, meeting.event.details.get("topics") or ()
    among: Counter[str] = Counter()
    for each in meeting.counted:
        for key in ("women", "children", "minority"):
            number = getattr(each.detailed, key, None)
            if each.group == key:  # of a group of children everybody is a child
                number = each.people
            if number is not None:
                among[key] += number
    return _Told(
        kind=event.kind,
        topics=(topics,) if isinstance(topics, str) else tuple(map(str, topics)),
        village=event.area,
        people=meeting.people,
        among=dict(among),
        groups={each.group: each.people for each in meeting.counted},
    )


def _of_form(answers: Mapping[str, object], area: str | None) -> _Told:
    numbers = {
        key: value
        for key in ("people", "women", "children")
        if isinstance(value := answers.get(key), int) and not isinstance(value, bool)
    }
    topic = answers.get("topic")
    return _Told(
        kind=str(answers.get("kind") or ""),
        topics=(topic,) if isinstance(topic, str) else (),
        village=area,
        people=numbers.pop("people", None),
        among=numbers,
    )


def _sorted_out(
    told: Sequence[_Told],
) -> tuple[dict[str, _Held], dict[str, _Held], dict[str, _Held]]:
    """By kind, by topic (a meeting about two counts for both) and by village."""
    by_kind: dict[str, _Held] = {}
    by_topic: dict[str, _Held] = {}
    by_village: dict[str, _Held] = {}
    for each in told:
        by_kind.setdefault(each.kind, _Held()).add(each.people)
        for topic in each.topics:
            by_topic.setdefault(topic if topic in TOPIC else "", _Held()).add(each.people)
        by_village.setdefault(each.village or "", _Held()).add(each.people)
    return by_kind, by_topic, by_village


def _rows(held: Mapping[str, _Held], known: Mapping[str, str]) -> Held:
    """In the order of the words; what was typed freely stands together at the end."""
    rest = [each for key, each in held.items() if key not in known]
    rows = [
        (text, held[key].meetings, held[key].attendances)
        for key, text in known.items()
        if key in held
    ]
    if rest:
        counted = [each.attendances for each in rest if each.attendances is not None]
        rows.append((OTHER, sum(e.meetings for e in rest), sum(counted) if counted else None))
    return tuple(rows)


def _among(told: Iterable[_Told], key: str) -> int | None:
    """How many of the attendances, as far as anybody told."""
    numbers = [each.among[key] for each in told if key in each.among]
    return sum(numbers) if numbers else None


def _pairs(counted: Counter[str], known: Mapping[str, str]) -> Counts:
    """In the order of the words; whatever is none of them is not known."""
    pairs = [(text, counted[key]) for key, text in known.items() if counted[key]]
    rest = sum(many for key, many in counted.items() if key not in known)
    return (*pairs, *(((UNKNOWN, rest),) if rest else ()))


def _ages(counted: Counter[object]) -> Counts:
    ages = [(text, sum(counted[age] for age in years)) for text, years in AGES]
    rest = sum(counted.values()) - sum(many for _text, many in ages)
    rows = [(text, many) for text, many in ages if many]
    return (*rows, *(((UNKNOWN, rest),) if rest else ()))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
