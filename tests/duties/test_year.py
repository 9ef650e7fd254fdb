"""A year of duties: nobody is passed over, nobody is pestered, nothing comes twice."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.duties.year import Year
from tests.postgres import memory


@pytest.fixture(scope="module")
def year() -> Iterator[Year]:
    """A small commune, the whole of 2026, at the hours that matter."""
    folder = Path(tempfile.mkdtemp(prefix="vt-year-", dir=memory()))
    yield Year(folder, officers=2, collaborators=6, minutes=0).play()
    shutil.rmtree(folder)


def test_there_was_something_to_do(year: Year) -> None:
    assert year.killed > 20
    assert len(year.planned) > 150
    assert len(year.pushes()) > 800
    assert len(year.overdue()) > 15
    assert {duty.source for duty in year.overdue()} == {"year", "case_clock"}
    assert len(year.away) > 5


def test_every_overdue_duty_reached_a_leader_in_time(year: Year) -> None:
    assert [(duty.key, duty.due_on) for duty in year.not_told_to_a_leader()] == []


def test_nobody_is_written_to_at_night_or_on_a_day_off(year: Year) -> None:
    assert year.at_a_wrong_time() == []


def test_at_most_two_pushes_a_person_and_day(year: Year) -> None:
    assert year.too_many() == {}


def test_nothing_comes_twice(year: Year) -> None:
    assert year.twice() == {}
