"""Whatever is thrown at it: one clear answer, nothing else changed, and the next step works.

Hundreds of people do each one thing at once. What they are answered is read from the outbox.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Connection, func, select

from bot.channels import Raw
from bot.delivery.webmail import Webmail
from bot.desk.members import (
    DIGITS_PER_HOUR,
    GUESSES_PER_HOUR,
    HOUR,
    MEETINGS,
    MEETINGS_PER_HOUR,
)
from bot.desk.telling import HOTLINE
from bot.forms import FORMS
from bot.forms.model import Draft, Form, Question, Scene
from bot.forms.turns import show
from bot.i18n import speak
from bot.words import Button, Say
from storage import conversations, counts, inbox, invitations, people
from storage.outbox import outbox
from storage.records.audit import AuditEntry
from storage.records.cases import Case, Report
from storage.records.people import Handover, Invitation, Person, Role
from storage.records.queues import InboxEvent
from tests.house import START, Bot

NASTY = (
    "", " ", "\n", ".", "?", "!!!", "0", "-1", "1e9", "99999999999999999999", "٣", "½", "NaN",
    "a" * 10_000, "ă" * 10_000, "x " * 5_000, "\n" * 500 + "x", "🙂", "👨‍👩‍👧‍👦" * 40, "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "مرحبا", "\u202egnourc\u202c", "\u2066x\u2069\u200f\u200b", "e\u0301" * 500, "a" + "\u0301" * 5_000,
    "\x00", "a\x00b", "\x07\x1b[31m", "\r\n\t\v\f", "\ud800", "a\udfffb", "\ufdd0\ufffe\uffff",
    "\ue000mật\ue001•••\ue002", "\ue000", "\ue001\ue002", "\ue002x\ue000", "\U000f0000",
    "<b>đậm</b>", "<script>alert(1)</script>", "&lt;&amp;", "[x](http://x)", "*_`~", "{code}", "{0}",
    "%s%n%d", "${HOME}", "{{7*7}}", "'; DROP TABLE cases;--", "\" OR 1=1", "%", "_", "../../etc/passwd",
    "/", "//", "/x", "/start", "/start ABC", "/hoso %", "/hoso '--", "/tiep", "/tiep 12345", "/tiep x",
    "/bao@x", "/BAO", "/ngonngu xx", "123456", "12 34 56", "VT-26-ZZZZZZ", "vt26zzzzzz", "VT-٢٦-ZZZZZZ",
    "0123456789", "OOOOOOOOOO", "f.x.y.z", "m.forget", "https://x.example/?a=b", "None", "null", "[]",
    "huỷ\x00", "HUỶ", "không\u200b rõ",
)  # fmt: skip
SOME = tuple(NASTY[at] for at in (1, 5, 13, 14, 20, 24, 27, 31, 34, 41, 46, 60))
MEDIA: tuple[dict[str, Any], ...] = (
    {"attachments": [{"kind": "photo", "reference": "x" * 5_000}]},
    {"attachments": [{"kind": "photo", "reference": ""}], "text": "\ue000x\ue002"},
    {"attachments": [{"kind": "voice", "reference": "v", "mime": "x" * 300, "size": 10**12}]},
    {"attachments": [{"kind": "file", "reference": "f", "name": "\ud800.exe"}]},
    {"attachments": [{"kind": "location", "latitude": 91.0, "longitude": -181.0}]},
    {"attachments": [{"kind": "location"}]},
    {"attachments": [{"kind": "contact"}, {"kind": "other"}]},
    {"attachments": [{"kind": "photo", "reference": f"p{n}"} for n in range(30)]},
    {"kind": "unsupported"},
    {"kind": "edited", "text": "đổi \ue000ý\ue002"},
    {"start": "\ud800", "text": "/start \ud800"},
    {"start": "x" * 5_000, "text": "/start"},
)


def values(own: str, other: str, code: str) -> list[str]:
    """Button values that nobody was shown: garbage, replayed, of other people and other areas."""
    garbage = ("", ".", "..", "...", "x", "\x00", "\ud800", "%", "-1", "9" * 30, "đ", "a" * 5_000)
    prefixes = (
        "f.", "m.", "c.", "r.", "q.", "x.", f"f.{own}.", f"f.{own}.what.", f"f.{own}.-.",
        f"f.{own}.village.", f"f.{own}.age.", f"f.{own}.-./change ", f"f.{other}.what.", "c.view.",
        "c.ack.", "c.call.", "c.write.", "c.note.", "c.status.", "c.set.", "c.page.", "r.reply.",
        "r.add.", "r.new.", "q.answer.", "m.resume.", "m.restore.", "m.anew.", "m.report",
    )  # fmt: skip
    foreign = (
        f"f.{other}.what.works", f"f.{other}.-./send", f"f.{other}.-./cancel", f"c.view.{code}",
        f"c.ack.{code}", f"c.call.{code}", f"c.write.{code}", f"c.note.{code}", f"c.status.{code}",
        f"c.set.{code}.closed", f"c.set.{code}.new", f"c.set.{code}.x", f"r.reply.{code}",
        f"r.add.{own}.{code}", f"r.add.{other}.{code}", f"r.new.{other}", "q.answer.1",
        "c.page.1.\ue000x\ue001y\ue002", "c.page.999999", "c.page.0.' OR '1'='1", "m.call",
        f"m.anew.{other}", "m.restore.child_report", "m.resume.introduction",
    )  # fmt: skip
    return [prefix + end for prefix in prefixes for end in garbage] + list(foreign)


@dataclass(frozen=True)
class Deed:
    """What one person does, and where they stand when they do it."""

    fields: dict[str, Any]
    form: Form | None = None
    draft: Draft | None = None

    def __str__(self) -> str:
        at = (
            f"{self.form.name}:{self.draft.revisiting or self.draft.view}"
            if self.form and self.draft
            else "idle"
        )
        return f"{at} <- {json.dumps(self.fields)[:120]}"


ANSWERS: dict[str, Any] = {
    "what": "works", "danger": "no", "village": "DM-VL-01", "age": 12, "work": "agriculture",
    "may_call": "yes", "kind": "meeting", "topic": "rights", "held_on": "2026-11-19", "people": 9,
}  # fmt: skip


PLAIN: dict[str, Any] = {"number": 9, "year": 2026, "day": "2026-11-19", "place": "DM-VL-01"}
CONTEXTS: dict[str, dict[str, Any]] = {"broadcast_to_list": {"list": ["gone", "1"]}}
DAYS = ("2026-10-01", "2026-12-01")  # long ago, and to come


def plain_answer(question: Question) -> Any:
    """Some answer to a question; a shown kind that nobody thought of here is given words."""
    offered = [choice.value for choice in question.kind.offer(Scene(START.date()))]
    return ANSWERS.get(question.key) or next(iter(offered), PLAIN.get(question.kind.show, "words"))


def ways_to(form: Form, question: Question) -> Iterable[dict[str, Any]]:
    """Answers to the other questions with which this one may be asked: plain, then one changed."""
    others = [q for q in form.questions if q is not question]
    plain = {q.key: plain_answer(q) for q in others if not q.optional or q.key in ANSWERS}
    yield plain
    for other in others:
        offered = [choice.value for choice in other.kind.offer(Scene(START.date()))]
        for value in [*offered, *(DAYS if other.kind.show == "day" else ()), [1]]:
            yield {**plain, other.key: value}


def standing_at(form: Form, question: Question, number: int) -> Draft:
    """A draft with this question open, everything else that is needed answered."""
    first = question.key == form.questions[0].key
    for answers in [*([{}] if first else []), *ways_to(form, question)]:
        revisiting = question.key if answers else ""
        context = CONTEXTS.get(form.name, {})
        key = f"own{number:07d}"
        draft = Draft(form.name, key, answers, revisiting=revisiting, context=context)
        if getattr(show(form, draft, Scene(START.date())), "question", None) is question:
            return draft
    raise AssertionError(f"nothing leads to {form.name}.{question.key}")


def places() -> Iterable[tuple[Form, Draft]]:
    """Every question of every form, and the card and the list of the report."""
    number = 0
    for form in FORMS.values():
        for question in form.questions:
            number += 1
            draft = standing_at(form, question, number)
            yield form, draft
    report = FORMS["child_report"]
    for view in ("card", "pick"):
        number += 1
        yield report, Draft(report.name, f"own{number:07d}", dict(ANSWERS), view=view)


class Crowd:
    """Many people who do one thing each, all at once."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.count = bot, 0

    @classmethod
    async def at(cls, bot: Bot) -> Crowd:
        """A crowd at a bot where somebody has things that are nobody else's business."""
        await bot.database.write(_lay_out)
        await bot.worker.start()
        return cls(bot)

    async def does(self, deeds: list[Deed]) -> dict[str, list[Say]]:
        """Everybody does theirs; what each was answered, without the emergency numbers."""
        addresses = await self.bot.database.write(lambda c: self._settle(c, deeds))
        self.deeds = dict(zip(addresses, deeds, strict=True))
        return await self.send({a: deed.fields for a, deed in self.deeds.items()})

    def _settle(self, connection: Connection, deeds: list[Deed]) -> list[str]:
        drafts, rows, addresses = [], [], []
        for deed in deeds:
            self.count += 1
            addresses.append(f"p{self.count}")
            person, _ = people.welcome(connection, "test", addresses[-1], "vi", START)
            people.change(connection, person, home_area="DM-VL")
            if deed.form and deed.draft:
                content = replace(deed.draft, key=key_of(addresses[-1])).to_json()
                at = {"person_id": person, "form": deed.form.name, "updated_at": START}
                drafts.append({**at, "content": content})
                rows.append({**at, "menu": []})
        conversations.save_drafts(connection, drafts)
        conversations.save(connection, rows)
        return addresses

    async def send(self, wanted: dict[str, dict[str, Any]]) -> dict[str, list[Say]]:
        before = await self.bot.database.read(_newest)
        events = []
        for address, fields in wanted.items():
            self.bot.count += 1
            event = f"e{self.bot.count}"
            basic = {"address": address, "event_id": event, "at": START.isoformat()}
            events.append(Raw(event, address, {**basic, **fields}))
        for start in range(0, len(events), 500):
            await self.bot.intake.of("test")(events[start : start + 500])
        for _ in range(len(events) + 10):
            if not await self.bot.worker.step() and not self.bot.worker._careful_until:
                break
        assert await self.bot.waiting() == 0
        assert await self.bot.database.read(_troubles) == []
        said = await self.bot.database.read(lambda c: _said_since(c, before))
        return {address: said.get(address, []) for address in wanted}


def key_of(address: str) -> str:
    return f"own{address:>7}".replace(" ", "0")


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(outbox.c.id))).scalar() or 0


def _troubles(connection: Connection) -> list[str]:
    """Events that raised something, were tried again or parked."""
    table = InboxEvent.__table__  # type: ignore[attr-defined]
    found = select(table.c.payload, table.c.error, table.c.attempts).where(
        table.c.error.is_not(None) | table.c.parked_at.is_not(None) | (table.c.attempts > 0)
    )
    assert inbox.parked(connection) == []
    return [f"{json.dumps(row[0])[:200]}: {row[1]}" for row in connection.execute(found)]


def _said_since(connection: Connection, before: int) -> dict[str, list[Say]]:
    links = people.links
    rows = connection.execute(
        select(links.c.address, outbox.c.payload)
        .join(links, links.c.id == outbox.c.link_id)
        .where(outbox.c.id > before, outbox.c.kind == "reply")
        .order_by(outbox.c.id)
    )
    hotline = {speak(language)(HOTLINE) for language in ("vi", "en")}
    said = defaultdict(list)
    for address, payload in rows:
        say = Say.from_json(payload)
        if say.text not in hotline:
            said[address].append(say)
    return said


def is_clear(say: Say) -> bool:
    """Something to read, nothing that breaks a channel, no mark of ours but around known words."""
    whole = say.for_policy("full")
    texts = [whole.text, *(b.label for b in whole.buttons), *(b.value for b in whole.buttons)]
    joined = "".join(texts)
    return (
        bool(whole.text.strip())
        and not any(mark in joined for mark in "\ue000\ue001\ue002\x00")
        and all(len(button.value.encode()) <= 64 for button in whole.buttons)
    )


def state(connection: Connection) -> dict[str, Any]:
    """What no bad input may change."""
    tables = (Case, Report, Invitation, Handover, Role)
    rows = {
        table.__tablename__: connection.execute(
            select(table.__table__).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]
        ).all()
        for table in tables
    }
    person = Person.__table__  # type: ignore[attr-defined]
    merged = select(func.count()).where(person.c.merged_into.is_not(None))
    return {**rows, "merged": connection.execute(merged).scalar()}


@pytest.fixture
async def bot(sqlite_url: str) -> AsyncIterator[Bot]:
    opened = await Bot.opened(sqlite_url)
    yield opened
    await opened.database.close()


@pytest.fixture
async def crowd(bot: Bot) -> Crowd:
    """The bot with a case in another commune, a report half written, and open codes."""
    return await Crowd.at(bot)


OTHER_KEY = "otherdraft"
SETTLED = list(range(1, 7))  # the people of the demo commune, and somebody
CODE = "VT-26-ABCDEF"


def _lay_out(connection: Connection) -> None:
    person, _link = people.welcome(connection, "test", "somebody", "vi", START)
    content = Draft("child_report", OTHER_KEY, {"what": "works", "danger": "no"}).to_json()
    row = {"person_id": person, "form": "child_report", "updated_at": START}
    conversations.save_drafts(connection, [{**row, "content": content}])
    case = Case.__table__  # type: ignore[attr-defined]
    connection.execute(
        case.insert().values(
            code=CODE,
            commune="DM-VL",
            area="DM-VL-02",
            level="UNCLEAR",
            status="new",
            opened_at=START,
            answer_due_at=START + timedelta(days=1),
            escalation=0,
        )
    )
    invitations.invite(connection, "officer", "DM-VL", 1, START, START + timedelta(days=9))
    invitations.hand_over(connection, person, START, START + timedelta(minutes=15))


async def check(crowd: Crowd, deeds: list[Deed]) -> None:
    """Each is answered once and clearly; nothing changed; the next step works."""
    database = crowd.bot.database
    before = await database.read(state)
    theirs = await database.read(lambda c: conversations.load_drafts(c, SETTLED))
    heard = await crowd.does(deeds)
    unclear = {
        str(crowd.deeds[address]): [say.text[:60] for say in says]
        for address, says in heard.items()
        if len(says) != 1 or not is_clear(says[0])
    }
    assert unclear == {}
    assert await database.read(state) == before
    again = await database.read(lambda c: conversations.load_drafts(c, SETTLED))
    assert again == theirs
    menus = await crowd.send({address: {"text": "/menu"} for address in heard})
    for address, says in menus.items():
        values = [button.value for say in says for button in say.buttons]
        assert len(says) == 1 and "m.report" in values, str(crowd.deeds[address])


async def test_anything_typed_at_idle_is_answered_once(crowd: Crowd) -> None:
    await check(crowd, [Deed({"text": text}) for text in NASTY])


async def test_anything_sent_at_idle_is_answered_once(crowd: Crowd) -> None:
    await check(crowd, [Deed(dict(fields)) for fields in MEDIA])


async def test_any_value_pressed_at_idle_is_answered_once(crowd: Crowd) -> None:
    deeds = [{"kind": "press", "value": v} for v in values("nodraft", OTHER_KEY, CODE)]
    await check(crowd, [Deed(fields) for fields in deeds])


async def test_any_value_pressed_in_a_form_is_answered_once(crowd: Crowd) -> None:
    form = FORMS["child_report"]
    draft = Draft(form.name, "", {"what": "works"}, revisiting="village")
    pressed = []
    for number, value in enumerate(values("OWN", OTHER_KEY, CODE), crowd.count + 1):
        own = value.replace("OWN", key_of(f"p{number}"))
        pressed.append(Deed({"kind": "press", "value": own}, form, draft))
    await check(crowd, pressed)


async def test_anything_typed_at_any_question_is_answered_once(crowd: Crowd) -> None:
    here = [
        Deed({"text": text}, form, draft)
        for form, draft in places()
        for text in (NASTY if form.name == "child_report" and draft.revisiting in ASKED else SOME)
    ]
    await check(crowd, here)


ASKED = ("danger", "village", "age", "name")  # one of each kind: choice, place, number, words


async def test_anything_sent_at_any_question_is_answered_once(crowd: Crowd) -> None:
    here = [Deed(dict(fields), form, draft) for form, draft in places() for fields in MEDIA[::2]]
    await check(crowd, here)


async def test_marks_that_are_typed_unmask_nothing(bot: Bot) -> None:
    """The characters that mark what is personal are taken off before anything is kept."""
    for text in (
        "/bao",
        "\ue002Tí\ue000 \ue001bị \ue002đi làm\ue000",
        "không",
        "\ue000Khe\ue001Mo\ue002",
    ):
        said = await bot.says("lan", text, channel="coded")
        assert all(is_clear(say) for say in said)
    [card] = await bot.says("lan", "12", channel="coded")
    assert "Tí" not in card.text and "Khe" not in card.text


async def test_both_databases_take_whatever_is_typed(database_url: str) -> None:
    bot = await Bot.opened(database_url)
    crowd = await Crowd.at(bot)
    form = FORMS["child_report"]
    draft = Draft(form.name, "", {"what": "works"}, revisiting="village")
    bad = [*SOME, *(text for text in NASTY if any(c in text for c in "\x00\ud800\udfff'%"))]
    deeds = [Deed({"text": text}) for text in bad]
    deeds += [Deed({"text": text}, form, draft) for text in bad]
    deeds += [
        Deed({"kind": "press", "value": prefix + end})
        for prefix in ("c.view.", "c.page.0.", "r.reply.", "q.answer.", "m.resume.", "f.")
        for end in ("\x00", "\ud800", "a" * 5_000, "9" * 30)
    ]
    deeds += [Deed(dict(fields)) for fields in MEDIA]
    await check(crowd, deeds)
    await bot.database.close()


async def test_an_officer_gets_no_case_of_another_area_by_any_value(crowd: Crowd) -> None:
    """Every button of a case, and its code typed, in the hands of an officer from elsewhere."""
    await crowd.bot.database.write(_officer_elsewhere)
    pressed = [value for value in values("x", OTHER_KEY, CODE) if value.startswith(("c.", "q."))]
    before = await crowd.bot.database.read(state)
    for value in [v for v in pressed if len(v) < 200]:
        said = (await crowd.send({"elsewhere": {"kind": "press", "value": value}}))["elsewhere"]
        assert len(said) == 1 and is_clear(said[0]) and CODE not in said[0].text
    for text in (CODE, f"/hoso {CODE}", CODE.lower(), CODE.replace("-", " ")):
        said = (await crowd.send({"elsewhere": {"text": text}}))["elsewhere"]
        assert len(said) == 1 and "DM-VL" not in said[0].text and not choices(said[0])
    assert await crowd.bot.database.read(state) == before
    assert await crowd.bot.database.read(_refused) > 5


def choices(say: Say) -> list[str]:
    return [button.value for button in say.buttons if button.value.startswith("c.")]


def _officer_elsewhere(connection: Connection) -> None:
    from storage import areas
    from storage.records.areas import Area

    areas.load(
        connection, [(Area(code="DM-TS", name="Xã Tân Sơn", kind="commune", parent="DM"), [])]
    )
    person, _ = people.welcome(connection, "test", "elsewhere", "vi", START)
    people.grant(connection, person, "officer", "DM-TS", START)


def _refused(connection: Connection) -> int:
    table = AuditEntry.__table__  # type: ignore[attr-defined]
    wanted = select(func.count()).where(table.c.action == "refused", table.c.subject == CODE)
    return int(connection.execute(wanted).scalar() or 0)


async def test_codes_cannot_be_guessed(bot: Bot) -> None:
    """After five wrong tries an hour the right one does not help either; an hour later it does."""
    later = START + timedelta(days=1)
    code = await bot.database.write(
        lambda c: invitations.invite(c, "officer", "DM-VL", 1, START, later)
    )
    for number in range(GUESSES_PER_HOUR):
        await bot.says("guesser", "/tiep 00000" + str(number))
    [said] = await bot.says("guesser", code)
    assert "c.cases" not in said.text and not any(b.value == "m.cases" for b in said.buttons)
    await bot.tick(HOUR)
    [said] = await bot.says("guesser", code)
    assert any(button.value == "m.cases" for button in said.buttons)


async def test_nobody_locks_the_door_for_who_was_invited(bot: Bot) -> None:
    """However many wrong codes strangers try; at the short codes of meetings all are counted."""

    def tried(connection: Connection) -> str:
        for _ in range(MEETINGS_PER_HOUR):
            counts.add(connection, MEETINGS, bot.clock(), HOUR)
        return invitations.invite(connection, "officer", "DM-VL", 1, START, START + HOUR)

    code = await bot.database.write(tried)
    [said] = await bot.says("stranger", "7K2M9Q")
    assert "nhiều" in said.text
    [said] = await bot.says("newcomer", code)
    assert any(button.value == "m.cases" for button in said.buttons)


async def guess_digits(bot: Bot, times: int) -> None:
    """So many wrong codes of six digits, from browsers that are new every few tries."""
    for number in range(times):
        await bot.says(f"browser-{number // GUESSES_PER_HOUR}", f"{number:06d}")


async def own_code(bot: Bot) -> str:
    """The digits that the officer elsewhere is given to go on with, none of those guessed."""
    while True:
        [told] = await bot.presses("elsewhere", Button("m.code", ""))
        found = re.search(r"\d[\d ]+\d", told.text)
        assert found
        if not found[0].startswith("0000"):
            return found[0]


async def test_six_digits_are_not_found_by_many_fresh_browsers(bot: Bot) -> None:
    """While somebody is guessing, codes of six digits open nothing, however new the browser."""
    await bot.database.write(_officer_elsewhere)
    [said] = await bot.says("own-browser", await own_code(bot))
    assert any(button.value == "m.cases" for button in said.buttons)
    real = await own_code(bot)
    assert len(real) == 6
    await guess_digits(bot, DIGITS_PER_HOUR)
    before = refused("too many codes")
    [said] = await bot.says("a-fresh-browser", real)
    assert not any(button.value == "m.cases" for button in said.buttons)
    assert "12" in said.text
    assert refused("too many codes") == before + 1


async def test_who_guesses_stops_nobody_from_going_on_elsewhere(bot: Bot) -> None:
    """A new code is longer then, and opens the door; an hour without guesses later it is short."""
    await bot.database.write(_officer_elsewhere)
    await guess_digits(bot, DIGITS_PER_HOUR)
    await bot.tick(HOUR)
    long = await own_code(bot)
    assert len(long.replace(" ", "")) == 12
    wrong = long[:-1] + ("0" if long[-1] != "0" else "1")
    for number in range(3 * DIGITS_PER_HOUR):
        await bot.says(f"another-{number // GUESSES_PER_HOUR}", wrong)
    [said] = await bot.says("own-browser", long)
    assert any(button.value == "m.cases" for button in said.buttons)
    await bot.tick(HOUR)
    assert len(await own_code(bot)) == 6


async def test_digits_are_no_one_time_link(bot: Bot) -> None:
    """There nobody counts the guesses."""
    await bot.database.write(_officer_elsewhere)
    await guess_digits(bot, DIGITS_PER_HOUR)
    long = (await own_code(bot)).replace(" ", "")
    mail = Webmail(bot.database, bot.together, bot.clock, asyncio.Event())
    assert not await mail.enter(long, "token-of-a-browser", "browser")


async def test_one_address_tries_few_long_codes(bot: Bot) -> None:
    await bot.database.write(_officer_elsewhere)
    await guess_digits(bot, DIGITS_PER_HOUR)
    long = await own_code(bot)
    wrong = long[:-1] + ("0" if long[-1] != "0" else "1")
    for _ in range(GUESSES_PER_HOUR):
        await bot.says("guesser", wrong)
    [said] = await bot.says("guesser", long)
    assert not any(button.value == "m.cases" for button in said.buttons)


def refused(what: str) -> float:
    """What the operator sees counted of it."""
    counted = REGISTRY.get_sample_value("vongtay_refused_input_total", {"what": what})
    return counted or 0.0


@pytest.mark.parametrize(
    ("what", "fields"),
    (
        ("code", {"text": "AAAAAAAAAA"}),
        ("code", {"text": "mã AAAAA AAAA1"}),
        ("code", {"text": "403638"}),
        ("code", {"text": "7K2M9Q"}),
        ("case", {"value": "c.view.VT-26-AAAAAA", "kind": "press"}),
        ("button", {"value": "nobody.made.this", "kind": "press"}),
        ("button", {"value": "f.nodraft.what.works", "kind": "press"}),
    ),
)
async def test_what_is_refused_is_counted(bot: Bot, what: str, fields: dict[str, Any]) -> None:
    before = refused(what)
    assert await bot.says("stranger", **fields)
    assert refused(what) == before + 1


async def test_a_changed_button_of_a_form_is_counted(bot: Bot) -> None:
    [asked] = await bot.says("stranger", "/bao")
    value = asked.buttons[0].value.rpartition(".")[0] + ".nonsense"
    before = refused("button")
    assert await bot.presses("stranger", Button(value, ""))
    assert refused("button") == before + 1


async def test_another_communes_case_is_counted(crowd: Crowd) -> None:
    await crowd.bot.database.write(_officer_elsewhere)
    before = refused("case")
    assert await crowd.bot.says("elsewhere", f"/hoso {CODE}")
    assert refused("case") == before + 1


async def test_an_event_delivered_twice_has_one_effect(bot: Bot) -> None:
    for number, text in enumerate(("/bao", "1", "2", "1", "12")):
        await bot.says("lan", text, event_id=f"once-{number}")
    first = await bot.says("lan", "gửi ngay", event_id="sent")
    again = await bot.says("lan", "gửi ngay", event_id="sent")
    assert len(first) == 1 and again == []
    assert len((await bot.database.read(state))["reports"]) == 1
