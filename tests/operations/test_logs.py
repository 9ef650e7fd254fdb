"""Where the log goes: never between the data that a command prints."""

import io
import json
import logging

import structlog

from bot import clock, logs, serve
from bot.settings import Settings


def test_what_libraries_log_is_json_and_names_no_peer(monkeypatch):
    out = io.StringIO()
    kept, root = structlog.get_config(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    try:
        logs.configure(out)
        logging.getLogger("telegram.poll").error("an update\nwas skipped: %s", "no id")
        try:
            raise ValueError("a fault")
        except ValueError:
            logging.getLogger("aiohttp.server").exception("Error from %s", "192.0.2.7")
    finally:
        structlog.configure(**kept)
        logging.captureWarnings(False)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["event"] == "an update\nwas skipped: no id" and first["level"] == "error"
    assert "192.0.2.7" not in out.getvalue() and "ValueError" in second["exception"]


async def test_what_a_tick_logs_is_not_among_what_it_prints(tmp_path, monkeypatch, capsys):
    async def tick(self, at):
        logs.get_logger().warning("something_happened")
        return {"escalations": 0}

    kept = structlog.get_config()
    monkeypatch.setattr(serve.Running, "tick", tick)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    try:
        done, _why = await serve.tick_once(settings, clock.now())
        assert done == {"escalations": 0, "undelivered": 0}
    finally:
        structlog.configure(**kept)
    printed = capsys.readouterr()
    assert printed.out == "" and "something_happened" in printed.err
