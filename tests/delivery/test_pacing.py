"""How fast a channel is written to."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import Pace


def said(pace, link, at, way=0.0, push=False):
    """A message that the platform answered after `way` seconds."""
    pace.sent(link, at, push)
    pace.answered(link, at, at + way)


def test_so_many_leave_in_a_second_and_no_more():
    pace = Pace(3, 0)
    for at in (10.0, 10.2, 10.4):
        assert pace.room(at) > 0
        said(pace, 1, at)
    assert pace.room(10.9) == 0
    assert pace.wait(10.9) == 10.0 + 1.0 - 10.9
    assert pace.room(11.0) == 1


def test_an_address_has_a_pause():
    pace = Pace(30, 1.0)
    said(pace, 7, 10.0)
    said(pace, 8, 10.5)
    assert pace.busy(10.9) == {7, 8}
    assert round(pace.wait(10.9), 6) == 0.1
    assert pace.busy(11.0) == {8}
    assert pace.busy(11.5) == set()
    assert pace.wait(11.5) == 0


def test_without_a_pause_nobody_is_busy():
    pace = Pace(30, 0)
    said(pace, 7, 10.0)
    assert pace.busy(10.0) == set() and pace.wait(10.0) == 0


def test_a_channel_that_wants_silence_gets_it():
    pace = Pace(30, 0)
    pace.close(15.0)
    pace.close(12.0)  # a shorter wish does not shorten the longer one
    assert (pace.room(14.9), pace.wait(10.0)) == (0, 5.0)
    assert pace.room(15.0) == 30


def test_a_channel_slower_than_one_a_second_still_sends():
    pace = Pace(0.5, 0)
    assert pace.room(10.0) == 1
    said(pace, 1, 10.0)
    assert pace.room(11.5) == 0
    assert pace.wait(11.5) == 0.5
    assert pace.room(12.0) == 1


@given(
    st.floats(0.2, 40),
    st.floats(0, 3),
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 2)), max_size=40),
)
def test_whoever_waits_as_told_may_send_in_the_end(per_second, per_address, wishes):
    pace, now, sent = Pace(per_second, per_address), 100.0, []
    for link, pause in wishes:
        now += pause
        for _ in range(100):
            if pace.room(now) and link not in pace.busy(now):
                break
            wait = pace.wait(now)
            assert wait > 0
            now += wait
        else:
            raise AssertionError("it never became this message's turn")
        said(pace, link, now)
        sent.append((link, now))
    for number, (link, at) in enumerate(sent):
        second = [other for _, other in sent[:number] if other > at - 0.999]
        assert len(second) < max(per_second, 1)
        mine = [other for its, other in sent[:number] if its == link]
        assert not mine or at - mine[-1] >= per_address - 0.002


def test_however_unsteady_the_way_no_second_of_the_platform_holds_too_many():
    """It counts what arrives, a tenth to nine tenths of the way after it was sent."""
    dice = random.Random(4)
    pace, now, under_way, arrived = Pace(30, 0), 0.0, [], []
    for number in range(600):
        while True:
            for answer, link, left in sorted(under_way):
                if answer <= now:
                    pace.answered(link, left, answer)
                    under_way.remove((answer, link, left))
            if pace.room(now):
                break
            now += 0.001
        way = 0.02 + dice.random() * dice.choice((0.01, 0.3))
        pace.sent(number, now)
        arrived.append(now + way - 0.01)
        under_way.append((now + way, number, now))
    arrived.sort()
    assert all(
        after - before >= 0.999 for before, after in zip(arrived, arrived[30:], strict=False)
    )
    assert 600 / (arrived[-1] - arrived[0] + 1) > 22  # a way of up to 0.3 s: slower, never refused


def test_a_steady_way_costs_nothing_once_it_is_known():
    pace = Pace(30, 0)
    for number in range(100):
        said(pace, number, 0.0, way=0.2)
    for number in range(30):
        pace.sent(number, 10.0)
    for number in range(30):
        pace.answered(number, 10.0, 10.2)
    assert pace.room(10.99) == 0
    assert pace.room(11.01) == 30


def test_pushes_come_by_tenths_of_a_second_and_leave_room_for_what_is_urgent():
    pace, now, left = Pace(30, 0), 5.0, 0
    assert pace.pushes(now) == 9
    for step in range(50):  # half a second
        for _ in range(min(pace.pushes(now), pace.room(now))):
            said(pace, step, now, push=True)
            left += 1
        now += 0.01
    assert 15 <= left <= 28
    assert pace.room(now) >= 2
