"""What somebody may not do is answered, and counted where the operator looks."""

import pytest

from bot import metrics
from tests.house import Bot


def refused() -> float:
    [family] = metrics.REFUSED_INPUT.collect()
    return sum(each.value for each in family.samples if each.name.endswith("_total"))


@pytest.mark.parametrize("value", ["r.reply.VT-26-AAAAA1", "m.cases", "m.broadcast", "m.outreach"])
async def test_what_a_resident_may_not_do_is_counted(tmp_path, value):
    bot = await Bot.opened(f"sqlite:///{tmp_path / 'x.db'}")
    await bot.says("hoa", "/start")
    before = refused()
    await bot.says("hoa", value=value)
    assert refused() == before + 1
    await bot.database.close()
