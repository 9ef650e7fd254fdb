"""Several pieces of work, one durable commit: what makes waiting for the disk cheap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.database import Database

T = TypeVar("T")
AT_MOST = 200


class Together:
    """`await write(work)` returns once `work` is committed, together with whatever else waited.

    While one commit is under way the next group gathers. A piece that raises is undone alone
    (its savepoint) and its exception goes to its own caller.
    """

    def __init__(self, database: Database, at_most: int = AT_MOST) -> None:
        self._database, self._at_most = database, at_most
        self._waiting: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return its result after the commit."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            works = [work for work, _ in group]
            try:
                results = await self._database.write(lambda c, w=works: _all(c, w))  # type: ignore[misc]
            except Exception as problem:  # the commit itself failed: nobody is told it worked
                results = [problem] * len(group)
            for (_, future), result in zip(group, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)


def _all(connection: Connection, works: list[Callable[[Connection], Any]]) -> list[Any]:
    if len(works) == 1:
        return [works[0](connection)]
    results: list[Any] = []
    for work in works:
        try:
            with connection.begin_nested():
                results.append(work(connection))
        except Exception as problem:
            results.append(problem)
    return results
