"""A QR code to check in with: as a picture for the chat, and as a poster to print on A4.

The address is checked to be one of the web before it is drawn; the short code stands below in
letters that are read across a hall, for phones without a camera.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.documents.papers import CheckIn
from bot.documents.plain import one_line
from bot.i18n import later as _
from bot.i18n import speak

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from segno import QRCode

A4 = (2480, 3508)  # pixels at 300 dpi
DPI = 300
LONGEST_ADDRESS = 600  # characters: more makes modules too small to scan across a table
LONGEST_CODE = 24
SCAN = _("Scan with the camera or Zalo")
OR_CODE = _("or send us this code:")


def qr_svg(check_in: CheckIn) -> bytes:
    """The bare QR code as SVG. Raises ValueError for what is no address of the web."""
    made = BytesIO()
    _code(check_in).save(made, kind="svg", scale=10, border=4, xmldecl=False)
    return made.getvalue()


def qr_png(check_in: CheckIn, language: str = "vi") -> bytes:
    """The QR code with title, code and two lines, 1080 pixels wide, for a chat.

    Takes about 0.1 s of one core.
    """
    return _png(_drawn(check_in, language, (1080, 1500), 0.8))


def poster_png(check_in: CheckIn, language: str = "vi") -> bytes:
    """The poster as a picture of an A4 page at 300 dpi; about 0.5 s of one core."""
    return _png(_drawn(check_in, language, A4, 0.72))


def poster_pdf(check_in: CheckIn, language: str = "vi") -> bytes:
    """The poster as an A4 page to print; about 0.5 s of one core."""
    made = BytesIO()
    page = _drawn(check_in, language, A4, 0.72)
    page.convert("L").save(made, "PDF", resolution=DPI, title=one_line(check_in.title, 200))
    return made.getvalue()


def _code(check_in: CheckIn) -> QRCode:
    import segno

    address = check_in.address
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"no address of the web: {address[:80]!r}")
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
        raise ValueError("the address cannot be drawn as a QR code")
    return segno.make_qr(address, error="q", boost_error=False)


def _drawn(check_in: CheckIn, language: str, size: tuple[int, int], share: float) -> Image:
    """Title, line, QR code, and the code in large letters, centred from the top down."""
    from PIL import Image, ImageDraw

    _s, (width, height) = speak(language), size
    page = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(page)
    y = height * 0.045
    y = _written(draw, one_line(check_in.title, 200), width, y, width * 0.06, True, 2)
    if check_in.line:
        y = _written(draw, one_line(check_in.line, 200), width, y, width * 0.042, False, 2)
    room = height * 0.765 - y  # below are two lines and the code
    square = _square(check_in, int(min(width * share, room)))
    y += (room - square.height) / 2
    page.paste(square, ((width - square.width) // 2, int(y)))
    y = height * 0.775
    y = _written(draw, _s(SCAN), width, y, width * 0.036, False, 1)
    y = _written(draw, _s(OR_CODE), width, y, width * 0.036, False, 1)
    _written(draw, one_line(check_in.code, LONGEST_CODE), width, y, width * 0.13, True, 1)
    return page


def _square(check_in: CheckIn, side: int) -> Image:
    """The QR code in whole pixels to a module, as near to `side` as that goes."""
    from PIL import Image

    code, made = _code(check_in), BytesIO()
    modules = code.symbol_size(border=4)[0]
    code.save(made, kind="png", scale=max(side // modules, 1), border=4)
    made.seek(0)
    return Image.open(made).convert("RGB")


def _written(
    draw: ImageDraw, words: str, width: int, y: float, size: float, bold: bool, most: int
) -> float:
    """Centred lines; letters get smaller where the words would not fit. Returns where it ended."""
    room, font = width * 0.9, _font(int(size), bold)
    lines = _broken(words, font, room, most)
    while lines is None:
        size *= 0.92
        font = _font(int(size), bold)
        lines = _broken(words, font, room, most) if size > 14 else [words[:40]]
    for line in lines:
        draw.text((width / 2, y), line, fill="black", font=font, anchor="ma")
        y += size * 1.35
    return y


def _broken(words: str, font: FreeTypeFont, room: float, most: int) -> list[str] | None:
    """The words on at most so many lines, or None where they do not fit."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if len(lines) <= most and all(font.getlength(x) <= room for x in lines) else None


@cache
def _font(size: int, bold: bool) -> FreeTypeFont:
    """DejaVu Sans, which draws Vietnamese; matplotlib brings it and need not be loaded for it."""
    from PIL import ImageFont

    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(folder / name, size)


def _png(picture: Image) -> bytes:
    made = BytesIO()
    picture.convert("L").save(made, "PNG", dpi=(DPI, DPI), optimize=True)
    return made.getvalue()
