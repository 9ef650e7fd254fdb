"""What the commands share: settings, keys, one transaction, printing; errors are one line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.settings import Settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Failed(Exception):
    """What was asked for cannot be done; the message is one line for the operator."""


def complain(message: str) -> NoReturn:
    first = message.strip().splitlines()[0] if message.strip() else "failed"
    print(f"vongtay: {first}", file=sys.stderr)
    sys.exit(1)


def settings_of(**overrides: object) -> Settings:
    from bot.settings import WrongSetting, load

    try:
        return load(**overrides)
    except WrongSetting as problem:
        raise Failed(str(problem)) from None


def open_keys(settings: Settings) -> None:
    """Use the operator's master key; a new one is made, and said so, when there is none."""
    from storage import crypto

    try:
        if settings.master_key:
            crypto.use(crypto.Keyring(settings.master_key))
            return
        keyring, made = crypto.read_or_make(settings.key_file)
    except (ValueError, OSError) as problem:
        raise Failed(f"VONGTAY_MASTER_KEY: {problem}") from None
    crypto.use(keyring)
    if made:
        print(
            f"vongtay: a new master key was made in {settings.key_file}. "
            "Keep a copy apart: without it nothing that was written can be read.",
            file=sys.stderr,
        )


def in_database(work: Callable[[Connection], T], settings: Settings | None = None) -> T:
    """Run `work` in one transaction on the operator's database, brought up to date."""
    settings = settings or settings_of()
    open_keys(settings)

    async def work_once() -> T:
        from storage import schema
        from storage.database import Database

        database = Database(settings.database)
        try:
            await database.write(schema.upgrade)
            return await database.write(work)
        finally:
            await database.close()

    return run_work(work_once())


def run_work(work: Coroutine[Any, Any, T]) -> T:
    from sqlalchemy.exc import DBAPIError

    try:
        return asyncio.run(work)
    except DBAPIError as problem:
        raise Failed(f"VONGTAY_DATABASE_URL: {problem.orig}") from None
    except OSError as problem:
        raise Failed(str(problem)) from None


def print_data(data: Any, as_json: bool, lines: list[str]) -> None:
    if as_json:
        print(json.dumps(data, ensure_ascii=False, default=str))
    else:
        print("\n".join(lines))
