"""The benchmark table is whole; what it says is read by people, not asserted."""

from bot.bench import commands

KEYS = {"what", "value", "unit", "peer", "ratio", "goal", "note"}


def test_every_row_says_what_it_is_held_against(tmp_path):
    rows = commands.rows(tmp_path, 0.1)
    assert len(rows) == len(commands.COMMANDS)
    for row in rows:
        assert set(row) == KEYS
        assert row["value"] > 0 and row["ratio"] > 1
