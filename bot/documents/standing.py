"""A standing put into rows: the one place from which chart, sheet and paper take their figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.documents.papers import Standing
from bot.documents.plain import one_line
from bot.i18n import speak
from bot.plans.bars import both_line
from bot.plans.coverage import Count, TargetProgress
from bot.plans.plan import Target
from bot.plans.vocabulary import content, less_is_better, name

LONGEST_NAME = 120


@dataclass(frozen=True)
class Figures:
    """Both figures of one place; None is "not known"."""

    attendances: int | None
    covered: int | None
    base: int | None
    base_source: str
    percent: float | None
    certainty: str
    estimated: bool
    warnings: tuple[str, ...]
    records: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return self.attendances is None


@dataclass(frozen=True)
class Row:
    """One target as it is shown: in words, with its figures in the whole area and by village.

    `aim` is the percentage wanted, `status` one of met, on_way, behind, no_data.
    """

    number: int
    id: str
    title: str
    unit: str
    aim: float
    aim_said: str
    by_year: int
    status: str
    status_said: str
    quote: str
    note: str
    whole: Figures
    villages: tuple[tuple[str, Figures], ...]
    line: str = "both"  # of content/words.toml: how both figures are said


def rows(standing: Standing, language: str = "vi") -> tuple[Row, ...]:
    """The targets of a standing in their order, numbered from 1."""
    each = enumerate(standing.progress.targets, 1)
    return tuple(_row(number, target, standing, language) for number, target in each)


def village_name(standing: Standing, code: str) -> str:
    """What people call a village; its code where nobody said."""
    return one_line(standing.names.get(code, code), LONGEST_NAME)


def silent_villages(standing: Standing) -> tuple[str, ...]:
    """The names of the villages from which nothing came at all."""
    return tuple(village_name(standing, code) for code in standing.progress.silent)


def both_said(row: Row, figures: Figures, language: str) -> str:
    """Both figures as one line: covered of how many, and attendances."""
    number = speak(language).number

    def told(value: int | None) -> str:
        return said("line", "unknown", language) if value is None else number(value)

    return said(
        "line",
        row.line,
        language,
        covered=told(figures.covered),
        base=told(figures.base),
        unit=row.unit,
        attendances=told(figures.attendances),
    )


def said(kind: str, key: str, language: str, **holes: object) -> str:
    """What the plans' content says under a key, in a language."""
    words: Mapping[str, str] = content("words")[kind][key]
    return words[language if language in words else "vi"].format(**holes)


def _row(number: int, each: TargetProgress, standing: Standing, language: str) -> Row:
    target, upwards = each.target, less_is_better(each.target.indicator)
    group = name("group", target.group, language)
    status = each.status if each.whole.share is not None or each.whole.silent else "no_share"
    return Row(
        number=number,
        id=target.id,
        title=f"{group}: {name('indicator', target.indicator, language)}",
        unit=name("unit", target.unit, language),
        aim=float(target.aim),
        aim_said=_aim(target, language),
        by_year=target.by_year,
        status=status,
        status_said=said("status", status, language),
        quote=target.quote,
        note=target.note,
        whole=_figures(each.whole, upwards, language),
        villages=tuple(
            (village_name(standing, code), _figures(count, upwards, language))
            for code, count in each.villages
        ),
        line=both_line(each),
    )


def _aim(target: Target, language: str) -> str:
    operator = "=" if target.clamped else target.operator
    return said("operator", operator, language, percent=speak(language).number(float(target.aim)))


def _figures(count: Count, upwards: bool, language: str) -> Figures:
    base = count.base
    return Figures(
        attendances=count.attendances,
        covered=count.covered,
        base=base.count if base else None,
        base_source="; ".join(base.sources) if base else "",
        percent=count.percent(upwards=upwards),
        certainty=said("certainty", count.certainty, language) if count.certainty else "",
        estimated=count.certainty == "estimated",
        warnings=tuple(_warnings(count, language)),
        records=count.records,
    )


def _warnings(count: Count, language: str) -> Iterator[str]:
    for warning in count.warnings:
        if warning != "denominator_missing" or not count.silent:
            yield said("warning", warning, language)
