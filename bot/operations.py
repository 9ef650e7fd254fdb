"""Commands for keeping an installation: backup, restore, key rotation, erasing a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import AsJson, Failed, PersonNumber, in_database, print_data, settings_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

keys_app = typer.Typer(no_args_is_help=True, help="The master key.")
outbox_app = typer.Typer(no_args_is_help=True, help="Messages that the storm guard holds back.")
Message = Annotated[int | None, typer.Argument(help="One message; without it all.")]


def backup(file: Path, as_json: AsJson = False) -> None:
    """Write everything into one file; keep it apart from the master key."""
    from storage import backup as backups

    try:
        rows = in_database(lambda c: backups.write(c, file))
    except OSError as problem:
        raise Failed(f"{file}: {problem.strerror}") from None
    size = file.stat().st_size
    print_data(
        {"file": str(file), "rows": rows, "bytes": size}, as_json, [f"{rows} rows in {file}"]
    )


def restore(file: Path, as_json: AsJson = False) -> None:
    """Fill an empty database (SQLite or PostgreSQL) from a backup."""
    from storage import backup as backups

    if not file.is_file():
        raise Failed(f"{file}: there is no such file")
    try:
        rows = in_database(lambda c: backups.restore(c, file))
    except backups.BadBackup as problem:
        raise Failed(f"{file}: {problem}; nothing was changed") from None
    print_data({"file": str(file), "rows": rows}, as_json, [f"{rows} rows restored"])


@keys_app.command("rotate")
def rotate(as_json: AsJson = False) -> None:
    """Make a new master key and write everything anew with it; older keys stay to read with."""
    from storage import crypto, rotation

    settings = settings_of()
    if settings.master_key:
        raise Failed("VONGTAY_MASTER_KEY is set: rotation needs the key in a file")
    in_database(lambda c: None, settings)  # the present key must be the right one
    keyring = crypto.add_key(settings.key_file)
    crypto.use(keyring)
    count = in_database(lambda c: rotation.rewrite(c, keyring), settings)
    print_data(
        {"key": keyring.current, "rewritten": count},
        as_json,
        [f"key {keyring.current} is in use, {count} values rewritten. Keep a copy of the file."],
    )


def erase(
    person: PersonNumber,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget who a person is; reports stay with the commune, of nobody."""
    from bot import clock
    from storage import audit, conversations, people, web

    if not yes:
        typer.confirm(f"Forget person {person} for ever?", abort=True)

    def work(connection: Connection) -> None:
        if people.one(connection, person) is None:
            raise Failed(f"there is nobody with number {person}: see vongtay member list")
        now = clock.now()
        pages = people.addresses(connection, person, "web")
        web.end_all(connection, pages, now)
        web.wipe(connection, pages)
        conversations.forget(connection, person)
        people.erase(connection, person, now)
        audit.note(connection, now, None, "erase", f"person:{person}")

    in_database(work)
    print_data({"erased": person}, as_json, [f"person {person} is forgotten"])


@outbox_app.command("parked")
def outbox_parked(as_json: AsJson = False) -> None:
    """Messages that exceeded what one person may get in an hour."""
    from storage import storm

    rows = [
        {
            "id": each.id,
            "person": each.person_id,
            "channel": each.channel,
            "parked_at": each.parked_at.isoformat(),
            "expires_at": each.expires_at.isoformat() if each.expires_at else None,
        }
        for each in in_database(storm.parked)
    ]
    lines = ["\t".join(str(value) for value in row.values()) for row in rows]
    print_data(rows, as_json, lines or ["nothing is held back"])


@outbox_app.command("release")
def outbox_release(number: Message = None, as_json: AsJson = False) -> None:
    """Put what was held back in line again; the ceiling holds on, what expired never leaves."""
    from storage import storm

    count = in_database(lambda c: storm.release(c, number))
    print_data({"released": count}, as_json, [f"{count} put back in line"])


@outbox_app.command("drop")
def outbox_drop(
    number: Message = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give up what was held back: it is never sent."""
    from bot import clock
    from storage import storm

    if not yes:
        typer.confirm("Never send it?", abort=True)
    count = in_database(lambda c: storm.drop(c, clock.now(), number))
    print_data({"dropped": count}, as_json, [f"{count} dropped"])
