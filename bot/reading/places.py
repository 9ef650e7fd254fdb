"""The village a message names: one of the table, or one as typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading.lexicon import vocabulary
from bot.reading.message import Hit, Message
from bot.reading.villages import Match, Villages, kind_said

_SURE = 0.5  # a name said with its kind outdoes one without, whatever its marks
_LONGEST_TYPED = 3  # words of a name nobody knows
_MISTYPED_BARE = 0.75  # how much a mistyped name without its kind must be alike
_LEAST_BARE = 5  # letters of a name that is said without its kind


@dataclass(frozen=True)
class Place:
    """A village as the message says it, at `start`..`end`; `codes` are empty when none is known."""

    start: int
    end: int
    codes: tuple[str, ...]
    rank: float


def village(message: Message, villages: Villages) -> Place | None:
    """The village the child lives in, as far as the message tells; of equals the first."""
    found = [*_with_kind(message, villages), *_bare(message, villages)]
    if not found:
        found = list(_bare_mistyped(message, villages))
    if len(found) > 1:
        found = [place for place in found if not _of_reporter(message, place)] or found
    return max(found, key=lambda place: (place.rank, -place.start), default=None)


def _of_reporter(message: Message, place: Place) -> bool:
    """Whether who reports lives there: "tôi ở thôn A, cháu ở thôn B", "bác Tư ở thôn A báo"."""
    start, end = message.clause(place.start)
    told = message.any_within("people.reporter", start, place.start)
    first = message.at("people.self", start)  # "em là Hoa ở thôn A"
    if first and message.at("names.is", first):
        return True
    if any(start <= hit.start < place.start for hit in message.hits("people.child")):
        return False
    adult = message.any_within("people.adult", start, place.start)
    return told or (adult and message.any_within("people.reporting", place.end, end))


def _with_kind(message: Message, villages: Villages) -> Iterator[Place]:
    for hit in message.hits("places.kind"):
        yield from _named(message, villages, hit, weak=False)
    for hit in message.hits("places.weak_kind"):
        yield from _named(message, villages, hit, weak=True)


def _named(message: Message, villages: Villages, kind: Hit, weak: bool) -> Iterator[Place]:
    """The place of that kind that is named, if one is."""
    at = kind.end
    if at < len(message) and message.pieces[at].plain in (":", "-"):
        at += 1
    if at >= len(message) or message.pieces[at].is_sign:
        return
    person = message.before("places.not_kind", kind.start) is not None
    said = kind_said(message.pieces[kind.start : kind.end])
    exact = villages.exactly(message.pieces, at, said, _number(message, at))
    if exact and not (person and weak):
        yield _place(message, kind.start, at + exact.size, exact, 2.0 - person)
        return
    if person or message.at("places.never", at):
        return
    if not message.marked and message.at("places.unsure_kind", kind.start) == kind.end:
        sure = message.before("places.living", kind.start) or message.at("places.kind", kind.end)
        weak = weak or not (sure or _is_unheard_of(message, at))
    end = _typed_end(message, at)
    if weak and message.pieces[at].kind != "number":
        return
    near = (
        None if message.pieces[at].kind == "number" else villages.nearly(message.pieces, at, said)
    )
    if near:
        yield _place(message, kind.start, at + near.size, near, 1.5)
    elif end > at and not (weak and len(message.pieces[kind.start].plain) == 1):
        rank = 0.3 if weak else 1.0
        yield Place(kind.start, end, (), rank + _lived_in(message, kind.start))


def _is_unheard_of(message: Message, at: int) -> bool:
    """Whether a word follows that is used for nothing else, as in "14t ban nam khum"."""
    said = message.pieces[at : _typed_end(message, at)]
    return any(piece.is_word and piece.plain not in vocabulary() for piece in said)


def _place(message: Message, start: int, end: int, match: Match, rank: float) -> Place:
    return Place(start, end, match.codes, rank + match.score / 2 + _lived_in(message, start))


def _lived_in(message: Message, start: int) -> float:
    """More for a place somebody lives in, less for one something is done in."""
    if message.before("places.working", start):
        return -_SURE
    return 0.2 if message.before("places.living", start) else 0.0


def _number(message: Message, at: int) -> int | None:
    figure = message.figures.get(at)
    if figure is None or message.pieces[at].kind == "number" or figure.end != at + 1:
        return None
    return int(figure.low)


def _typed_end(message: Message, at: int) -> int:
    """Where the name of a village nobody knows ends."""
    if message.pieces[at].kind == "number":
        follows = message.pieces[at + 1 : at + 2]
        stuck = follows and follows[0].start == message.pieces[at].end
        return at + 1 + bool(stuck and follows[0].is_word and len(follows[0].plain) == 1)
    end = at + 1
    named = message.has_capital(at)
    most = at + _LONGEST_TYPED + named
    while end < min(most, len(message)) and _goes_on(message, end, named, end - at):
        end += 1
    return end


def _goes_on(message: Message, at: int, named: bool, words: int) -> bool:
    piece = message.pieces[at]
    if piece.kind == "number":
        return not message.counts(at)
    if not piece.is_word or (at in message.figures and message.figures[at].sure):
        return False
    if named:
        return message.has_capital(at) and not message.at("people.child", at)
    return words < 2 and not message.at("places.never", at)


def _bare(message: Message, villages: Villages) -> Iterator[Place]:
    """Villages that are named without saying what kind of place it is."""
    for at, piece in enumerate(message.pieces):
        if not villages.begins(piece.plain) or not piece.is_word:
            continue
        match = villages.exactly(message.pieces, at, "", None)
        if match and _believable(message, at, match):
            yield _place(message, at, at + match.size, match, 0.8)


def _bare_mistyped(message: Message, villages: Villages) -> Iterator[Place]:
    """Villages whose names are mistyped where somebody is said to live."""
    for living in message.hits("places.living"):
        at = living.end
        if at >= len(message) or message.at("places.kind", at):
            continue
        match = villages.nearly(message.pieces, at, "")
        likely = match is not None and match.size > 1 and match.score > _MISTYPED_BARE
        if match and likely and _believable(message, at, match):
            yield _place(message, at, at + match.size, match, 0.4)


def _believable(message: Message, at: int, match: Match) -> bool:
    """Whether a name that stands alone is meant as a village, not as a person or plain words."""
    said = message.pieces[at : at + match.size]
    letters = sum(len(piece.plain) for piece in said)
    if message.before("places.working", at) and not message.before("places.living", at):
        return False
    if any(
        message.before(label, at)
        for label in ("people.child", "people.adult", "names.announced", "work.title")
    ):
        return False
    lives = message.before("places.living", at) is not None
    if match.size == 1 and len(said[0].plain) < _LEAST_BARE + 1:
        return lives and message.has_capital(at) and match.score > 0.95
    if message.marked and match.score < 0.9 and not lives:
        return False
    return letters >= _LEAST_BARE and (lives or message.has_capital(at) or letters > _LEAST_BARE)
