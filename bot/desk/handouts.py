"""Pictures, sheets and papers that go out in the chat: drawn from one value, kept as attachments.

Drawing takes up to a second and is asked for by few; what was drawn is forgotten like anything
that was sent and belongs to no record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING

from bot.desk.attendance import Meeting
from bot.desk.cases import area_name
from bot.desk.meeting_card import WAYS, topics
from bot.desk.periodic import periodic_report
from bot.documents.papers import CheckIn, Heads, Office, Standing
from bot.documents.papers import Meeting as Paper
from bot.documents.period import period_of
from bot.forms.outreach_event import KIND, LANGUAGE, LATE
from bot.words import File, for_policy
from storage import attachments

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_PICTURES = 4  # of one chart in one message


def pictures(desk: Desk, standing: Standing) -> tuple[File, ...]:
    """The progress of a plan as pictures for a phone; counts only, so they may go anywhere."""
    from bot.documents.chart import chart

    drawn = chart(standing, desk.person.language)[:MOST_PICTURES]
    return tuple(_kept(desk, each, PNG, public=True) for each in drawn)


def book(desk: Desk, standing: Standing) -> File:
    """The progress of a plan as a spreadsheet, each figure with its records."""
    from bot.documents.progress_book import progress_book

    return _kept(desk, progress_book(standing, desk.person.language), XLSX, public=True)


def report(desk: Desk, area: str, year: int) -> File:
    """The year's report on outreach, to be completed and signed; counts only."""
    from bot.documents.periodic import periodic_paper

    period = period_of(str(year), desk.scene.today)
    told = periodic_report(desk.connection, desk._, "outreach", area, period, desk.now)
    return _kept(desk, periodic_paper(told, desk.person.language), DOCX, public=True)


def poster(desk: Desk, meeting: Meeting, line: str) -> File:
    """The QR code of a meeting's check-in page."""
    from bot.documents.poster import qr_png

    event = meeting.event
    shown = CheckIn(desk.meetings.check_in_link(event), event.code, line)
    return _kept(desk, qr_png(shown, desk.person.language), PNG, public=True)


def minutes(desk: Desk, meeting: Meeting) -> File:
    """The minutes; what people wrote themselves may name somebody."""
    from bot.documents.meeting import minutes as drawn

    return _kept(desk, drawn(paper(desk, meeting), desk.person.language), DOCX, public=False)


def attendance_list(desk: Desk, meeting: Meeting) -> File:
    """The list to sign, empty."""
    from bot.documents.meeting import attendance_list as drawn

    return _kept(desk, drawn(paper(desk, meeting), desk.person.language), DOCX, public=False)


def paper(desk: Desk, meeting: Meeting) -> Paper:
    """A meeting as its papers want it."""
    event, __ = meeting.event, desk._
    told = {key: str(value).removeprefix("/") for key, value in event.details.items()}
    return Paper(
        office=Office(area_name(desk, event.commune) if event.commune else ""),
        held_on=event.held_on,
        village=area_name(desk, event.area) if event.area else told.get("typed_village", ""),
        kind=__(KIND[event.kind]) if event.kind in KIND else "",
        topics=tuple(for_policy(each, "full") for each in topics(desk, event)),
        people=meeting.people,
        heads=tuple(_heads(desk, meeting)),
        begins=time(event.hour) if event.hour is not None else None,
        minutes=int(told["minutes"]) if told.get("minutes", "").isdecimal() else None,
        place=told.get("place", ""),
        host=told.get("host", ""),
        spoken=_in_words(desk, LANGUAGE, told.get("language", "")),
        materials=told.get("materials", ""),
        within=told.get("within", ""),
        late_because=_in_words(desk, LATE, told.get("late", "")),
        remarks=told.get("remarks", ""),
        code=event.code,
    )


def _in_words(desk: Desk, choices: Mapping[str, str], told: str) -> str:
    """A choice in the person's language; other words as they were typed."""
    return desk._(choices[told]) if told in choices else told


def _heads(desk: Desk, meeting: Meeting) -> list[Heads]:
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
            found.append(Heads(each.group, people, *mine, counted=desk._(WAYS[way])))
    return found


def _kept(desk: Desk, content: bytes, mime: str, *, public: bool) -> File:
    kind = "photo" if mime == PNG else "file"
    incoming = desk.incoming
    number = attachments.keep_made(
        desk.connection, incoming.channel, incoming.address, kind, mime, content, desk.now
    )
    return File(number, "photo" if kind == "photo" else "file", mime, public)
