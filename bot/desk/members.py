"""People at the desk: invitations, roles, going on from another channel, being forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot import metrics
from bot.desk.cases import area_name
from bot.desk.typed_codes import is_long
from bot.forms.model import Form
from storage import audit, conversations, counts, identity, invitations, joining, people, web
from storage.inbox import sender_index

if TYPE_CHECKING:
    from bot.desk.desk import Desk

HANDOVER_LIVES = timedelta(minutes=15)
HOUR = timedelta(hours=1)
GUESSES_PER_HOUR = 5  # by one address
MEETINGS_PER_HOUR = 200  # by everybody together, at codes of meetings
# After so many wrong codes of 6 digits, from whomever, somebody is guessing: docs/decisions/0019.
DIGITS_PER_HOUR = 40
DIGITS, MEETINGS = "guess:digits", "guess:all"  # what everybody together is counted under


class Members:
    """`desk.members`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def name_of(self, person_id: int) -> str:
        """The name of a collaborator of one's own areas; "" where none was told."""
        desk = self._desk
        theirs = people.with_role_below(desk.connection, desk.cases.mine, "collaborator")
        found = people.names(desk.connection, [person_id]) if person_id in theirs else {}
        return found.get(person_id, "")

    def may_guess(self, *, meeting: bool = False) -> bool:
        """Whether this address may try another code this hour.

        Of meetings, whose codes are short, everybody together may try no more than so many: a
        browser is a new address as often as it likes.
        """
        may = self._tried(self._by_this_address()) < GUESSES_PER_HOUR
        may = may and not (meeting and self._tried(MEETINGS) >= MEETINGS_PER_HOUR)
        if not may:
            self._too_many()
        return may

    def takes_digits(self, code: str) -> bool:
        """Whether a one-time code of this length works now: a short one does not while somebody is
        guessing, and such a try is one more of theirs."""
        if is_long(code) or not self.someone_guesses:
            return True
        self._too_many()
        self._count(DIGITS)
        return False

    @property
    def someone_guesses(self) -> bool:
        """Whether short codes are being guessed, this hour or in the last one."""
        now = self._desk.now
        return any(self._tried(DIGITS, at) >= DIGITS_PER_HOUR for at in (now, now - HOUR))

    def guessed_wrong(self, shared: str = "") -> None:
        """Count a code that opened nothing; `shared` (DIGITS, MEETINGS) where all are counted."""
        metrics.REFUSED_INPUT.labels("code").inc()
        for name in filter(None, (self._by_this_address(), shared)):
            self._count(name)

    def _too_many(self) -> None:
        metrics.REFUSED_INPUT.labels("too many codes").inc()

    def _count(self, name: str) -> None:
        counts.add(self._desk.connection, name, self._desk.now, HOUR)

    def _tried(self, name: str, at: datetime | None = None) -> int:
        return counts.seen(self._desk.connection, name, at or self._desk.now, HOUR)

    def _by_this_address(self) -> str:
        incoming = self._desk.incoming
        return f"guess:{sender_index(incoming.channel, incoming.address)}"

    def opens(self, code: str) -> bool:
        """Whether there is such an invitation, for a text that may mean something else.

        One that there is not counts as a guess, as if it had been typed alone.
        """
        if not code or not self.may_guess():
            return False
        found = invitations.find(self._desk.connection, code) is not None
        if not found:
            self.guessed_wrong()
        return found

    def moved(self, address: str) -> None:
        """The chat has a new address on its channel."""
        desk = self._desk
        identity.move(desk.connection, desk.person.link_id, desk.incoming.channel, address)

    def unreachable(self) -> None:
        """The person does not want messages on this channel any more."""
        desk = self._desk
        people.block(desk.connection, desk.person.link_id, desk.now)
        desk.keep_blocked = True

    def first_in_group(self, text: str) -> bool:
        """Whether a group is to be answered: a command always, other talk once an hour."""
        if text.startswith("/"):
            return True
        desk = self._desk
        name = f"group:{desk.person.link_id}"
        return counts.add(desk.connection, name, desk.now, HOUR) == 1

    def redeem(self, code: str) -> tuple[str, str] | None:
        """Use an invitation; returns (role, name of its area), None when it opens nothing.

        Who has the role already keeps it and uses nothing up.
        """
        desk = self._desk
        found = invitations.find(desk.connection, code)
        if found is None or found.id is None:
            return None
        if (found.role, found.area) in desk.person.roles:
            return found.role, area_name(desk, found.area)
        if not invitations.use(desk.connection, found.id, desk.now):
            return None
        people.grant(desk.connection, desk.person.person_id, found.role, found.area, desk.now)
        if desk.person.home_area is None:
            people.change(desk.connection, desk.person.person_id, home_area=found.area)
        detail = f"{found.role} {found.area}"
        audit.note(
            desk.connection,
            desk.now,
            desk.person.person_id,
            "join",
            f"person:{desk.person.person_id}",
            detail,
        )
        desk.look_again()
        return found.role, area_name(desk, found.area)

    def introduce(self, village: object, name: object, phone: object) -> None:
        """Keep what somebody told of themselves."""
        desk = self._desk
        values: dict[str, object] = {"introduced_at": desk.now}
        if isinstance(village, str) and village in {p.code for p in desk.office.places}:
            values["home_area"] = village
        values |= {"name": name} if isinstance(name, str) else {}
        values |= {"phone": phone} if isinstance(phone, str) else {}
        people.change(desk.connection, desk.person.person_id, **values)
        desk.look_again()

    def set_language(self, language: str) -> None:
        """Speak this language from now on."""
        people.change(self._desk.connection, self._desk.person.person_id, language=language)
        self._desk.look_again()

    def code_to_go_on(self) -> str:
        """A code that works once, for 15 minutes, on another channel: of 6 digits, of 12 while
        somebody is guessing."""
        desk = self._desk
        length = invitations.LONG if self.someone_guesses else invitations.SHORT
        return invitations.hand_over(
            desk.connection, desk.person.person_id, desk.now, desk.now + HANDOVER_LIVES, length
        )

    def begun_on_both(self, code: str) -> Form | None:
        """A form that is unfinished here and with who was given this code: only one can be kept."""
        desk = self._desk
        host = invitations.giver(desk.connection, code, desk.now)
        if host is None or host == desk.person.person_id:
            return None
        kept = conversations.load_drafts(desk.connection, [host])
        for form, _draft, _at in desk.drafts():
            theirs = kept.get((host, form.name))
            if theirs and _begun(theirs[0]):
                return form
        return None

    def gives_roles(self, code: str) -> bool:
        """Whether, with this code, this person's roles would come to somebody without them."""
        desk = self._desk
        host = invitations.giver(desk.connection, code, desk.now)
        if host is None or host == desk.person.person_id:
            return False
        theirs = people.roles_of(desk.connection, [host]).get(host, ())
        return bool(set(desk.person.roles) - set(theirs))

    def go_on(self, code: str) -> bool:
        """Become the person who was given this code; what belongs to either belongs to both.

        False when the code opens nothing. No stranger comes to roles by this. Into those of the
        giver leads only a code that was shown to them alone, a quarter of an hour long, once, and
        guesses are counted (docs/decisions/0019). Those of who types lead to the giver, whose code
        nobody can guess for them: the typing itself is what gives them away, so they are asked
        before, in plain words, whether they got it themselves (`gives_roles`).
        """
        desk = self._desk
        found = invitations.take_over(desk.connection, code, desk.now)
        if found is None:
            return False
        host, guest = found[0], desk.person.person_id
        if host != guest:
            self._drop_blank(host)
            joining.merge(desk.connection, guest, host, desk.now)
            detail = f"{desk.incoming.channel} person:{guest}"
            audit.note(desk.connection, desk.now, host, "link", f"person:{host}", detail)
            desk.look_again()
        return True

    def _drop_blank(self, host: int) -> None:
        """Forms that hold nothing with the host, or were stopped there, give way to those that
        were begun here."""
        desk = self._desk
        begun = {form.name for form, _draft, _at in desk.drafts()}
        kept = conversations.load_drafts(desk.connection, [host])
        blank = [key for key, (draft, _at) in kept.items() if key[1] in begun and not _begun(draft)]
        conversations.drop_drafts(desk.connection, blank)

    def forget(self) -> None:
        """Forget what is kept of this person outside the cases: drafts, name, number, the page."""
        desk = self._desk
        person = desk.person.person_id
        for _, draft, _ in desk.drafts():
            desk.finish(draft)
        desk.scene.stood.clear()  # drafts of late stand there by name
        people.change(desk.connection, person, name=None, phone=None)
        links = people.addresses(desk.connection, person, "web")
        web.wipe(desk.connection, links)
        audit.note(desk.connection, desk.now, person, "forget", f"person:{person}")


def _begun(draft: Mapping[str, Any]) -> bool:
    """Whether there is something in a draft, as it is kept, that has not been stopped."""
    return bool(draft.get("answers")) and not draft.get("cancelled")
