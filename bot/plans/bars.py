"""Progress as a short text with bars, narrow enough for a chat on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from textwrap import wrap

from bot.i18n import Speech, speak
from bot.plans.coverage import Count, Progress, TargetProgress
from bot.plans.plan import Target
from bot.plans.vocabulary import content, less_is_better, name, words

WIDTH = 40
_CELLS = 10
_FULL, _EMPTY, _UNKNOWN = "\u2588", "\u2591", "\u00b7"


def table(
    progress: Progress,
    language: str = "vi",
    names: Mapping[str, str] | None = None,
    page: slice = slice(None),
    width: int = WIDTH,
) -> str:
    """Every target with both figures, what is to be said of them, and the silent villages.

    `names` are the names of villages by their codes. Of a longer plan one `page` of the targets
    can be shown, numbered as they stand in it; the silent villages stand on the last one. A
    chat breaks lines by itself: there the `width` (in letters) is as large as can be.
    """
    say = _Words(speak(language), width)
    lines = [say("line", "head", year=str(progress.year))]
    if not progress.targets:
        lines += wrap(say("line", "nothing"), say.width)
    shown = list(enumerate(progress.targets, 1))[page]
    for number, each in shown:
        lines += ["", *_target(number, each, progress.silent, say)]
    if progress.silent and len(progress.targets) == (shown[-1][0] if shown else 0):
        listed = ", ".join((names or {}).get(code, code) for code in progress.silent)
        lines += ["", *wrap(say("line", "silent", villages=listed), say.width)]
    return "\n".join(lines)


def villages(
    target: TargetProgress,
    language: str = "vi",
    names: Mapping[str, str] | None = None,
    width: int = WIDTH,
) -> str:
    """One target village by village, in the order the villages were given, never ranked."""
    say, known = _Words(speak(language), width), names or {}
    upwards = less_is_better(target.target.indicator)
    lines = _about(target.target, say)
    for code, count in target.villages:
        lines += wrap(_village(known.get(code, code), count, upwards, say), say.width)
    return "\n".join(lines)


def bar(share: Fraction | None) -> str:
    """A bar of ten cells; a share above nothing fills one, and only all of it fills them all."""
    if share is None:
        return _UNKNOWN * _CELLS
    full = int(share * _CELLS)
    full = max(full, 1) if share else 0
    return _FULL * full + _EMPTY * (_CELLS - full)


class _Words:
    """The words of content/words.toml in one language."""

    def __init__(self, speech: Speech, width: int) -> None:
        self.width = width
        self.language, self.number = speech.language, speech.number

    def __call__(self, kind: str, key: str, **holes: str) -> str:
        said: str = content("words")[kind][key][self.language]
        return said.format(**holes)

    def figure(self, value: float | None) -> str:
        return self("line", "unknown") if value is None else self.number(value)


def _target(
    number: int, each: TargetProgress, silent: tuple[str, ...], say: _Words
) -> Iterator[str]:
    target, whole = each.target, each.whole
    yield from wrap(f"{number}. {_title(target, say)}", say.width)
    yield _result(each, say)
    yield from wrap(_wanted(each, say), say.width)
    if not whole.silent:
        yield from wrap(_both(each, say), say.width)
    for warning in _doubts(each, silent):
        yield from wrap(say("line", "warning", warning=say("warning", warning)), say.width)


def _doubts(each: TargetProgress, silent: tuple[str, ...]) -> Iterator[str]:
    """The warnings that are news: not what the lines above or the list at the end say anyway."""
    here = {code for code, count in each.villages if count.silent}
    for warning in each.whole.warnings:
        told = warning == "silent_villages" and here <= {*silent}
        if not told and not (warning == "denominator_missing" and each.whole.silent):
            yield warning


def both_line(each: TargetProgress) -> str:
    """Which line says both figures: where no meeting counts there are no attendances."""
    if words("indicator")[each.target.indicator]["measured"] == "outreach":
        return "both"
    return "by_hand" if "by_hand" in each.whole.warnings else "records"


def _both(each: TargetProgress, say: _Words) -> str:
    whole = each.whole
    return say(
        "line",
        both_line(each),
        covered=say.figure(whole.covered),
        base=say.figure(whole.base.count if whole.base else None),
        unit=name("unit", each.target.unit, say.language),
        attendances=say.figure(whole.attendances),
    )


def _title(target: Target, say: _Words) -> str:
    group = name("group", target.group, say.language)
    return f"{group}: {name('indicator', target.indicator, say.language)}"


def _about(target: Target, say: _Words) -> list[str]:
    holes = {"target": _aim(target, say), "year": str(target.by_year)}
    return [
        *wrap(_title(target, say), say.width),
        *wrap(say("line", "target_only", **holes), say.width),
    ]


def _wanted(each: TargetProgress, say: _Words) -> str:
    target = each.target
    holes = {"target": _aim(target, say), "year": str(target.by_year)}
    if each.whole.share is None:
        return say("line", "target_only", **holes)
    return say("line", "target", status=say("status", each.status), **holes)


def _aim(target: Target, say: _Words) -> str:
    operator = "=" if target.clamped else target.operator
    return say("operator", operator, percent=say.number(float(target.aim)))


def _result(each: TargetProgress, say: _Words) -> str:
    whole = each.whole
    percent = whole.percent(upwards=less_is_better(each.target.indicator))
    if percent is None or whole.certainty is None:
        status = "no_data" if whole.silent else "no_share"
        return say("line", "no_result", bar=bar(None), status=say("status", status))
    certainty = say("certainty", whole.certainty)
    return say(
        "line", "result", bar=bar(whole.share), percent=say.number(percent), certainty=certainty
    )


def _village(called: str, count: Count, upwards: bool, say: _Words) -> str:
    if count.silent:
        return say("line", "village", name=called)
    percent = count.percent(upwards=upwards)
    if percent is None:
        heads = say.figure(count.attendances)
        return say("line", "village_heads", bar=bar(None), attendances=heads, name=called)
    return say(
        "line", "village_bar", bar=bar(count.share), percent=say.number(percent), name=called
    )
