"""Photos small enough for an official account, which takes one megabyte."""

from __future__ import annotations

import io

from bot.channels import Refused

LARGEST = 1024 * 1024
_SIDES = (1600, 1200, 900, 600)


def fitting(content: bytes) -> bytes:
    """The photo as JPEG of at most a megabyte. Raises Refused if it is no photo."""
    if len(content) <= LARGEST and content[:3] == b"\xff\xd8\xff":
        return content
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            small = image.convert("RGB")
    except Exception:
        raise Refused("the photo cannot be opened") from None
    for side in _SIDES:
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=75, optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise Refused("the photo cannot be made small enough")
