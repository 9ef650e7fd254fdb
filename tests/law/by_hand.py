"""The triage level of the facts of one child, written by hand from the articles.

A second opinion on the rule table, written without looking at it; where the two differed, the
articles were read again (docs/decisions/0009). Sources: law.md sections 1, 2, 3, 6 and 10,
process.md section 4. An unknown fact is tried at its mildest and at its gravest value: what
holds at the mildest holds; what is NONE there and more than NONE at the gravest is UNCLEAR.
"""

# What the articles leave open:
# DECISION: an unknown age is any age from 6 to 17: somebody thought it worth telling.
# DECISION: alone or abandoned is urgent under 6, and where nobody knows the age.
# DECISION: flags and places that are not named were not seen; unknown night work can hinder NONE.
# DECISION: a flag that nobody here knows makes UNCLEAR of NONE, and changes nothing else.
# DECISION: flags not told at all: where there is one sign there may be a second.
# DECISION: no work is: no kind, no forbidden place, no night, 0 hours (or 0 days, hours untold),
# DECISION: and nobody said that it is for others: who works for others does something.
# DECISION: where facts contradict each other the worse is believed: work named at 0 hours is work.
# DECISION: family_help unknown is tried both ways for AT_HOME and unknown work; all else is hired.
# DECISION: without a kind of work nobody knows whether it is harmful, family help or not: UNCLEAR.
# DECISION: HARMFUL_WORK is HAZARDOUS under 18, family help or not (brick_kiln, porter by criteria).
# DECISION: PERHAPS_HARMFUL is NONE under 18 only in a place that is told and harmless (annex III).
# DECISION: at 13-14 LIGHT is light, PARTLY_LIGHT is UNCLEAR within the limits, the rest is outside.
# DECISION: at 15-17 by night AT_NIGHT is allowed, PARTLY_AT_NIGHT UNCLEAR, the rest CHILD_LABOUR.
# DECISION: performance for others under 13 is UNCLEAR until a consent of the province is told.
# DECISION: family help over 8 h a day or 40 h a week is CHILD_LABOUR.
# DECISION: family help over 4 h or 20 h or at night under 15 is AT_RISK; nights later by annex V.
# DECISION: harms_study, harms_health are CHILD_LABOUR under 16; at 16-17 only if not family help.
# DECISION: "in order to earn" is dropped_out or never, age 6-15, working for others.
# DECISION: at 6-15 anything but attending is never NONE; at other ages schooling hinders no NONE.
# DECISION: anything but attending from 6 on is the sign absent_over_5_days, counted once.
# DECISION: one sign alone is NONE.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# fmt: off
LEVELS = (
    "NONE", "UNCLEAR", "OTHER_PROTECTION", "AT_RISK", "CHILD_LABOUR", "HAZARDOUS", "EMERGENCY",
)
EMERGENCY = frozenset({
    "injured", "sick", "sexual_abuse", "sexual_harassment", "sexual_exploitation", "beaten",
    "locked_up", "serious_neglect", "trafficking", "debt_bondage", "papers_withheld",
    "wages_withheld", "missing", "suicidal", "abuser_has_access", "asks_to_leave", "forced",
    "organised_begging", "danger",
})
SMALL = frozenset({"alone", "abandoned"})
HAZARDS = frozenset({
    "heavy_loads", "chemicals", "machines", "dangerous_work", "explosives", "heights", "depths",
    "dust_heat_noise",
})
HARMS = frozenset({"harms_study", "harms_health"})
OTHER_PROTECTION = frozenset({
    "early_marriage", "neglect", "online_harm", "abandoned", "alone", "abuse", "illegal_activity",
    "homeless", "disability", "orphan",
})
SIGNS = frozenset({
    "absent_over_5_days", "parents_absent", "poor_household", "debt", "sibling_works",
    "recruiter", "marriage_plan", "harvest_season", "asks_for_work",
})
AT_WORK = frozenset({"apprentice", "no_consent", "provincial_consent"})
KNOWN = EMERGENCY | SMALL | HAZARDS | HARMS | OTHER_PROTECTION | SIGNS | AT_WORK
HARMFUL_PLACES = frozenset({
    "construction_site", "underground", "underwater", "slaughterhouse", "bar", "dance_hall",
    "karaoke", "hotel", "guest_house", "sauna", "massage", "casino", "lottery_outlet", "game_shop",
    "at_height", "deep_pit", "quarry", "brick_kiln",
})
HARMFUL_WORK = frozenset({
    "construction", "brick_kiln", "mining", "metalwork", "slaughterhouse", "entertainment",
    "porter",
})
PERHAPS_HARMFUL = frozenset({
    "forestry", "fishing", "carpentry", "repair", "scrap_collecting", "factory", "other",
})
AT_HOME = frozenset({
    "agriculture", "livestock", "forestry", "fishing", "craft", "shop", "childcare", "other",
})
LIGHT = frozenset({"performance", "craft"})
PARTLY_LIGHT = frozenset({"agriculture", "livestock", "fishing", "garment", "online", "other"})
AT_NIGHT = frozenset({"performance", "craft"})
PARTLY_AT_NIGHT = frozenset({"garment", "delivery", "online", "other"})
OUT_OF_SCHOOL = frozenset({"dropped_out", "never"})
# fmt: on


def level(facts: Mapping[str, Any]) -> str:
    """The level of facts in the shape of `vongtay triage`; what is missing or None is unknown."""
    flags = frozenset(facts.get("flags") or ())
    age = facts.get("age")
    # process.md 4.3, first row: these are urgent whoever the person is
    if flags & EMERGENCY:
        return "EMERGENCY"
    # the same row: under 6 and alone; Law on Children articles 4.9 and 6.2
    if flags & SMALL and (age is None or age < 6):
        return "EMERGENCY"
    found = _of_a_minor(facts, flags)
    return "UNCLEAR" if found == "NONE" and flags - KNOWN else found


def _of_a_minor(facts: Mapping[str, Any], flags: frozenset[str]) -> str:
    age = facts.get("age")
    # Labour Code article 143.1: a minor is under 18
    if age is not None and age >= 18:
        return "NONE"
    ages = range(6, 18) if age is None else (age,)
    mildest = min(_weigh(_at_mildest(facts), at, flags) for at in ages)
    gravest = max(_weigh(_at_gravest(facts), at, flags) for at in ages)
    if LEVELS[mildest] == "NONE" and (gravest > mildest or _work_is_untold(facts)):
        return "UNCLEAR"
    return LEVELS[mildest]


def _work_is_untold(facts: Mapping[str, Any]) -> bool:
    # Labour Code article 147 and Law on Children article 26 protect whoever does the work, so help
    # for the family may be harmful as well; Family Law article 70.3: suited to the age
    for_others = facts.get("family_help") is False
    return facts.get("work") is None and (for_others or _works(facts))


def _at_mildest(facts: Mapping[str, Any]) -> dict[str, Any]:
    mild = {
        "hours_per_day": 0,
        "days_per_week": 0,
        "night_work": False,
        "schooling": "attending",
        "family_help": facts.get("work") is None or facts["work"] in AT_HOME,
        "further_signs": False,
    }
    return mild | _known(facts)


def _at_gravest(facts: Mapping[str, Any]) -> dict[str, Any]:
    grave = {
        "schooling": "never",
        "family_help": False,
        "further_signs": facts.get("flags") is None,
        "hours_per_day": 0,
        "days_per_week": 0,
        "night_work": False,
    }
    if _works(facts):  # nobody works at night, or long, who does not work
        grave |= {"hours_per_day": 24, "days_per_week": 7, "night_work": True}
    return grave | _known(facts)


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _works(facts: Mapping[str, Any]) -> bool:
    if facts.get("work") or facts.get("place") in HARMFUL_PLACES or facts.get("night_work"):
        return True
    hours, days = facts.get("hours_per_day"), facts.get("days_per_week")
    return not (hours == 0 or (days == 0 and hours is None))


def _weigh(facts: Mapping[str, Any], age: int, flags: frozenset[str]) -> int:
    """The gravest finding, as an index of LEVELS, when no fact but the kind of work is unknown."""
    work, place, schooling = facts.get("work"), facts.get("place"), facts["schooling"]
    absent = age >= 6 and schooling != "attending"
    found = ["NONE"]

    # Labour Code articles 147.1 and 147.2, Circular 09/2020 annexes III and IV, Law on Children
    # article 26: harmful to whoever does it, so family help is no excuse
    if work in HARMFUL_WORK or place in HARMFUL_PLACES or flags & HAZARDS:
        found.append("HAZARDOUS")
    if work in PERHAPS_HARMFUL and place is None:
        found.append("UNCLEAR")
    # Decree 130/2021 article 23.2: begging; organised or forced it is an emergency already
    if work == "begging":
        found.append("CHILD_LABOUR")
    # Law on Children articles 26 and 37.2, Decree 130/2021 article 23.1: harm to study or health;
    # they protect a child, from 16 on only Labour Code article 144 does, and family law article 70
    if flags & HARMS:
        hired = age < 16 or not facts["family_help"]
        found.append("CHILD_LABOUR" if hired else "AT_RISK")
    # Labour Code article 61.4: apprentices from 14
    if "apprentice" in flags and age < 14:
        found.append("CHILD_LABOUR")
    # Labour Code article 145.3: nobody performs under 13 without the province's consent
    if "no_consent" in flags and age < 13 and work == "performance":
        found.append("CHILD_LABOUR")

    if _works(facts):
        if facts["family_help"]:
            found.append(_as_family_help(facts, age))
        else:
            found.append(_for_others(facts, age, flags))
        # Law on Children articles 37.2 and 99.2, Decree 130/2021 article 23.1
        if absent and age < 16:
            found.append("AT_RISK")

    # Law 123/2025, lower secondary school is compulsory; process.md 4.3, row KHONG: "in school"
    if absent and age < 16:
        found.append("UNCLEAR")
    # Law on Children articles 4, 6 and 10, process.md 4.3, row KHAC_BAO_VE
    if flags & OTHER_PROTECTION:
        found.append("OTHER_PROTECTION")
    # process.md 4.3, row NGUY_CO; Law on Children article 49
    signs = set(flags & SIGNS)
    if absent:
        signs.add("absent_over_5_days")
    if "orphan" in flags:
        signs.add("parents_absent")
    if len(signs) >= 2 or (signs and facts["further_signs"]):
        found.append("AT_RISK")
    return max(LEVELS.index(each) for each in found)


def _for_others(facts: Mapping[str, Any], age: int, flags: frozenset[str]) -> str:
    work, night, schooling = facts.get("work"), facts["night_work"], facts["schooling"]
    daily = facts["hours_per_day"]
    weekly = daily * facts["days_per_week"]
    # Labour Code article 146.2, process.md 4.3, row LDTE_NGUY_HIEM: more than any minor may work
    if daily > 8 or weekly > 40:
        return "HAZARDOUS"
    # Labour Code articles 146.1 and 106: no night work under 15
    if night and age < 15:
        return "HAZARDOUS"
    # Labour Code article 146.1: hours under 15
    if age < 15 and (daily > 4 or weekly > 20):
        return "CHILD_LABOUR"
    # Law on Children article 10.1 h: out of school to earn a living
    if 6 <= age < 16 and schooling in OUT_OF_SCHOOL:
        return "CHILD_LABOUR"
    # Labour Code article 145.1: under 15 the hours of work may not be at the cost of school
    if 6 <= age < 15 and schooling == "irregular":
        return "CHILD_LABOUR"
    if work is None:
        return "UNCLEAR"
    # Labour Code articles 143.4 and 145.3: under 13 only performance and sport, with consent
    if age < 13 and work != "performance":
        return "CHILD_LABOUR"
    if age < 13:
        return "NONE" if "provincial_consent" in flags else "UNCLEAR"
    # Labour Code article 143.3, Circular 09/2020 annex II: light work at 13 and 14
    if age < 15 and work not in LIGHT:
        return "UNCLEAR" if work in PARTLY_LIGHT else "CHILD_LABOUR"
    # Labour Code article 146.2, Circular 09/2020 article 10 and annex V: night work at 15 to 17
    if night and work not in AT_NIGHT:
        return "UNCLEAR" if work in PARTLY_AT_NIGHT else "CHILD_LABOUR"
    # nobody knows what it is, so nobody knows whether article 147 forbids it
    return "UNCLEAR" if work == "other" else "NONE"


def _as_family_help(facts: Mapping[str, Any], age: int) -> str:
    work, night, daily = facts.get("work"), facts["night_work"], facts["hours_per_day"]
    weekly = daily * facts["days_per_week"]
    # Marriage and Family Law articles 69.4 and 70.3, Decree 130/2021 article 23.1: no excess
    if daily > 8 or weekly > 40:
        return "CHILD_LABOUR"
    # the same, at the limits that article 146.1 of the Labour Code sets for hired children
    if age < 15 and (night or daily > 4 or weekly > 20):
        return "AT_RISK"
    # Marriage and Family Law article 70.3: suited to the age, as annex V sees it
    if night and (work is None or work in PARTLY_AT_NIGHT):
        return "UNCLEAR"
    if night and work not in AT_NIGHT:
        return "AT_RISK"
    return "NONE"
