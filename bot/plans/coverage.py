"""Targets against what was done: attendances and coverage, always both.

Attendances (lượt người) count a mother at three meetings three times: right for activity, wrong for
a target of 80 %. Coverage counts her household once, out of all there are. A village without an
entry is silent, which is not zero; villages keep the order they are given in and are never ranked.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from bot.plans.distinct import distinct, is_complete
from bot.plans.figures import Base, Bases, Denominator, Entry
from bot.plans.plan import Plan, Target
from bot.plans.vocabulary import HEADS, counted_in, less_is_better, words


@dataclass(frozen=True)
class Count:
    """Both figures of one place, and the events behind them; None is "not known", never zero.

    `share` is of all there are, 1 at most.
    """

    attendances: int | None
    covered: int | None
    base: Base | None
    share: Fraction | None
    exact: bool
    warnings: tuple[str, ...]
    records: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return self.attendances is None

    @property
    def certainty(self) -> str | None:
        """ "exact" or "estimated", where there is a coverage."""
        return None if self.covered is None else "exact" if self.exact else "estimated"

    def percent(self, *, upwards: bool = False) -> float | None:
        """With one digit, rounded to the side that does not flatter."""
        if self.share is None:
            return None
        rounded = math.ceil if upwards else math.floor
        return rounded(self.share * 1000) / 10

    def to_json(self, *, upwards: bool = False) -> dict[str, Any]:
        """As `plan progress --json` shows it."""
        return {
            "attendances": self.attendances,
            "covered": self.covered,
            "denominator": self.base.count if self.base else None,
            "denominator_source": "; ".join(self.base.sources) if self.base else None,
            "percent": self.percent(upwards=upwards),
            "certainty": self.certainty,
            "warnings": list(self.warnings),
            "records": list(self.records),
        }


@dataclass(frozen=True)
class TargetProgress:
    """One target, in the whole area and village by village."""

    target: Target
    whole: Count
    villages: tuple[tuple[str, Count], ...]
    status: str

    def to_json(self) -> dict[str, Any]:
        """As `plan progress --json` shows it."""
        target = self.target
        upwards = less_is_better(target.indicator)
        return {
            "id": target.id,
            "kind": target.kind,
            "indicator": target.indicator,
            "group": target.group,
            "operator": target.operator,
            "target_percent": float(target.aim),
            "clamped": target.clamped,
            "by_year": target.by_year,
            "unit": target.unit,
            **self.whole.to_json(upwards=upwards),
            "status": self.status,
            "villages": [
                {"village": code, "silent": count.silent, **count.to_json(upwards=upwards)}
                for code, count in self.villages
            ],
        }


@dataclass(frozen=True)
class Progress:
    """A plan in one year; `silent` are the villages from which there is no entry at all."""

    plan: Plan
    year: int
    targets: tuple[TargetProgress, ...]
    silent: tuple[str, ...]
    villages: tuple[str, ...] = ()
    became: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As `plan progress --json` shows it."""
        return {
            "plan": self.plan.id,
            "title": self.plan.title,
            "year": self.year,
            "targets": [each.to_json() for each in self.targets],
            "silent_villages": list(self.silent),
        }


def progress(
    plan: Plan,
    entries: Iterable[Entry],
    denominators: Iterable[Denominator],
    year: int,
    villages: Sequence[str],
    on: date | None = None,
    became: Mapping[str, str] | None = None,
) -> Progress:
    """How far each target of a plan was reached in a year, in one area with these villages.

    `on` is the day up to which a target may still be on its way; without it, the year's last.
    Of denominators, those whose area is no village are the whole area's. `became` tells which of
    these villages one that was merged is part of now: what was done there is shown there.
    """
    now = dict(became or {})
    held = [entry for entry in dict.fromkeys(entries) if entry.day.year == year]
    bases = Bases(denominators, year, villages, now)
    pace = on or date(year, 12, 31)
    there = {now.get(entry.village, entry.village) for entry in held}
    return Progress(
        plan,
        year,
        tuple(_target(plan, target, held, bases, pace, villages, now) for target in plan.targets),
        tuple(village for village in villages if village not in there),
        tuple(villages),
        now,
    )


def _target(
    plan: Plan,
    target: Target,
    entries: Sequence[Entry],
    bases: Bases,
    on: date,
    villages: Sequence[str],
    became: Mapping[str, str],
) -> TargetProgress:
    if words("indicator")[target.indicator]["measured"] != "outreach":
        return _elsewhere(plan, target, entries, bases, on)
    groups, unit = counted_in(target.group), target.unit
    mine = [each for each in entries if each.group in groups and each.indicator == target.indicator]
    at: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in mine:
        at[became.get(entry.village, entry.village)].append(entry)
    places = tuple(dict.fromkeys((*villages, *at)))
    counts = tuple(
        (
            place,
            _count(
                at.get(place, []),
                bases.of_village(target.group, unit, place) if place in villages else None,
                unit,
            ),
        )
        for place in places
    )
    whole = _count(mine, bases.of_whole(target.group, unit), unit)
    silent = [code for code, count in counts if count.silent]
    said = [*whole.warnings, *_about(target, bool(mine and silent), on.year, plan)]
    whole = replace(whole, warnings=tuple(said))
    return TargetProgress(target, whole, counts, _status(plan, target, whole, bool(silent), on))


def _elsewhere(
    plan: Plan, target: Target, entries: Sequence[Entry], bases: Bases, on: date
) -> TargetProgress:
    """A target that no meeting measures: from the cases or the members, or entered by hand.

    In the whole area only: of a village one child would be told, and villages would be ranked by
    their cases. What was entered last holds; what the records say otherwise is pointed out.
    """
    mine = [
        each
        for each in entries
        if each.group == target.group and each.indicator == target.indicator
    ]
    told = [entry for entry in mine if entry.by_hand]
    kept = [entry for entry in mine if not entry.by_hand]
    base = bases.of_whole(target.group, target.unit)
    whole = _count(told[-1:] or kept, base, target.unit)
    known = words("indicator")[target.indicator]
    says = [known["note"] if kept else known["none"]]
    if told:
        says = ["by_hand"]
        if kept and distinct(kept, target.unit) != whole.covered:
            says.append("by_hand_differs")
    said = [each for each in whole.warnings if each != "heads_only"]
    said += [*says, *_about(target, False, on.year, plan)]
    only = target.indicator in ("schooling", "child_labour")  # of those who were reported
    exact = not (base and base.estimated) if told else whole.exact and not only
    whole = replace(whole, warnings=tuple(said), exact=exact)
    return TargetProgress(target, whole, (), _status(plan, target, whole, only and not told, on))


def _about(target: Target, some_silent: bool, year: int, plan: Plan) -> Iterable[str]:
    """What is to be said of the target itself."""
    if target.clamped:
        yield "clamped"
    if some_silent:
        yield "silent_villages"
    if not plan.start <= year <= max(plan.end, target.by_year):
        yield "outside_plan"


def _count(entries: Sequence[Entry], base: Base | None, unit: str) -> Count:
    if not entries:
        return Count(None, None, base, None, False, tuple(_base_doubts(base, None)), ())
    covered = distinct(entries, unit)
    share = Fraction(covered, base.count) if covered is not None and base and base.count else None
    exact = all(is_complete(entry, unit) and not entry.unsettled for entry in entries)
    return Count(
        attendances=sum(entry.headcount for entry in entries),
        covered=covered,
        base=base,
        share=None if share is None else min(share, Fraction(1)),
        exact=exact and not (base and base.estimated),
        warnings=(*_doubts(entries, unit), *_base_doubts(base, share)),
        records=tuple(dict.fromkeys(entry.event for entry in entries)),
    )


def _doubts(entries: Sequence[Entry], unit: str) -> Iterable[str]:
    """What is to be said of the numerator."""
    if any(entry.unsettled for entry in entries):
        yield "unsettled"
    if any(len(entry.ids or ()) > entry.headcount for entry in entries):
        yield "more_units_than_people"
    if any(not is_complete(entry, unit) for entry in entries):
        yield (
            "heads_only"
            if unit in HEADS
            else "no_classes"
            if unit == "class"
            else "heads_for_units"
        )


def _base_doubts(base: Base | None, share: Fraction | None) -> Iterable[str]:
    if base is None:
        yield "denominator_missing"
        return
    yield from base.warnings
    if base.count == 0:
        yield "denominator_zero"
    if share is not None and share > 1:
        yield "above_denominator"


def _status(plan: Plan, target: Target, whole: Count, silent: bool, on: date) -> str:
    """met, on_way, behind, or no_data where there is no share to judge by."""
    if whole.share is None:
        return "no_data"
    reached = target.reached(whole.share)
    if less_is_better(target.indicator):
        # what silent villages would tell is not known, and nobody is on the way down from nothing
        if reached:
            return "on_way" if silent else "met"
        return "on_way" if on.year < target.by_year else "behind"
    if reached:
        return "met"
    due = Fraction(target.aim) / 100 * _elapsed(plan, target, on)
    return "on_way" if on < date(target.by_year, 12, 31) and whole.share >= due else "behind"


def _elapsed(plan: Plan, target: Target, on: date) -> Fraction:
    """How much of the time from the beginning of the plan to the target has gone by."""
    begin = date(plan.start, 1, 1)
    whole = (date(target.by_year, 12, 31) - begin).days + 1
    return Fraction(min(max((on - begin).days + 1, 0), whole), whole)
