"""Who checks in by chat and on the page is one where that is sure, and shown where it may be."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from bot.desk import attendance
from bot.desk.checking_in import Said, check_in, claim, link_token, read_claim, read_link, stamp
from storage import check_ins, meetings, people
from tests.house import START
from tests.outreach.test_inviting import VILLAGE, arrange

TODAY = START.date()


@pytest.fixture
def connection(migrated_file, tmp_path):
    path = shutil.copy(migrated_file, tmp_path / "doubles.sqlite3")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        from storage import areas
        from storage.records.areas import Area

        every = [("DM-VL", "commune", None), (VILLAGE, "village", "DM-VL")]
        every += [("DM-VL-03", "village", "DM-VL")]
        loaded = [(Area(code=c, name=c, kind=k, parent=p), []) for c, k, p in every]
        areas.load(connection, loaded)
        yield connection
    engine.dispose()


class Hall:
    """A meeting, one person of the chat, and phones that open the page."""

    def __init__(self, connection):
        self.connection = connection
        self.event = meetings.by_code(connection, arrange(connection, TODAY))
        self.person, _ = people.welcome(connection, "web", "hoa", "vi", START)

    def chat(self, unit="12", group="parents", village=VILLAGE):
        return self._in(Said(f"person:{self.person}", group, village, unit, "web", START))

    def page(self, browser, unit="12", group="parents", village=VILLAGE, by=""):
        given = claim(self.event, self.person, by_link=by == "link") if by else ""
        phone = read_claim(self.event, given) if by else ("", False)
        who = f"browser:{browser}"
        return self._in(Said(who, group, village, unit, "page", START, *phone))

    def _in(self, said):
        late = START + timedelta(minutes=1)
        return check_in(self.connection, self.event, said, late, TODAY, stamp(self.event, START))

    @property
    def counted(self):
        again = meetings.by_code(self.connection, self.event.code)
        return {c.group: c for c in attendance.read(self.connection, [again])[0].counted}

    def settle(self, way):
        held = {"event_id": self.event.id, "group": "parents", "way": way, "why": "hỏi lại rồi"}
        held |= {"people": self.counted["parents"].figures[way], "person_id": self.person}
        meetings.settle(self.connection, {**held, "at": START})


@pytest.fixture
def hall(connection):
    return Hall(connection)


@pytest.mark.parametrize("by", ["link", "phone"])
@pytest.mark.parametrize("first", ["chat", "page"])
@pytest.mark.parametrize("unit", ["12", "Hộ 012"])
def test_one_person_on_one_phone_is_one(hall, by, first, unit):
    both = [lambda: hall.chat(), lambda: hall.page("a", unit, by=by)]
    if first == "page":
        both.reverse()
    assert [each() for each in both] == [True, False]
    assert [each() for each in both] == [False, False], "sent again nothing changes"
    [counted] = hall.counted.values()
    assert counted.people == 1 and not counted.doubles and not counted.differ


@pytest.mark.parametrize(("by", "fresh"), [("link", False), ("phone", True)])
def test_without_a_household_only_a_link_is_sure(hall, by, fresh):
    """A phone is shared in a family."""
    hall.chat(unit=None)
    assert hall.page("a", "", by=by) == fresh
    assert len(hall.counted["parents"].doubles) == fresh


@pytest.mark.parametrize("chat_first", [True, False])
def test_a_link_that_was_passed_on_joins_nobody_else(hall, chat_first):
    if chat_first:
        hall.chat()
    hall.page("mine", by="link")
    if not chat_first:
        hall.chat()
    assert hall.page("a neighbour", by="link")
    assert len(hall.counted["parents"].checked_in) == 2


@pytest.mark.parametrize(
    "otherwise", [{"unit": "13"}, {"unit": ""}, {"village": "DM-VL-03"}, {"group": "residents"}]
)
def test_one_phone_that_says_something_else_is_shown_and_not_joined(hall, otherwise):
    hall.chat()
    assert hall.page("a", by="phone", **otherwise)
    group = otherwise.get("group", "parents")
    counted = hall.counted[group]
    assert len(counted.doubles) == 1 and counted.differ
    assert counted.figures["joined"] == counted.figures["check_in"] - 1


def test_the_same_household_without_a_sign_of_the_phone_is_for_a_person_to_settle(hall):
    hall.chat()
    assert hall.page("a")
    counted = hall.counted["parents"]
    assert counted.figures == {"check_in": 2, "joined": 1} and counted.differ
    assert counted.people == 2, "nothing is taken off silently"
    hall.settle("joined")
    counted = hall.counted["parents"]
    assert counted.people == 1 and not counted.differ and len(counted.present) == 1
    [entry] = attendance.entries(attendance.read(hall.connection, [hall.event]))
    assert (entry.headcount, len(entry.ids)) == (1, 1)
    assert hall.page("b", "40")
    assert hall.counted["parents"].differ, "who comes in afterwards opens it again"
    hall.settle("check_in")
    assert hall.counted["parents"].people == 3


def test_two_parents_on_two_pages_are_two(hall):
    assert hall.page("a") and hall.page("b")
    assert not hall.counted["parents"].doubles and not hall.counted["parents"].differ


def test_nobody_can_make_a_claim_or_a_link(hall):
    other = hall.event.model_copy(update={"code": "ZZZZZ9"})
    made = claim(hall.event, hall.person, by_link=True)
    assert read_claim(hall.event, made) == (check_ins.who(f"person:{hall.person}"), True)
    for given in ("", "x", "link.x.y", made[:-1], made.replace("link", "phone", 1)):
        assert read_claim(hall.event, given) == ("", False)
    assert read_claim(other, made) == ("", False)
    link = link_token(hall.event, hall.person)
    assert read_link(hall.event, link) == hall.person and read_link(other, link) is None
    for given in ("", "7", f"{hall.person}.", "²." + link, f"{hall.person + 1}" + link[1:], "é.ü"):
        assert read_link(hall.event, given) is None
