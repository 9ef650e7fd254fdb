"""Minutes of an outreach meeting and the list of who attended, as official papers.

What the record does not tell is left as dotted lines to write by hand; process.md 5 lists what
both papers hold. The list is printed empty: names are written on paper only, where the sheet asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.documents.letterhead import TEXT_WIDTH, Paper
from bot.documents.papers import Heads, Meeting
from bot.documents.plain import one_line
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.plans.vocabulary import name, words

FEWEST_ROWS, MOST_ROWS = 20, 300
SPARE_ROWS = 5

MINUTES = _("Minutes")
LIST = _("Attendance list")
ABOUT = _("Outreach meeting about {topics}")
ABOUT_NOTHING = _("Outreach meeting on child protection")
KIND = "BB-UBND"

WHEN, WHERE, HOST = _("Time:"), _("Place:"), _("Held by:")
CHAIR, SECRETARY, SPEAKERS = _("In the chair:"), _("Secretary:"), _("Speakers:")
FORM, WITHIN, TOPICS = _("Form:"), _("Within the meeting:"), _("Topics:")
LANGUAGE, LASTED, MATERIALS = _("Language:"), _("Duration:"), _("Materials:")
LATE = _("Noted after the day because:")
MINUTES_LONG = _("{count} minutes")
FROM_TO = _("from {begins} to {ends}, on {day}")
FROM = _("from {begins}, on {day}")
PART_WHO, PART_WHAT = _("I. Who took part"), _("II. What it was about")
PART_SAID, PART_END = _("III. What was said and asked"), _("IV. What was agreed")
TOTAL_LINE = _("Attendances in all: {count}.")
UNCOUNTED = _("Attendances in all: ………")
DIFFERENT = _(
    "Counted in several ways for the same group; the difference is for the chair to settle."
)
COLUMNS = (
    _("Group"),
    _("Attendances"),
    _("women"),
    _("ethnic minorities"),
    _("children"),
    _("How it was counted"),
)
UNKNOWN = "–"
CLOSED = _("The minutes were read to everybody present, who agreed. Record: {code}.")
CLOSED_NO_CODE = _("The minutes were read to everybody present, who agreed.")
FOR_THE_PEOPLE = _("FOR THE PEOPLE")
SECRETARY_SIGNS, CHAIR_SIGNS = _("SECRETARY"), _("IN THE CHAIR")

NAMES = (
    (_("No."), 13),
    (_("Full name"), 48),
    (_("Year of birth"), 18),
    (_("Male/female"), 18),
    (_("Ethnic group"), 20),
    (_("Village or body"), 38),
    (_("Signature"), 30),
)
_ETHNIC = 4
KEEP_SAFE = _(
    "This list only serves to check how many came. Keep it locked away; do not photograph it "
    "for the internet."
)
IN_LIST = _("In this list: …… people, of them …… women, …… children.")


def minutes(meeting: Meeting, language: str = "vi") -> bytes:
    """The minutes of a meeting as docx."""
    paper = Paper(f"{speak(language)(MINUTES)} – {one_line(meeting.village)}", language)
    _s = paper.say
    paper.letterhead(meeting.office, KIND, meeting.held_on)
    paper.name(_s(MINUTES), _about(meeting, _s))
    for label, value in _facts(meeting, _s):
        paper.text(value, bold=_s(label))
    paper.heading(_s(PART_WHO))
    _attendance(paper, meeting)
    paper.heading(_s(PART_WHAT))
    for label, value in _contents(meeting, _s):
        paper.text(value, bold=_s(label))
    paper.heading(_s(PART_SAID))
    if meeting.remarks:
        paper.text(meeting.remarks)
    paper.to_write(3)
    paper.heading(_s(PART_END))
    paper.to_write(4)
    closed = _s(CLOSED).format(code=one_line(meeting.code)) if meeting.code else _s(CLOSED_NO_CODE)
    paper.text(closed)
    capacities = [_s(each) for each in (FOR_THE_PEOPLE, SECRETARY_SIGNS, CHAIR_SIGNS)]
    paper.signatures(capacities, ["", meeting.secretary, meeting.chair])
    return paper.bytes()


def attendance_list(meeting: Meeting, language: str = "vi", *, ethnic_group: bool = False) -> bytes:
    """An empty list to sign, as docx, with a row for everybody who came and some to spare.

    The ethnic group is sensitive (Decree 356/2025, article 4): its column is there only if asked.
    A list of hundreds takes most of a second: call it in a worker thread.
    """
    paper = Paper(f"{speak(language)(LIST)} – {one_line(meeting.village)}", language)
    _s = paper.say
    paper.letterhead(meeting.office, KIND, meeting.held_on)
    paper.name(_s(LIST), _about(meeting, _s))
    for label, value in _facts(meeting, _s)[:2]:
        paper.text(value, bold=_s(label))
    columns = [each for n, each in enumerate(NAMES) if ethnic_group or n != _ETHNIC]
    spare = TEXT_WIDTH - sum(width for _label, width in columns)
    widths = [width + (spare if n == 1 else 0) for n, (_label, width) in enumerate(columns)]
    many = min(max((meeting.people or 0) + SPARE_ROWS, FEWEST_ROWS), MOST_ROWS)
    rows = [[str(n), *[""] * (len(columns) - 1)] for n in range(1, many + 1)]
    paper.table([_s(label) for label, _w in columns], rows, widths, row_height=9, left=())
    paper.text(_s(IN_LIST))
    paper.note(_s(KEEP_SAFE))
    capacities = [_s(SECRETARY_SIGNS), _s(CHAIR_SIGNS)]
    paper.signatures(capacities, [meeting.secretary, meeting.chair])
    return paper.bytes()


def _about(meeting: Meeting, _s: Speech) -> str:
    topics = ", ".join(one_line(each) for each in meeting.topics)
    return _s(ABOUT).format(topics=topics) if topics else _s(ABOUT_NOTHING)


def _facts(meeting: Meeting, _s: Speech) -> list[tuple[str, str]]:
    """When, where and who led: what stands at the top, blank where it is not known."""
    place = ", ".join(dict.fromkeys(filter(None, (meeting.place, meeting.village))))
    return [
        (WHEN, _when(meeting, _s)),
        (WHERE, place),
        (HOST, meeting.host),
        (CHAIR, meeting.chair),
        (SECRETARY, meeting.secretary),
        (SPEAKERS, ", ".join(meeting.speakers)),
    ]


def _when(meeting: Meeting, _s: Speech) -> str:
    day = _s.day(meeting.held_on)
    if meeting.begins is None:
        return day
    begins = f"{meeting.begins:%H:%M}"
    if meeting.ends is None:
        return _s(FROM).format(begins=begins, day=day)
    return _s(FROM_TO).format(begins=begins, ends=f"{meeting.ends:%H:%M}", day=day)


def _contents(meeting: Meeting, _s: Speech) -> Iterator[tuple[str, str]]:
    lasted = None if meeting.minutes is None else _s.number(meeting.minutes)
    for label, value in (
        (FORM, meeting.kind),
        (WITHIN, meeting.within),
        (TOPICS, ", ".join(meeting.topics)),
        (LANGUAGE, meeting.spoken),
        (LASTED, lasted and _s(MINUTES_LONG).format(count=lasted)),
        (MATERIALS, meeting.materials),
        (LATE, meeting.late_because),
    ):
        if value:
            yield label, value


def _attendance(paper: Paper, meeting: Meeting) -> None:
    _s = paper.say
    if meeting.heads:
        rows = [_heads(each, _s) for each in meeting.heads]
        groups = [each.group for each in meeting.heads]
        widths = (50, 23, 20, 24, 20, 28)
        paper.table([_s(each) for each in COLUMNS], rows, widths, left=(0, 5))
        if len(set(groups)) < len(groups):
            paper.note(_s(DIFFERENT))
    if meeting.people is None:
        paper.text(_s(UNCOUNTED))
    else:
        paper.text(_s(TOTAL_LINE).format(count=_s.number(meeting.people)))


def _heads(heads: Heads, _s: Speech) -> list[str]:
    group = heads.group
    known = name("group", group, _s.language) if group in words("group") else one_line(group)
    among = (heads.people, heads.women, heads.minority, heads.children)
    told = [UNKNOWN if value is None else _s.number(value) for value in among]
    return [known, *told, one_line(heads.counted) or UNKNOWN]
