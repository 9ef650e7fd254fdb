"""Photos and voice notes: what is kept is a small picture or a known kind of sound."""

import io
import struct
import time
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.delivery.media import LARGEST_VOICE, LONGEST_SIDE, BadMedia, made_safe


def picture(kind="JPEG", size=(120, 80), mode="RGB", **options):
    out = io.BytesIO()
    colour = {"L": 90, "P": 1, "1": 1}.get(mode, (200, 30, 30, 128)[: len(mode)])
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png_header(width, height):
    """The beginning of a picture that claims to be so large, and a little of its data."""

    def chunk(name, data):
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        picture(),
        picture("PNG"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P"),
        picture("PNG", mode="1"),
        picture("WEBP"),
        picture("GIF", mode="P"),
        picture("BMP"),
        picture("JPEG", mode="L"),
        picture("JPEG", mode="CMYK"),
    ],
)
def test_every_usual_kind_of_photo_becomes_a_jpeg(content):
    safe, mime = made_safe("photo", content)
    assert mime == "image/jpeg"
    assert (opened(safe).format, opened(safe).size) == ("JPEG", (120, 80))


def test_a_large_photo_is_made_small():
    safe, _ = made_safe("photo", picture(size=(5000, 2500)))
    assert opened(safe).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_where_and_with_what_it_was_taken_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "Nhan hieu may"  # the maker
    exif[0x9286] = "ghi chu: nha chau Buoi"  # a comment
    exif.get_ifd(0x8825)[1] = "N"  # the position
    exif.get_ifd(0x8825)[2] = (21.0, 23.0, 11.0)
    content = picture(exif=exif, comment=b"nha chau Buoi", xmp=b"<x>nha chau Buoi</x>")
    assert b"Buoi" in content and opened(content).getexif().get_ifd(0x8825)
    safe, _ = made_safe("photo", content + b"<script>after the end, Buoi</script>")
    assert b"Buoi" not in safe and b"Nhan hieu" not in safe
    assert dict(opened(safe).getexif()) == {}


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    safe, _ = made_safe("photo", picture(exif=exif, size=(120, 80)))
    assert opened(safe).size == (80, 120)


def test_of_a_moving_picture_one_frame_is_kept():
    out = io.BytesIO()
    frames = [Image.new("P", (40, 30), n) for n in range(50)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    safe, _ = made_safe("photo", out.getvalue())
    assert opened(safe).size == (40, 30) and getattr(opened(safe), "n_frames", 1) == 1


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("photo.jpg", bytes(50_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"con toi khong phai la anh",
        "thư này không phải là ảnh".encode(),
        zipped(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n1 0 obj",
        b"MZ\x90\x00\x03" + bytes(300),
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\xff" * 50,
        picture("TIFF"),
        picture("ICO", size=(32, 32)),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    ],
    ids=lambda content: content[:6].hex(),
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(BadMedia, match="photo"):
        made_safe("photo", content)


@pytest.mark.parametrize("share", (0.1, 0.5, 0.95))
def test_a_photo_cut_short_is_refused(share):
    whole = io.BytesIO()
    Image.effect_noise((600, 400), 80).save(whole, "JPEG")
    content = whole.getvalue()
    with pytest.raises(BadMedia):
        made_safe("photo", content[: int(len(content) * share)])


@pytest.mark.parametrize("side", (30_000, 65_535, 2**31 - 1, 0))
def test_a_photo_that_claims_to_be_enormous_is_refused_unread(side):
    begun = time.process_time()
    with pytest.raises(BadMedia):
        made_safe("photo", png_header(side, side))
    assert time.process_time() - begun < 1


@given(
    st.binary(max_size=400), st.sampled_from([picture(), picture("PNG"), picture("GIF")]), st.data()
)
def test_whatever_the_bytes_a_photo_is_kept_or_refused(noise, content, data):
    place = data.draw(st.integers(0, len(content)))
    for broken in (noise, content[:place] + noise + content[place + len(noise) :]):
        try:
            safe, mime = made_safe("photo", broken)
        except BadMedia:
            continue
        assert mime == "image/jpeg" and opened(safe).format == "JPEG"


@pytest.mark.parametrize(
    "content, mime",
    [
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01", "audio/webm"),  # Chrome, Firefox
        (b"OggS\x00\x02" + bytes(20) + b"OpusHead", "audio/ogg"),  # Telegram
        (b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),  # Safari
        (b"\x00\x00\x00\x18ftypisom", "audio/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),  # Zalo
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    ],
)
def test_the_usual_voice_notes_are_kept_as_they_are(content, mime):
    assert made_safe("voice", content) == (content, mime)


@pytest.mark.parametrize(
    "content", [b"", b"Ogg", b"<html>OggS</html>", zipped(), picture(), b"RIFF....AVI LIST"]
)
def test_what_is_no_voice_note_is_refused(content):
    with pytest.raises(BadMedia, match="voice"):
        made_safe("voice", content)


def test_a_voice_note_that_is_too_long_is_refused():
    assert made_safe("voice", b"OggS".ljust(LARGEST_VOICE, b"\0"))[1] == "audio/ogg"
    with pytest.raises(BadMedia, match="too long"):
        made_safe("voice", b"OggS".ljust(LARGEST_VOICE + 1, b"\0"))


@given(st.binary(max_size=60))
def test_whatever_the_bytes_a_voice_note_is_kept_or_refused(content):
    with suppress(BadMedia):
        assert made_safe("voice", content)[0] == content
