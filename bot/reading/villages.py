"""The villages there are, found in a message by their names of today and of before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, takewhile

from bot.reading.lexicon import bent
from bot.reading.pieces import Piece
from bot.vietnamese.letters import spelled
from bot.vietnamese.names import closest
from bot.vietnamese.wordlists import wordlist

_MARKS_MISSING, _OTHER_MARKS, _OTHER_KIND, _WITHOUT_KIND = 0.95, 0.86, 0.9, 0.97
_LONGEST_NAME = 6  # words
_SHORT_NAME = 2  # words
_MOST_COMPARED = 40  # names that share a word with what was typed
_MOST_SLIPPED = 1024  # words; a message has some twenty
_LEAST_ALIKE = 0.7

Word = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Known:
    """One name of a village: its words without the kind of place before them, and that kind."""

    code: str
    words: tuple[Word, ...]
    kind: str

    @property
    def plain(self) -> tuple[str, ...]:
        return tuple(word for word, _ in self.words)


@dataclass(frozen=True)
class Match:
    """A village whose name takes `size` pieces; `codes` are all it may be, best first."""

    codes: tuple[str, ...]
    size: int
    score: float


class Villages:
    """A table of villages, prepared once; reading it changes nothing, so threads may share it."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._names = names
        self._first_words: set[str] = set()
        self._by_start: dict[tuple[str, ...], list[Known]] = {}  # by their first two words
        self._by_joined: dict[str, list[Known]] = {}
        self._with_word: dict[str, list[int]] = {}  # places in _all
        self._with_slip: dict[str, set[str]] = {}
        self._slipped: dict[str, set[str]] = {}  # what was looked up of late
        self._all = list(chain.from_iterable(_known(code, names[code]) for code in names))
        self._least_shared = [
            len(known.words) - (len(known.words) > _SHORT_NAME) for known in self._all
        ]
        for at, known in enumerate(self._all):
            self._add(at, known)

    @classmethod
    def of(cls, places: Iterable[tuple[str, Sequence[str]]]) -> Villages:
        """The table of these (code, names): the name of today first, then those of before."""
        return cls({code: tuple(names) for code, names in places if names})

    def _add(self, at: int, known: Known) -> None:
        self._first_words.add(known.plain[0])
        self._by_start.setdefault(known.plain[:2], []).append(known)
        if len(known.words) > 1:
            self._by_joined.setdefault("".join(known.plain), []).append(known)
        for word in set(known.plain):
            self._with_word.setdefault(word, []).append(at)
            for slip in _one_missing(word):
                self._with_slip.setdefault(slip, set()).add(word)

    def name(self, code: str) -> str:
        """The name the village has today."""
        return self._names[code][0]

    def begins(self, plain: str) -> bool:
        """Whether some name begins with that word, or is that word with its spaces left out."""
        return plain in self._first_words or plain in self._by_joined

    def exactly(
        self, pieces: Sequence[Piece], at: int, kind: str, number: int | None
    ) -> Match | None:
        """The village whose name, letter for letter, begins at that piece.

        `kind` is the kind of place said before it, folded, or ""; `number` the number that is said
        there in words.
        """
        scores: dict[str, tuple[int, float]] = {}
        first = [_digits(pieces[at].plain)]
        if number is not None and kind:
            first.append(str(number))
        for known in self._beginning(first, pieces[at + 1 : at + 2]):
            if pieces[at].is_word and known.words[0][0].isdecimal() and known.kind != kind:
                continue  # "bản Nậm" is no "khu phố 5", though "nam" may be five
            said = pieces[at : at + len(known.words)]
            marks = _marks_alike(said, known, number)
            if marks:
                rank = (len(known.words), marks * _kinds_alike(kind, known.kind))
                scores[known.code] = max(scores.get(known.code, (0, 0.0)), rank)
        for known in self._by_joined.get(pieces[at].plain, ()):
            scores.setdefault(known.code, (1, _MARKS_MISSING * _kinds_alike(kind, known.kind)))
        if not scores:
            return None
        size, score = max(scores.values())
        codes = tuple(code for code, rank in scores.items() if rank == (size, score))
        return Match(codes, size, score)

    def _beginning(self, first: Sequence[str], second: Sequence[Piece]) -> Iterator[Known]:
        """The names that begin with one of those words, and go on, if they do, with the other."""
        for word in first:
            yield from self._by_start.get((word,), ())
            for piece in second:
                yield from self._by_start.get((word, _digits(piece.plain)), ())

    def nearly(self, pieces: Sequence[Piece], at: int, kind: str) -> Match | None:
        """The village whose name, mistyped, is likeliest to begin at that piece.

        Without a kind of place before it, a name of one word is not looked for.
        """
        said = list(takewhile(lambda piece: not piece.is_sign, pieces[at : at + _LONGEST_NAME]))
        by_size: dict[int, set[str]] = {}
        for known in self._sharing(said):
            if kind or len(known.words) > 1:
                by_size.setdefault(len(known.words), set()).add(known.code)
        best: Match | None = None
        for size in sorted(by_size):
            words = " ".join((kind, *(piece.raw for piece in said[:size])))
            names = {code: self._names[code] for code in sorted(by_size[size])}
            found = closest(words, names, _LEAST_ALIKE)
            if found and (best is None or found[0][1] > best.score):
                codes = tuple(code for code, score in found if score == found[0][1])
                best = Match(codes, size, found[0][1])
        return best

    def _sharing(self, said: Sequence[Piece]) -> list[Known]:
        """The names whose words were said, mistyped or not; of a long name all words but one."""
        shared: Counter[int] = Counter()
        for piece in said:
            for word in self._alike(piece.plain):
                shared.update(self._with_word.get(word, ()))
        likely = sorted(shared.items(), key=lambda pair: -pair[1])
        enough = (self._all[at] for at, count in likely if count >= self._least_shared[at])
        fitting = (known for known in enough if len(known.words) <= len(said))
        return list(islice(fitting, _MOST_COMPARED))

    def _alike(self, plain: str) -> set[str]:
        """The words of names that are this one, with at most one slip."""
        if plain in self._with_word:
            return {plain}
        known = self._slipped.get(plain)
        if known is not None:
            return known
        words = set[str]()
        for slip in (plain, *_one_missing(plain)):
            words |= self._with_slip.get(slip, set())
            words |= {slip} & self._with_word.keys()
        if len(self._slipped) >= _MOST_SLIPPED:
            self._slipped.clear()
        self._slipped[plain] = words
        return words


def _known(code: str, names: Sequence[str]) -> Iterable[Known]:
    for name in names:
        words = tuple((_digits(plain), bent(marks)) for plain, marks in spelled(name))
        if not words:
            continue
        size, kind = _kind_of([plain for plain, _ in words])
        yield Known(code, words[size:] or words, kind if words[size:] else "")


def _kind_of(plain: Sequence[str]) -> tuple[int, str]:
    """How many words say what kind of place it is, and which; 0 and "" when none does."""
    for kind in wordlist("places")["kinds"]:
        for begins in (kind["word"], *kind["short"]):
            words = begins.split()
            if list(plain[: len(words)]) == words and len(plain) > len(words):
                return len(words), str(kind["word"])
    return 0, ""


def kind_said(pieces: Sequence[Piece]) -> str:
    """The kind of place these pieces say, as the table of kinds writes it."""
    said = " ".join(piece.plain for piece in pieces)
    return _kinds().get(said, said)


@cache
def _kinds() -> dict[str, str]:
    """The kinds of places by each way to say them."""
    kinds: dict[str, str] = {}
    for kind in wordlist("places")["kinds"]:
        for said in (kind["word"], *kind["short"]):
            kinds.setdefault(said, kind["word"])
    return kinds


def _digits(plain: str) -> str:
    return plain.lstrip("0") or plain  # "05" is 5


def _marks_alike(said: Sequence[Piece], known: Known, number: int | None) -> float:
    """1.0 for the same letters and marks, less for other marks, 0.0 for other letters."""
    if len(said) < len(known.words):
        return 0.0
    score = 1.0
    for at, (piece, (plain, marks)) in enumerate(zip(said, known.words, strict=False)):
        if at == 0 and number is not None and plain == str(number):
            continue
        if _digits(piece.plain) != plain:
            return 0.0
        if not piece.bent <= marks:
            score = min(score, _OTHER_MARKS)
        elif piece.bent != marks:
            score = min(score, _MARKS_MISSING)
    return score


def _kinds_alike(said: str, known: str) -> float:
    if said == known:
        return 1.0
    return _OTHER_KIND if said and known else _WITHOUT_KIND


def _one_missing(word: str) -> Iterable[str]:
    """The word with one letter left out, for words long enough to be told by the rest."""
    if len(word) < 2 or word.isdecimal():
        return ()
    return {word[:at] + word[at + 1 :] for at in range(len(word))}
