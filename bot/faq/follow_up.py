"""A short question that leans on the one before it: "and at 16?", "and at night?"."""

from __future__ import annotations

from functools import cache

from bot.faq.contents import content
from bot.faq.wording import Wording, fillers, plainly

_LONGEST = 9  # words


def leans(asked: Wording) -> bool:
    """Whether a question is too short to be understood without the one before."""
    if len(asked.words) > _LONGEST or not (asked.words or asked.ages):
        return False
    return _begins(asked) or _ends(asked) or _says_age_only(asked)


def whole_question(asked: Wording, before: Wording) -> Wording:
    """What is asked with the rest of it taken from the question before.

    What is said anew, an age or a kind of work, takes the place of what was said.
    """
    jobs = frozenset(content("follow_up")["jobs"])
    kept = before.concepts - jobs if asked.concepts & jobs else before.concepts
    said = before.words
    if asked.ages:  # "under" was said of the other age
        said = tuple(word for word in said if word not in _under())
    return Wording(
        words=(*asked.words, *said),
        concepts=asked.concepts | kept,
        ages=asked.ages or before.ages,
        years=asked.years if asked.ages else before.years,
        outside=asked.outside or before.outside,
    )


def _begins(asked: Wording) -> bool:
    return any(asked.words[: len(said)] == said for said in _said("begins"))


def _ends(asked: Wording) -> bool:
    return any(asked.words[-len(said) :] == said for said in _said("ends"))


def _says_age_only(asked: Wording) -> bool:
    return bool(asked.ages) and all(word in fillers() or word in _years() for word in asked.words)


@cache
def _said(part: str) -> tuple[tuple[str, ...], ...]:
    return tuple(plainly(each) for each in content("follow_up")[part])


@cache
def _under() -> frozenset[str]:
    return frozenset(word for each in content("words")["ages"]["under"] for word in plainly(each))


@cache
def _years() -> frozenset[str]:
    return frozenset(word for each in content("words")["ages"]["years"] for word in plainly(each))
