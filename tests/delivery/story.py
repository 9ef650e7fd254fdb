"""A morning in the commune: who writes what, and everything that must have come of it.

An urgent report, a question and its answer, an invitation, an acknowledgement, a note. Each round
is what several people do at about the same time; what they press is taken from what their phone
shows, so a round can only follow when the answers to the one before have arrived. Nobody is written
to in the round in which they begin a form: the message would wait behind it, or not quite.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from storage import crypto, people
from storage.records.audit import AuditEntry
from storage.records.cases import Case, CaseEntry, Child, Report, Reporter
from storage.records.people import ChannelLink, Handover, Invitation, Person, Role
from storage.records.questions import AskedQuestion
from storage.records.queues import InboxEvent, OutboxMessage
from storage.records.talks import Conversation, Draft
from tests.house import START

SAYS, PRESSES = "text", "value"
CODE = "0123456789"  # of the invitation

# (address, what they do, the words or a pattern of the button)
ROUNDS = (
    (("lan", SAYS, "/bao"), ("ba", SAYS, "/hoi"), ("hoa", SAYS, f"/start {CODE}")),
    (
        ("lan", SAYS, "Cháu phải gánh gạch cả đêm"),
        ("ba", PRESSES, r"a\.officer"),
        ("ba", SAYS, "13 tuổi đi phụ hồ được không?"),
    ),
    (("lan", PRESSES, r"\.danger\.yes"), ("minh", PRESSES, r"q\.answer\.")),
    (("lan", SAYS, "Phố Vị"), ("minh", SAYS, "Phải đủ 15 tuổi.")),
    (("lan", SAYS, "12"), ("lan", SAYS, "gửi"), ("ba", SAYS, "/bao")),
    (("minh", PRESSES, r"c\.ack\."), ("thu", PRESSES, r"c\.view\."), ("hoa", SAYS, "/hoso")),
    (
        ("minh", PRESSES, r"c\.view\."),
        ("lan", PRESSES, r"r\.reply\."),
        ("ba", SAYS, "Cháu bỏ học đi bán vé số"),
    ),
    (("lan", SAYS, "Em nó cũng ở đó."),),
    (("minh", PRESSES, r"c\.note\."),),
    (("minh", SAYS, "Sáng mai đến nhà."),),
)


def prepare(connection):
    """Minh and Thu of the demo commune get a phone each, and an invitation waits for Hoa."""
    for address, phone in (("minh", "demo-officer"), ("thu", "demo-deputy")):
        known = people.by_address(connection, "web", phone)
        people.link(connection, known.person_id, "test", address, START + timedelta(seconds=1))
    connection.execute(
        Invitation.__table__.insert().values(
            code_index=crypto.index(CODE, "invitation"),
            role="officer",
            area="DM-VL",
            uses=1,
            used=0,
            created_at=START,
            expires_at=START + timedelta(days=7),
        )
    )


def outline(accepted, connection):
    """Everything that was kept and said, without what is drawn or counted anew each time.

    Ids are told by what they stand for; codes, keys and tokens by their order; no moments.
    `accepted` is what the platform took: each person heard it in this order, at the first time.
    """
    names = _Names(connection)

    def rows(record, *columns):
        table = record.__table__
        return connection.execute(select(table).order_by(*table.primary_key)).mappings()

    who, plain = names.person, names.plain

    def people_of(row):
        known = [row[key] for key in ("name", "phone", "language", "home_area")]
        return [who(row["id"]), *known, who(row["merged_into"])]

    def case(row):
        plainly = [row[key] for key in ("commune", "area", "level", "status", "escalation")]
        open_yet = [row["escalate_at"] is None, row["closed_at"] is None]
        return [plain(row["code"]), *plainly, *open_yet, who(row["acknowledged_by"])]

    def report(row):
        of = [names.case(row["case_id"]), row["completed_at"] is not None]
        return [plain(row["code"]), *of, row["channel"], row["area"], row["answers"]]

    def event(row):
        settled = [row["done_at"] is not None, row["parked_at"] is not None, row["error"]]
        return [row["channel"], row["event_id"], plain(row["payload"]), *settled]

    def message(row):
        what = [row["kind"], row["priority"], names.once(row), plain(row["payload"])]
        settled = [row["outcome"], row["attempts"], row["error"]]
        return [names.link(row["link_id"]), *what, *settled]

    lines = {
        "people": map(people_of, rows(Person)),
        "links": ([r["channel"], r["address"], who(r["person_id"])] for r in rows(ChannelLink)),
        "roles": ([who(r["person_id"]), r["role"], r["area"]] for r in rows(Role)),
        "invitations": ([r["role"], r["area"], r["used"], r["uses"]] for r in rows(Invitation)),
        "handovers": ([who(r["person_id"]), plain(r["opens"])] for r in rows(Handover)),
        "children": ([r["name"]] for r in rows(Child)),
        "cases": map(case, rows(Case)),
        "entries": (
            [names.case(r["case_id"]), who(r["person_id"]), r["kind"], r["status"], r["words"]]
            for r in rows(CaseEntry)
        ),
        "reports": map(report, rows(Report)),
        "reporters": ([who(r["person_id"]), r["may_call"], r["phone"]] for r in rows(Reporter)),
        "questions": (
            [who(r["person_id"]), r["question"], r["answer"], who(r["answered_by"]), r["area"]]
            for r in rows(AskedQuestion)
        ),
        "drafts": (
            [who(r["person_id"]), r["form"], plain({**r["content"], "key": ""})]
            for r in rows(Draft)
        ),
        "conversations": (
            [who(r["person_id"]), r["form"], plain(r["menu"])] for r in rows(Conversation)
        ),
        "audit": (
            [who(r["person_id"]), r["action"], plain(r["subject"]), r["detail"]]
            for r in rows(AuditEntry)
        ),
        "inbox": map(event, rows(InboxEvent)),
        "outbox": map(message, rows(OutboxMessage)),
    }
    kept = {table: sorted(map(repr, found)) for table, found in lines.items()}
    heard = {message["once"]: message for message in reversed(accepted)}
    for message in sorted(heard.values(), key=accepted.index):
        kept.setdefault(f"heard by {message['address']}", []).append(repr(plain(message["say"])))
    return kept


class _Names:
    """What ids and drawn letters stand for."""

    def __init__(self, connection):
        links = connection.execute(select(ChannelLink.__table__)).mappings().all()
        self._links = {r["id"]: f"{r['channel']}:{r['address']}" for r in links}
        self._people = {}
        for row in links:
            name = self._links[row["id"]]
            self._people[row["person_id"]] = min(name, self._people.get(row["person_id"], name))
        cases, asked = Case.__table__, AskedQuestion.__table__
        codes = connection.execute(select(cases.c.id, cases.c.code).order_by(cases.c.id)).all()
        self._cases = {row[0]: f"CASE{n}" for n, row in enumerate(codes)}
        self._codes = {row[1]: f"CASE{n}" for n, row in enumerate(codes)}
        numbers = connection.execute(select(asked.c.id).order_by(asked.c.id)).scalars()
        self._questions = {str(number): f"Q{n}" for n, number in enumerate(numbers)}

    def person(self, number):
        return self._people[number] if number else None

    def link(self, number):
        return self._links[number]

    def case(self, number):
        return self._cases[number]

    def once(self, row):
        """The send-once key, with the person or link at its end by name."""
        key = self.plain(row["once"] or "")
        if found := re.search(r":p(\d+)$", key):
            return key[: found.start()] + ":" + self.person(int(found[1]))
        if (found := re.search(r":(\d+)$", key)) and row["kind"] == "alarm":
            return key[: found.start()] + ":" + self.link(int(found[1]))
        return key

    def plain(self, value):
        if isinstance(value, dict):
            number = re.search(r"q\.answer\.(\d+)", str(value.get("buttons", "")))
            kept = {key: self.plain(part) for key, part in value.items()}
            if number:
                kept["text"] = re.sub(rf"\b{number[1]}\b", "QUESTION", kept["text"])
            return kept
        if isinstance(value, list | tuple):
            return [self.plain(part) for part in value]
        if not isinstance(value, str):
            return value
        for code, name in self._codes.items():
            value = value.replace(code, name)
        value = re.sub(r"\bf\.[a-z2-9]{10}\.", "f.KEY.", value)
        value = re.sub(r"/once/[\w-]+", "/once/TOKEN", value)
        value = re.sub(r"^(Câu hỏi số )\d+", r"\1QUESTION", value)
        return re.sub(
            r"^(q\.answer\.|q\.take\.|q\.back\.|e\.new\.|question:|answer:|person:)(\d+)",
            lambda found: found[1] + self._number(found[1], found[2]),
            value,
        )

    def _number(self, of, number):
        if of == "person:":
            return self._people[int(number)]
        return self._questions[number]
