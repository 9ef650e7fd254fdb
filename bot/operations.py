"""Commands for keeping an installation: backup, restore, key rotation, erasing a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import (
    AsJson,
    Failed,
    File,
    PersonNumber,
    day_typed,
    in_database,
    open_keys,
    print_data,
    really,
    settings_of,
    whole,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.settings import Settings

holiday_app = typer.Typer(no_args_is_help=True, help="Days off and swapped days, as entered.")
keys_app = typer.Typer(no_args_is_help=True, help="The master key.")
outbox_app = typer.Typer(no_args_is_help=True, help="Messages that the storm guard holds back.")
Message = Annotated[
    int | None, typer.Argument(min=1, max=2**63 - 1, help="One message; without it all.")
]


def backup(file: File, as_json: AsJson = False) -> None:
    """Write everything into one file; keep it apart from the master key."""
    from storage import backup as backups

    if file.is_dir():
        raise Failed(f"{file}: that is a folder; name a file in it")
    if not file.parent.is_dir():
        raise Failed(f"{file}: there is no folder {file.parent}")
    if file.exists() and not file.is_file():  # the backup takes the place of what is there
        raise Failed(f"{file}: that is no file, and would be lost; name a file")
    settings = settings_of()
    _spare(file, settings)

    def work(connection: Connection) -> int:
        try:
            return backups.write(connection, file)
        except OSError as problem:
            raise Failed(f"{file}: {problem.strerror or problem}") from None

    rows = in_database(work, settings)
    size = file.stat().st_size
    print_data(
        {"file": str(file), "rows": rows, "bytes": size}, as_json, [f"{rows} rows in {file}"]
    )


def _spare(file: Path, settings: Settings) -> None:
    """Raises Failed where a backup would take the place of what it cannot give back."""
    from storage.backup import looks_like_one

    target, database = file.resolve(), settings.database_file
    if target == settings.key_file.resolve():
        raise Failed(f"{file}: that is the master key, and would be lost; name another file")
    live = database.resolve() if database else None
    if live and target in [live.with_name(live.name + end) for end in _OF_SQLITE]:
        raise Failed(f"{file}: that is the database itself, and would be lost; name another file")
    if file.exists() and not looks_like_one(file):
        raise Failed(f"{file}: is there already and is no backup; name another file")


_OF_SQLITE = ("", "-wal", "-shm", "-journal")  # how its files end


def restore(file: File, as_json: AsJson = False) -> None:
    """Fill an empty database (SQLite or PostgreSQL) from a backup."""
    from storage import backup as backups

    if file.is_dir():
        raise Failed(f"{file}: that is a folder; name the file of the backup")
    if not file.exists():
        raise Failed(f"{file}: there is no such file")
    settings = settings_of()
    _has_its_key(file, settings)
    try:
        rows = in_database(lambda c: backups.restore(c, file), settings)
    except backups.BadBackup as problem:
        raise Failed(f"{file}: {problem}; nothing was changed") from None
    print_data({"file": str(file), "rows": rows}, as_json, [f"{rows} rows restored"])


def _has_its_key(file: Path, settings: Settings) -> None:
    """Raises Failed where the key of the backup is not there, before anything is made."""
    from storage import backup as backups
    from storage import crypto

    needed = "the master key that the backup was written with is needed; nothing was changed"
    if not settings.master_key and not settings.key_file.exists():
        raise Failed(f"VONGTAY_MASTER_KEY_FILE: {settings.key_file} is missing: {needed}")
    open_keys(settings)
    try:
        backups.examine(file, crypto.keyring())
    except crypto.WrongKey:
        name = "MASTER_KEY" if settings.master_key else "MASTER_KEY_FILE"
        raise Failed(f"VONGTAY_{name}: another key than that of {file}: {needed}") from None
    except backups.BadBackup as problem:
        raise Failed(f"{file}: {problem}; nothing was changed") from None


@keys_app.command("rotate")
def rotate(as_json: AsJson = False) -> None:
    """Make a new master key and write everything anew with it; older keys stay to read with."""
    from storage import crypto, rotation

    settings = settings_of()
    if settings.master_key:
        raise Failed("VONGTAY_MASTER_KEY is set: rotation needs the key in a file")
    in_database(lambda c: None, settings)  # the present key must be the right one
    keyring = crypto.add_key(settings.key_file)
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
    from storage import absences, audit, conversations, duties, identity, people, web

    if not yes:
        really(f"Forget person {person} for ever?")

    def work(connection: Connection) -> None:
        if people.one(connection, person) is None:
            raise Failed(f"there is nobody with number {person}: see vongtay member list")
        now = clock.now()
        pages = people.addresses(connection, person, "web")
        web.end_all(connection, pages, now)
        web.wipe(connection, pages)
        conversations.forget(connection, person)
        identity.erase(connection, person, now)
        duties.forget_person(connection, person)
        absences.forget(connection, person)
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
    _was_there(number, count)
    print_data({"released": count}, as_json, [f"{count} put back in line"])


def _was_there(number: int | None, count: int) -> None:
    if number is not None and not count:
        raise Failed(f"no message {number} is held back: see vongtay outbox parked")


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
        really("Never send it?")
    count = in_database(lambda c: storm.drop(c, clock.now(), number))
    _was_there(number, count)
    print_data({"dropped": count}, as_json, [f"{count} dropped"])


Day = Annotated[datetime, typer.Argument(parser=day_typed, help="For example 2027-02-05.")]


@holiday_app.command("set")
def holiday_set(
    day: Day,
    kind: Annotated[str, typer.Argument(help="off or working.")],
    reason: Annotated[str, typer.Option(help="Why the day is another one.")],
    source: Annotated[str, typer.Option(help="The document that says so.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a day a day off, or a working day; limits that run are counted anew within a minute."""
    from bot import clock
    from bot.clocks.calendar import Calendar, Change
    from storage import audit, workdays

    on = day.date()
    if kind not in ("off", "working"):
        raise typer.BadParameter(f"{kind!r} is neither off nor working", param_hint="KIND")
    try:
        Calendar.of(extra=[Change(on, "off" if kind == "off" else "working", reason)]).day(on)
    except ValueError as problem:
        raise Failed(str(problem)) from None

    def work(connection: Connection) -> None:
        now = clock.now()
        workdays.enter(connection, on, kind, reason.strip(), source.strip(), None, now)
        audit.note(connection, now, None, "calendar", on.isoformat(), kind)

    in_database(work)
    print_data({"day": on.isoformat(), "kind": kind}, as_json, [f"{on} is now: {kind}"])


@holiday_app.command("remove")
def holiday_remove(day: Day, as_json: AsJson = False) -> None:
    """Take back what was entered for a day."""
    from bot import clock
    from storage import audit, workdays

    on = day.date()

    def work(connection: Connection) -> bool:
        audit.note(connection, clock.now(), None, "calendar", on.isoformat(), "withdrawn")
        return workdays.withdraw(connection, on)

    if not in_database(work):
        raise Failed(f"nothing was entered for {on}: see vongtay holiday list")
    print_data({"day": on.isoformat()}, as_json, [f"{on} is again as the official table has it"])


@holiday_app.command("load")
def holiday_load(file: File, as_json: AsJson = False) -> None:
    """Load the official table of one year: a TOML file with one [[year]], as in calendar.toml."""
    from bot import clock
    from bot.desk.workdays import official_year
    from storage import audit, duties, workdays

    try:
        row = official_year(whole(file).decode())
    except UnicodeDecodeError:
        raise Failed(f"{file}: is not a text in UTF-8") from None
    except ValueError as problem:
        raise Failed(f"{file.name}: {problem}; nothing was loaded") from None

    def work(connection: Connection) -> None:
        now = clock.now()
        workdays.load_year(connection, row["year"], row, now)
        duties.settle(connection, "year", "next_calendar", now)
        audit.note(connection, now, None, "calendar", str(row["year"]), "loaded")

    in_database(work)
    print_data({"year": row["year"]}, as_json, [f"the official table of {row['year']} is loaded"])


@holiday_app.command("list")
def holiday_list(as_json: AsJson = False) -> None:
    """What was entered over the official calendar, and the years that were loaded."""
    from storage import workdays

    entered, years = in_database(lambda c: (workdays.entered(c), workdays.loaded_years(c)))
    rows = [
        {"day": e.day.isoformat(), "kind": e.kind, "reason": e.reason, "source": e.source}
        for e in entered
    ]
    lines = [f"{r['day']}\t{r['kind']}\t{r['reason']}\t{r['source'] or '-'}" for r in rows]
    lines += [f"{year}\tofficial table\t{row['source']}" for year, row in years.items()]
    print_data({"days": rows, "years": list(years)}, as_json, lines or ["nothing was entered"])
