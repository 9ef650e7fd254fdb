"""What the commands share: settings, keys, one transaction, printing; errors are one line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.settings import Settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PersonNumber = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="As in member list.")]
# What cannot be read fails as what is not there does: with the command's own sentence.
File = Annotated[Path, typer.Argument(readable=False)]
LARGEST = 50_000_000  # bytes of a file that is read as a whole
TELEGRAM_PATIENCE = 4.0  # seconds


class Failed(Exception):
    """What was asked for cannot be done; the message is one line for the operator."""


def day_typed(text: str) -> datetime:
    """The day that was typed. Raises BadParameter."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise typer.BadParameter(f"{text[:30]!r} is no day like 2027-02-05") from None


def complain(message: str, status: int = 1) -> NoReturn:
    """Say in one line what went wrong, and end."""
    first = message.strip().splitlines()[0] if message.strip() else "failed"
    print(f"vongtay: {first}", file=sys.stderr)
    sys.exit(status)


def settings_of(**overrides: object) -> Settings:
    from bot.settings import WrongSetting, load

    try:
        return load(**overrides)
    except WrongSetting as problem:
        raise Failed(str(problem)) from None


def open_keys(settings: Settings) -> None:
    """Use the operator's master key; a new one is made, and said so, for a new database."""
    from storage import crypto

    file, database = settings.key_file, settings.database_file
    try:
        if settings.master_key:
            crypto.use(crypto.Keyring(settings.master_key))
            return
        if not file.exists() and database and database.exists() and database.stat().st_size:
            raise Failed(
                f"VONGTAY_MASTER_KEY_FILE: {file} is missing, and without the key in it nothing "
                f"in {database} can be read: put it back"
            )
        keyring, made = crypto.read_or_make(file)
    except OSError as problem:
        name = "MASTER_KEY_FILE" if settings.master_key_file else "DATA_DIR"
        raise Failed(f"VONGTAY_{name}: {file}: {problem.strerror}") from None
    except ValueError as problem:
        name = "MASTER_KEY" if settings.master_key else "MASTER_KEY_FILE"
        raise Failed(f"VONGTAY_{name}: {problem}") from None
    crypto.use(keyring, file)
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
        from storage import key_check
        from storage.opening import opened

        def checked(connection: Connection) -> T:
            result = work(connection)
            key_check.check(connection)  # what was restored from a backup can be read, too
            return result

        database = await opened(settings.database)
        try:
            return await database.write(checked)
        finally:
            await database.close()

    return run_work(work_once(), settings)


def run_work(work: Coroutine[Any, Any, T], settings: Settings | None = None) -> T:
    """Run `work` to its end; what is wrong with the database or its key names its setting."""
    from sqlalchemy.exc import OperationalError

    from storage.crypto import WrongKey
    from storage.opening import CannotOpen

    try:
        return asyncio.run(work)
    except CannotOpen as problem:
        name = "DATABASE_URL" if settings and settings.database_url else "DATA_DIR"
        raise Failed(f"VONGTAY_{name}: {problem}") from None
    except WrongKey:
        name = "MASTER_KEY" if settings and settings.master_key else "MASTER_KEY_FILE"
        raise Failed(f"VONGTAY_{name}: the database was written with another key") from None
    except OperationalError as problem:  # a file that cannot be written to, most likely
        name = "DATABASE_URL" if settings and settings.database_url else "DATA_DIR"
        raise Failed(f"VONGTAY_{name}: {problem.orig}") from None
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        raise Failed(f"{where}{problem.strerror or problem}") from None


def telegram_username(settings: Settings) -> tuple[str, str]:
    """The name of the operator's bot, asked of Telegram, and why it is not known."""
    if not settings.telegram_token:
        return "", ""
    from bot.channels import NotSent
    from bot.channels.telegram.channel import TelegramChannel

    async def ask() -> tuple[str, str]:
        base, proxy = settings.telegram_api_base, settings.telegram_proxy or None
        telegram = TelegramChannel(settings.telegram_token, base, proxy)
        try:
            async with asyncio.timeout(TELEGRAM_PATIENCE):
                return await telegram.learn_username(), ""
        except TimeoutError:
            return "", f"it has not answered within {TELEGRAM_PATIENCE:.0f} seconds"
        except NotSent as problem:
            return "", " ".join(str(problem).split())
        finally:
            await telegram.close()

    return asyncio.run(ask())


def whole(file: Path, most: int = LARGEST) -> bytes:
    """What a file holds. Raises Failed when it cannot be read, or never ends."""
    try:
        with file.open("rb") as opened:
            content = opened.read(most + 1)
    except OSError as problem:
        raise Failed(f"{file}: {problem.strerror}") from None
    if len(content) > most:
        raise Failed(f"{file}: is larger than any file of this kind")
    return content


def really(question: str) -> None:
    """Ask, on stderr, before what cannot be undone. Raises Failed without a yes."""
    print(f"{question} [y/N]: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        print(file=sys.stderr)
    if answer.strip().lower() not in ("y", "yes"):
        raise Failed("stopped; nothing was changed")


def print_data(data: Any, as_json: bool, lines: list[str]) -> None:
    if as_json:
        print(json.dumps(data, ensure_ascii=False, default=str))
    else:
        print("\n".join(lines))
