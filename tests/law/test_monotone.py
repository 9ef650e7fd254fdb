"""What holds of every finding: worse facts never lower it, unknown facts never do, NONE is sure."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.facts import Facts
from bot.law.table import Level, content, flags, places, works
from bot.law.triage import triage

TODAY = date(2026, 11, 21)
FIELDS = ("age", "work", "place", "hours_per_day", "days_per_week", "night_work")
SCHOOLING = content("settings")["schooling"]["order"]
WORSENING = [flag for flag, row in flags().items() if not row.get("mitigates")]
GRAVER = {"yes": 2, "criterion": 2, "no": 0}  # named or by criterion: the same level
BETTER = {"yes": 2, "some": 1, "no": 0}

unsure = st.none()
FACTS = st.builds(
    Facts,
    age=unsure | st.integers(0, 20),
    work=unsure | st.sampled_from(sorted(works())),
    place=unsure | st.sampled_from(sorted(places())),
    hours_per_day=unsure | st.sampled_from([0, 0.5, 2, 3, 4, 4.5, 5, 8, 8.5, 12, 24]).map(float),
    days_per_week=unsure | st.integers(0, 7).map(float),
    night_work=unsure | st.booleans(),
    schooling=unsure | st.sampled_from(SCHOOLING),
    family_help=unsure | st.booleans(),
    flags=unsure | st.frozensets(st.sampled_from([*flags(), "never heard of"]), max_size=3),
)
# Mostly harmless, so that what one fact does can be seen.
QUIET = st.builds(
    Facts,
    age=st.integers(5, 17),
    work=unsure | st.sampled_from(sorted(works())),
    hours_per_day=unsure | st.sampled_from([1.0, 3.0, 4.0, 6.0]),
    days_per_week=unsure | st.sampled_from([1.0, 5.0]),
    night_work=unsure | st.just(False),
    schooling=unsure | st.just("attending"),
    family_help=unsure | st.booleans(),
)
CHILD = FACTS | QUIET


def level(facts: Facts) -> Level:
    return triage(facts, TODAY).level


@given(CHILD, st.integers(0, 20), st.integers(0, 20))
def test_younger_is_never_lower(facts, one, other):
    """One exception (settings.toml): of who is too young for school its absence says nothing."""
    younger, older = sorted((one, other))
    if younger < content("settings")["school_age"]["from"]:
        facts = replace(facts, schooling="attending")
    assert level(replace(facts, age=younger)) >= level(replace(facts, age=older))


@given(CHILD, st.floats(0, 24), st.floats(0, 24))
def test_more_hours_are_never_lower(facts, one, other):
    fewer, more = sorted((one, other))
    lower, higher = (level(replace(facts, hours_per_day=hours)) for hours in (fewer, more))
    assert lower <= higher


@given(CHILD, st.integers(0, 7), st.integers(0, 7))
def test_more_days_are_never_lower(facts, one, other):
    fewer, more = sorted((one, other))
    lower, higher = (level(replace(facts, days_per_week=float(days))) for days in (fewer, more))
    assert lower <= higher


@given(CHILD)
def test_nights_are_never_lower(facts):
    assert level(replace(facts, night_work=True)) >= level(replace(facts, night_work=False))


@given(CHILD)
def test_work_for_others_is_never_lower(facts):
    assert level(replace(facts, family_help=False)) >= level(replace(facts, family_help=True))


@given(CHILD, st.sampled_from(SCHOOLING), st.sampled_from(SCHOOLING))
def test_less_school_is_never_lower(facts, one, other):
    better, worse = sorted((one, other), key=SCHOOLING.index)
    assert level(replace(facts, schooling=worse)) >= level(replace(facts, schooling=better))


@given(CHILD, st.frozensets(st.sampled_from([*WORSENING, "never heard of"]), max_size=3))
def test_more_flags_are_never_lower(facts, more):
    said = facts.flags or frozenset()
    assert level(replace(facts, flags=said | more)) >= level(replace(facts, flags=said))


def no_better(one, other):
    """Whether the law sees nothing in the second kind of work that it likes better."""
    return (
        GRAVER[one.forbidden] <= GRAVER[other.forbidden]
        and BETTER[one.light] >= BETTER[other.light]
        and BETTER[one.late] >= BETTER[other.late]
        and one.art == other.art
        and one.begging <= other.begging
        and one.household >= other.household
        and one.vague <= other.vague
        and one.ask_place <= other.ask_place
    )


WORSE_WORK = [
    (one.id, other.id)
    for one in works().values()
    for other in works().values()
    if one is not other and no_better(one, other)
]


@given(CHILD, st.sampled_from(WORSE_WORK))
def test_worse_work_is_never_lower(facts, pair):
    assert len(WORSE_WORK) > 100
    better, worse = pair
    assert level(replace(facts, work=worse)) >= level(replace(facts, work=better))


@given(CHILD, st.sampled_from([key for key, kind in places().items() if kind.forbidden != "no"]))
def test_a_forbidden_place_is_never_lower(facts, place):
    assert level(replace(facts, place=place)) >= level(replace(facts, place="home"))


BENIGN = {
    "age": 17,
    "work": "craft",
    "place": "home",
    "hours_per_day": 0.0,
    "days_per_week": 1.0,
    "night_work": False,
    "schooling": "attending",
    "family_help": True,
    "flags": frozenset(),
}


@given(CHILD, st.sampled_from(sorted(BENIGN)))
def test_an_unknown_never_lowers(facts, field):
    """Unknown work may be no work at all: that is compared where there are hours of it.

    For others the most harmless is to perform, the only work that is open under 13.
    """
    benign = {**BENIGN, "work": "performance" if facts.family_help is False else "craft"}
    known = replace(facts, **{field: benign[field]})
    if field != "work" or (facts.hours_per_day and facts.days_per_week):
        assert level(replace(facts, **{field: None})) >= level(known)


WORST = {
    "age": 5,
    "work": "construction",
    "hours_per_day": 24.0,
    "days_per_week": 7.0,
    "night_work": True,
    "schooling": "never",
    "family_help": False,
}


@given(CHILD, st.sampled_from(sorted(WORST)))
def test_none_is_said_only_when_what_is_not_known_could_not_change_it(facts, field):
    """One exception (settings.toml): who does not work at all."""
    known = replace(facts, **{field: None})
    idle = facts.work is None and 0 in (facts.hours_per_day, facts.days_per_week)
    if not (idle and field != "age" and field != "schooling"):
        idle_now = known.work is None and 0 in (known.hours_per_day, known.days_per_week)
        worse = level(replace(facts, **{field: WORST[field]}))
        if worse > Level.NONE and not idle_now:
            assert level(known) > Level.NONE


@given(CHILD, st.sampled_from([key for key, kind in works().items() if kind.forbidden != "no"]))
def test_forbidden_work_of_a_minor_is_hazardous_at_least(facts, work):
    age = min(facts.age, 17) if facts.age is not None else None
    assert level(replace(facts, work=work, age=age)) >= Level.HAZARDOUS


@given(CHILD)
def test_every_finding_has_reasons_that_cite_and_knows_what_to_ask(facts):
    found = triage(facts, TODAY)
    assert found.reasons and found.preliminary
    assert found.reasons[0].rule != "minor_not_child"  # a note beside, no reason for the level
    for reason in found.reasons:
        assert reason.sources and reason.citation() and "{" not in reason.says("en")
        assert all(source.in_force(TODAY) for source in reason.sources)
    if found.level is Level.UNCLEAR:
        assert found.ask_next
    if found.level in (Level.NONE, Level.EMERGENCY):
        assert found.ask_next is None


@given(CHILD)
def test_what_is_asked_is_not_known_yet_or_must_be_said_better(facts):
    asked = triage(facts, TODAY).ask_next
    assert asked in (None, "work", "flags", "place") or getattr(facts, asked) is None


@settings(max_examples=20)
@given(CHILD, st.dates(date(2026, 9, 10), date(2030, 1, 1)))
def test_a_decree_that_has_expired_is_not_cited(facts, on):
    assert all("12/2022" not in reason.citation() for reason in triage(facts, on).reasons)
