"""The benchmark table is whole; what it says is read by people, not asserted."""

from bot.bench import checkin, commands, reminders

KEYS = {"what", "value", "unit", "peer", "ratio", "goal", "note"}


def test_every_row_says_what_it_is_held_against(tmp_path):
    rows = commands.rows(tmp_path, 0.1)
    assert len(rows) == len(commands.COMMANDS)
    for row in rows:
        assert set(row) == KEYS
        assert row["value"] > 0 and row["ratio"] > 1


def test_a_hall_is_counted_once_each(tmp_path):
    [row] = checkin.rows(tmp_path, 0.05)
    assert set(row) == KEYS and row["value"] > 0


def test_the_rows_of_reminders_are_whole(tmp_path):
    planned, idle = reminders.rows(tmp_path, 0.001)
    assert set(planned) == set(idle) == KEYS
    assert "100 people" in planned["what"] and planned["value"] > 0
    assert int(planned["note"].split()[0]) > 100
    assert idle["value"] > 0
