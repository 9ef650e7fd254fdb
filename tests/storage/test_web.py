"""Browsers on the web chat: which are forgotten when."""

from datetime import timedelta

from storage import people, web
from storage.inbox import sender_index
from tests.house import START

DAY, KEEP = timedelta(days=1), timedelta(days=400)
WHO = ("program", "talker", "member")


def three_browsers(connection):
    """One that only fetched the page, one that said something, and one of a known person."""
    for who in WHO:
        web.begin(connection, f"token of {who}", who, "?", START)
    web.show(connection, sender_index("web", "talker"), False, {"text": "x"}, "1", START)
    people.welcome(connection, "web", "member", "vi", START)


def known(connection):
    return {who for who in WHO if web.visitor(connection, f"token of {who}")}


async def test_who_never_said_anything_is_forgotten_after_two_days_and_others_after_a_year(
    database,
):
    await database.write(three_browsers)
    for days, left in (
        (1, {*WHO}),
        (2, {*WHO}),
        (3, {"talker", "member"}),
        (365, {"talker", "member"}),
        (366, set()),
    ):
        now = START + days * DAY
        await database.write(lambda c, now=now: web.purge(c, now, KEEP))
        assert await database.read(known) == left, days
