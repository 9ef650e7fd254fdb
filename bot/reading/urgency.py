"""Whether the message says that a child is in danger, or that none is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bot.reading.message import Message
from bot.vietnamese.danger import Danger, listen

_SAFE = ","  # stands where a danger was denied
_LEFT_ALONE_UP_TO = 6  # years: so small a child is not left alone
_MINDS_FROM = 9  # years: who is younger minds no other child
_OF_AGE = 18
_FIRST_FORM = 6  # years of age in the form 0
_HARMLESS = -3.0  # the score up to which what the rules hear is none (see vietnamese/alarm.py)
_SOUNDS = -0.25  # the score over which it is danger though the rules hear none

_Span = tuple[int, int]  # positions of pieces


def urgent(message: Message) -> bool | None:
    """True where danger is heard, now or possibly; False where it is denied; None otherwise.

    What may be danger is treated as danger: an alarm too many is looked into, one too few is not.
    So what the rules hear counts unless the words are very surely harmless, and what only sounds
    like danger counts too.
    """
    denied = [(hit.start, hit.end) for hit in message.hits("danger.none")]
    beside = sorted(chain(denied, _harmless(message)))
    heard = listen(_without(message, beside))
    ruled = _is_heard(message, heard.level) or _is_too_young(message)
    if heard.score > (_HARMLESS if ruled else _SOUNDS):
        return True
    if denied and not next(message.hits("danger.not_safe"), None):
        return False
    return None


def _is_heard(message: Message, level: Danger) -> bool:
    if level is not Danger.POSSIBLE:
        return level is Danger.NOW
    return not (_ended_well(message) or _asks(message))


def _is_too_young(message: Message) -> bool:
    """Whether a child is too young for what is told of it: to be alone, to marry."""
    young = _is_unminded(message) or _is_taken_young(message)
    return young and not (_ended_well(message) or _asks(message))


def _ended_well(message: Message) -> bool:
    return next(message.hits("danger.well"), None) is not None


def _asks(message: Message) -> bool:
    """Whether the message asks about the law or about children in general."""
    return next(message.hits("danger.law"), None) is not None


def _is_unminded(message: Message) -> bool:
    """Whether a small child is alone, or in the care of another child."""
    if next(message.hits("danger.minded"), None):
        return False
    if any(
        _number(message, hit.start, hit.end) < _MINDS_FROM for hit in message.hits("danger.minding")
    ):
        return True
    babies = next(message.hits("danger.months"), None)
    small = babies or any(age <= _LEFT_ALONE_UP_TO for age in _ages(message))
    return bool(small and next(message.hits("danger.alone"), None))


def _is_taken_young(message: Message) -> bool:
    """Whether somebody under age is married off, or is with child."""
    away = {at for span in _harmless(message) for at in range(*span)}
    if all(hit.start in away for hit in message.hits("danger.wed")):
        return False
    forms = (
        _number(message, hit.start, hit.end) + _FIRST_FORM for hit in message.hits("danger.form")
    )
    return any(_MINDS_FROM <= age < _OF_AGE for age in chain(_ages(message), forms))


def _ages(message: Message) -> Iterator[float]:
    return (_number(message, hit.start, hit.end) for hit in message.hits("danger.aged"))


def _number(message: Message, start: int, end: int) -> float:
    """The first number that begins between the two positions; the phrase there holds one."""
    return next(message.figures[at].low for at in range(start, end) if at in message.figures)


def _harmless(message: Message) -> Iterator[_Span]:
    """What only sounds like danger, or tells of a danger that is over or of another place."""
    for hit in message.hits("danger.harmless"):
        yield hit.start, hit.end
    for hit in message.hits("danger.elsewhere"):
        since, until = message.clause(hit.start)
        turns = [turn.start for turn in message.hits("danger.today")]
        since = max((at for at in turns if since <= at < hit.start), default=since)
        yield since, min((at for at in turns if hit.end <= at < until), default=until)


def _without(message: Message, taken: Iterable[_Span]) -> str:
    """The text with these parts taken out."""
    parts, since = list[str](), 0
    for span in taken:
        start, end = message.span(*span)
        if start >= since:
            parts += [message.text[since:start], _SAFE]
            since = end
    return "".join((*parts, message.text[since:]))
