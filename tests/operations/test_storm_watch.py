"""The operator sees what is held back, wherever they look, and decides what becomes of it."""

import asyncio
import json
from datetime import timedelta

from prometheus_client import REGISTRY
from typer.testing import CliRunner

from bot.cli import app
from bot.command_line import Failed
from bot.doctor import examine
from bot.running import Running, open_keyring
from bot.settings import load
from bot.words import Say
from storage import outbox, people, schema, storm
from storage.database import Database
from tests.house import START

CEILING = 20


async def flood(settings, count):
    """So many messages to one person; what the guard lets through is taken as sent."""
    database = Database(settings.database)
    await database.write(schema.upgrade)

    def work(connection):
        _, link = people.welcome(connection, "web", "a", "vi", START)
        row = {"link_id": link, "channel": "web", "kind": "push", "priority": outbox.PUSH}
        row |= {"payload": Say("x").to_json(), "created_at": START}
        outbox.put(connection, [row] * count)
        rules = outbox.Rules(ceiling=CEILING)
        while claimed := outbox.claim(connection, "web", START, 5, rules=rules):
            for each in claimed:
                outbox.finish(connection, each.id, "sent", START)

    await database.write(work)
    return database


async def watched(settings):
    database = await flood(settings, 25)
    running = Running(settings, database, lambda: START + timedelta(minutes=5))
    await running.measure()
    alarms = await running.alarms()
    later = START + timedelta(hours=3)
    findings = {
        found["what"]: found for found in await database.read(lambda c: examine(c, settings, later))
    }
    await database.write(storm.release)
    late = {
        found["what"]: found for found in await database.read(lambda c: examine(c, settings, later))
    }
    await running.measure()
    await database.close()
    return alarms, findings, late


def test_metrics_readiness_and_doctor(tmp_path, monkeypatch):
    settings = load(data_dir=tmp_path, telegram_token="")
    open_keyring(settings)
    alarms, findings, late = asyncio.run(watched(settings))
    assert alarms == ["storm: 5 messages held back, see vongtay outbox parked"]
    assert findings["storm"] == {"what": "storm", "ok": False, "says": "5 held back"}
    assert findings["outbox"] == {"what": "outbox", "ok": True, "says": "0 waiting, none late"}
    assert late["storm"]["ok"]
    assert late["outbox"]["says"] == "5 waiting, the oldest for 180 minutes"
    assert not late["outbox"]["ok"]
    assert REGISTRY.get_sample_value("vongtay_outbox_parked") == 0
    age = REGISTRY.get_sample_value("vongtay_outbox_oldest_seconds", {"kind": "push"})
    assert age == 300


def test_the_commands(tmp_path, monkeypatch):
    monkeypatch.setenv("VONGTAY_DATA_DIR", str(tmp_path))
    settings = load()
    open_keyring(settings)
    asyncio.run(_flooded(settings))

    def run(*words):
        done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        assert done.exit_code == 0
        return json.loads(done.output)

    parked = run("outbox", "parked")
    assert len(parked) == 5 and parked[0]["channel"] == "web"
    assert run("outbox", "release", str(parked[0]["id"])) == {"released": 1}
    assert run("outbox", "drop", str(parked[1]["id"]), "--yes") == {"dropped": 1}
    for words in (["drop", "--yes"], ["release"]):  # it is not held back any more
        gone = CliRunner().invoke(app, ["outbox", *words, str(parked[1]["id"])])
        assert isinstance(gone.exception, Failed)
    assert len(run("outbox", "parked")) == 3
    assert run("outbox", "release") == {"released": 3}


async def _flooded(settings):
    await (await flood(settings, 25)).close()
