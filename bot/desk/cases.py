"""Cases at the desk: what an officer may see and do, each look and change audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot import metrics
from bot.desk import alerts, case_clocks
from bot.desk.hiding import hide, names_meant, names_told
from bot.desk.unreadable import readable
from bot.forms.addition import GATHERED
from bot.forms.child_report import CHILD_REPORT
from bot.i18n import Speech, later
from bot.vietnamese.fold import closest
from bot.words import Button, Link, Say
from storage import areas, attachments, audit, cases, conversations, invitations, people, reports
from storage.records.cases import Case, CaseEntry, Report, Reporter
from storage.records.duties import CaseClock

if TYPE_CHECKING:
    from bot.desk.desk import Desk

PAGE = 5
LINK_LIVES = timedelta(minutes=15)


@dataclass(frozen=True)
class Opened:
    """A case as an officer reads it, its reports oldest first."""

    case: Case
    village: str
    reports: list[tuple[Report, Reporter]]
    entries: list[CaseEntry]
    taken_by: str | None
    media: list[tuple[int, str, str, str]]  # (attachment id, state, kind, mime)


class Cases:
    """`desk.cases`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def mine(self) -> tuple[str, ...]:
        """The areas whose cases this person may see; empty for who is no officer."""
        person = self._desk.person
        return () if person.suspended else person.areas_as(*alerts.OFFICERS)

    @property
    def areas_now(self) -> tuple[str, ...]:
        """The same areas as they are now: one that was merged into another is that one."""
        now = areas.present(self._desk.connection, self.mine, self._desk.scene.today)
        return tuple(dict.fromkeys(now.values()))

    def note_figures(self, area: str) -> None:
        """Figures are worked out of the cases of an area: one line in the log, without any code."""
        desk = self._desk
        audit.note(desk.connection, desk.now, desk.person.person_id, "figures", f"area:{area}")

    def listed(self, search: str, page: int) -> tuple[list[tuple[Case, str | None]], int, int]:
        """A page (from 0) of the open cases of these areas, how many there are, and which page it
        is: the last one where there are no more so many.

        `search` is part of a code, or the name of a village, also one it had before; the closed
        cases are found by it too, below the open ones.
        """
        desk = self._desk
        villages, also = self.villages(search), self._theirs_elsewhere()

        def of(number: int) -> tuple[list[tuple[Case, str | None]], int]:
            return cases.listed(
                desk.connection,
                self.mine,
                search="" if villages else search,
                villages=villages,
                is_open=not search,
                also=also,
                offset=number * PAGE,
                limit=PAGE,
            )

        found, total = of(page)
        if total and not found:  # some were closed since the button was shown
            page = (total - 1) // PAGE
            found, total = of(page)
        return found, total, page

    def _theirs_elsewhere(self) -> list[int]:
        """Cases of no area of theirs that this person was woken for, and that wait for somebody
        or that they have taken in hand: while there is one, nobody is told that there is none."""
        desk = self._desk
        taken = cases.in_hand_of(desk.connection, desk.person.person_id)
        return [
            case.id or 0
            for case in (*taken, *cases.climbing(desk.connection))
            if alerts.may_open(desk.connection, case, desk.person, desk.now)
        ]

    def villages(self, search: str) -> tuple[str, ...]:
        """The villages that are called so, with those they came of; empty if none is."""
        if not search or "-" in search:
            return ()
        names = {place.code: (place.name, *place.also) for place in self._desk.office.places}
        found = closest(search, names)
        meant = [code for code, score in found if score > 0.8 and score == found[0][1]]
        before = areas.old_codes(self._desk.connection) if meant else {}
        for code in meant:  # grows: what a village came of came of others
            meant += [old for old in before.get(code, ()) if old not in meant]
        return tuple(meant)

    def find(self, code: str) -> Case | None:
        """The case of a code, if it is one this person may see: one of their area, or one that
        they were woken for. A refused try is audited."""
        desk = self._desk
        case = cases.by_code(desk.connection, code.strip().upper())
        if case is None:
            metrics.REFUSED_INPUT.labels("case").inc()
            return None
        if not alerts.may_open(desk.connection, case, desk.person, desk.now):
            metrics.REFUSED_INPUT.labels("case").inc()
            self._note("refused", case.code)
            return None
        if not cases.visible(desk.connection, case, self.mine):
            self._note("woken", case.code)
        return case

    def open(self, case: Case) -> Opened:
        """Read a case; the look is audited."""
        desk, connection = self._desk, self._desk.connection
        self._note("view", case.code)
        reports = cases.reports_of(connection, case)
        ids = [
            item
            for report, _ in reports
            for key in ("photos", "voice")
            for item in (report.answers.get(key) or [])
            if isinstance(item, int)
        ]
        taken = people.one(connection, case.acknowledged_by) if case.acknowledged_by else None
        answers = reports[-1][0].answers if reports else {}
        return Opened(
            case=case,
            village=alerts.village_name(connection, case, answers),
            reports=reports,
            entries=cases.history(desk.connection, case),
            taken_by=taken.name if taken else None,
            media=[(n, *s) for n, s in sorted(attachments.states(connection, ids).items())],
        )

    def acknowledge(self, case: Case) -> int | None:
        """Take a case in hand; the reporters and the colleagues are told. How many messages to
        reporters that makes; None when it was taken."""
        desk = self._desk
        if not cases.acknowledge(desk.connection, case, desk.person.person_id, desk.now):
            return None
        self._note("acknowledge", case.code)
        status = "received" if case.status == "new" else case.status
        cases.enter(desk.connection, case, desk.person.person_id, desk.now, "status", status=status)
        once = f"case:{case.code}:received:{desk.incoming.event_id}"
        told = self._tell_reporters(case, REPORTER_HEARS["received"], once, promise=True)
        if case.level == "EMERGENCY":
            self._tell_colleagues(case)
        return told

    def set_status(self, case: Case, status: str, words: str = "") -> None:
        """Enter a new status, with a note; the reporters are told in safe words."""
        desk = self._desk
        self._note("status", case.code, status)
        taken = cases.acknowledge(desk.connection, case, desk.person.person_id, desk.now)
        if taken and case.level == "EMERGENCY":
            self._tell_colleagues(case)
        cases.set_status(desk.connection, case, status, desk.now)
        cases.enter(
            desk.connection, case, desk.person.person_id, desk.now, "status", words or None, status
        )
        case_clocks.follow(desk.connection, desk.house, case.code, desk.now)
        once = f"case:{case.code}:status:{status}:{desk.incoming.event_id}"
        promise = status in ("received", "verifying")
        self._tell_reporters(case, REPORTER_HEARS[status], once, promise=promise)

    def decide_level(self, case: Case, level: str, words: str) -> None:
        """Give a case another level than it has, with the reason; the table's own is kept.

        A child that was thought safe and is in danger is not safe: such a case is in hand again.
        """
        desk = self._desk
        self._note("level", case.code, level)
        urgent = level == "EMERGENCY"
        self.acknowledge(case)  # who weighs a case has it in hand: the reporter hears so
        safety = case.safety_due_at or case.opened_at + desk.house.safety_within
        answer = desk.now + desk.house.emergency_answer_within if urgent else case.answer_due_at
        cases.decide_level(desk.connection, case, level, safety if urgent else None, answer)
        person = desk.person.person_id
        cases.enter(desk.connection, case, person, desk.now, "level", words, level=level)
        raised = urgent and case.level != "EMERGENCY"
        if raised and case_clocks.safe_already(case):
            cases.set_status(desk.connection, case, IN_HAND, desk.now)
            cases.enter(desk.connection, case, None, desk.now, "status", status=IN_HAND)
        case_clocks.follow(desk.connection, desk.house, case.code, desk.now)
        if raised:
            self._tell_of_level(case)

    def over_when_raised(self, code: str) -> bool:
        """Whether the 12 hours of a case were over when it was made an emergency."""
        connection = self._desk.connection
        case = cases.by_code(connection, code)
        if case is None:
            return False
        return case_clocks.over_when_raised(case, cases.history(connection, case))

    def _tell_of_level(self, case: Case) -> None:
        desk = self._desk
        changed = cases.by_code(desk.connection, case.code) or case
        answers = cases.reports_of(desk.connection, case)[-1][0].answers
        head = RAISED_LATE if self.over_when_raised(case.code) else RAISED
        build = alerts.words(desk.connection, desk.house, changed, answers, head=head)
        others = [
            p
            for p in alerts.everybody(desk.connection, case, desk.now)
            if p != desk.person.person_id
        ]
        once = f"case:{case.code}:level:{desk.incoming.event_id}"
        desk.tell(others, build, once=once, kind="alarm")

    def limits(self, code: str) -> list[CaseClock]:
        """Every limit of the law that was begun for a case; the look is audited."""
        case = cases.by_code(self._desk.connection, code)
        self._note("limits", code)
        return case_clocks.of_case(self._desk.connection, case) if case else []

    def separate(self, case: Case) -> None:
        """A temporary separation was decided now; pressed twice, it runs once."""
        desk = self._desk
        if not any(
            c.clock == "separation" and c.stopped_at is None for c in self.limits(case.code)
        ):
            self._note("separate", case.code)
            case_clocks.separate(desk.connection, desk.house, case, desk.now)

    def end_separation(self, case: Case) -> None:
        """A temporary separation is over."""
        self._note("end separation", case.code)
        case_clocks.end_separation(self._desk.connection, case, self._desk.now)

    def note(self, case: Case, words: str) -> None:
        """Write a note into a case."""
        desk = self._desk
        self._note("note", case.code)
        cases.enter(desk.connection, case, desk.person.person_id, desk.now, "note", words)

    def write_to_reporters(self, case: Case, words: str) -> int:
        """Pass a message on to the reporters, without names; returns to how many channels."""
        desk = self._desk
        self._note("message", case.code)
        cases.enter(desk.connection, case, desk.person.person_id, desk.now, "message", words)

        shown = hide(words, self._names(case) | set(names_meant(words)))

        def build(_: Speech) -> Say:
            head = _("The commune officer writes about your report {code}:").format(code=case.code)
            return Say(f"{head}\n{shown}", (Button(f"r.reply.{case.code}", _("Reply")),))

        whom = [person for person, _ in cases.reporters_of(desk.connection, case)]
        once = f"case:{case.code}:message:{desk.incoming.event_id}"
        return desk.tell(whom, build, once=once)

    def _names(self, case: Case) -> set[str]:
        """What is known of names in a case: of the child, of who reported, in what was told."""
        connection = self._desk.connection
        child = cases.child(connection, case)
        given = [child.name] if child and child.name else []
        whom = [person for person, _ in cases.reporters_of(connection, case)]
        given += people.names(connection, whom).values()
        found = {name for each in given for name in (each, each.split()[-1])}
        for report, _r in cases.reports_of(connection, case):
            found |= set(names_told(report.answers))
        told = [report.answers.get("what") for report, _r in cases.reports_of(connection, case)]
        told += [entry.words for entry in cases.history(connection, case)]
        return found.union(*(names_meant(text) for text in told if isinstance(text, str)))

    def reply_from_reporter(
        self, code: str, words: str, along: Mapping[str, Any]
    ) -> tuple[Case, int] | None:
        """What a reporter adds to a case of theirs, in words and in what was sent `along` (answers
        of the report that gather), and how many officers' channels are told; None when it is not
        theirs."""
        desk = self._desk
        found = desk.reports.of_mine(code)
        if found is None:
            return None
        case, report = found
        along = readable(desk, along)
        cases.enter(desk.connection, case, desk.person.person_id, desk.now, "addition", words)
        if along:
            reports.send_along(desk.connection, report, along)
        told = cases.reports_of(desk.connection, case)[-1][0].answers
        answers = {key: value for key, value in told.items() if key not in (*GATHERED, "also")}
        answers |= {**along, **({"also": [words]} if words else {})}
        head = alerts.added(case)
        build = alerts.words(desk.connection, desk.house, case, answers, head=head)
        whom = set(alerts.everybody(desk.connection, case, desk.now)) - {desk.person.person_id}
        once = f"case:{code}:more:{desk.incoming.event_id}"
        return case, desk.tell(whom, build, once=once, emergency=alerts.rings(case))

    def one_time_link(self, case: Case) -> str:
        """A link that opens the case once, on the web, for this person; "" without a web."""
        desk = self._desk
        if not desk.house.public_url:
            return ""
        token = invitations.link_to(
            desk.connection, desk.person.person_id, case.code, desk.now, desk.now + LINK_LIVES
        )
        return f"{desk.house.public_url}/once/{token}"

    def link(self, case: Case) -> tuple[Link, ...]:
        """The one-time link of a case as something to tap; empty without a web."""
        url = self.one_time_link(case)
        return (Link(self._desk._("Open in full on the web (15 minutes)"), url),) if url else ()

    def number_of_reporter(self, case: Case) -> tuple[str | None, bool]:
        """The number a reporter agreed to be called on, and whether one agreed; audited."""
        self._note("reporter", case.code)
        agreed = cases.who_agreed(self._desk.connection, case)
        number = next((reporter.phone for reporter in agreed if reporter.phone), None)
        if number is None and agreed:
            person = people.one(self._desk.connection, agreed[0].person_id)
            number = person.phone if person else None
        return number, bool(agreed)

    def _tell_reporters(self, case: Case, sentence: str, once: str, *, promise: bool) -> int:
        desk = self._desk

        def build(_: Speech, *, writing: bool) -> Say:
            lines = [_(sentence).format(code=case.code)]
            if promise and case.answer_due_at > desk.now:
                lines.append(
                    _("You will hear more by {moment}.").format(moment=_.moment(case.answer_due_at))
                )
            if writing:  # a button here would take the place of those of the open question
                return Say("\n".join([*lines, _(GO_ON_ABOVE)]))
            return Say("\n".join(lines), (Button(f"r.reply.{case.code}", _("Add something")),))

        urgent, writing = case.level == "EMERGENCY", self._still_writing(case)
        whom = {person for person, _ in cases.reporters_of(desk.connection, case)}
        return sum(
            desk.tell(people_told, partial(build, writing=still), once=once, emergency=urgent)
            for people_told, still in ((whom - writing, False), (whom & writing, True))
        )

    def _still_writing(self, case: Case) -> set[int]:
        """Who has the report in front of them that opened this case, not yet sent."""
        connection = self._desk.connection
        open_still = cases.unfinished(connection, case)
        form, ids = CHILD_REPORT.name, list(open_still.values())
        drafts = conversations.load_drafts(connection, ids) if ids else {}
        here = conversations.load(connection, ids) if ids else {}
        return {
            person
            for key, person in open_still.items()
            if here.get(person, ("", []))[0] == form
            and (kept := drafts.get((person, form))) is not None
            and kept[0].get("key") == key
        }

    def _tell_colleagues(self, case: Case) -> None:
        desk = self._desk
        told = alerts.woken(desk.connection, case, desk.now)
        others = [person for person in told if person != desk.person.person_id]

        def build(_: Speech) -> Say:
            return Say(_("{code}: somebody has taken this case in hand.").format(code=case.code))

        once = f"case:{case.code}:taken:{desk.incoming.event_id}"
        urgent = case.level == "EMERGENCY"
        soon = timedelta(hours=2)
        desk.tell(others, build, once=once, expires=soon, emergency=urgent)

    def _note(self, action: str, subject: str, detail: str = "") -> None:
        desk = self._desk
        audit.note(desk.connection, desk.now, desk.person.person_id, action, subject, detail)


IN_HAND = "received"
RAISED = later("A colleague has made this case an emergency.")
RAISED_LATE = later(
    "A colleague has made this case an emergency. Its 12 hours from receipt were over by then; do "
    "not wait, make the child safe now."
)
GO_ON_ABOVE = later("Please go on with the question above: your answers reach the officer.")
REPORTER_HEARS = {
    "new": later("Your report {code} has been received by the commune officer."),
    "received": later("Your report {code} has been received by the commune officer."),
    "verifying": later("Your report {code} is being checked."),
    "visited": later("Your report {code}: the child has been visited."),
    "planned": later("Your report {code}: there is a plan to help."),
    "in_progress": later("Your report {code}: help is under way."),
    "closed": later("Your report {code} is closed. Thank you for looking out for children."),
}


def area_name(desk: Desk, code: str) -> str:
    """The name of an area, its code when it is unknown."""
    area = areas.one(desk.connection, code)
    return area.name if area else code
