"""The page of a meeting where people check in without an app: GET and POST /c/CODE.

Nothing is acknowledged before it is committed. What a page sends is believed only with the stamp
that the server gave it; see bot.desk.checking_in.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.web.pages import HEADERS, page
from bot.clock import Clock
from bot.delivery.together import Together
from bot.desk import checking_in
from bot.desk.checking_in import PAGE, NotIn, Said
from bot.desk.house import House
from bot.desk.meeting_endings import NOT_IN
from bot.forms.outreach_event import GROUP, KIND, has_units
from bot.i18n import LANGUAGES, Speech, speak
from bot.i18n import later as _
from bot.vietnamese.fold import as_in_a_list
from storage import areas, check_ins, counts, crypto, people
from storage import web as sessions
from storage.database import Database
from storage.records.areas import VILLAGE_KINDS, Area
from storage.records.outreach import OutreachEvent

HOUR = timedelta(hours=1)
MOST_WRONG = 60  # codes that open nothing, an hour from one address
MOST_SENT = 1000  # check-ins an hour from one address: a whole hall behind one router
LARGEST = 4096  # bytes of a check-in
STATUS = {"no_code": 404, "not_yet": 409, "closed": 410, "forged": 403, "too_many": 429}
_CLIENT = re.compile(r"[0-9A-Za-z-]{16,64}")
_TOO_MANY = _(
    "Too many tries from this network. Please wait an hour, or tell who holds the meeting."
)
_IN = _("You are checked in ({number} so far). Thank you for coming. You can close this page.")
_IN_ALREADY = _("You were checked in already ({number} so far). You can close this page.")


class CheckInPage:
    """The routes. `refused` is called with the kind of bad input that was turned away."""

    def __init__(
        self,
        database: Database,
        together: Together,
        house: House,
        now: Clock,
        refused: Callable[[str], None],
    ) -> None:
        self._database, self._together, self._house = database, together, house
        self._now, self._refused = now, refused

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/c/{code:[0-9A-Za-z-]{4,12}}", self.show)
        app.router.add_post("/c/{code:[0-9A-Za-z-]{4,12}}", self.take)

    async def show(self, request: web.Request) -> web.Response:
        """The page, with the meeting and what can be chosen in it."""
        language = _language(request)
        code, remote = request.match_info["code"], _remote(request)
        own, token = request.query.get("me", ""), request.cookies.get("vongtay", "")

        def work(connection: Connection) -> dict[str, Any]:
            told = self._meeting(connection, code, remote, speak(language))
            if "why" not in told:
                told["me"] = self._claim(connection, told["code"], own[:64], token[:100])
            return told

        found = await self._together.write(work)
        if "why" in found:
            self._refused(f"check-in {found['kind']}")
        template = page("check-in.html", language) or b""
        told = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
        body = template.replace(b"{{meeting_json}}", told.encode())
        status = STATUS.get(str(found.get("kind")), 200)
        headers = {**HEADERS, "Cache-Control": "no-store"}
        return web.Response(
            body=body, status=status, content_type="text/html", charset="utf-8", headers=headers
        )

    def _meeting(
        self, connection: Connection, code: str, remote: str, speech: Speech
    ) -> dict[str, Any]:
        now, today, known = self._now(), self._today(), ""
        try:
            event = self._find(connection, code, remote)
            known = event.code  # a phone may still have something to send when it is over
            if event.held_on > today:
                raise NotIn("not_yet")
            if event.closes_at <= now:
                raise NotIn("closed")
        except NotIn as problem:
            told = speech(_TOO_MANY if problem.why == "too_many" else NOT_IN[problem.why])
            return {"code": known, "about": "", "why": told, "kind": problem.why}
        every = areas.every(connection)
        names = {area.code: area.name for area in every}
        about = (
            speech(KIND[event.kind]) if event.kind in KIND else "",
            names.get(event.area or "", ""),
            speech.day(event.held_on),
        )
        villages = _villages(connection, event, every, today)
        here = areas.Mergers.of(connection).now(event.area or "", [v.code for v in villages])
        return {
            "code": event.code,
            "about": ", ".join(part for part in about if part),
            "groups": [[group, speech(label)] for group, label in GROUP.items()],
            "units": [group for group in GROUP if has_units({"group": group})],
            "villages": [[village.code, village.name] for village in villages],
            "village": here,
            "stamp": checking_in.stamp(event, now),
        }

    def _claim(self, connection: Connection, code: str, own: str, token: str) -> str:
        """Whose phone this is, as far as a link from the chat or the web chat itself can tell."""
        event = checking_in.find(connection, code)
        person = checking_in.read_link(event, own)
        if person is not None:
            return checking_in.claim(event, person, by_link=True)
        visitor = sessions.visitor(connection, token) if len(token) > 20 else None
        if visitor is None:
            return ""
        key = ("web", visitor.index)
        known = people.known(connection, [key]).get(key)
        return checking_in.claim(event, known.person_id, by_link=False) if known else ""

    def _find(self, connection: Connection, code: str, remote: str) -> OutreachEvent:
        """The meeting of a code; an address that tries many is not answered any more."""
        now, name = self._now(), f"check-in wrong:{remote}"
        if counts.seen(connection, name, now, HOUR) >= MOST_WRONG:
            raise NotIn("too_many")
        try:
            return checking_in.find(connection, checking_in.code_of(code))
        except NotIn:
            counts.add(connection, name, now, HOUR)
            raise

    def _today(self) -> Any:
        return self._now().astimezone(self._house.zone).date()

    async def take(self, request: web.Request) -> web.Response:
        """A check-in; answered after its commit. Sent again, it is the same one."""
        speech = speak(_language(request))
        said = await self._said(request)
        if said is None:
            return self._no(speech, "forged", 400)
        told, stamp = said
        code, remote = request.match_info["code"], _remote(request)
        done = await self._together.write(lambda c: self._keep(c, code, remote, told, stamp))
        if isinstance(done, str):
            return self._no(speech, done, STATUS[done])
        fresh, number = done
        text = speech(_IN if fresh else _IN_ALREADY).format(number=speech.number(number))
        return web.json_response(
            {"ok": True, "fresh": fresh, "number": number, "says": text},
            headers={"Cache-Control": "no-store"},
        )

    def _no(self, speech: Speech, why: str, status: int) -> web.Response:
        self._refused(f"check-in {why}")
        text = speech(_TOO_MANY if why == "too_many" else NOT_IN[why])
        return web.json_response({"error": text, "why": why}, status=status)

    async def _said(self, request: web.Request) -> tuple[Said, str] | None:
        """What a page sends, just the fields it may have; None for anything else."""
        if request.headers.get("X-Requested-With") != "vongtay":
            return None
        if (request.content_length or 0) > LARGEST:
            return None
        try:
            # The whole of it: on a bad network it comes in pieces.
            body = await asyncio.wait_for(request.clone(client_max_size=LARGEST).read(), 20)
            told = json.loads(body)
            texts = [told[key] for key in ("client", "group", "village", "unit", "at", "stamp")]
            if not all(isinstance(each, str) and len(each) <= 200 for each in texts):
                return None
            client, group, village, unit, at, stamp = texts
            me = told.get("me", "")  # pages opened before it was there do not send it
            if not isinstance(me, str) or len(me) > 200:
                return None
            if not _CLIENT.fullmatch(client):
                return None
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                return None
        except (ValueError, TypeError, KeyError, RecursionError, TimeoutError):
            return None
        except web.HTTPRequestEntityTooLarge:
            return None
        unit = unit.encode("utf-8", "replace").decode()
        said = Said(f"browser:{client}", group, village or None, unit, PAGE, moment, me)
        return said, stamp

    def _keep(
        self, connection: Connection, code: str, remote: str, said: Said, stamp: str
    ) -> tuple[bool, int] | str:
        """(whether it is a new one, how many are in), or why it is none."""
        now = self._now()
        try:
            event = self._find(connection, code, remote)
            if counts.add(connection, f"check-in:{remote}", now, HOUR) > MOST_SENT:
                raise NotIn("too_many")
            if checking_in.read_stamp(event, stamp) is None:
                raise NotIn("forged")
            who, by_link = checking_in.read_claim(event, said.phone)
            said = replace(said, phone=who, by_link=by_link)
            fresh = checking_in.check_in(connection, event, said, now, self._today(), stamp)
        except NotIn as problem:
            return problem.why
        assert event.id is not None
        return fresh, check_ins.number(connection, event.id)


def _villages(
    connection: Connection, event: OutreachEvent, every: list[Area], today: date
) -> list[Area]:
    """Those of the meeting's commune, or of what it is part of since it was merged."""
    inside = areas.within(connection, [event.commune]) if event.commune else None
    found = [
        area
        for area in every
        if area.kind in VILLAGE_KINDS
        and areas.valid(area, today)
        and (inside is None or area.code in inside)
    ]
    return sorted(found, key=lambda area: as_in_a_list(area.name))


def _language(request: web.Request) -> str:
    wanted = request.query.get("lang", "vi")
    return wanted if wanted in LANGUAGES else "vi"


def _remote(request: web.Request) -> str:
    """The blind index of where a request comes from; behind our own proxy, of whom it names."""
    told = request.remote or ""
    try:
        inside = ipaddress.ip_address(told).is_private
    except ValueError:
        inside = True
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return crypto.index(named if inside and named else told, "check-in address")[:24]
