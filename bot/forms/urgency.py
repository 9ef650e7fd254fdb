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
    harmed = answers.get("what") in ("alone", "beaten") or _told(answers) >= Danger.POSSIBLE
    return OTHER if harmed else UNCLEAR


def cannot_wait(answers: Answers) -> bool:
    """Whether somebody must be woken for this."""
    what, danger = str(answers.get("what", "")), answers.get("danger")
    if danger == "yes" or what == "abused":
        return True
    if danger == "no":
        return False
    return what == "beaten" or _told(answers) >= Danger.POSSIBLE


def _told(answers: Answers) -> Danger:
    """The most that was said of danger in own words, also beside what was asked."""
    also = answers.get("also") or ()
    return max(read(str(each)) for each in (answers.get("what", ""), *also))


def said_so(answers: Answers) -> bool:
    """Whether the person has said, in so many words, that it is now."""
    return answers.get("danger") == "yes" or read(str(answers.get("what", ""))) == Danger.NOW
