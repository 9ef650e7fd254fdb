"""Pictures, sheets and papers that go out in the chat: noted here, drawn when they are sent.

A recipe says what is drawn from which records; `prepare` reads them again and gives a function that
draws. Drawing takes up to a second, so no transaction is open then; see bot.delivery.drawing. What
was drawn is forgotten like anything that was sent and belongs to no record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.desk import attendance
from bot.desk.attendance import Meeting
from bot.desk.case_papers import notice_of
from bot.desk.house import House
from bot.desk.meeting_card import WAYS, topic_words
from bot.desk.periodic import periodic_report
from bot.desk.standings import standings
from bot.documents.papers import CheckIn, Heads, Office, Standing
from bot.documents.papers import Meeting as Paper
from bot.documents.period import period_of
from bot.forms.outreach_event import KIND, LANGUAGE, LATE
from bot.i18n import Speech, speak
from bot.words import File, for_policy
from storage import areas, attachments, audit, meetings

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_PICTURES = 4  # of one chart in one message


class NothingToDraw(LookupError):
    """What a recipe is about is not there (any more), or has no such page."""


# --- noted ---------------------------------------------------------------------------------------


def pictures(desk: Desk, standing: Standing) -> tuple[File, ...]:
    """The progress of a plan as pictures for a phone; counts only, so they may go anywhere.

    How many there are turns out when they are drawn: those that are none are left out then.
    """
    about = {**_of(desk, standing), "what": "chart"}
    each = range(MOST_PICTURES)
    return tuple(_noted(desk, {**about, "page": n}, PNG, public=True) for n in each)


def book(desk: Desk, standing: Standing) -> File:
    """The progress of a plan as a spreadsheet, each figure with its records."""
    return _noted(desk, {**_of(desk, standing), "what": "book"}, XLSX, public=True)


def report(desk: Desk, area: str, year: int) -> File:
    """The year's report on outreach, to be completed and signed; counts only."""
    me = desk.person.person_id
    audit.note(desk.connection, desk.now, me, "report", f"area:{area}", f"outreach {year}")
    recipe = {"what": "report", "area": area, "year": year, "now": desk.now.isoformat()}
    return _noted(desk, recipe, DOCX, public=True)


def poster(desk: Desk, meeting: Meeting, line: str) -> File:
    """The QR code of a meeting's check-in page."""
    event = meeting.event
    address = desk.meetings.check_in_link(event)
    recipe = {"what": "poster", "address": address, "code": event.code, "line": line}
    return _noted(desk, recipe, PNG, public=True)


def minutes(desk: Desk, meeting: Meeting) -> File:
    """The minutes; what people wrote themselves may name somebody."""
    recipe = {"what": "minutes", "code": meeting.event.code}
    return _noted(desk, recipe, DOCX, public=False)


def attendance_list(desk: Desk, meeting: Meeting) -> File:
    """The list to sign, empty."""
    recipe = {"what": "attendance_list", "code": meeting.event.code}
    return _noted(desk, recipe, DOCX, public=False)


def _of(desk: Desk, standing: Standing) -> dict[str, Any]:
    return {
        "area": standing.area_code,
        "plan": standing.progress.plan.id,
        "year": standing.progress.year,
        "today": desk.scene.today.isoformat(),
    }


def _noted(desk: Desk, recipe: Mapping[str, Any], mime: str, *, public: bool) -> File:
    incoming, told = desk.incoming, {**recipe, "language": desk.person.language}
    kind = "photo" if mime == PNG else "file"
    number = attachments.to_make(
        desk.connection, incoming.channel, incoming.address, kind, mime, told, desk.now
    )
    return File(number, "photo" if kind == "photo" else "file", mime, public)


# --- drawn ---------------------------------------------------------------------------------------


def prepare(connection: Connection, house: House, recipe: Mapping[str, Any]) -> Callable[[], bytes]:
    """Read what a recipe is about; what comes back draws it. Raises LookupError."""
    speech = speak(recipe["language"], house.timezone)
    return _PREPARE[recipe["what"]](connection, speech, recipe)


def _standing(connection: Connection, speech: Speech, recipe: Mapping[str, Any]) -> Standing:
    today = date.fromisoformat(recipe["today"])
    found = standings(connection, speech, today, recipe["area"] or None, recipe["year"])
    for each in found:
        if each.progress.plan.id == recipe["plan"]:
            return each
    raise NothingToDraw(recipe["plan"])


def _chart(
    connection: Connection, speech: Speech, recipe: Mapping[str, Any]
) -> Callable[[], bytes]:
    told, page = _standing(connection, speech, recipe), recipe["page"]

    def draw() -> bytes:
        from bot.documents.chart import picture

        drawn = picture(told, page, speech.language)
        if drawn is None:
            raise NothingToDraw(page)
        return drawn

    return draw


def _book(connection: Connection, speech: Speech, recipe: Mapping[str, Any]) -> Callable[[], bytes]:
    told = _standing(connection, speech, recipe)

    def draw() -> bytes:
        from bot.documents.progress_book import progress_book

        return progress_book(told, speech.language)

    return draw


def _report(
    connection: Connection, speech: Speech, recipe: Mapping[str, Any]
) -> Callable[[], bytes]:
    now = datetime.fromisoformat(recipe["now"])
    period = period_of(str(recipe["year"]), now.astimezone(speech.zone).date())
    told = periodic_report(
        connection, speech, "outreach", recipe["area"], period, now, audited=True
    )

    def draw() -> bytes:
        from bot.documents.periodic import periodic_paper

        return periodic_paper(told, speech.language)

    return draw


def _poster(
    _connection: Connection, speech: Speech, recipe: Mapping[str, Any]
) -> Callable[[], bytes]:
    def draw() -> bytes:
        from bot.documents.poster import qr_png

        shown = CheckIn(recipe["address"], recipe["code"], recipe["line"])
        return qr_png(shown, speech.language)

    return draw


def _minutes(
    connection: Connection, speech: Speech, recipe: Mapping[str, Any]
) -> Callable[[], bytes]:
    told = _paper(connection, speech, recipe)

    def draw() -> bytes:
        from bot.documents.meeting import minutes as drawn

        return drawn(told, speech.language)

    return draw


def _list(connection: Connection, speech: Speech, recipe: Mapping[str, Any]) -> Callable[[], bytes]:
    told = _paper(connection, speech, recipe)

    def draw() -> bytes:
        from bot.documents.meeting import attendance_list as drawn

        return drawn(told, speech.language)

    return draw


def _form_01(
    connection: Connection, speech: Speech, recipe: Mapping[str, Any]
) -> Callable[[], bytes]:
    told = notice_of(connection, speech, recipe["case"], recipe["report"])
    if told is None:
        raise NothingToDraw(recipe["case"])

    def draw() -> bytes:
        from bot.documents.notice import notice

        return notice(told, speech.language)

    return draw


_PREPARE = {
    "chart": _chart,
    "book": _book,
    "report": _report,
    "poster": _poster,
    "minutes": _minutes,
    "attendance_list": _list,
    "form_01": _form_01,
}


def _paper(connection: Connection, speech: Speech, recipe: Mapping[str, Any]) -> Paper:
    event = meetings.by_code(connection, recipe["code"])
    if event is None:
        raise NothingToDraw(recipe["code"])
    [meeting] = attendance.read(connection, [event])
    names = areas.names(connection, [code for code in (event.area, event.commune) if code])
    return paper(meeting, speech, names)


def paper(meeting: Meeting, speech: Speech, names: Mapping[str, str]) -> Paper:
    """A meeting as its papers want it; `names` are those of its areas."""
    event = meeting.event
    told = {key: str(value).removeprefix("/") for key, value in event.details.items()}
    return Paper(
        office=Office(names.get(event.commune or "", "")),
        held_on=event.held_on,
        village=names.get(event.area or "", "") or told.get("typed_village", ""),
        kind=speech(KIND[event.kind]) if event.kind in KIND else "",
        topics=tuple(for_policy(each, "full") for each in topic_words(speech, event)),
        people=meeting.people,
        heads=tuple(_heads(meeting, speech)),
        begins=meetings.begins(event),
        minutes=int(told["minutes"]) if told.get("minutes", "").isdecimal() else None,
        place=told.get("place", ""),
        host=told.get("host", ""),
        spoken=_in_words(speech, LANGUAGE, told.get("language", "")),
        materials=told.get("materials", ""),
        within=told.get("within", ""),
        late_because=_in_words(speech, LATE, told.get("late", "")),
        remarks=told.get("remarks", ""),
        code=event.code,
    )


def _in_words(speech: Speech, choices: Mapping[str, str], told: str) -> str:
    """A choice in the person's language; other words as they were typed."""
    return speech(choices[told]) if told in choices else told


def _heads(meeting: Meeting, speech: Speech) -> list[Heads]:
    """Each group once with the number that counts; every way of its own where they differ."""
    found = []
    for each in meeting.counted:
        told = each.detailed
        among = (told.women, told.minority, told.children) if told else (None, None, None)
        ways = each.figures if each.differ else {}
        if not ways:
            way = each.settled.way if each.settled else next(iter(each.figures), "headcount")
            ways = {way: each.people}
        for way, people in ways.items():
            mine = among if way == "headcount" else (None, None, None)
            found.append(Heads(each.group, people, *mine, counted=speech(WAYS[way])))
    return found
