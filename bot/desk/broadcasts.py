"""Broadcasts at the desk: looked at before they leave, sent, followed, recalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.clocks.quiet import awake, quiet
from bot.desk import courtesy, meeting_lists
from bot.desk.broadcast_lists import LISTS, button_value
from bot.desk.broadcasting import again, audience_of, expand
from bot.forms.broadcast import BROADCAST, BROADCAST_TO_LIST
from bot.forms.model import Draft
from bot.forms.moment import NOW, resolve
from storage import areas, attachments, audit, broadcasts
from storage.broadcasts import Listed
from storage.records.broadcasts import Broadcast

if TYPE_CHECKING:
    from bot.desk.desk import Desk

SHOWN = 5  # broadcasts in the list
PAGE = 10  # people on a page
STILL_MEANT = timedelta(days=7)  # "received", typed, is about a broadcast of these days


@dataclass(frozen=True)
class Plan:
    """A broadcast that is not sent yet: whom it would reach, and when it would leave.

    `at_night` says that the hour that was wanted is in the quiet hours, `past` that it is over,
    `coming` that a photo has not arrived yet. `photos` are those that have.
    """

    draft: Draft
    by_channel: dict[str, int]
    unreached: int
    leaves_at: datetime
    at_night: bool
    past: bool
    photos: tuple[int, ...]
    coming: bool
    tomorrow: int = 0  # people whose day has brought enough: they get it the day after

    @property
    def count(self) -> int:
        """How many people it would reach."""
        return sum(self.by_channel.values())

    @property
    def urgent(self) -> str:
        """Why it cannot wait for the morning; "" when it can."""
        return str(self.draft.context.get("urgent", ""))


class Broadcasts:
    """`desk.broadcasts`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def _inside(self) -> frozenset[str]:
        desk = self._desk
        return frozenset(areas.within(desk.connection, desk.cases.mine))

    def unsent(self, key: str = "") -> Draft | None:
        """The draft of a broadcast: of this key, or whichever there is."""
        for form in (BROADCAST, BROADCAST_TO_LIST):
            kept = self._desk.draft(form.name)
            if kept and not kept[0].cancelled and (kept[0].key == key if key else kept[0].answers):
                return kept[0]
        return None

    def list_name(self, key: str, number: str) -> str:
        """The name of a list that this officer may write to, "" if there is none."""
        known = LISTS.get(key)
        desk = self._desk
        return known.name(desk.connection, desk._, number, self._inside) if known else ""

    def meetings(self) -> list[tuple[str, str]]:
        """(button value, label) of the meetings of these days whose people can be written to."""
        desk = self._desk
        return [
            (button_value(key, event.code), self.list_name(key, event.code))
            for event in meeting_lists.near(desk.connection, self._inside, desk.scene.today)
            for key in meeting_lists.lists(desk.connection, event)
        ]

    def plan(self, draft: Draft) -> Plan:
        """What would happen if this draft were sent now."""
        desk = self._desk
        told = audience_of(desk.connection, self._told(draft), desk.person.person_id)
        by_channel, unreached = broadcasts.reached(desk.connection, told)
        local = desk.now.astimezone(desk.house.zone)
        wanted = resolve(draft.answers.get("when"), local)
        at_night = quiet(wanted, desk.house.zone)
        urgent = bool(draft.context.get("urgent"))
        leaves = wanted if urgent else awake(wanted, desk.house.zone)
        states = attachments.states(desk.connection, draft.answers.get("photo") or [])
        photos = tuple(number for number, state in sorted(states.items()) if state[0] == "kept")
        coming = any(state[0] == "wanted" for state in states.values())
        past = wanted < local
        busy = 0 if urgent else self._busy(told, leaves)
        return Plan(draft, by_channel, unreached, leaves, at_night, past, photos, coming, busy)

    def _busy(self, told: broadcasts.Audience, leaves: datetime) -> int:
        """How many of these people have had their messages of the day that it leaves on; of a
        later day nobody knows yet."""
        desk = self._desk
        day = courtesy.day_of(desk.house, desk.now)
        return broadcasts.only_tomorrow(desk.connection, told, day) if leaves < day.ends else 0

    def _told(self, draft: Draft) -> dict[str, Any]:
        answers = draft.answers
        if chosen := draft.context.get("list"):
            return {"list": list(chosen), "tops": list(self._desk.cases.mine)}
        where = answers.get("where")
        some = where if isinstance(where, list) and answers.get("to") != "officers" else []
        return {"to": answers["to"], "tops": list(self._desk.cases.mine), "where": some}

    def send(self, plan: Plan) -> Broadcast | None:
        """Keep it, and write its first messages if it leaves now; None when it was sent before."""
        desk, draft = self._desk, plan.draft
        content = {
            "text": text_of(draft),
            "photos": list(plan.photos),
            "audience": self._told(draft),
            "urgent": plan.urgent,
        }
        number = broadcasts.make(
            desk.connection,
            {
                "draft_key": draft.key,
                "person_id": desk.person.person_id,
                "area": desk.cases.mine[0],
                "content": content,
                "urgent": bool(plan.urgent),
                "made_at": desk.now,
                "leaves_at": max(plan.leaves_at, desk.now),
                "expected": plan.count,
            },
        )
        desk.finish(draft)
        if number is None:
            return None
        self._note("broadcast", number, "urgent" if plan.urgent else "")
        if plan.leaves_at <= desk.now:
            expand(desk.connection, desk.house, desk.now)
        return broadcasts.one(desk.connection, number)

    def find(self, number: str) -> Broadcast | None:
        """A broadcast of this officer's areas."""
        if not number.isdecimal() or len(number) > 15:
            return None
        found = broadcasts.one(self._desk.connection, int(number))
        return found if found and found.area in self._inside else None

    def of_draft(self, key: str) -> Broadcast | None:
        """The broadcast that a draft became."""
        found = broadcasts.of_draft(self._desk.connection, key)
        return found if found and found.area in self._inside else None

    def newest(self) -> list[Broadcast]:
        """The newest of this officer's areas."""
        return broadcasts.newest(self._desk.connection, self._inside, SHOWN)

    def states(self, broadcast: Broadcast) -> dict[str, int]:
        """How many people by state; "coming" are those without a message yet."""
        found = broadcasts.tally(self._desk.connection, broadcast.id or 0)
        if broadcast.expanded_at is None and broadcast.recalled_at is None:
            found["coming"] = max(broadcast.expected - sum(found.values()), 0)
        return found

    def not_read(self, broadcast: Broadcast, page: int) -> list[Listed]:
        """A page of who has not said that they read it, and one more if there is another page."""
        desk = self._desk
        self._note("broadcast_list", broadcast.id or 0)
        return broadcasts.not_read(desk.connection, broadcast.id or 0, page * PAGE, PAGE + 1)

    def recall(self, broadcast: Broadcast) -> int | None:
        """What has not left never will; None when it was recalled before."""
        desk = self._desk
        self._note("broadcast_recall", broadcast.id or 0)
        return broadcasts.recall(desk.connection, broadcast.id or 0, desk.now)

    def again(self, broadcast: Broadcast) -> int:
        """Try whom it did not reach once more; how many messages that makes."""
        desk = self._desk
        self._note("broadcast_again", broadcast.id or 0)
        return again(desk.connection, desk.house, broadcast, desk.now)

    def read(self, number: str) -> bool | None:
        """This person has read a broadcast: True the first time, None when it was not for them."""
        desk = self._desk
        if not number.isdecimal() or len(number) > 15:
            return None
        return broadcasts.read(desk.connection, int(number), desk.person.person_id, desk.now)

    def unread(self) -> int | None:
        """The newest broadcast of these days that this person got and did not say to have read."""
        desk = self._desk
        return broadcasts.unread_of(desk.connection, desk.person.person_id, desk.now - STILL_MEANT)

    def _note(self, action: str, number: int, detail: str = "") -> None:
        desk = self._desk
        subject = f"broadcast:{number}"
        audit.note(desk.connection, desk.now, desk.person.person_id, action, subject, detail)


def text_of(draft: Draft) -> str:
    """The words of a draft."""
    return str(draft.answers["text"]).removeprefix("/")


def at_once(draft: Draft) -> bool:
    """Whether no hour was asked for."""
    return bool(draft.answers.get("when", NOW) == NOW)
