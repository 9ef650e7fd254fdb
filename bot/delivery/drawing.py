"""Drawing what we send ourselves (charts, sheets, papers) right before it is sent.

It takes up to a second, so it is done in a thread, outside of any transaction: nobody else waits.
Whoever dies in the middle leaves the recipe as it was, and it is drawn again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot import logs
from bot.delivery.together import Together
from bot.words import Say
from storage import attachments
from storage.database import Database

Make = Callable[[], bytes]
# Reads what a recipe needs, quickly; what comes back draws it, slowly. Raises LookupError when
# there is nothing to draw (any more).
Draw = Callable[[Connection, Mapping[str, Any]], Make]
log = logs.get_logger()
_one = threading.Lock()  # a picture takes 60 MB while it is drawn


class Drawing:
    """What the sender asks before a message with files leaves."""

    def __init__(self, database: Database, together: Together, draw: Draw) -> None:
        self._database, self._together, self._draw = database, together, draw

    async def drawn(self, say: Say) -> Say:
        """The message with its files there; those that cannot be made are left out."""
        ids = [file.attachment_id for file in say.files]
        waiting = await self._database.read(lambda c: attachments.recipes(c, ids))
        for number, (recipe, mime) in waiting.items():
            await self._make(number, recipe, mime)
        none = await self._database.read(lambda c: attachments.refused(c, ids))
        return replace(say, files=tuple(f for f in say.files if f.attachment_id not in none))

    async def _make(self, number: int, recipe: Mapping[str, Any], mime: str) -> None:
        try:
            make = await self._database.read(lambda c: self._draw(c, recipe))
            content = await asyncio.to_thread(_alone, make)
        except LookupError as problem:
            log.info("not_drawn", what=recipe.get("what"), why=type(problem).__name__)
            await self._together.write(partial(attachments.refuse, attachment_id=number))
            return
        await self._together.write(lambda c: attachments.keep(c, number, content, mime))


def _alone(make: Make) -> bytes:
    with _one:
        return make()
