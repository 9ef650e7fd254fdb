"""What the doctor says of who can be woken."""

from __future__ import annotations

from datetime import date

from bot.doctor import examine
from bot.settings import load
from storage import areas, people
from storage.records.areas import Area
from tests.house import START


def _says(connection, tmp_path) -> tuple[bool, str]:
    settings = load(data_dir=tmp_path, web_chat="off")
    [duty] = [each for each in examine(connection, settings, START) if each["what"] == "duty"]
    return duty["ok"], duty["says"]


def _settled(connection) -> int:
    areas.load(
        connection,
        [
            (Area(code="T", name="Tỉnh T", kind="province"), []),
            (Area(code="A", name="Xã A", kind="commune", parent="T"), []),
            (Area(code="A-1", name="Thôn Một", kind="village", parent="A"), []),
            (Area(code="B", name="Phường B", kind="ward", parent="T"), []),
            (
                Area(
                    code="C",
                    name="Xã C",
                    kind="commune",
                    parent="T",
                    valid_to=date(2025, 6, 30),
                ),
                [],
            ),
        ],
    )
    return people.welcome(connection, "test", "tám", "vi", START)[0]


async def test_communes_without_anybody_are_named(database, tmp_path):
    def steps(connection):
        tam = _settled(connection)
        yield _says(connection, tmp_path)
        people.grant(connection, tam, "on_call", "A-1", START)  # a village's is better than none
        yield _says(connection, tmp_path)
        people.grant(connection, tam, "officer", "T", START)
        yield _says(connection, tmp_path)

    nobody, in_a, everywhere = await database.write(lambda connection: list(steps(connection)))
    assert nobody[0] is False and "nobody for Xã A, Phường B" in nobody[1]
    assert "Xã C" not in nobody[1]
    assert in_a[0] is True and in_a[1].endswith("nobody for Phường B")
    assert everywhere[0] is True and "nobody" not in everywhere[1]
