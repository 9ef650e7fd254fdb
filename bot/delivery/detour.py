"""What a channel's terms make of a message: how it is shown, whether it may go, and which way else.

A message that its platform would not take (the window is shut, the month is used up, the person
has left), or whose platform cannot be reached for some minutes, goes by another channel of the
same person, or in an approved form of words. It goes round once, not in circles, and not to a
channel that the same was written to: an alarm is on every channel of a person from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot import logs
from bot.channels import Channel, NotSent
from bot.clock import Clock
from bot.delivery.together import Together
from bot.windows import ANY, Terms, month_of, reach, spares
from bot.words import Say
from storage import outbox, people, reaching
from storage.database import Database
from storage.outbox import Owed
from storage.reaching import Way

log = logs.get_logger()


@dataclass(frozen=True)
class Instead:
    """What became of a message that could not go as it was meant to."""

    outcome: str  # rerouted, or sent (by a template)
    platform_id: str | None = None


class Detour:
    """The terms of one channel, and the ways round it."""

    def __init__(
        self,
        database: Database,
        together: Together,
        channel: Channel,
        now: Clock,
        terms: Mapping[str, Terms],
        zone: str,
    ) -> None:
        """`terms` are those of every channel there is, by name; months end in `zone`."""
        self._database, self._together, self._channel = database, together, channel
        self._now, self._all, self._zone = now, terms, zone
        self._terms = terms.get(channel.name, ANY)

    async def shown(self, message: Owed, say: Say) -> Say:
        """The message as it is to be drawn: in the reader's language where options are typed.

        While a form is open the digits are the form's: what comes in between takes words.
        """
        if not self._terms.typed:
            return say
        reader = await self._database.read(lambda c: reaching.reader(c, message.link_id))
        if reader is None:
            return say
        other = message.kind != "reply" and reader.in_form
        return replace(say, language=reader.language, takes_digits=say.takes_digits or other)

    async def why_not(self, message: Owed) -> str:
        """Why the terms do not let the message out: shut or quota; "" if they do."""
        terms, now = self._terms, self._now()
        if terms.monthly and message.kind == "push":
            month = month_of(now, self._zone)
            sent = await self._database.read(
                lambda c: reaching.counted(c, self._channel.name, month)
            )
            if spares(terms, sent):
                return "quota"
        if terms.free is not None:
            reader = await self._database.read(lambda c: reaching.reader(c, message.link_id))
            seen = reader.last_seen_at if reader else None
            if reach(terms, seen, now).state == "shut":
                return "" if await self._heard_lately(message, now) else "shut"
        return ""

    async def instead(self, message: Owed, reason: str) -> Instead | None:
        """Send it another way if there is one; None if there is none."""
        unsent = ("shut",) if message.kind == "reply" else ("blocked", "shut", "quota", "down")
        if reason not in unsent:
            return None
        if await self._together.write(lambda c: self._elsewhere(c, message, reason)):
            return Instead("rerouted")
        return await self._by_template(message) if reason == "shut" else None

    def count(self, connection: Connection) -> None:
        """Note what sending one message has used up, and what the platform said of the rest."""
        now, name = self._now(), self._channel.name
        if self._terms.monthly:
            spent = getattr(self._channel, "spent", None)
            more = int(spent()) if spent else 1
            reaching.count(connection, name, month_of(now, self._zone), more)
        if says := getattr(self._channel, "quota_says", ""):
            reaching.note(connection, name, "quota", True, says, now)

    async def _heard_lately(self, message: Owed, now: datetime) -> bool:
        """Whether the platform knows better: it counts taps that we are not told of."""
        ask = getattr(self._channel, "heard_at", None)
        heard_at = await ask(message.address) if ask else None
        return heard_at is not None and reach(self._terms, heard_at, now).state != "shut"

    def _elsewhere(self, connection: Connection, message: Owed, reason: str) -> bool:
        """Have another channel of the same person take the message."""
        if reason == "blocked" and message.blocked_at is None:
            people.block(connection, message.link_id, self._now())
        if reaching.tried_elsewhere(connection, message.id):
            return False
        reader = reaching.reader(connection, message.link_id)
        ways = reaching.ways(connection, [reader.person_id]) if reader else []
        ways = reaching.untold(connection, message.id, ways)
        way = way_round(ways, self._all, message.link_id, self._now())
        if way is None:
            return False
        if reason == "down" and not self._all[way.channel].rings:
            self._copy(connection, message, way)
            return False
        why = f"{self._channel.name}: {reason}"
        reaching.reroute(connection, message.id, way.link_id, way.channel, why)
        return True

    def _copy(self, connection: Connection, message: Owed, way: Way) -> None:
        """Put it on a page too, which nobody may be looking at: here it is tried on."""
        again = {
            "link_id": way.link_id,
            "channel": way.channel,
            "kind": message.kind,
            "priority": message.priority,
            "payload": message.payload,
            "created_at": self._now(),
            "expires_at": message.expires_at,
            "once": f"down:{message.id}:{way.link_id}",
        }
        outbox.put(connection, [again])

    async def _by_template(self, message: Owed) -> Instead | None:
        """Outside its window a platform may take a form of words it has approved beforehand."""
        template = getattr(self._channel, "by_template", None)
        if template is None or message.kind == "reply":
            return None
        say = Say.from_json(message.payload).for_policy("code_only")
        try:
            return Instead("sent", await template(message.address, say, message.kind))
        except NotSent as problem:
            log.warning("template_not_sent", channel=self._channel.name, why=str(problem))
            return None


def way_round(
    ways: Sequence[Way], terms: Mapping[str, Terms], but: int, now: datetime
) -> Way | None:
    """Another link to write to instead of link `but`, None if there is none.

    What costs nothing and rings comes first, then what costs little; a page that nobody may be
    looking at comes last.
    """

    def rank(way: Way) -> tuple[bool, int]:
        on = terms.get(way.channel, ANY)
        return not on.rings, reach(on, way.last_seen_at, now).dong

    open_ways = [
        way
        for way in ways
        if way.link_id != but
        and way.channel in terms
        and reach(terms[way.channel], way.last_seen_at, now).state != "shut"
    ]
    return min(open_ways, key=rank, default=None)
