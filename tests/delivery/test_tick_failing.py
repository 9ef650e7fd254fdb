"""What fails in a tick fails alone: the alarms climb, whatever else cannot be done."""

from datetime import timedelta

import pytest
import structlog
from sqlalchemy import update

from bot import metrics
from bot.desk import duties
from storage import cases, crypto, people
from storage.records.cases import Report
from storage.records.people import Person
from tests.chat import introduce
from tests.house import KEYS

STEP = timedelta(minutes=15)
LOST = crypto.Keyring("7:" + "WllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkFaWVhXVlU=")
SECRET = "Mẹ kế trói cháu vào cột"


@pytest.fixture
async def two_alarms(bot):
    """Two emergencies nobody has taken in hand; the answers of the first cannot be read."""
    await bot.database.write(introduce)
    await bot.says("hoa", "/bao")
    await bot.says("hoa", "Bố đánh cháu chảy máu đầu, cứu với")
    await bot.presses("hoa", bot.channels["test"].said["hoa"][-1].buttons[0])

    def lose(connection):
        crypto.use(LOST)
        connection.execute(update(Report.__table__).values(answers={"what": "x"}))
        crypto.use(KEYS)

    await bot.database.write(lose)
    await bot.says("lan", "/bao")
    await bot.says("lan", f"{SECRET}, đánh dã man, cứu với")
    return bot


def alarms_of(bot, who):
    return [say for say in bot.channels["test"].said.get(who, ()) if say.urgent]


def failures(what):
    return metrics.DUE_FAILED.labels(what)._value.get()


async def test_answers_nobody_can_read_still_ring_and_hold_no_other_child_up(two_alarms):
    await two_alarms.tick(STEP)
    one, other = alarms_of(two_alarms, "thu")
    wordless, whole = (one, other) if SECRET in other.text else (other, one)
    assert SECRET in whole.text
    assert "không đọc được" in wordless.text and "VT-26-" in wordless.text
    assert {button.value[:5] for button in wordless.buttons} >= {"c.ack", "c.cal"}
    await two_alarms.tick(STEP)
    assert len(alarms_of(two_alarms, "quang")) == 2
    # What it says can be done: it is taken in hand, and rings no more.
    ack = next(button for button in wordless.buttons if button.value.startswith("c.ack."))
    code = ack.value.removeprefix("c.ack.")
    await two_alarms.presses("thu", ack)
    found = await two_alarms.database.read(lambda c: cases.by_code(c, code))
    assert found.acknowledged_at is not None and found.escalate_at is None
    assert code in two_alarms.heard("hoa")


async def test_an_alarm_whose_words_fail_for_any_reason_rings_without_them(two_alarms, monkeypatch):
    def fail(*_):
        raise RuntimeError(SECRET)

    monkeypatch.setattr("bot.desk.alerts.village_name", fail)
    before = failures("alarm")
    with structlog.testing.capture_logs() as logged:
        await two_alarms.tick(STEP)
    assert len(alarms_of(two_alarms, "thu")) == 2
    # The one that cannot be read is built without words at once.
    assert failures("alarm") == before + 1
    (line,) = [each for each in logged if each["event"] == "due_failed"]
    assert line["why"] == "RuntimeError" and SECRET not in str(logged)


async def test_the_name_of_an_officer_that_cannot_be_read_stops_no_alarm(two_alarms):
    def lose(connection):
        crypto.use(LOST)
        connection.execute(update(Person.__table__).values(name="x", phone="x"))
        crypto.use(KEYS)
        return people.by_address(connection, "test", "thu")

    await two_alarms.database.write(lose)
    await two_alarms.tick(STEP)
    assert len(alarms_of(two_alarms, "thu")) == 2


SOURCES = {
    "promises": "bot.desk.duties._promises",
    "clocks": "bot.desk.case_clocks.warn",
    "redated": "bot.desk.duties._redate",
    "planned": "bot.desk.planning.run",
    "meetings": "bot.desk.inviting.run",
    "reminded": "bot.desk.digest.run",
    "asked": "bot.desk.zero.run",
    "channels": "bot.desk.channel_watch.run",
    "questions": "bot.desk.duties.remind",
    "broadcasts": "bot.desk.broadcasting.expand",
    "broadcasts_ended": "bot.desk.broadcasting.end",
    "calendar": "bot.desk.workdays.calendar",
    "forgetting": "bot.desk.duties.counts.purge",
}


@pytest.mark.parametrize("what", SOURCES)
async def test_a_source_that_fails_is_counted_and_holds_nothing_else_up(
    two_alarms, monkeypatch, what
):
    async def run(work):
        def whole(connection):
            return work(connection, two_alarms.house, two_alarms.clock() + STEP)

        return await two_alarms.database.write(whole)

    def fail(connection, *_):
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    monkeypatch.setattr(SOURCES[what], fail)
    before = failures(what)
    assert (await run(duties.alarms))["escalations"] == 2
    done = await run(duties.others)
    assert failures(what) == before + 1
    if what not in ("planned", "calendar"):
        assert done["planned"] > 0
