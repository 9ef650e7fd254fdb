"""Commands that answer and change nothing: ask, extract, triage, clock, calendar."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.command_line import (
    AsJson,
    Failed,
    day_typed,
    in_database,
    print_data,
    settings_of,
    whole,
)

if TYPE_CHECKING:
    from bot.clocks.calendar import Calendar
    from bot.reading import Villages
    from bot.settings import Settings

Jsonl = Annotated[str | None, typer.Option("--jsonl", help="A file of JSON lines, or - .")]
On = Annotated[datetime | None, typer.Option("--on", parser=day_typed, help="By which day.")]
Language = Annotated[str, typer.Option(help="vi or en.")]
Row = dict[str, Any]
_MIDNIGHT = re.compile(r"(.+[T ])24(:?00(?::?00(?:[.,]0+)?)?(?:Z|[+-][0-9:]+)?)$")
LONGEST = 1_000_000  # characters of a line


def extract(
    text: Annotated[str | None, typer.Argument(help="A report in one message.")] = None,
    jsonl: Jsonl = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Read a report in one message into what it states, with the villages of `area load`."""
    from bot.reading import read

    _either(text, jsonl)
    settings = settings_of()
    today, villages = _day(on, settings), _villages(settings)

    def reading(row: Row) -> Row:
        return read(_text_of(row, "text"), villages, today).to_json()

    if jsonl is not None:
        _answer_lines(jsonl, reading)
        return
    found = reading({"text": text})
    stated = [f"{k}: {_shown(v)}" for k, v in found["slots"].items() if v is not None]
    lines = [*(stated or ["nothing was stated"]), f"missing: {', '.join(found['missing']) or '-'}"]
    print_data(found, as_json, lines)


def ask(
    question: Annotated[str | None, typer.Argument(help="One question.")] = None,
    jsonl: Jsonl = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question on child labour law and the hotline, or say that it is not known."""
    from bot.faq.answering import answer
    from bot.faq.entries import load

    _either(question, jsonl)
    entries, today = load(), _day(on, settings_of())

    def answered(row: Row) -> Row:
        return answer(_text_of(row, "q"), entries, today).to_json()

    if jsonl is not None:
        _answer_lines(jsonl, answered)
        return
    found = answered({"q": question})
    lines = [found["answer"], *(f"- {one['question']}" for one in found["choices"])]
    lines += [f"({cited})" for cited in found["citations"]]
    print_data(found, as_json, lines)


def triage(
    facts: Annotated[str | None, typer.Argument(help='Facts, as {"age": 14}.')] = None,
    jsonl: Jsonl = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Every step; alone: the whole table.")
    ] = False,
    on: On = None,
    language: Language = "vi",
    as_json: AsJson = False,
) -> None:
    """The level of what is known of a child's work, with reasons and articles; preliminary."""
    from bot.law.explain import page, steps
    from bot.law.facts import Facts
    from bot.law.triage import triage as found_by

    _known_language(language)
    day = _day(on, settings_of())
    if explain and facts is None and jsonl is None:
        print(page(day))
        return
    _either(facts, jsonl)

    def finding(row: Row) -> Row:
        return found_by(Facts.of(row), day).to_json(language)

    def explained(row: Row) -> Row:
        return {**finding(row), "steps": steps(Facts.of(row), day, language)}

    if jsonl is not None:
        _answer_lines(jsonl, explained if explain else finding)
        return
    try:
        row = _object(facts or "")
        found = explained(row)
    except ValueError as problem:
        raise Failed(str(problem)) from None
    lines = found["steps"] if explain else [found["level"], *_reasons(found)]
    print_data(found if explain else {k: found[k] for k in found if k != "steps"}, as_json, lines)


def clock(
    received: Annotated[str, typer.Option(help="The moment of receipt, ISO 8601 with zone.")],
    language: Language = "vi",
    as_json: AsJson = False,
) -> None:
    """The statutory limits that start when information about a child is received."""
    from bot.clocks import limits

    _known_language(language)
    settings = settings_of()
    at = moment(received, settings.timezone, "--received")
    kept = _calendar(settings)
    try:
        found, lines = limits.to_json(at, kept, language), limits.text(at, kept, language)
    except ValueError as problem:
        raise Failed(str(problem)) from None
    print_data(found, as_json, [lines])


def calendar(
    year: Annotated[int, typer.Argument(min=1, max=9999, help="For example 2026.")],
    language: Language = "vi",
    as_json: AsJson = False,
) -> None:
    """The working days, holidays, swapped days and reminders of a year."""
    from bot.clocks import overview

    _known_language(language)
    kept = _calendar(settings_of())
    try:
        found = overview.to_json(year, kept, language)
        lines = overview.text(year, kept, language)
    except ValueError as problem:
        raise Failed(str(problem)) from None
    print_data(found, as_json, [lines])


def moment(text: str, zone: str, option: str) -> datetime:
    """The moment that was typed; without a zone it is one of `zone`. 24:00 is 0:00 of the next day.

    Raises BadParameter, naming the option.
    """
    typed = text.upper()  # RFC 3339 takes a small t and z, too
    midnight = _MIDNIGHT.match(typed)
    try:
        at = datetime.fromisoformat(f"{midnight[1]}00{midnight[2]}" if midnight else typed)
        at += timedelta(days=1 if midnight else 0)
    except (ValueError, OverflowError):
        example = "2026-11-21T20:15:00+07:00"
        raise typer.BadParameter(
            f"{text!r} is no moment like {example}", param_hint=option
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _known_language(language: str) -> None:
    if language not in ("vi", "en"):
        raise typer.BadParameter(f"{language!r} is neither vi nor en", param_hint="--language")


def _reasons(found: Row) -> list[str]:
    told = [f"- {reason['text']} ({reason['citation']})" for reason in found["reasons"]]
    return [*told, *([f"ask next: {found['ask_next']}"] if found["ask_next"] else [])]


def _either(one: str | None, jsonl: str | None) -> None:
    if (one is None) == (jsonl is None):
        raise typer.BadParameter("give one text, or --jsonl FILE (- for standard input)")


def _day(on: datetime | None, settings: Settings) -> date:
    from bot import clock

    return on.date() if on else clock.now().astimezone(ZoneInfo(settings.timezone)).date()


def _villages(settings: Settings) -> Villages:
    """The villages of the operator's database; none when there is no database yet."""
    from bot.reading import Villages

    file = settings.database_file
    if file is not None and not file.exists():
        return Villages.of(())
    from storage import areas
    from storage.records.areas import VILLAGE_KINDS

    every, old = in_database(lambda c: (areas.every(c), areas.old_codes(c)), settings)
    names = {area.code: area.name for area in every}
    today = _day(None, settings)
    return Villages.of(
        (area.code, [area.name, *(names[code] for code in old.get(area.code, ()) if code in names)])
        for area in every
        if area.kind in VILLAGE_KINDS and areas.valid(area, today)
    )


def _calendar(settings: Settings) -> Calendar:
    """The working calendar, with what was entered where there is a database to enter it in."""
    from bot.clocks.calendar import Calendar

    file = settings.database_file
    if file is not None and not file.exists():
        return Calendar.of()
    from bot.desk import workdays

    return in_database(workdays.read, settings)


def _answer_lines(source: str, answer: Callable[[Row], Row]) -> None:
    """An answer for every line; a line that cannot be answered says why and fails the whole."""
    wrong = 0
    for number, line in enumerate(_lines(source), 1):
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST:
                raise ValueError("the line is too long")
            found = answer(_object(line))
        except ValueError as problem:
            wrong += 1
            found = {"error": f"line {number}: {problem}"}
        print(json.dumps(found, ensure_ascii=False))
    if wrong:
        raise Failed(f"{wrong} of the lines could not be answered; each says why")


def _lines(source: str) -> Iterator[str]:
    if source == "-":
        yield from sys.stdin.buffer.read().decode("utf-8-sig", errors="replace").split("\n")
        return
    yield from whole(Path(source)).decode("utf-8-sig", errors="replace").split("\n")


def _object(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON: {line[:40]!r}") from None
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    return row


def _text_of(row: Row, key: str) -> str:
    if not isinstance(row.get(key), str):
        raise ValueError(f'no text under "{key}"')
    return str(row[key])


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
