"""One message prepared once for all who read it: pieces, numbers, phrases, sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain, starmap
from typing import NamedTuple

from bot.reading.figures import Figure, figures
from bot.reading.lexicon import looked_up
from bot.reading.pieces import Piece, cut, ends_sentence

LONGEST = 10_000  # characters that are read; a report is not longer
_MARKED_SHARE = 0.35  # of the words with marks: its writer types them
_NONE: Mapping[int, int] = {}
_SHOUTED_SHARE = 0.6  # of the words with a capital: capitals say nothing


class Hit(NamedTuple):
    """A phrase of a list, said by the pieces `start`..`end` (exclusive)."""

    start: int
    end: int


# As Hit._make, without a frame of Python for each: most of what is asked for is not there.
_hit: Callable[[tuple[int, int]], Hit] = partial(tuple.__new__, Hit)


class Message:
    """The prepared text. Positions are those of pieces; `span` gives the characters."""

    def __init__(self, text: str) -> None:
        self.text = text[:LONGEST]
        self.pieces: list[Piece] = cut(self.text)
        words = [piece for piece in self.pieces if piece.kind == "word"]
        with_marks = sum([bool(piece.marks) for piece in words])
        self.marked = with_marks > _MARKED_SHARE * len(words)
        capitals = sum([piece.capital for piece in words])
        self.capitals_tell = len(words) < 3 or capitals < _SHOUTED_SHARE * len(words)
        self.figures: dict[int, Figure] = {each.start: each for each in figures(self.pieces)}
        self._figure_ends = frozenset(each.end for each in self.figures.values())
        ends = {start: figure.end for start, figure in self.figures.items()}
        self._ends = looked_up(self.pieces, ends, self.marked)
        self._by_end: dict[str, dict[int, Hit]] = {}
        self._covered: dict[str, frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self.pieces)

    def hits(self, label: str) -> Iterator[Hit]:
        """Where phrases of that list stand, in order; of those that begin alike the longest."""
        found = self._ends.get(label)
        return map(_hit, found.items()) if found else iter(())

    def labels(self, file: str) -> Iterator[tuple[str, Hit]]:
        """The hits of every list of that file, with the section's name."""
        for label, here in self._ends.items():
            of, _, section = label.partition(".")
            if of == file:
                for hit in here.items():
                    yield section, _hit(hit)

    def at(self, label: str, at: int) -> int:
        """The end of the phrase of that list that begins there; 0 when none does."""
        return self._ends.get(label, _NONE).get(at, 0)

    def before(self, label: str, at: int) -> Hit | None:
        """The phrase of that list that ends there, the longest."""
        if label not in self._by_end:
            ends: dict[int, Hit] = {}
            for hit in self.hits(label):
                ends.setdefault(hit.end, hit)
            self._by_end[label] = ends
        return self._by_end[label].get(at)

    def starts(self, label: str) -> Collection[int]:
        """Where phrases of that list begin."""
        return self._ends.get(label, _NONE).keys()

    def letters(self, lists: Mapping[str, str], *, ended: bool) -> dict[int, str]:
        """At each piece the letters of the lists of which a phrase begins there, or has `ended`."""
        found: dict[int, str] = {}
        for label, letter in lists.items():
            for start, end in self._ends.get(label, _NONE).items():
                at = end if ended else start
                before = found.get(at, "")
                if letter not in before:
                    found[at] = before + letter
        return found

    def any_within(self, label: str, start: int, end: int) -> bool:
        """Whether a phrase of that list stands wholly between the two positions."""
        here = self._ends.get(label, _NONE).items()
        return any(start <= since and until <= end for since, until in here)

    def covered(self, label: str, at: int) -> bool:
        """Whether a phrase of that list takes in that piece."""
        if label not in self._covered:
            spans = starmap(range, self.hits(label))
            self._covered[label] = frozenset(chain.from_iterable(spans))
        return at in self._covered[label]

    def counted(self, at: int) -> bool:
        """Whether a number ends there: what follows is what it counts."""
        return at in self._figure_ends

    def counts(self, at: int) -> bool:
        """Whether the number there counts years, hours or days: it is no part of a name then."""
        end = self.figures[at].end if at in self.figures else at + 1
        units = ("times.years", "times.hours", "times.other_units", "times.days")
        return any(self.at(unit, end) for unit in units)

    def clause(self, at: int) -> tuple[int, int]:
        """Where the clause begins and ends, between any two signs, that holds this piece."""
        return self._clauses[at]

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence begins and ends that holds this piece."""
        return self._sentences[at]

    @cached_property
    def _clauses(self) -> list[tuple[int, int]]:
        return self._parts([at for at, piece in enumerate(self.pieces) if piece.kind == "sign"])

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        return self._parts([at for at, piece in enumerate(self.pieces) if ends_sentence(piece)])

    def _parts(self, last: Sequence[int]) -> list[tuple[int, int]]:
        """For each piece, where the part begins and ends that it is in; where parts end is told."""
        bounds: list[tuple[int, int]] = []
        for at in (*last, len(self.pieces) - 1):
            start, end = len(bounds), at + 1
            bounds += [(start, end)] * (end - start)
        return bounds

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the text between two positions."""
        return self.pieces[start].start, self.pieces[end - 1].end

    def typed(self, start: int, end: int) -> str:
        """What was typed between two positions, on one line."""
        first, last = self.span(start, end)
        return " ".join(self.text[first:last].split())

    def has_capital(self, at: int) -> bool:
        """Whether a name may begin there, as far as capitals tell."""
        return self.capitals_tell and self.pieces[at].is_word and self.pieces[at].capital
