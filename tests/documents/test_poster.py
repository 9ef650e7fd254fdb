"""The QR code: it holds the address, the code is below it, nothing else is drawn over it."""

from dataclasses import replace
from io import BytesIO

import pytest
import segno
from PIL import Image

from bot.documents.poster import A4, poster_pdf, poster_png, qr_png, qr_svg
from tests.documents.examples import CHECK_IN

LONG = "Ngày hội phòng, chống lao động trẻ em và đuối nước cho bà con ba thôn " * 3


def modules_in(picture: Image.Image) -> list[list[bool]]:
    """The dark modules of the QR code in a picture, read by sampling their middles."""
    code = segno.make_qr(CHECK_IN.address, error="q", boost_error=False)
    many = code.symbol_size(border=0)[0]
    grey = picture.convert("L")
    top, left, side = corner(grey, many)
    return [
        [
            grey.getpixel((left + side * (x + 0.5), top + side * (y + 0.5))) < 128
            for x in range(many)
        ]
        for y in range(many)
    ]


def corner(grey: Image.Image, many: int) -> tuple[int, int, float]:
    """Where the finder pattern begins: the first row with a dark run of seven modules."""
    for y in range(grey.height):
        row = [grey.getpixel((x, y)) < 128 for x in range(grey.width)]
        dark = [x for x, is_dark in enumerate(row) if is_dark]
        if not dark:
            continue
        run = next((n for n, x in enumerate(range(dark[0], grey.width)) if not row[x]), 0)
        if run * many == (dark[-1] - dark[0] + 1) * 7:
            return y, dark[0], run / 7
    raise AssertionError("no QR code in the picture")


@pytest.mark.parametrize("title", [CHECK_IN.title, LONG, "x"])
def test_the_code_in_the_picture_is_whole(title: str):
    made = replace(CHECK_IN, title=title, line=title)
    picture = Image.open(BytesIO(qr_png(made)))
    wanted = segno.make_qr(CHECK_IN.address, error="q", boost_error=False)
    assert modules_in(picture) == [[bool(cell) for cell in row] for row in wanted.matrix]
    assert picture.width == 1080


def test_there_is_writing_above_and_below():
    grey = Image.open(BytesIO(qr_png(CHECK_IN))).convert("L")
    for top, bottom in ((0, 260), (1170, 1280), (1290, 1500)):
        assert grey.crop((0, top, 1080, bottom)).getextrema()[0] < 60
    blank = replace(CHECK_IN, title="", line="")
    assert (
        Image.open(BytesIO(qr_png(blank))).convert("L").crop((0, 0, 1080, 150)).getextrema()[0]
        > 200
    )


def test_the_poster_is_a_page_of_a4():
    assert Image.open(BytesIO(poster_png(CHECK_IN, "en"))).size == A4
    page = poster_pdf(CHECK_IN)
    assert page.startswith(b"%PDF") and b"595.2" in page.split(b"MediaBox")[1][:40]


def test_the_bare_code_is_svg():
    assert qr_svg(CHECK_IN).startswith(b"<svg")


@pytest.mark.parametrize(
    "address",
    ["", "javascript:alert(1)", "tel:113", "https://", "https://a b", "https://x/" + "y" * 700],
)
def test_only_addresses_of_the_web_are_drawn(address: str):
    with pytest.raises(ValueError):
        qr_png(replace(CHECK_IN, address=address))
