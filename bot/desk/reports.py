"""Reports at the desk: filed once, alarmed at once, completed or added to later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import alerts, case_clocks, giving_back
from bot.desk.unreadable import readable
from bot.forms import assessment, urgency
from bot.forms.model import UNKNOWN, Draft
from bot.i18n import Speech, later
from bot.words import Say
from storage import areas, cases, reports
from storage.records.cases import Case, Report

if TYPE_CHECKING:
    from bot.desk.desk import Desk

SAME_WITHIN = timedelta(hours=1)
EARLY_PER_HOUR = 3  # how often danger alone, before the report is complete, wakes somebody


class Reports:
    """`desk.reports`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def file(self, draft: Draft, answers: Mapping[str, Any]) -> tuple[Case, int]:
        """File a confirmed report; returns its case and how many officers' channels are told."""
        told = self._told(draft, answers)
        before = self._opened_by(draft)
        case, new = self._file(draft, told, complete=True)
        case, _rang = self._where_it_is(before, case, told) if before else (case, False)
        return case, self._wake(case, told, new)

    def early(self, draft: Draft) -> tuple[Case, int] | None:
        """The child is said to be in danger now: wake the people on call before the form is done.

        Returns the case and how many channels ring. Nothing happens when this draft has a case
        already. Where there are several communes and nobody knows which it is, words alone wake
        nobody yet; once it was confirmed by the button, everybody on call is woken.
        """
        desk = self._desk
        if draft.context.get("added_to") or reports.filed(desk.connection, draft.key):
            return None
        if self._often():
            return None
        if self._commune(draft.answers) is None and draft.answers.get("danger") != "yes":
            return None
        told = self._told(draft, draft.answers)
        case, new = self._file(draft, told, complete=False, level=urgency.EMERGENCY)
        return case, self._wake(case, told, new)

    def waits_for_sending(self, draft: Draft) -> bool:
        """Whether this person has woken people so often that only sending does it again."""
        return self._often() and not reports.filed(self._desk.connection, draft.key)

    def _often(self) -> bool:
        """Only alarms that rang before they were sent count, and of nobody who has a role: who
        reports for a whole village may have more than three children in danger in an hour."""
        desk = self._desk
        if desk.person.roles and not desk.person.suspended:
            return False
        hour = desk.now - timedelta(hours=1)
        return reports.unfinished_since(desk.connection, desk.person.person_id, hour) >= (
            EARLY_PER_HOUR
        )

    def similar(self, answers: Mapping[str, Any], draft: Draft) -> Case | None:
        """A case that this person reported within the hour and that this could be once more."""
        desk = self._desk
        since = desk.now - SAME_WITHIN
        for case, report in cases.by_reporter(desk.connection, desk.person.person_id, since):
            other = report.draft_key != draft.key
            if other and case.closed_at is None and _alike(report.answers, answers):
                return case
        return None

    def cannot_wait(self, answers: Mapping[str, Any]) -> bool:
        """Whether these answers, sent as a report of their own, would wake somebody."""
        return self._level(answers) == urgency.EMERGENCY

    def add(self, draft: Draft, answers: Mapping[str, Any], code: str) -> tuple[Case, int] | None:
        """Add this to the case of an earlier report of this person; None if it is not theirs.

        Returns the case and how many officers' channels are told. A new danger rings like the
        first: also where an officer had given another level, the child had been visited, or the
        case was closed.
        """
        desk = self._desk
        found = self.of_mine(code)
        if found is None:
            return None
        case = found[0]
        answers = self._told(draft, answers)
        twice = reports.filed(desk.connection, draft.key) is not None
        filing = self._filing(draft, answers, True, self._level(answers))
        reports.add_to(desk.connection, case, filing)
        cases.enter(desk.connection, case, desk.person.person_id, desk.now, "addition")
        seen_to = case.level != urgency.EMERGENCY or case_clocks.safe_already(case)
        anew = filing.level == urgency.EMERGENCY and seen_to and not twice
        if anew:
            reports.rings_anew(desk.connection, case, filing)
            cases.enter(desk.connection, case, None, desk.now, "status", status="new")
        case_clocks.follow(desk.connection, desk.house, case.code, desk.now)
        changed = cases.by_code(desk.connection, code)
        assert changed is not None
        if anew:
            before = alerts.in_hand(desk.connection, case, desk.now)
            first, _step = alerts.rung(desk.connection, changed, 0, desk.now)
            theirs = [person for person in before if person not in first]
            self._told_more(changed, answers, draft.key, NEW_DANGER, whom=theirs)
            return changed, self._wake(changed, answers, True, NEW_DANGER)
        return changed, self._told_more(changed, answers, draft.key)

    def sent_lately(self) -> Case | None:
        """The open case that this person's newest report of the last hour is in."""
        desk = self._desk
        since = desk.now - SAME_WITHIN
        found = cases.by_reporter(desk.connection, desk.person.person_id, since, 1)
        return found[0][0] if found and found[0][0].closed_at is None else None

    def mine(self) -> list[tuple[Case, Report]]:
        """The latest reports of this person."""
        return cases.by_reporter(self._desk.connection, self._desk.person.person_id)

    def of_mine(self, code: str) -> tuple[Case, Report] | None:
        """The case of a code with this person's newest report in it, however many came since;
        None if it is not theirs."""
        desk = self._desk
        case = cases.by_code(desk.connection, code)
        report = cases.newest_of(desk.connection, case, desk.person.person_id) if case else None
        return (case, report) if case and report else None

    def said_more(self, draft: Draft) -> None:
        """More was told before the form is done: who was woken by it learns that there is more."""
        desk = self._desk
        report = reports.filed(desk.connection, draft.key)
        before = self._opened_by(draft)
        if report is None or before is None or report.completed_at is not None:
            return
        told = self._told(draft, draft.answers)
        case, _new = self._file(draft, told, complete=False, level=urgency.EMERGENCY)
        woken = alerts.woken(desk.connection, before, desk.now)
        case, rang = self._where_it_is(before, case, told)
        if not rang:
            # Where nobody is there, whoever was woken first is the only one who knows of it.
            theirs = alerts.own(desk.connection, case, desk.now)
            self._told_more(case, told, desk.incoming.event_id, whom=theirs or woken)

    def _opened_by(self, draft: Draft) -> Case | None:
        """The case that an alarm for this draft has opened."""
        report = reports.filed(self._desk.connection, draft.key)
        return cases.by_id(self._desk.connection, report.case_id) if report else None

    def _where_it_is(
        self, before: Case, case: Case, answers: Mapping[str, Any]
    ) -> tuple[Case, bool]:
        """A case turns out to be in another commune than was known: its people are rung and take
        it over, who was woken elsewhere hears so. The case as it is now, and whether it rang."""
        desk, connection = self._desk, self._desk.connection
        theirs = alerts.own(connection, case, desk.now) if case.commune != before.commune else []
        if not theirs:
            return case, False
        others = set(alerts.woken(connection, before, desk.now)).difference(theirs)
        head = HERE if case.acknowledged_at else HERE_AFTER_ALL
        rings = self._begins_here(before, case)
        if rings:
            case = giving_back.give_back(connection, desk.house, case, desk.now) or case
            self._ring_here(case, answers, head, theirs)
        self._not_theirs(case, others)
        return cases.by_id(connection, case.id or 0) or case, rings

    def _begins_here(self, before: Case, case: Case) -> bool:
        """Whether a case begins anew where it is: it was in hand or rang somewhere else. While
        nobody knew where it is, the alarm was for everybody already."""
        if case.acknowledged_at is None:
            return before.commune is not None
        return not alerts.in_hand(self._desk.connection, case, self._desk.now)

    def _ring_here(
        self, case: Case, answers: Mapping[str, Any], head: str, theirs: Sequence[int]
    ) -> None:
        """Wake the first rung where a case is now, and tell the others there."""
        desk = self._desk
        first: list[int] = []
        if alerts.rings(case):
            args, me = (desk.connection, desk.house, desk.now), desk.person.person_id
            first, _step = alerts.rung(desk.connection, case, 0, desk.now)
            desk.changes.said += giving_back.ring(*args, case, answers, head, me)
        others = [person for person in theirs if person not in first]
        kind = "alarm" if first else "push"
        self._told_more(case, answers, desk.incoming.event_id, head, kind=kind, whom=others)

    def _not_theirs(self, case: Case, others: Collection[int]) -> None:
        """Who was woken for a case elsewhere, or had it in hand, hears in which commune it is."""
        desk = self._desk
        commune = areas.one(desk.connection, case.commune or "")
        name = commune.name if commune else str(case.commune)

        def build(_: Speech) -> Say:
            text = _("{code} is in {commune}: the officers there have been told.")
            return Say(text.format(code=case.code, commune=name))

        once = f"case:{case.code}:elsewhere:{desk.incoming.event_id}"
        desk.tell(others, build, once=once, emergency=True)

    def known_of(self, case: Case) -> bool:
        """Whether anybody was woken for a case, or has it in hand."""
        taken = case.acknowledged_at is not None
        return taken or bool(alerts.woken_before(self._desk.connection, case))

    def stopped(self, draft: Draft) -> Case | None:
        """The person gave up a form that had woken somebody already: the case stays open."""
        desk = self._desk
        report = reports.filed(desk.connection, draft.key)
        case = cases.by_id(desk.connection, report.case_id) if report else None
        if report is None or case is None or report.completed_at is not None:
            return None
        head = later("The reporter stopped before the end. What was said so far stands here.")
        if draft.answers.get("danger") == "no":
            head = later(
                "The reporter stopped before the end, and said last that the child is not in "
                "danger now. What was said so far stands here."
            )
        told = self._told(draft, draft.answers)
        self._told_more(case, told, f"stopped:{draft.key}", head)
        return case

    def _file(
        self, draft: Draft, answers: Mapping[str, Any], *, complete: bool, level: str = ""
    ) -> tuple[Case, bool]:
        desk = self._desk
        year = desk.now.astimezone(desk.house.zone).year
        filing = self._filing(draft, answers, complete, level or self._level(answers))
        case, new = reports.file(desk.connection, filing, year)
        case_clocks.follow(desk.connection, desk.house, case.code, desk.now)
        return case, new

    def _told(self, draft: Draft, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as far as they can be had, with what was told beside them."""
        kept = dict(readable(self._desk, answers))
        return kept | ({"also": list(draft.also)} if draft.also else {})

    def _filing(
        self, draft: Draft, answers: Mapping[str, Any], complete: bool, level: str
    ) -> reports.Filing:
        desk, house = self._desk, self._desk.house
        urgent = level == urgency.EMERGENCY
        village = answers.get("village")
        known = areas.one(desk.connection, village) if isinstance(village, str) else None
        name = answers.get("name")
        call = answers.get("may_call")
        return reports.Filing(
            draft_key=draft.key,
            person_id=desk.person.person_id,
            link_id=desk.person.link_id,
            channel=desk.incoming.channel,
            commune=self._commune(answers),
            area=known.code if known else None,
            level=level,
            answers=dict(answers),
            child_name=name if isinstance(name, str) and name != UNKNOWN else None,
            may_call={"yes": True, "no": False}.get(str(call)),
            phone=answers.get("phone") if answers.get("phone") != UNKNOWN else None,
            received_at=desk.now,
            complete=complete,
            safety_due_at=desk.now + house.safety_within if urgent else None,
            answer_due_at=desk.now
            + (house.emergency_answer_within if urgent else house.answer_within),
            escalate_at=desk.now + house.escalate_after if urgent else None,
        )

    def _level(self, answers: Mapping[str, Any]) -> str:
        return assessment.level(answers, self._desk.scene.today)

    def _commune(self, answers: Mapping[str, Any]) -> str | None:
        """Whose report this is: the village's commune, else the person's, else the only one."""
        desk = self._desk
        village = answers.get("village")
        tried = [village] if isinstance(village, str) and village != UNKNOWN else []
        mine = [area for _, area in desk.person.roles]
        for code in (*tried, desk.person.home_area, *mine):
            if commune := areas.commune_of(desk.connection, code):
                return commune
        today = desk.now.astimezone(desk.house.zone).date()
        every = areas.communes(desk.connection, today)
        return every[0].code if len(every) == 1 else None

    def _wake(self, case: Case, answers: Mapping[str, Any], new: bool, head: str = "") -> int:
        desk = self._desk
        args, me = (desk.connection, desk.house), desk.person.person_id
        if case.level == urgency.EMERGENCY and case.acknowledged_at is None:
            rows, reached = alerts.alarm(*args, desk.now, case, answers, case.escalation, head, me)
            desk.changes.said += rows
            if reached > case.escalation:
                again = desk.now + desk.house.escalate_after
                cases.escalated(desk.connection, case, reached, again)
            if not new:
                self._told_more(case, answers, "complete")
            return len(rows)
        if not new:  # whoever hears of it knows of it
            return self._told_more(case, answers, "complete")
        build = alerts.words(*args, case, answers)
        once = f"case:{case.code}:new"
        whom = alerts.everybody(desk.connection, case, desk.now)
        return desk.tell(whom, build, once=once)

    def _told_more(
        self,
        case: Case,
        answers: Mapping[str, Any],
        what: str,
        head: str = "",
        kind: str = "push",
        whom: Sequence[int] | None = None,
    ) -> int:
        """The people on duty, or these, learn that a case they know of has more to read; how many
        messages that makes."""
        desk = self._desk
        head = head or alerts.added(case)
        build = alerts.words(desk.connection, desk.house, case, answers, head=head)
        if whom is None:
            whom = alerts.everybody(desk.connection, case, desk.now)
        once = f"case:{case.code}:more:{what}"
        whom = [person for person in whom if person != desk.person.person_id]  # who said it
        return desk.tell(whom, build, once=once, kind=kind, emergency=alerts.rings(case))


NEW_DANGER = later("The reporter tells of a new danger in this case, which was known before.")
HERE_AFTER_ALL = later(
    "It turns out to be in your commune, not where the reporter said at first: it is yours now."
)
HERE = later(
    "It turns out to be in your commune. Who took it in hand before is elsewhere: it is yours now."
)


def _alike(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """The same village, and nothing that speaks against the same child."""
    if before.get("village") != now.get("village"):
        return False
    pairs = [(before.get(key), now.get(key)) for key in ("age", "name", "sex")]
    return all(a == b or None in (a, b) or UNKNOWN in (a, b) for a, b in pairs)
