"""Small files of learned weights: a line of JSON and arrays of numbers, packed.

Two kinds are in use. Where it matters which features were learned, they are kept sorted by the
checksums of their names (bot/faq). Where only the sum matters, features share a table by their
checksums: nothing is looked up then, and a few that share a place do no harm (Table).
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

Parts = Mapping[str, "array[Any]"]
_TABLE = (("weights", "b"),)


def checksum(name: str) -> int:
    """By what a feature is known."""
    return crc32(name.encode())


def packed(head: Mapping[str, Any], parts: Parts, kinds: Sequence[tuple[str, str]]) -> bytes:
    """The content of a file: the head, then the arrays of these names and kinds."""
    sizes = {name: len(parts[name]) for name, _ in kinds}
    line = json.dumps({**head, "sizes": sizes}, ensure_ascii=False).encode()
    numbers = b"".join(_small_end(parts[name]) for name, _ in kinds)
    return zlib.compress(b"\n".join([line, numbers]), 9)


def unpacked(data: bytes, kinds: Sequence[tuple[str, str]]) -> tuple[Mapping[str, Any], Parts]:
    """The head and the arrays of a file. Raises ValueError or KeyError where it is none."""
    line, _, rest = zlib.decompress(data).partition(b"\n")
    head = json.loads(line)
    parts: dict[str, array[Any]] = {}
    at = 0
    for name, kind in kinds:
        one = array(kind)
        size = head["sizes"][name] * one.itemsize
        one.frombytes(rest[at : at + size])
        parts[name] = _swapped(one)
        at += size
    return head, parts


class Table:
    """Weights by checksum, one for each label; asking changes nothing, so threads may share it.

    The number of places is a power of two; the weights of a place stand side by side.
    """

    def __init__(self, head: Mapping[str, Any], weights: array[int]) -> None:
        self.labels: Sequence[str] = tuple(head["labels"])
        self.made_from: str = head["made_from"]
        self._scale: float = head["scale"]
        self.bias: Sequence[float] = head["bias"]
        self._weights = weights
        self._places = len(weights) // len(self.labels) - 1

    @classmethod
    def of(cls, data: bytes) -> Table:
        """The table of a file's content. Raises ValueError or KeyError where it is none."""
        head, parts = unpacked(data, _TABLE)
        return cls(head, parts["weights"])

    def packed(self) -> bytes:
        """The content of its file."""
        head = {
            "labels": self.labels,
            "made_from": self.made_from,
            "scale": self._scale,
            "bias": self.bias,
        }
        return packed(head, {"weights": self._weights}, _TABLE)

    def total(self, names: Iterable[str]) -> float:
        """What features that all count alike come to, without the bias; for one label."""
        weights, places = self._weights, self._places
        return self._scale * sum([weights[crc32(name.encode()) & places] for name in names])

    def sums(self, *groups: Iterable[int]) -> list[float]:
        """What the features of each group come to, by their checksums; for one label."""
        weights, places, scale = self._weights, self._places, self._scale
        return [scale * sum([weights[each & places] for each in group]) for group in groups]

    def scores(self, found: Mapping[str, float], counts: float = 1.0) -> list[float]:
        """The score of each label, where each feature counts so much, and all of them `counts`."""
        weights, places, many = self._weights, self._places, len(self.labels)
        counts *= self._scale
        ways = [((crc32(name.encode()) & places) * many, much) for name, much in found.items()]
        if many > 1:  # most features of a message were never learned
            nothing = array("b", bytes(many))
            ways = [way for way in ways if weights[way[0] : way[0] + many] != nothing]
        return [
            counts * sum([weights[at + label] * much for at, much in ways]) + bias
            for label, bias in enumerate(self.bias)
        ]


def small(
    weights: Sequence[Sequence[float]], labels: Sequence[str], bias: Sequence[float], source: str
) -> Table:
    """A table of learned weights: a row for each place, made small enough to be kept."""
    most = max((abs(each) for row in weights for each in row), default=0.0) or 1.0
    scale = most / 127
    numbers = array("b", [round(float(each) / scale) for row in weights for each in row])
    head = {
        "labels": list(labels),
        "made_from": source,
        "scale": scale,
        "bias": [round(float(each), 4) for each in bias],
    }
    return Table(head, numbers)


def _small_end(one: array[Any]) -> bytes:
    return _swapped(one[:]).tobytes()


def _swapped(one: array[Any]) -> array[Any]:
    if sys.byteorder == "big":
        one.byteswap()
    return one
