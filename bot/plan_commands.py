"""`vongtay plan`: check and load plans and what they are measured against; how far they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.command_line import AsJson, Failed, File, in_database, print_data, settings_of, whole

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.documents.papers import Standing
    from bot.plans.plan import Plan

app = typer.Typer(no_args_is_help=True, help="Plans with targets and dates.")
Language = Annotated[str, typer.Option(help="vi or en.")]
AreaCode = Annotated[str | None, typer.Option("--area", help="A code, as in area list.")]
LARGEST = 5_000_000  # bytes of a file


@app.command("check")
def check(file: File, language: Language = "vi", as_json: AsJson = False) -> None:
    """Read a plan file; every mistake with its line and what would be right."""
    _known_language(language)
    plan, _content = _read(file, language, as_json)
    found = {
        "ok": True,
        "id": plan.id,
        "title": plan.title,
        "area": plan.area,
        "start": plan.start,
        "end": plan.end,
        **{
            part: len(getattr(plan, part))
            for part in ("targets", "activities", "reports", "events")
        },
    }
    print_data(found, as_json, [f"{name}: {value}" for name, value in found.items()])


@app.command("load")
def load(
    file: File, area: AreaCode = None, language: Language = "vi", as_json: AsJson = False
) -> None:
    """Keep a plan for an area (by the name in the file, or --area); the same id again updates."""
    from bot import clock
    from bot.desk.standings import place_of
    from storage import areas, audit, plans

    _known_language(language)
    plan, content = _read(file, language, as_json)
    settings, now = settings_of(), clock.now()

    def work(connection: Connection) -> tuple[bool, str | None]:
        every = areas.every(connection)
        if area is not None and area not in {each.code for each in every}:
            raise Failed(f"there is no area {area}: see vongtay area list")
        place = area or place_of(every, plan, now.astimezone(ZoneInfo(settings.timezone)).date())
        if place is None and every:
            raise Failed(f"no area is called {plan.area!r}: say for which it is with --area CODE")
        kept = plans.area_of(connection, plan.id)
        if kept is not None and place != kept:
            raise Failed(
                f"{plan.id} is loaded for {kept}: say --area {kept} to update it there; for"
                f" {place} give the file another id"
            )
        years = (plan.start, plan.end)
        updated = plans.load(connection, plan.id, place, years, content, now)
        audit.note(connection, now, None, "load plan", f"plan:{plan.id}")
        return updated, place

    updated, place = in_database(work, settings)
    found = {
        "id": plan.id,
        "title": plan.title,
        "area": place,
        "start": plan.start,
        "end": plan.end,
        "targets": len(plan.targets),
        "updated": updated,
    }
    done = "updated" if updated else "loaded"
    where = f"for {place}" if place else "for every area: none was loaded yet"
    line = f"{plan.id} {done} {where}, {plan.start} to {plan.end}, {len(plan.targets)} targets"
    print_data(found, as_json, [line])


@app.command("progress")
def progress(
    area: AreaCode = None,
    year: Annotated[int | None, typer.Option(min=2000, max=2100, help="Such as 2026.")] = None,
    language: Language = "vi",
    as_json: AsJson = False,
) -> None:
    """How far every target is: attendances, and coverage of what there is, from the records."""
    from bot import clock
    from bot.desk.standings import NoStanding, standings
    from bot.i18n import speak
    from bot.plans.bars import table

    _known_language(language)
    settings = settings_of()
    today = clock.now().astimezone(ZoneInfo(settings.timezone)).date()
    speech = speak(language, settings.timezone)

    def work(connection: Connection) -> list[Standing]:
        try:
            return standings(connection, speech, today, area, year)
        except NoStanding as problem:
            raise Failed(str(problem)) from None

    found = in_database(work, settings)
    lines = []
    for each in found:
        plan = each.progress.plan
        place = f"{each.made_for} → {each.area}" if each.made_for else each.area
        lines += [f"{plan.title} ({place})", table(each.progress, language, each.names), ""]
    rows = [_row(each) for each in found]
    year_told = found[0].progress.year
    print_data({"area": area, "year": year_told, "plans": rows}, as_json, lines[:-1])


def _row(standing: Standing) -> dict[str, Any]:
    return {
        **standing.progress.to_json(),
        "area": standing.area,
        "on": standing.on.isoformat(),
        "source": standing.source,
        "events": dict(standing.events),
    }


@app.command("denominators")
def denominators(file: File, as_json: AsJson = False) -> None:
    """Load how many there are of each group, CSV: area,group,unit,year,count,source,estimated."""
    from bot import clock
    from bot.plans.vocabulary import words
    from storage import areas, audit, group_sizes
    from storage.group_size_file import BadSizes, read

    content, now = whole(file, LARGEST), clock.now()
    units = {group: word["units"] for group, word in words("group").items()}

    def work(connection: Connection) -> int:
        known = {each.code for each in areas.every(connection)}
        try:
            rows = read(content, known, units)
        except BadSizes as problem:
            print_data({"ok": False, "mistakes": problem.mistakes}, as_json, problem.mistakes)
            raise Failed(f"{file.name}: {len(problem.mistakes)} to put right") from None
        group_sizes.put(connection, rows, now)
        audit.note(connection, now, None, "load denominators", f"rows:{len(rows)}")
        return len(rows)

    count = in_database(work)
    print_data({"ok": True, "loaded": count}, as_json, [f"{count} denominators loaded"])


@app.command("value")
def target_value(
    indicator: Annotated[str, typer.Option(help="supported, schooling, child_labour …")],
    group: Annotated[str, typer.Option(help="Of whom, such as children_at_risk.")],
    year: Annotated[int, typer.Option(min=2000, max=2100)],
    reached: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many.")],
    source: Annotated[str, typer.Option(help="Who says so.")],
    area: Annotated[str, typer.Option("--area", help="A code, as in area list.")],
    out_of: Annotated[int | None, typer.Option(min=1, max=10_000_000, help="Of how many.")] = None,
    as_json: AsJson = False,
) -> None:
    """Enter how far a target is that no record of the bot can tell, with its source."""
    from bot import clock
    from bot.plans.vocabulary import words
    from storage import areas, audit, group_sizes, target_values

    known = words("indicator").get(indicator)
    if known is None or known["measured"] == "outreach":
        able = ", ".join(i for i, w in words("indicator").items() if w["measured"] != "outreach")
        raise Failed(f"there is no indicator {indicator!r} to enter: {able}")
    if group not in words("group"):
        raise Failed(f"there is no group {group!r}: see docs/plan-files.md")
    if not source.strip():
        raise Failed("a figure needs its source")
    if out_of is not None and reached > out_of:
        raise Failed(f"{reached} cannot be reached out of {out_of}")
    unit, now = words("group")[group]["units"][0], clock.now()
    row = {"area": area, "group": group, "unit": unit, "year": year, "source": source.strip()}

    def work(connection: Connection) -> None:
        if area not in {each.code for each in areas.every(connection)}:
            raise Failed(f"there is no area {area}: see vongtay area list")
        value = {**row, "indicator": indicator, "reached": reached}
        target_values.put(connection, value, now)
        if out_of is not None:
            size = {**row, "count": out_of, "estimated": False}
            group_sizes.put(connection, [size], now)
        detail = f"{indicator} {group} {year} {reached}"
        audit.note(connection, now, None, "target value", area, detail)

    in_database(work)
    found = {**row, "indicator": indicator, "reached": reached, "out_of": out_of}
    print_data(found, as_json, [f"{indicator} of {group} in {year}: {reached} ({source})"])


def _read(file: Path, language: str, as_json: bool) -> tuple[Plan, str]:
    """The plan of a file, and its text; every mistake is printed before it fails."""
    from bot.plans.mistakes import Mistakes
    from bot.plans.reading import read

    try:
        content = whole(file, LARGEST).decode()
        return read(content), content
    except UnicodeDecodeError:
        raise Failed(f"{file}: is not a text in UTF-8") from None
    except Mistakes as wrong:
        rows = [{"line": one.line, "message": getattr(one, language)} for one in wrong.all]
        print_data({"ok": False, "mistakes": rows}, as_json, wrong.says(language).splitlines())
        raise Failed(f"{file.name}: {len(rows)} to put right") from None


def _known_language(language: str) -> None:
    if language not in ("vi", "en"):
        raise typer.BadParameter(f"{language!r} is neither vi nor en", param_hint="--language")
