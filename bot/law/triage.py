"""From facts to a level with its reasons: the rules of the table, and what unknowns may change.

The order of the levels is that of table.Level. Every condition of a rule is worse in one direction,
so two readings of the facts are enough:

- at best: what is unknown is taken for harmless. A rule that holds so, holds whatever is unknown.
- at worst: what must be known (settings.toml [needed]) and is not, is taken for the worst.

The level is that of the gravest rule that holds at best. If that is NONE and something holds at
worst, or was said and not understood, it is UNCLEAR. So an unknown never lowers a level, and a
worse fact never does; the only fact that can lower one is a consent (`mitigates` in flags.toml).

What is not left open although unknown is data too: a person of unknown age is a child
(settings.toml), and small enough for what endangers small ones; a kind of work that is rarely
done at home is work for others (works.toml); nights at home, flags and, for most kinds of work,
the place count once they are said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from bot.law.facts import Facts
from bot.law.finding import Finding, open_points, reason
from bot.law.table import Level, Rule, rules, settings
from bot.law.view import CONDITIONS, Condition, View, at_best, at_worst, open_facts

Waiting = Mapping[Rule, Sequence[str]]  # a rule, and the unknown facts without which it holds
Test = tuple[Condition, object, Sequence[str]]  # a condition, what it asks, what it hangs on


def triage(facts: Facts, on: date) -> Finding:
    """The level of the facts by the rules in force on that day."""
    weighed = weigh(facts, on)
    held = [rule for rule, waits_for in weighed.items() if not waits_for]
    level = max((rule.level for rule in held), default=Level.NONE)
    could = {rule: waits for rule, waits in weighed.items() if waits and rule.level > level}
    open_ = {fact for waits in could.values() for fact in waits}
    if level is Level.NONE and (open_ := open_ | _misread(facts)):
        level = Level.UNCLEAR
    missing = sorted(open_, key=settings()["ask"]["order"].index)
    told = [reason(rule, facts, on) for rule in _told(held, level)]
    noted = [reason(rule, facts, on) for rule in held if rule.note and facts.age is not None]
    points = open_points(missing if level is Level.UNCLEAR else (), facts.unreadable)
    top = [rule for rule in held if rule.level is level]
    ask = next(iter(_ask_next(facts, level, missing, top)), None)
    return Finding(level, (*told, *points, *noted), ask)


def _misread(facts: Facts) -> set[str]:
    """What was said of a minor and not understood; work that was not is work of another kind."""
    return set() if (facts.age or 0) >= 18 else set(facts.unreadable) - {"work"}


def weigh(facts: Facts, on: date) -> Waiting:
    """The rules that hold (they wait for nothing) or could hold, the gravest first."""
    missing = open_facts(facts)
    best = at_best(facts)
    worst = at_worst(facts, missing) if missing else best
    found = {}
    for rule, tests in rules_on(on):
        failed = _failed(tests, best, worst)
        if failed is not None:
            found[rule] = [fact for fact in missing if fact in failed]
    return found


def _failed(tests: Iterable[Test], best: View, worst: View) -> Sequence[str] | None:
    """What the conditions hang on that only hold at worst; None if one does not even then."""
    failed: list[str] = []
    for condition, asked, hangs_on in tests:
        if not condition(best, asked):
            if worst is best or not condition(worst, asked):
                return None
            failed.extend(hangs_on)
    return failed


@lru_cache(maxsize=64)
def rules_on(on: date) -> Sequence[tuple[Rule, Sequence[Test]]]:
    """The rules in force on a day, those with a source that is, each with its conditions."""
    return [
        (rule, [_test(name, asked) for name, asked in rule.when.items()])
        for rule in rules()
        if any(source.in_force(on) for source in rule.sources)
    ]


def _test(name: str, asked: object) -> Test:
    condition, hangs_on = CONDITIONS[name]
    return condition, asked, hangs_on


def _told(held: Sequence[Rule], level: Level) -> list[Rule]:
    """The rules that are given as reasons: not what another says better, nor mere doubts."""
    grave = [rule for rule in held if rule.level >= min(level, Level.OTHER_PROTECTION)]
    there = {rule.id for rule in grave}
    return [rule for rule in grave if there.isdisjoint(rule.covered_by) and not rule.note]


def _ask_next(
    facts: Facts, level: Level, missing: Sequence[str], top: Sequence[Rule]
) -> Iterable[str]:
    """The missing facts in the order in which they would raise the level, then settle it.

    What was presumed would settle it: the age, that it is work for others; then the place, which
    may yet be a forbidden one. In an emergency nobody asks on.
    """
    if level in (Level.NONE, Level.EMERGENCY):
        return
    yield from missing
    yield from (rule.ask for rule in top if rule.ask)
    if facts.age is None:
        yield "age"
    if facts.family_help is None and all("for_others" in rule.when for rule in top):
        yield "family_help"
    if facts.place is None and (facts.age or 0) < 18 and level < Level.HAZARDOUS:
        yield "place"
