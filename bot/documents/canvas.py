"""A picture in pixels: marks that are laid out first and drawn by matplotlib at the end.

matplotlib is imported where it is needed only: it takes half a second and some 60 MB the first
time. Without pyplot nothing of a picture stays in memory when it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ft2font import FT2Font

WIDTH = 1080  # pixels: a phone held upright shows it without zooming
DPI = 100
_POINTS = 72 / DPI


@dataclass(frozen=True)
class Text:
    """Words at a place; `x` is their left, middle or right by `align`, `y` their middle."""

    x: float
    y: float
    words: str
    size: float
    colour: str = "#1A1A1A"
    bold: bool = False
    align: str = "left"


@dataclass(frozen=True)
class Box:
    """A rectangle from its upper left corner, hatched where `hatch` says how."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str = "none"
    hatch: str = ""


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    colour: str = "#1A1A1A"
    width: float = 2


@dataclass(frozen=True)
class Pointer:
    """A triangle that points down at a place."""

    x: float
    y: float
    size: float = 11
    colour: str = "#1A1A1A"


Mark = Text | Box | Line | Pointer


def png(marks: Sequence[Mark], height: float, title: str) -> bytes:
    """The marks as a PNG 1080 pixels wide; the title is kept in the file for who cannot see it."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"hatch.linewidth": 1.5, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(WIDTH / DPI, round(height) / DPI), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(round(height), 0))
        axes.axis("off")
        for mark in marks:
            _draw(axes, mark)
        made = BytesIO()
        figure.savefig(made, format="png", dpi=DPI, metadata={"Title": title, "Software": None})
    return made.getvalue()


def _draw(axes: Axes, mark: Mark) -> None:
    from matplotlib.patches import Polygon, Rectangle

    match mark:
        case Text():
            how: dict[str, Any] = {
                "fontsize": mark.size * _POINTS,
                "color": mark.colour,
                "ha": mark.align,
                "weight": "bold" if mark.bold else "normal",
            }
            axes.text(mark.x, mark.y, mark.words, va="center", parse_math=False, **how)
        case Box():
            axes.add_patch(
                Rectangle(
                    (mark.x, mark.y),
                    mark.width,
                    mark.height,
                    facecolor=mark.fill,
                    edgecolor=mark.edge,
                    hatch=mark.hatch or None,
                    linewidth=1.2,
                )
            )
        case Line():
            along = ([mark.x, mark.to_x], [mark.y, mark.to_y])
            axes.plot(*along, color=mark.colour, linewidth=mark.width, solid_capstyle="butt")
        case Pointer():
            x, y, half = mark.x, mark.y, mark.size * 0.7
            corners = [(x - half, y - mark.size), (x + half, y - mark.size), (x, y)]
            axes.add_patch(Polygon(corners, facecolor=mark.colour, edgecolor="none"))


def drawable(words: str) -> str:
    """The words without what the font has no picture for (emoji, other scripts)."""
    font = _font(False)
    return "".join(letter for letter in words if letter == " " or font.get_char_index(ord(letter)))


@lru_cache(2000)
def width_of(words: str, size: float, bold: bool = False) -> float:
    """How many pixels wide the words are."""
    font = _font(bold)
    font.set_size(size * _POINTS, DPI)
    font.set_text(words)
    return float(font.get_width_height()[0]) / 64


def wrapped(
    words: str, size: float, width: float, *, bold: bool = False, most: int = 3
) -> list[str]:
    """The words on at most so many lines that fit into a width; what is too much ends in "…"."""
    lines = [""]
    for word in drawable(words).split():
        for piece in _pieces(word, size, width, bold):
            longer = f"{lines[-1]} {piece}".strip()
            if width_of(longer, size, bold) <= width:
                lines[-1] = longer
            elif len(lines) == most:
                return [*lines[:-1], _ended(lines[-1], size, width, bold)]
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, size: float, width: float, bold: bool) -> list[str]:
    """A word, or what it is cut into when it is wider than the line."""
    if width_of(word, size, bold) <= width:
        return [word]
    fits = max(int(len(word) * width / width_of(word, size, bold) * 0.8), 1)
    return [word[at : at + fits] for at in range(0, len(word), fits)]


def _ended(line: str, size: float, width: float, bold: bool) -> str:
    while line and width_of(f"{line}…", size, bold) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


@cache
def _font(bold: bool) -> FT2Font:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    properties = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return get_font(findfont(properties))
