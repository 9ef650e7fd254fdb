"""What the page posts, in our words: its clock may say anything."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.channels.web.channel import WebChannel
from bot.channels.web.mailbox import Mailbox

RECEIVED = "2026-11-20T09:30:00+00:00"


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-20T16:00:00+07:00", "2026-11-20T09:00:00+00:00"),
        ("2027-01-01T00:00:00Z", RECEIVED),  # ahead of us
        ("9999-12-31T23:59:59-14:00", RECEIVED),
        ("0001-01-01T00:00:00+14:00", RECEIVED),
        ("2026-11-20T16:00:00", RECEIVED),
        ("yesterday", RECEIVED),
    ],
)
def test_a_clock_is_believed_as_far_as_it_can_be(said: str, at: str) -> None:
    raw = {"id": "m-1", "address": "a", "text": "xin chào", "received": RECEIVED, "at": said}
    incoming = WebChannel(_no_mailbox()).translate(raw)
    assert incoming is not None
    assert incoming.at == datetime.fromisoformat(at)


def _no_mailbox() -> Mailbox:
    """Translating asks nothing of it."""
    return None  # type: ignore[return-value]
