"""The desk: what a handler may ask for, in the words of the job.

One event, one desk: what the handler did, where the person is now and what was said are kept
together, or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.util import memoized_property  # as cached_property, without its lock

from bot.clocks.calendar import Calendar
from bot.desk import endings, workdays
from bot.desk.broadcasts import Broadcasts
from bot.desk.cases import Cases
from bot.desk.contacts import Contacts
from bot.desk.faq import Faq
from bot.desk.live_entries import LiveEntries
from bot.desk.meetings import Meetings
from bot.desk.members import Members
from bot.desk.my_duties import MyDuties
from bot.desk.open_question import plainly_answered
from bot.desk.outreach import Outreach
from bot.desk.oversight import Oversight
from bot.desk.questions import Questions
from bot.desk.recordings import Recordings
from bot.desk.reports import Reports
from bot.desk.telling import NUMBERS, hotline, owe, pushed_last, tell
from bot.faq.emergency import first_line
from bot.forms import FORMS
from bot.forms.model import Draft, Form, Media, Reply, Scene
from bot.forms.render import render
from bot.forms.turns import Here, show
from bot.i18n import Speech, speak
from bot.i18n import later as _
from bot.reading import Reading
from bot.reading import read as read_report
from bot.vietnamese.danger import Danger
from bot.vietnamese.danger import read as read_danger
from bot.words import Attachment, Button, Incoming, Policy, Say
from storage import attachments, outbox, people
from storage.people import Known

if TYPE_CHECKING:
    from bot.desk.office import Office, Savepoint

LARGEST = 2**31 - 1  # what the database can note; a size is only what somebody claims
REST_OF_ALBUM = timedelta(seconds=2)
_KEY_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


def new_key() -> str:
    """The key of a fresh draft, unlike any other's."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(10))


@dataclass
class Changes:
    """What one event changes; kept only if its handler came to the end."""

    said: list[dict[str, Any]] = field(default_factory=list)
    drafts: dict[tuple[int, str], tuple[dict[str, Any], datetime] | None] = field(
        default_factory=dict
    )
    conversations: dict[int, tuple[str | None, list[Any]]] = field(default_factory=dict)


class Desk:
    """See the top of this file. `reports`, `cases`, `members`, `questions` hold the rest."""

    def __init__(self, office: Office, incoming: Incoming, savepoint: Savepoint) -> None:
        self.office, self.incoming, self._savepoint = office, incoming, savepoint
        self.house, self.now = office.house, office.now
        self.changes = Changes()
        self._warned = False
        self.pressed = ""
        self._note = ""
        self._of_album = ""  # how the send-once key begins of what is said next
        self._read: dict[str, tuple[Any, Draft]] = {}
        self._open: list[tuple[Form, Draft, datetime] | None] = []  # the one, once looked up
        self.keep_blocked = False  # set when the event says that this link is closed

    @property
    def connection(self) -> Connection:
        """The transaction, with a savepoint that is undone if this event fails."""
        return self._savepoint.connection()

    @memoized_property
    def person(self) -> Known:
        """Who this is, without roles while suspended; a stranger becomes a resident now."""
        found = self.office.known.get(self.office.sender(self.incoming))
        if found is None:
            incoming = self.incoming
            people.welcome(self.connection, incoming.channel, incoming.address, "vi", self.now)
            found = self.office.look_again(incoming)
            assert found is not None
        # Who was suspended reports like a resident, and may do nothing else that a role allows.
        return found._replace(roles=()) if found.suspended else found

    def look_again(self) -> None:
        """Read the person anew after their roles, language or links changed."""
        self.__dict__.pop("person", None)
        self.__dict__.pop("_", None)
        self.__dict__.pop("plain", None)
        self._open.clear()
        found = self.office.look_again(self.incoming)
        if found is not None:
            self.office.read_up([found.person_id])

    @memoized_property
    def _(self) -> Speech:
        return speak(self.person.language, self.house.timezone)

    @memoized_property
    def policy(self) -> Policy:
        """What may be shown on the channel that this event came from."""
        return self.house.policy(self.incoming.channel)

    @memoized_property
    def scene(self) -> Scene:
        """What the forms need to know of the world: the person's own villages come first."""
        mine = {self.person.home_area, *(area for _, area in self.person.roles)} - {None}
        return self.office.scene(frozenset(mine), self.policy)

    @property
    def calendar(self) -> Calendar:
        """The working calendar, with what the commune entered over it."""
        return workdays.calendar(self.connection, self.house)

    @memoized_property
    def commune(self) -> str | None:
        """The commune this person is of: at home, by a role, or because there is no other."""
        person = self.person
        return self.office.commune_of(person.home_area, *(area for _, area in person.roles))

    @memoized_property
    def danger(self) -> Danger:
        """Whether the text says that a child is in danger; a bare command does not."""
        text = f"{self.incoming.text} {self.incoming.start}".rstrip()
        bare = text.startswith("/") and " " not in text
        return Danger.NONE if bare else read_danger(text)

    @memoized_property
    def told(self) -> Reading:
        """What the text states of a child, read as a report in one message."""
        return read_report(self.incoming.text, self.office.villages, self.scene.today)

    @memoized_property
    def plain(self) -> bool:
        """Whether the text answers the open question, and says nothing beside."""
        return plainly_answered(self)

    def hear(self, words: str) -> None:
        """Have the words behind a command understood next, as if they alone had been written."""
        self.incoming = replace(self.incoming, text=words, start="")
        for of_the_text in ("danger", "told", "plain", "faq"):
            self.__dict__.pop(of_the_text, None)

    def warn(self) -> None:
        """The emergency numbers go first, once for each event that speaks of danger."""
        if not self._warned:
            self._warned = True
            self._owe(NUMBERS.get(first_line(self.incoming.text), hotline)(self._))

    def say(self, message: Say) -> None:
        """Answer the person, where they wrote from."""
        if self.danger >= Danger.POSSIBLE:
            self.warn()
        if self._note:
            message = replace(message, text=f"{self._note}\n\n{message.text}")
            self._note = ""
        self._owe(message)
        if message.buttons and not message.buttons[0].value.startswith("f."):
            self._place(self._form, [[b.value, b.label, b.nav] for b in message.buttons])

    def _owe(self, message: Say) -> None:
        row = owe(self.person.link_id, self.incoming.channel, message, self.now, "reply")
        if begin := self._of_album:
            self._of_album = ""
            row |= {"once": f"{begin}{self.incoming.event_id}", "replaces": begin}
            row["not_before"] = self.now + REST_OF_ALBUM
        self.changes.said.append(row)

    def answers_album(self, reply: Reply) -> bool:
        """Whether this is one of an album, and nothing more. What is said next waits a moment, and
        what is said to the next one takes its place; what cannot be taken is told apart."""
        album = self.incoming.album
        if not album or self.incoming.text:
            return False
        self._of_album = f"{outbox.ALBUM}{self.person.link_id}:{album}:{len(reply.media)}:"
        return True

    def tell(
        self,
        person_ids: Iterable[int],
        build: Callable[[Speech], Say],
        *,
        once: str,
        kind: str = "push",
        expires: timedelta | None = None,
        emergency: bool = False,
    ) -> int:
        """Write to other people of a child, or in answer to their words; each in their language.

        It leaves at once, however much the day has brought; what belongs to an emergency does not
        wait behind a form that somebody fills in either. An "alarm" goes to every channel of a
        person, a "push" to one of them (see telling.ways_to), to who has a role and of an emergency
        to all. `once` makes sure that a person gets it a single time. Returns how many messages
        that makes.
        """
        apart = outbox.REPLY if emergency else outbox.UNCOUNTED
        rows = tell(
            self.connection, self.house, person_ids, build, self.now, once, kind, expires, apart
        )
        self.changes.said += rows
        return len(rows)

    def notify(
        self,
        person_ids: Iterable[int],
        build: Callable[[Speech], Say],
        *,
        once: str,
        at: datetime,
        held: bool = False,
    ) -> None:
        """Write to other people of what can wait: by day, from a moment on, one of the two
        messages that a day may bring. What is `held` takes no room from the others: the next
        morning message tells of it.
        """
        rows = tell(self.connection, self.house, person_ids, build, self.now, once)
        waits = {"not_before": at, "by_day": True, "held_at": self.now if held else None}
        self.changes.said += [{**row, **waits} for row in rows]

    # --- where the person is -------------------------------------------------------------

    @property
    def _conversation(self) -> tuple[str | None, list[Any]]:
        person, changed = self.person.person_id, self.changes.conversations
        kept = changed if person in changed else self.office.conversations
        return kept.get(person) or (None, [])

    @property
    def _form(self) -> str | None:
        return self._conversation[0]

    @property
    def between(self) -> list[Button]:
        """The buttons that were shown, as an answer, after the open question of a form."""
        return self.menu_of_answer if self._form else []

    @memoized_property
    def pushed(self) -> list[Button]:
        """The buttons of the newest message with any when the person wrote, if that was no answer.

        A platform's clock may be ahead of ours, by days: then now is when they wrote.
        """
        at = min(self.incoming.at, self.now)
        found = pushed_last(self.office.connection, self.person.link_id, self.office.said, at)
        return found or []

    @memoized_property
    def menu(self) -> list[Button]:
        """The buttons this person was last shown outside a form, in an alarm too."""
        return self.pushed or self.menu_of_answer

    @property
    def menu_of_answer(self) -> list[Button]:
        """The buttons of our last answer, whatever was written to this person since."""
        return [Button(*button) for button in self._conversation[1]]

    def _place(self, form: str | None, menu: list[Any]) -> None:
        self._open.clear()
        if self._conversation != (form, menu):
            self.changes.conversations[self.person.person_id] = (form, menu)

    def draft(self, form: str) -> tuple[Draft, datetime] | None:
        """This person's draft of a form and when it was last touched."""
        key, changed = (self.person.person_id, form), self.changes.drafts
        kept = changed[key] if key in changed else self.office.drafts.get(key)
        if kept is None:
            return None
        read = self._read.get(form)
        if read is None or read[0] is not kept[0]:  # several filters ask for the same draft
            draft = self.house.the_same(self.person.person_id, form, kept[0])
            read = self._read[form] = (kept[0], draft)
        return read[1], kept[1]

    def note_of(self, name: str) -> tuple[dict[str, Any], datetime] | None:
        """What was noted of this person under a name that is no form's, and when."""
        key, changed = (self.person.person_id, name), self.changes.drafts
        return changed[key] if key in changed else self.office.drafts.get(key)

    def keep_note(self, name: str, content: dict[str, Any]) -> None:
        """Note something of this person, for as long as drafts are kept."""
        self.changes.drafts[self.person.person_id, name] = (content, self.now)

    def drafts(self) -> list[tuple[Form, Draft, datetime]]:
        """Every draft that can be continued, the newest first."""
        found = [
            (form, *kept)
            for form in FORMS.values()
            if (kept := self.draft(form.name)) and not kept[0].cancelled and kept[0].answers
        ]
        return sorted(found, key=lambda kept: kept[2], reverse=True)

    def open_form(self) -> tuple[Form, Draft, datetime] | None:
        """The form in front of this person, if any."""
        if not self._open:  # every filter asks
            form = FORMS.get(self._conversation[0] or "")
            kept = self.draft(form.name) if form else None
            self._open.append((form, *kept) if form and kept else None)
        return self._open[0]

    def begin(
        self, form: Form, answers: dict[str, Any] | None = None, **context: Any
    ) -> tuple[Form, Draft]:
        """Put a fresh form in front of the person."""
        draft = Draft(form.name, new_key(), answers or {}, context=context)
        self.keep(draft)
        return form, draft

    def begin_or_go_on(self, form: Form, **context: Any) -> None:
        """Put a form in front of the person: the one that they began about the same thing, with
        all that was answered, or else a fresh one."""
        kept = self.draft(form.name)
        if kept and kept[0].answers and not kept[0].cancelled and kept[0].context == context:
            self.say_note(_("You had begun this; all is kept."))
            self.resume(form, kept[0])
        else:
            self.resume(*self.begin(form, **context))

    def keep(self, draft: Draft) -> None:
        """Keep a draft and have it in front of the person."""
        content = draft.to_json()
        self.changes.drafts[self.person.person_id, draft.form] = (content, self.now)
        self.house.remember(self.person.person_id, content, draft)
        self._place(draft.form, [])

    def put_away(self, draft: Draft) -> None:
        """Keep a draft, no longer in front of the person."""
        self.changes.drafts[self.person.person_id, draft.form] = (draft.to_json(), self.now)
        self.leave()

    def leave(self) -> None:
        """Nothing is in front of the person any more; drafts stay."""
        self._place(None, [])

    def finish(self, draft: Draft) -> None:
        """A draft has done its work."""
        self.changes.drafts[self.person.person_id, draft.form] = None
        self.house.drafts.pop((self.person.person_id, draft.form), None)
        self.leave()

    def ask(self, form: Form, turn: Here) -> None:
        """Keep the draft of a turn and say it, after any note of `say_note`."""
        self.keep(turn.draft)
        self.say(render(form, turn, self._, self.scene))

    def say_note(self, message: str) -> None:
        """A sentence that goes before the next thing said, in the same message."""
        self._note = self._(message)

    def form_of(self, draft: Draft) -> Form:
        """The form that a draft is of."""
        return FORMS[draft.form]

    def resume(self, form: Form, draft: Draft) -> None:
        """Show where the person is in a form."""
        self.ask(form, show(form, replace(draft, cancelled=False), self.scene))

    def press(self, value: str) -> None:
        """Have the dispatcher go on as if this button had been pressed."""
        self.pressed = value

    def stop_form(self) -> None:
        """Stop the form in front of the person, in a way that can be undone."""
        if here := self.open_form():
            endings.cancelled(self, here[0], replace(here[1].here(), cancelled=True))

    def reply(self) -> Reply:
        """What the person did, as a form takes it; photos and voice notes are noted first."""
        incoming = self.incoming
        if not incoming.attachments:
            return Reply(incoming.text, incoming.value)
        return Reply(incoming.text, incoming.value, tuple(self._media()))

    def _media(self) -> Iterable[Media]:
        incoming = self.incoming
        for item in incoming.attachments:
            if item.kind == "location":
                yield Media("location", 0, item.latitude, item.longitude)
            elif (kind := _stored_as(item)) in ("photo", "voice"):
                self.house.media_wanted = True
                number = attachments.want(
                    self.connection,
                    incoming.channel,
                    incoming.address,
                    item.reference,
                    kind,
                    item.mime,
                    min(item.size, LARGEST),
                    self.now,
                )
                if not attachments.refused(self.connection, [number]):
                    yield Media(kind, number)

    # --- the rest, by subject ------------------------------------------------------------

    @memoized_property
    def reports(self) -> Reports:
        return Reports(self)

    @memoized_property
    def cases(self) -> Cases:
        return Cases(self)

    @memoized_property
    def members(self) -> Members:
        return Members(self)

    @memoized_property
    def faq(self) -> Faq:
        return Faq(self)

    @memoized_property
    def contacts(self) -> Contacts:
        return Contacts(self)

    @memoized_property
    def entries(self) -> LiveEntries:
        return LiveEntries(self)

    @memoized_property
    def recordings(self) -> Recordings:
        return Recordings(self)

    @memoized_property
    def outreach(self) -> Outreach:
        return Outreach(self)

    @memoized_property
    def duties(self) -> MyDuties:
        return MyDuties(self)

    @memoized_property
    def meetings(self) -> Meetings:
        return Meetings(self)

    @memoized_property
    def oversight(self) -> Oversight:
        return Oversight(self)

    @memoized_property
    def broadcasts(self) -> Broadcasts:
        return Broadcasts(self)

    @memoized_property
    def questions(self) -> Questions:
        return Questions(self)

    def find_draft(self, key: str) -> tuple[Form, Draft] | None:
        """The draft of this person that a button belongs to."""
        for form in FORMS.values():
            kept = self.draft(form.name)
            if kept and kept[0].key == key:
                return form, kept[0]
        return None

    def roles(self) -> Sequence[str]:
        """The roles of this person, whatever the area."""
        return [] if self.person.suspended else [role for role, _ in self.person.roles]


def _stored_as(item: Attachment) -> str:
    """What something attached is kept as: an audio file is a recording like a voice note."""
    return "voice" if item.kind == "file" and item.mime.startswith("audio/") else item.kind
