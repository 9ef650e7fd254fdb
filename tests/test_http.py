"""What the site answers when something inside goes wrong."""

import pytest
from aiohttp.test_utils import make_mocked_request
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.http import _no_traceback


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (OperationalError("SELECT 1", {}, Exception("the database is gone")), 503),
        (InterfaceError("SELECT 1", {}, Exception("closed")), 503),
        (NoConnection("the pool is empty"), 503),
        (OSError("no space"), 503),
        (TimeoutError(), 503),
        (DataError("INSERT", {}, Exception("0x00")), 500),
        (ValueError("a secret"), 500),
        (KeyError("name"), 500),
    ],
    ids=repr,
)
async def test_what_is_out_of_reach_is_told_from_what_breaks_us(problem, status):
    async def handler(request):
        raise problem

    answer = await _no_traceback(make_mocked_request("POST", "/api/messages"), handler)
    assert answer.status == status and answer.text == '{"error": "later"}'
