"""Where the log goes: never between the data that a command prints."""

import structlog

from bot import clock, logs, serve
from bot.settings import Settings


async def test_what_a_tick_logs_is_not_among_what_it_prints(tmp_path, monkeypatch, capsys):
    async def tick(self, at):
        logs.get_logger().warning("something_happened")
        return {"escalations": 0}

    kept = structlog.get_config()
    monkeypatch.setattr(serve.Running, "tick", tick)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    try:
        assert await serve.tick_once(settings, clock.now()) == {"escalations": 0}
    finally:
        structlog.configure(**kept)
    printed = capsys.readouterr()
    assert printed.out == "" and "something_happened" in printed.err
