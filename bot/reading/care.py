"""Who looks after the child, as it was typed."""

from __future__ import annotations

from bot.reading.message import Hit, Message


def carer(message: Message) -> Hit | None:
    """The words for who the child lives with or is brought up by."""
    for label in ("care.with", "care.by"):
        for hit in message.hits(label):
            for at in range(hit.start, hit.end):
                if end := message.at("care.who", at):
                    return Hit(at, min(end, hit.end))
    return None
