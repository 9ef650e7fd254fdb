"""What the law says of a report: its answers as facts, weighed by the table of bot/law.

The level is the graver of two: what was said of danger (urgency.py), and the work (bot/law).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from bot.forms import urgency
from bot.forms.model import UNKNOWN, VOICE, Answers, Scene
from bot.law.facts import Facts
from bot.law.finding import Finding
from bot.law.table import Level
from bot.law.triage import triage

# The answer to "what is happening", where it is one of the choices, as flags of the law's table.
_FLAGS = {"alone": ("alone",), "abused": ("sexual_abuse",), "beaten": ("neglect",)}
_SAME_NAME = ("age", "work", "place", "hours_per_day", "days_per_week", "schooling")
_WHETHER = {"night_work": ("yes", "no"), "family_help": ("family", "others")}


def finding(answers: Answers, on: date) -> Finding:
    """What the table of the law says of these answers on that day."""
    return _weighed(tuple(sorted(_facts(answers).items())), on)


def level(answers: Answers, on: date) -> str:
    """The name of the level (contract §2): the graver of what was said of danger and of work."""
    said, by_law = Level[urgency.level(answers)], finding(answers, on).level
    if said is Level.UNCLEAR and answers.get("danger") == "no":
        return by_law.name  # no danger: then the work decides alone
    return max(said, by_law).name


def asks_first(answers: Answers, scene: Scene) -> str:
    """The question whose answer settles the level soonest; "" when none would."""
    return finding(answers, scene.today).ask_next or ""


def _facts(answers: Answers) -> dict[str, Any]:
    """The answers under the names of contract §2 `triage`; what is not known is left out."""
    known = {key: said for key in _SAME_NAME if (said := _said(answers.get(key))) is not None}
    for key, (so, not_so) in _WHETHER.items():
        if answers.get(key) in (so, not_so):
            known[key] = answers[key] == so
    what = answers.get("what")
    if what == "out_of_school":
        known.setdefault("schooling", "dropped_out")
    if flags := _FLAGS.get(str(what)):
        known["flags"] = flags
    return known


def _said(value: Any) -> Any:
    if isinstance(value, str):
        return None if value in (UNKNOWN, VOICE) else value.removeprefix("/")
    # An older form may have kept the answer in another shape.
    return value if type(value) in (int, float, bool) else None


@lru_cache(2048)  # a conversation weighs the same answers again at every step
def _weighed(answers: tuple[tuple[str, Any], ...], on: date) -> Finding:
    known = Facts.of(dict(answers))
    # "By the river, for Mr Bay" names no kind of place, and is not to be asked again for that.
    return _by_law(replace(known, unreadable=()) if known.unreadable else known, on)


_by_law = lru_cache(2048)(triage)  # the words differ from child to child, the facts hardly
