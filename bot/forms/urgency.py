"""Which reports cannot wait: a first level from what was said, before the law is consulted.

After process.md §4.3 (a proposal that an officer confirms): whoever is beaten, abused or in danger
now is an emergency. An unknown never lowers a level.
"""

from __future__ import annotations

from bot.forms.model import Answers
from bot.vietnamese.danger import Danger, read

EMERGENCY, OTHER, UNCLEAR = "EMERGENCY", "OTHER_PROTECTION", "UNCLEAR"


def level(answers: Answers) -> str:
    """EMERGENCY, OTHER_PROTECTION or UNCLEAR (the names of contract §2)."""
    if cannot_wait(answers):
        return EMERGENCY
    return OTHER if answers.get("what") in ("alone", "beaten") else UNCLEAR


def cannot_wait(answers: Answers) -> bool:
    """Whether somebody must be woken for this."""
    what, danger = str(answers.get("what", "")), answers.get("danger")
    if danger == "yes" or what == "abused":
        return True
    if danger == "no":
        return False
    return what == "beaten" or read(what) >= Danger.POSSIBLE


def said_so(answers: Answers) -> bool:
    """Whether the person has said, in so many words, that it is now."""
    return answers.get("danger") == "yes" or read(str(answers.get("what", ""))) == Danger.NOW
