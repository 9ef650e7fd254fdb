"""`vongtay`: every command of contract §2 that there is, thin; errors are one line on stderr."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from bot import inquiries, operations, plan_commands, report_commands
from bot.command_line import (
    AsJson,
    Failed,
    File,
    PersonNumber,
    complain,
    in_database,
    open_keys,
    print_data,
    run_work,
    settings_of,
    telegram_username,
    whole,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A chatbot by which villages report children at risk and communes act in time.",
)
areas_app = typer.Typer(no_args_is_help=True, help="Provinces, communes and villages.")
member_app = typer.Typer(no_args_is_help=True, help="People with a role.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
audit_app = typer.Typer(no_args_is_help=True, help="The log of who looked at what.")
inbox_app = typer.Typer(no_args_is_help=True, help="Events that could not be handled.")
app.add_typer(areas_app, name="area")
app.add_typer(member_app, name="member")
app.add_typer(db_app, name="db")
app.add_typer(audit_app, name="audit")
app.add_typer(plan_commands.app, name="plan")
app.add_typer(inbox_app, name="inbox")
app.add_typer(operations.holiday_app, name="holiday")
app.add_typer(operations.keys_app, name="keys")
app.add_typer(operations.outbox_app, name="outbox")
app.command()(inquiries.ask)
app.command()(inquiries.extract)
app.command()(inquiries.triage)
app.command()(inquiries.clock)
app.command()(inquiries.calendar)
app.command()(report_commands.report)
app.command()(operations.backup)
app.command()(operations.restore)
app.command()(operations.erase)


def main() -> NoReturn:
    """The console script. Exit status 0 done, 1 failed, 2 wrong usage."""
    # Starting makes half a million objects and hardly any garbage, and what is there at the end
    # goes with the process: looking through them for cycles took a half of a short command's time.
    # Looking still more seldom would leave holes in what the bot then takes for good.
    gc.set_threshold(20_000, 20, 100)
    atexit.register(gc.freeze)
    _open_what_is_closed()
    _print_anything()
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as problem:
        _wrong_usage(problem)
    except typer.Abort:
        complain("stopped; nothing was changed")
    except Failed as problem:
        complain(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as problem:  # a full disk, most likely
        what = f"{problem.filename}: " if problem.filename else ""
        complain(f"{what}{problem.strerror or type(problem).__name__}")
    except Exception as problem:
        complain(f"{type(problem).__name__}: {problem}")
    sys.exit(status or 0)


def _open_what_is_closed() -> None:
    """Nobody reads what goes to a stream that was closed, and nothing takes its number: else what
    is meant for stderr goes to stdout, between the data, and a file could be stdout."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  for as long as we run


def _print_anything() -> None:
    """No text stops a command that prints it: half of a pair (U+D800…) is written as an escape,
    which inside JSON says the same; and what we print is UTF-8 whatever the locale calls itself.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _wrong_usage(problem: typer.TyperException) -> NoReturn:
    message = problem.format_message()
    if message.startswith("Usage:"):  # a group without a command: its help
        print(message, file=sys.stderr)
        sys.exit(problem.exit_code)
    context = getattr(problem, "ctx", None)
    hint = f". See {context.command_path} --help" if context else ""
    complain(f"{' '.join(message.split()).rstrip('.')}{hint}", problem.exit_code)


@app.command()
def demo(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8080,
    data: Annotated[Path, typer.Option(help="Where the demo commune is kept.")] = Path("demo-data"),
    fresh: Annotated[bool, typer.Option(help="Begin with an empty commune.")] = False,
) -> None:
    """Three phones on one page: collaborator, resident, officer. No token needed."""
    from bot.demo import NotADemo, run
    from bot.serve import CannotServe

    try:
        run_work(run(host, port, data, fresh))
    except (CannotServe, NotADemo) as problem:
        raise Failed(str(problem)) from None


@app.command()
def serve() -> None:
    """Every configured channel, workers and clock in one process."""
    settings = settings_of()
    open_keys(settings)
    from bot.serve import CannotServe, run

    try:
        run_work(run(settings), settings)
    except CannotServe as problem:
        raise Failed(problem.named) from None


@app.command()
def tick(
    at: Annotated[str, typer.Option(help="The moment, ISO 8601 with zone.")],
    as_json: AsJson = False,
) -> None:
    """Run once everything that is due at a moment, deliver it, exit."""
    settings = settings_of()
    moment = inquiries.moment(at, settings.timezone, "--at")
    open_keys(settings)
    from bot.clocks.calendar import Calendar
    from bot.serve import tick_once

    kept = Calendar.of()
    if not kept.first <= moment.year <= kept.last:
        raise Failed(f"--at {at}: the working calendar covers {kept.first} to {kept.last}")
    done, why = run_work(tick_once(settings, moment), settings)
    print_data(done, as_json, [f"{name}: {count}" for name, count in done.items()])
    if left := done["undelivered"]:
        raise Failed(f"{left} could not be delivered: {why or 'no reason was given'}")


@areas_app.command("load")
def area_load(file: File, as_json: AsJson = False) -> None:
    """Load or update areas from a CSV file; all of it, or nothing when there is a mistake."""
    from storage import area_file, areas

    content = whole(file)

    def work(connection: Connection) -> tuple[int, int, list[str]]:
        stored = {area.code: area for area in areas.every(connection)}
        loaded = area_file.read(content, stored, areas.old_codes(connection))
        known = stored.keys() | {area.code for area, _ in loaded}
        strange = {old for _, succeeds in loaded for old in succeeds if old not in known}
        return *areas.load(connection, loaded), sorted(strange)

    try:
        added, updated, strange = in_database(work)
    except area_file.BadAreas as problem:
        more = len(problem.mistakes) - area_file.MOST_MISTAKES
        tail = f"; and {more} more" if more > 0 else ""
        raise Failed(f"{file.name}: {problem}{tail}; nothing was loaded") from None
    if strange:
        few = ", ".join(strange[:5]) + (", …" if len(strange) > 5 else "")
        print(
            f"vongtay: {len(strange)} of the codes that are succeeded belong to no area, and were"
            f" kept all the same: {few}",
            file=sys.stderr,
        )
    line = f"{added} {'area' if added == 1 else 'areas'} added, {updated} updated"
    print_data({"added": added, "updated": updated}, as_json, [line])


@areas_app.command("list")
def area_list(as_json: AsJson = False) -> None:
    """Every area with its parent, the days it is valid, and what it succeeded."""
    from storage import areas

    every, old = in_database(lambda c: (areas.every(c), areas.old_codes(c)))
    rows = [{**area.model_dump(mode="json"), "succeeds": old.get(area.code, [])} for area in every]
    lines = [
        f"{a.code}\t{a.name}\t{a.kind}\t{a.parent or '-'}\t{a.valid_from or '…'} to"
        f" {a.valid_to or '…'}\t{';'.join(old.get(a.code, [])) or '-'}"
        for a in every
    ]
    print_data(rows, as_json, lines or ["no areas yet: vongtay area load FILE.csv"])


@member_app.command("invite")
def member_invite(
    role: Annotated[str, typer.Option(help="collaborator, officer, leader, on_call or admin.")],
    area: Annotated[str, typer.Option(help="Code of the area.")],
    uses: Annotated[int, typer.Option(min=1, max=1000)] = 1,
    days: Annotated[int, typer.Option(min=1, max=365)] = 14,
    qr: Annotated[
        Path | None, typer.Option(help="Draw the Zalo link, or else the web link: .png or .svg.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an invitation; its code is shown this once."""
    from bot import clock
    from bot.invitation_text import draw_code, links_and_text
    from storage import areas, invitations
    from storage.records.people import ROLES

    role = role.replace("-", "_")
    if role not in ROLES:
        raise typer.BadParameter(f"{role!r} is none of {', '.join(ROLES)}", param_hint="--role")
    settings = settings_of()

    def work(connection: Connection) -> tuple[str, str]:
        found = areas.one(connection, area)
        if found is None:
            raise Failed(f"there is no area {area}: see vongtay area list")
        now = clock.now()
        if found.valid_to and found.valid_to < now.astimezone(ZoneInfo(settings.timezone)).date():
            after = [new for new, old in areas.old_codes(connection).items() if area in old]
            instead = f": use {' or '.join(sorted(after))}" if after else ""
            raise Failed(f"the area {area} ended on {found.valid_to}{instead}")
        code = invitations.invite(connection, role, area, uses, now, now + timedelta(days=days))
        return code, found.name

    username, trouble = telegram_username(settings)
    code, area_name = in_database(work, settings)
    if trouble:
        print(f"vongtay: without a link to Telegram: {trouble}", file=sys.stderr)
    if not settings.public_url and settings.web_chat == "on":
        print(
            "vongtay: the web link works on this machine only: set VONGTAY_PUBLIC_URL",
            file=sys.stderr,
        )
    made = links_and_text(settings, code, role, area_name, days, username)
    if qr:
        try:
            draw_code(settings.zalo_address or made["web_link"] or made["telegram_link"], qr)
        except (ValueError, OSError) as problem:
            reason = getattr(problem, "strerror", None) or problem
            print(f"vongtay: without a QR code: {qr}: {reason}", file=sys.stderr)
    print_data(made, as_json, [f"{name}: {value}" for name, value in made.items()])


@member_app.command("list")
def member_list(as_json: AsJson = False) -> None:
    """Everybody with a role, by number and role; names only in the bot, where looks are audited."""
    from storage import people

    found = in_database(people.members)
    rows = [
        {
            "id": person.id,
            "roles": [{"role": role, "area": area} for role, area in roles],
            "introduced": person.introduced_at is not None,
            "suspended": person.suspended_at is not None,
        }
        for person, roles in found
    ]
    lines = [
        f"{person.id}\t{', '.join(f'{role} {area}' for role, area in roles)}"
        f"{' (suspended)' if person.suspended_at else ''}"
        for person, roles in found
    ]
    print_data(rows, as_json, lines or ["nobody yet: vongtay member invite --role … --area …"])


@member_app.command("suspend")
def member_suspend(person: PersonNumber, as_json: AsJson = False) -> None:
    """Take a person's access away; what they did stays."""
    from bot import clock
    from storage import audit, people, web

    def work(connection: Connection) -> None:
        if people.one(connection, person) is None:
            raise Failed(f"there is nobody with number {person}: see vongtay member list")
        now = clock.now()
        people.change(connection, person, suspended_at=now)
        web.end_all(connection, people.addresses(connection, person, "web"), now)
        audit.note(connection, now, None, "suspend", f"person:{person}")

    in_database(work)
    print_data({"suspended": person}, as_json, [f"person {person} is suspended"])


@db_app.command("upgrade")
def db_upgrade(as_json: AsJson = False) -> None:
    """Bring the database to the newest migration."""
    from storage import schema

    revision = in_database(schema.current)
    print_data({"revision": revision}, as_json, [f"database at revision {revision}"])


@audit_app.command("verify")
def audit_verify(as_json: AsJson = False) -> None:
    """Check that no line of the audit log was changed, taken out or put in."""
    from storage import audit

    broken, count = in_database(lambda c: (audit.first_broken(c), audit.count(c)))
    fine = "unbroken" if broken is None else f"BROKEN at line {broken}"
    print_data(
        {"lines": count, "unbroken": broken is None, "first_broken": broken},
        as_json,
        [f"{count} lines, {fine}"],
    )
    if broken is not None:
        raise typer.Exit(1)


@inbox_app.command("parked")
def inbox_parked(as_json: AsJson = False) -> None:
    """Events that were set apart after failing, and why."""
    from storage import inbox

    rows = [
        {"id": number, "channel": channel, "parked_at": at.isoformat(), "error": why}
        for number, channel, at, why in in_database(inbox.parked)
    ]
    lines = [f"{row['id']}\t{row['channel']}\t{row['parked_at']}\t{row['error']}" for row in rows]
    print_data(rows, as_json, lines or ["nothing is parked"])


@inbox_app.command("retry")
def inbox_retry(
    number: Annotated[
        int | None, typer.Argument(min=1, max=2**63 - 1, help="One event; without it all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put parked events back in line."""
    from storage import inbox

    count = in_database(lambda c: inbox.retry_parked(c, number))
    if number is not None and not count:
        raise Failed(f"no event {number} is parked: see vongtay inbox parked")
    print_data({"retried": count}, as_json, [f"{count} put back in line"])


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at the installation and say what is wrong."""
    from bot import clock
    from bot.doctor import channel_findings, examine, telegram_finding
    from bot.terms import terms_of

    settings = settings_of()
    telegram = telegram_finding(settings, *telegram_username(settings))

    def work(connection: Connection) -> list[dict[str, Any]]:
        channels = channel_findings(connection, settings, terms_of(settings), clock.now())
        return [*examine(connection, settings), *channels]

    findings = [*in_database(work, settings), telegram]
    lines = [f"{'ok  ' if f['ok'] else 'BAD '} {f['what']}: {f['says']}" for f in findings]
    print_data(findings, as_json, lines)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(1)


@app.command()
def bench(as_json: AsJson = False) -> None:
    """Measure against floors and peers in one run (needs the test requirements)."""
    try:
        from bot.bench import table
    except ImportError as problem:
        raise Failed(f"{problem.name} is missing: run make bench") from None
    rows = table()
    lines = []
    for row in rows:
        beside = f"{row['ratio']} x {row['peer']}" if row["peer"] else row["note"]
        goal = f"(goal {row['goal']})" if row["goal"] else ""
        lines.append(f"{row['what']:<32} {row['value']:>8} {row['unit']:<10} {goal:<15} {beside}")
    print_data(rows, as_json, lines)
