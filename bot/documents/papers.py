"""What each document is drawn from: plain values, complete before anything is drawn.

Nothing here is looked up while drawing, so chat, chart, sheet and paper of one value agree. What
is not known is None or an empty text and is shown as such, never as a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from bot.plans.coverage import Progress
from bot.plans.figures import Denominator, Entry


@dataclass(frozen=True)
class Office:
    """The commune that issues a paper.

    `name` is its full name as people write it. `place` is what stands before the date; left empty
    it is worked out of the name.
    """

    name: str
    place: str = ""


@dataclass(frozen=True)
class Standing:
    """Progress towards a plan's targets in one area: chart, sheet and paper are drawn from it.

    `names` are villages by code; `entries` and `denominators` are what `progress` was worked out
    from; `events` says in words what each event was, by the id that its entries carry. `made_for`
    is the area that the plan was made for, where that has become part of this one.
    """

    area: str
    progress: Progress
    on: date
    source: str
    names: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    denominators: tuple[Denominator, ...] = ()
    events: Mapping[str, str] = field(default_factory=dict)
    area_code: str = ""
    made_for: str = ""


@dataclass(frozen=True)
class Heads:
    """How many of a group (an id of the plans' vocabulary) came, and who of them.

    `counted` tells how, in words; the same group stands twice where two ways of counting differ.
    """

    group: str
    people: int
    women: int | None = None
    minority: int | None = None
    children: int | None = None
    counted: str = ""


@dataclass(frozen=True)
class Meeting:
    """One outreach meeting, for its minutes and the list of who attended.

    Texts are shown as they are; `kind`, `topics` and `spoken` are already in the reader's words.
    `people` is the settled number of attendances, `heads` are they by group. `within` names the
    meeting that hosted it, `late_because` why it was noted after its day.
    """

    office: Office
    held_on: date
    village: str
    kind: str
    topics: tuple[str, ...] = ()
    people: int | None = None
    heads: tuple[Heads, ...] = ()
    begins: time | None = None
    ends: time | None = None
    minutes: int | None = None
    place: str = ""
    host: str = ""
    chair: str = ""
    secretary: str = ""
    speakers: tuple[str, ...] = ()
    spoken: str = ""
    materials: str = ""
    within: str = ""
    late_because: str = ""
    remarks: str = ""
    code: str = ""


Counts = tuple[tuple[str, int], ...]  # text ids with how many


@dataclass(frozen=True)
class CaseFigures:
    """How many cases were opened in a period, never whose; the tables of it add up to `opened`.

    `urgent_in_time` were taken in hand within a quarter of an hour, `answered_in_time` by the time
    the reporter was promised. `open_now` counts older ones too.
    """

    opened: int
    by_level: Counts
    by_status: Counts
    by_age: Counts = ()
    by_sex: Counts = ()
    reports: int = 0
    by_collaborators: int = 0
    urgent: int = 0
    urgent_in_time: int = 0
    answered_in_time: int = 0
    closed: int = 0
    open_now: int = 0


Held = tuple[tuple[str, int, int | None], ...]  # words, meetings, attendances


@dataclass(frozen=True)
class OutreachFigures:
    """Outreach of a period: meetings and attendances, all together and told apart.

    Attendances are None where nobody counted; `women`, `children` and `minority` are of them, as
    far as told. Villages keep the order they are given in; `silent` ones have told of no meeting.
    """

    meetings: int
    attendances: int | None
    women: int | None = None
    children: int | None = None
    minority: int | None = None
    by_kind: Held = ()
    by_topic: Held = ()
    by_group: Held = ()
    by_village: Held = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Oversight:
    """Employers' commitments and inspections; None is "no figures are kept"."""

    commitments: int | None = None
    commitments_expired: int | None = None
    inspections: int | None = None
    inspections_unannounced: int | None = None
    violations: int | None = None


@dataclass(frozen=True)
class Period:
    """What a periodic report is about: its first and last day and when it is owed.

    `kind` is half_year or year; `label` is how it is asked for ("2026H1", "2026"). Figures reach
    up to `until`; where that is before `end`, the rest is still to come.
    """

    kind: str
    label: str
    start: date
    end: date
    until: date
    due: date | None = None

    @property
    def incomplete(self) -> bool:
        return self.until < self.end


@dataclass(frozen=True)
class PeriodicReport:
    """Everything a half-year or year report says in figures; None is "no figures are kept".

    `about` is child_labour, outreach or progress. `basis` are the documents it rests on, a line
    each. `addressees` stand under "to", `copies` under "copies to". What only a person can judge
    (difficulties, proposals) is left to write by hand. For readers `outside` the commune, counts
    of cases under 5 are not told: in a small place they could tell who it is.
    """

    about: str
    office: Office
    period: Period
    written_on: date
    cases: CaseFigures | None = None
    outreach: OutreachFigures | None = None
    oversight: Oversight = field(default_factory=Oversight)
    standings: tuple[Standing, ...] = ()
    villages: int = 0
    collaborators: int | None = None
    questions: int | None = None
    basis: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True)
class Notice:
    """One report about a child, for form 01 of Decree 56/2017: personal data, handle it so.

    `fields` is what bot.forms.form_01.filled gave: raw answers by field and question. `villages`
    are names by code, `came_by` says in words how it came in, `also` what fitted no question.
    """

    office: Office
    code: str
    received_at: datetime
    fields: Mapping[str, Mapping[str, Any]]
    villages: Mapping[str, str] = field(default_factory=dict)
    came_by: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckIn:
    """What a poster with a QR code shows: the address, the short code, and two lines of text."""

    address: str
    code: str
    title: str
    line: str = ""
