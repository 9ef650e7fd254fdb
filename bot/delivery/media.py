"""Photos and voice notes from outside: made small and harmless before they are kept.

A photo is decoded and written anew, which drops everything but the picture (position, camera,
hidden payloads); what claims more pixels than a phone has is refused unread. One at a time: a
few kilobytes can unfold into hundreds of megabytes.
"""

from __future__ import annotations

import io
import threading

from bot.i18n import later as _

MOST_PIXELS = 60_000_000  # of a JPEG, which can be read small
MOST_WHOLE = 20_000_000  # of what must be unfolded as a whole, at up to 20 bytes each
LONGEST_SIDE = 1600
LARGEST_VOICE = 10 * 1024 * 1024

_VOICE_TYPES = (
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (0, b"OggS", "audio/ogg"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (8, b"WAVE", "audio/wav"),
)
_one = threading.Lock()


class BadMedia(ValueError):
    """Not what it seems; the message is a text id."""


def made_safe(kind: str, content: bytes) -> tuple[bytes, str]:
    """The bytes to keep and their mime type, for kind "photo" or "voice". Raises BadMedia."""
    return _photo(content) if kind == "photo" else _voice(content)


def _photo(content: bytes) -> tuple[bytes, str]:
    import warnings

    from PIL import Image, ImageOps

    try:
        with _one, warnings.catch_warnings(), Image.open(io.BytesIO(content)) as image:
            warnings.simplefilter("ignore")
            most = MOST_PIXELS if image.format in ("JPEG", "MPO") else MOST_WHOLE
            if image.width * image.height > most:
                raise BadMedia(_("This photo is too large. Please take it smaller."))
            if image.format not in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO"):
                raise BadMedia(_("I cannot open this photo. Please send it as JPG or PNG."))
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright.info.clear()  # Pillow would write a comment of the original again
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=80, optimize=True)
    except BadMedia:
        raise
    except Exception:  # Pillow raises many kinds for broken files
        raise BadMedia(_("I cannot open this photo. Please send it as JPG or PNG.")) from None
    return out.getvalue(), "image/jpeg"


def _voice(content: bytes) -> tuple[bytes, str]:
    if len(content) > LARGEST_VOICE:
        raise BadMedia(_("This voice note is too long."))
    for offset, mark, mime in _VOICE_TYPES:
        if content[offset : offset + len(mark)] == mark:
            return content, mime
    raise BadMedia(_("I cannot open this voice note. Please record it again."))
