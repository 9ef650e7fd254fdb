"""A small broadcast against a server with Telegram's limits: nothing of ours is refused."""

import asyncio

from bot.bench import broadcast
from bot.bench.limits import PER_SECOND, Limited, Limits


def test_nothing_is_refused_and_everybody_is_reached(tmp_path):
    with Limited() as server:
        asyncio.run(broadcast._ours(tmp_path, server.base, 60))
        tally = server.tally()
        assert server.tally() == {"taken": 0, "refused": 0, "seconds": 0}
    assert (tally["taken"], tally["refused"]) == (60, 0)
    assert 0.3 < broadcast.share(tally) <= 1


def test_the_server_would_refuse():
    limits = Limits()
    assert [limits.late(str(n), 0.5) for n in range(PER_SECOND)] == [0.0] * PER_SECOND
    assert limits.late("another", 0.75) == 0.75
    assert limits.late("another", 1.5) == 0.0
    assert limits.late("another", 2.25) == 0.25  # a second for each chat
    assert limits.late("another", 2.5) == 0.0
