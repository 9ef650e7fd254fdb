"""What is the same for every message: the settings that conversations depend on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bot.clocks.calendar import Calendar
from bot.forms.model import Draft, Place, Scene
from bot.reading import Villages
from bot.windows import ANY, Terms
from bot.words import Policy
from storage.allowance import A_DAY
from storage.areas import valid
from storage.records.areas import COMMUNE_KINDS, Area

_DRAFTS = 200  # of late
_Kept = tuple[Mapping[str, Any], Draft]  # a draft, and the content it was kept with


@dataclass(frozen=True)
class Gazetteer:
    """Areas and villages as they were read; `stamp` is the version of the table and the day."""

    stamp: tuple[int, date]
    areas: list[Area]
    places: tuple[Place, ...]
    scenes: dict[tuple[frozenset[str | None], Policy], Scene] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> Mapping[str, Area]:
        """The areas by their code."""
        return {area.code: area for area in self.areas}

    @cached_property
    def communes(self) -> tuple[Area, ...]:
        """The communes, wards and special zones of the day."""
        on = self.stamp[1]
        return tuple(a for a in self.areas if a.kind in COMMUNE_KINDS and valid(a, on))

    def commune_of(self, code: str | None) -> str | None:
        """The commune that an area lies in, or is; None for a province or an unknown code."""
        for _ in range(6):
            area = self.by_code.get(code or "")
            if area is None or area.kind in COMMUNE_KINDS:
                return area.code if area else None
            code = area.parent
        return None

    @cached_property
    def villages(self) -> Villages:
        """The villages as the reader of whole reports wants them, by the names they ever had."""
        return Villages.of((place.code, place.also or (place.name,)) for place in self.places)


@dataclass
class House:
    """Policies by channel, addresses for links, and the times that were promised.

    `public_url` has no slash at its end; "" when the bot has no address on the web.
    `telegram_username` is known once the channel has started.
    """

    policies: Mapping[str, Policy] = field(default_factory=dict)
    public_url: str = ""
    telegram_username: str = ""
    terms: Mapping[str, Terms] = field(default_factory=dict)  # how each channel may be written to
    timezone: str = "Asia/Ho_Chi_Minh"
    answer_within: timedelta = timedelta(hours=24)
    escalate_after: timedelta = timedelta(minutes=15)
    remind_question_after: int = 2  # working days without an answer; the commune's own habit
    safety_within: timedelta = timedelta(hours=12)  # Decree 56/2017, articles 26.3 and 32

    # When people may be written to, emergencies apart, and when the one morning message comes.
    quiet_until: time = time(6, 30)
    morning: time = time(7, 30)
    quiet_from: time = time(21)
    pushes_a_day: int = A_DAY  # to one person, danger apart

    calendar: tuple[int, Calendar] | None = None  # with its version
    counted: int = -1  # the version of the calendar that limits were last counted by
    gazetteer: Gazetteer | None = None  # kept between sittings: reading it costs milliseconds
    drafts: dict[tuple[int, str], _Kept] = field(default_factory=dict)  # see `the_same`
    live: dict[str | None, object] = field(default_factory=dict)  # see bot.desk.live_entries
    media_wanted: bool = False  # something was sent that lies with its platform still

    def the_same(self, person: int, form: str, content: Mapping[str, Any]) -> Draft:
        """The draft that was kept with this content, if possible the very one of a moment ago:
        where that stands is known."""
        known = self.drafts.get((person, form))
        if known and known[0] == content:
            return known[1]
        draft = Draft.from_json(content)
        self.remember(person, content, draft)
        return draft

    def remember(self, person: int, content: Mapping[str, Any], draft: Draft) -> None:
        """This draft was kept with this content."""
        if len(self.drafts) >= _DRAFTS:
            self.drafts.clear()
        self.drafts[person, draft.form] = content, draft

    @property
    def emergency_answer_within(self) -> timedelta:
        """How soon an emergency's reporter hears back: never later than the child must be safe."""
        return min(self.answer_within, self.safety_within)

    @property
    def calendar_stamp(self) -> int:
        """The version of the calendar as it was read last."""
        return self.calendar[0] if self.calendar else 0

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def runs(self, channel: str) -> bool:
        """Whether a channel is set up: nothing can be sent by one that is no more."""
        return not self.channels or channel in self.channels

    @property
    def channels(self) -> Collection[str]:
        """The channels that are set up; none where that was not told."""
        return self.terms or self.policies

    def terms_on(self, channel: str) -> Terms:
        """How a channel may be written to."""
        return self.terms.get(channel, ANY)

    def typed(self, channel: str) -> bool:
        """Whether options may have to be typed on a channel."""
        return self.terms_on(channel).typed

    def policy(self, channel: str) -> Policy:
        """The personal-data policy of a channel; code_only where none is set."""
        return self.policies.get(channel, "code_only")
