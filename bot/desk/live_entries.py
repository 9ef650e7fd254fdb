"""Entries that a commune's officers have added, changed, approved or withdrawn.

They lie over the built-in ones, count from the next message on, in every process, and every state
they ever had is kept (storage/revisions.py). The item of a revision is the entry's id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.desk.hiding import known_names, names_told, number_told
from bot.desk.house import House
from bot.desk.recordings import Recording
from bot.faq.contents import content
from bot.faq.entries import Citation, Entries, Entry, load
from bot.faq.never_said import reasons
from bot.forms.faq_entry import known_document
from bot.i18n import later, speak
from bot.vietnamese.fold import fold
from bot.words import private
from storage import audit, cases, revisions
from storage.records.questions import Revision

if TYPE_CHECKING:
    from bot.desk.desk import Desk

OURS = "commune"  # the topic of what a commune has added
TOPIC = later("From our commune")
MOST_WORDS = 120


@dataclass(frozen=True)
class Live:
    """A commune's own states of entries, and all entries as they are given there on a day."""

    stamp: tuple[int, str]
    on: date
    states: Mapping[str, Revision]
    entries: Entries
    recordings: tuple[Recording, ...] = ()


def live(connection: Connection, house: House, commune: str | None, on: date) -> Live:
    """What holds for a commune on a day; kept by the house while nobody adds anything."""
    stamp = revisions.stamp(connection)
    kept = house.live.get(commune)
    if isinstance(kept, Live) and (kept.stamp, kept.on) == (stamp, on):
        return kept
    found = revisions.newest(connection, "entry", commune) if commune else []
    states = {each.item: each for each in found}
    spoken = revisions.newest(connection, "recording", commune) if commune else []
    recordings = tuple(Recording.of(each) for each in spoken if each.live)
    made = Live(stamp, on, states, over(load(), states), recordings)
    house.live[commune] = made
    return made


def over(built_in: Entries, states: Mapping[str, Revision]) -> Entries:
    """The built-in entries with a commune's own states laid over them."""
    if not states:
        return built_in
    put = [
        entry
        for item, state in states.items()
        if state.live and (entry := entry_of(item, state.content))
    ]
    gone = [item for item, state in states.items() if not state.live]
    made = built_in.without(gone).plus(put)
    title = {each: speak(each)(TOPIC) for each in ("vi", "en")}
    return replace(made, topics={OURS: title, **made.topics})


def entry_of(item: str, kept: Mapping[str, Any]) -> Entry | None:
    """The entry that a state describes: a whole one, or a built-in one approved anew."""
    until, reviewed = _day(kept.get("valid_to")), date.fromisoformat(kept["reviewed"])
    known = load().by_id.get(item)
    if "answer" not in kept:
        if known is None or until is None:
            return known
        return replace(known, valid_to=until, approved=True, reviewed=reviewed)
    document = str(kept["document"])
    cited = Citation(known_document(document) or document, str(kept["article"]))
    return Entry(
        id=item,
        topic=known.topic if known else OURS,
        question=kept["question"],
        answer=kept["answer"],
        citations=(cited, *(Citation(**each) for each in kept.get("more", ()))),
        reviewed=reviewed,
        variants=tuple(kept.get("variants", ())),
        valid_from=_day(kept.get("valid_from")),
        valid_to=until,
        approved=bool(kept.get("approved")),
    )


def _day(kept: object) -> date | None:
    return date.fromisoformat(kept) if isinstance(kept, str) else None


class LiveEntries:
    """`desk.entries`: what an officer may do with the entries of the commune; all of it audited."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def commune(self) -> str | None:
        """The commune whose entries this person may change; None for who is no officer of one."""
        desk = self._desk
        return desk.commune if desk.cases.mine and desk.commune in self._inside else None

    @property
    def _inside(self) -> set[str]:
        return self._desk.questions.inside

    @property
    def _live(self) -> Live:
        desk = self._desk
        return live(desk.office.connection, desk.house, desk.commune, desk.scene.today)

    @property
    def all(self) -> Entries:
        """Every entry as it holds for this person's commune."""
        return self._live.entries

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Every recording that people of this person's commune may hear."""
        return self._live.recordings

    def state(self, item: str) -> Revision | None:
        """The state that counts of an item of this officer's commune."""
        return self._live.states.get(item) if self.commune else None

    def added(self) -> list[Revision]:
        """Everything that the commune has changed, the newest first."""
        if not self.commune:
            return []
        found = self._live.states.values()
        return sorted(found, key=lambda each: each.id or 0, reverse=True)

    def entry(self, item: str) -> Entry | None:
        """An entry by its id, also one that may not be given now."""
        state = self._live.states.get(item)
        if state is not None:
            return entry_of(item, state.content) or load().by_id.get(item)
        return load().by_id.get(item)

    def to_review(self) -> list[Entry]:
        """The entries withdrawn because a document they cite, or they themselves, have ended."""
        if not self.commune:
            return []
        today = self._desk.scene.today
        return [
            each
            for each in self.all
            if not each.in_force(today) and (each.valid_from or today) <= today
        ]

    # --- changes -------------------------------------------------------------------------

    def put(self, item: str, answers: Mapping[str, Any]) -> None:
        """Let an entry count from now on, as it was written; the same again changes nothing."""
        desk = self._desk
        kept: dict[str, Any] = {
            "question": _plain(answers["question"]),
            "answer": _plain(answers["answer"]),
            "document": _plain(answers["document"]),
            "article": _plain(answers["article"]),
            "variants": ways(answers.get("variants")),
            "reviewed": desk.scene.today.isoformat(),
        }
        kept |= {key: answers[key] for key in ("valid_from", "valid_to") if key in answers}
        cited = Citation(known_document(str(kept["document"])) or str(kept["document"]))
        kept["approved"] = not cited.in_force(desk.scene.today)  # said in the preview
        before = self.entry(item)  # what else a built-in one rests on stays, unless it has ended
        more = (
            [each for each in before.citations[1:] if each.in_force(desk.scene.today)]
            if before
            else []
        )
        kept["more"] = [vars(each) for each in more]
        self._keep(item, kept, "entry put up")

    def approve(self, item: str, until: str) -> bool:
        """An entry is right again until a day; False when there is none, or the day is past."""
        entry, state = self.entry(item), self.state(item)
        today = self._desk.scene.today
        if entry is None or date.fromisoformat(until) < today:
            return False
        kept = dict(state.content) if state else {}
        kept |= {"valid_to": until, "reviewed": today.isoformat(), "approved": True}
        self._keep(item, kept, "entry approved")
        return True

    def withdraw(self, item: str) -> bool:
        """Take an entry away; it can be put up again. False when there is none."""
        state = self.state(item)
        if (state is None and item not in load().by_id) or (state is not None and not state.live):
            return False
        kept = state.content if state else {"reviewed": self._desk.scene.today.isoformat()}
        self._keep(item, kept, "entry withdrawn", live=False)
        return True

    def restore(self, item: str) -> bool:
        """Put up again what was withdrawn. False when it was not."""
        state = self.state(item)
        if state is None or state.live:
            return False
        self._keep(item, state.content, "entry put up")
        return True

    def before(self, item: str) -> Revision | None:
        """The last state with other words than now; None when there is none."""
        now = self.state(item)
        if now is None or not self.commune:
            return None
        states = revisions.history(self._desk.connection, "entry", self.commune, item)
        return next(
            (each for each in states if each.content != now.content and "answer" in each.content),
            None,
        )

    def roll_back(self, item: str) -> bool:
        """The words of before count again. False when there were none."""
        before = self.before(item)
        if before is None:
            return False
        self._keep(item, before.content, "entry rolled back")
        return True

    def _keep(self, item: str, kept: Mapping[str, Any], action: str, *, live: bool = True) -> None:
        desk, commune = self._desk, self.commune
        state = self.state(item)
        if commune is None or (state and (state.live, state.content) == (live, kept)):
            return
        person = desk.person.person_id
        number = revisions.put(
            desk.connection, "entry", commune, item, kept, person, desk.now, live=live
        )
        audit.note(
            desk.connection, desk.now, person, action, f"entry:{commune}:{item}", str(number)
        )

    # --- what an officer is warned of ----------------------------------------------------

    def doubts(self, item: str, answers: Mapping[str, Any]) -> list[str]:
        """What to look at before an entry is put up, each a sentence; nothing is forbidden."""
        __ = self._desk._
        told = {key: _plain(answers.get(key, "")) for key in ("question", "answer", "variants")}
        text = "\n".join(told.values())
        found = []
        if names := list(dict.fromkeys(names_told(told))):
            shown = ", ".join(private(name) for name in names)
            found.append(__("These look like somebody's name: {names}").format(names=shown))
        if known := self._of_open_cases(text, names):
            shown = ", ".join(private(name) for name in known)
            found.append(
                __("So somebody in an open case of yours is called: {names}").format(names=shown)
            )
        if number_told(text):
            found.append(__("There is a telephone number in it."))
        found += [
            __("Better not said: {reason}").format(reason=reason)
            for reason in reasons(told["answer"], self._desk.person.language)
        ]
        return [*found, *self._doubts_of_law(answers), *self._doubts_of_use(item, told)]

    def _of_open_cases(self, text: str, told: Collection[str]) -> list[str]:
        """The names in a text that are those of children and reporters of the open cases here.

        They are read for this only when an entry is about to be put up, and that is audited.
        """
        desk = self._desk
        person = desk.person.person_id
        audit.note(desk.connection, desk.now, person, "compare names", "cases:open")
        names = cases.names_in_open(desk.connection, desk.cases.mine)
        return [each for each in known_names(text, names) if each not in told]

    def _doubts_of_law(self, answers: Mapping[str, Any]) -> list[str]:
        __, today = self._desk._, self._desk.scene.today
        document = known_document(_plain(answers["document"]))
        found = []
        if not document:
            found.append(__("I do not know this document: please compare its number."))
        elif not Citation(document).in_force(today):
            ended = content("documents")[document]["valid_to"]
            text = __("This document has ended: its last day was {day}.")
            found.append(text.format(day=__.day(ended)))
        until = _day(answers.get("valid_to"))
        if until and until < today:
            found.append(__("It would not be shown: its last day is past."))
        return found

    def _doubts_of_use(self, item: str, told: Mapping[str, str]) -> list[str]:
        __ = self._desk._
        found = []
        count = len(told["answer"].split())
        if count > MOST_WORDS:
            text = __("It has {count} words; up to {most} are read to the end.")
            found.append(text.format(count=__.number(count), most=__.number(MOST_WORDS)))
        asked = fold(told["question"])
        for each in self.all:
            if each.id != item and asked in map(fold, (each.question, *each.variants)):
                found.append(
                    __("There is an answer to this: «{question}»").format(question=each.question)
                )
                break
        return found


def ways(said: object) -> list[str]:
    """Other ways to ask, one on each line, none of them twice."""
    lines = [line.strip(" \t-•*") for line in _plain(said).splitlines()]
    return list(dict.fromkeys(line for line in lines if line))[:20]


def _plain(said: object) -> str:
    return str(said or "").removeprefix("/")
