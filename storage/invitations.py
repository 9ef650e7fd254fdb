"""Codes that open a door: invitations to a role, and codes of digits to go on elsewhere.

Only a blind index of a code is kept. Limits on guessing are the caller's (storage.counts).
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage import crypto
from storage.records.people import Handover, Invitation

invitations = Invitation.__table__  # type: ignore[attr-defined]
handovers = Handover.__table__  # type: ignore[attr-defined]

# Crockford's alphabet: nothing in it can be mistaken for another letter when read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10  # 50 bits
SHORT, LONG = 6, 12  # digits of a code to go on elsewhere: docs/decisions/0019


def normal(code: str) -> str:
    """A typed code as it was made: capitals, no dashes or spaces, O for 0 and I, L for 1."""
    bare = "".join(letter for letter in code.upper() if letter.isalnum())
    return bare.translate(str.maketrans("OIL", "011"))


def looks_like_one(code: str) -> bool:
    """Whether a text could be an invitation code."""
    bare = normal(code)
    return len(bare) == CODE_LENGTH and all(letter in ALPHABET for letter in bare)


def invite(
    connection: Connection, role: str, area: str, uses: int, now: datetime, expires_at: datetime
) -> str:
    """Make an invitation and return its code, which is shown this once."""
    code = ""
    while code.isdecimal() or code.isalpha() or not code:  # neither a number nor a word
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    connection.execute(
        insert(invitations).values(
            code_index=crypto.index(code, "invitation"),
            role=role,
            area=area,
            uses=uses,
            used=0,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return code


def find(connection: Connection, code: str) -> Invitation | None:
    """The invitation of a code, also when it is used up or expired."""
    wanted = crypto.index(normal(code), "invitation")
    row = connection.execute(
        select(invitations).where(invitations.c.code_index == wanted)
    ).mappings()
    found = row.first()
    return Invitation(**found) if found else None


def use(connection: Connection, invitation_id: int, now: datetime) -> bool:
    """Take one use; False when none was left or it has expired (also when two come at once)."""
    return (
        connection.execute(
            update(invitations)
            .where(
                invitations.c.id == invitation_id,
                invitations.c.used < invitations.c.uses,
                invitations.c.expires_at > now,
            )
            .values(used=invitations.c.used + 1)
        ).rowcount
        == 1
    )


def hand_over(
    connection: Connection,
    person_id: int,
    now: datetime,
    expires_at: datetime,
    length: int = SHORT,
) -> str:
    """A fresh code of digits for a person; an earlier one stops working.

    A long one begins with 1 to 7: numbers to call and of identity cards (0…, 84…) do not.
    """
    connection.execute(
        delete(handovers).where(handovers.c.person_id == person_id, handovers.c.opens.is_(None))
    )
    for _ in range(20):
        first = 10 ** (length - 1)
        short = length == SHORT
        drawn = secrets.randbelow(10 * first) if short else first + secrets.randbelow(7 * first)
        code = f"{drawn:0{length}d}"
        if _open_handover(connection, code, now) is None:
            break
    connection.execute(
        insert(handovers).values(
            code_index=crypto.index(code, "handover"), person_id=person_id, expires_at=expires_at
        )
    )
    return code


def link_to(
    connection: Connection, person_id: int, opens: str | None, now: datetime, expires_at: datetime
) -> str:
    """A long one-time token for a link that lets a person in on the web, at a case."""
    token = secrets.token_urlsafe(24)
    connection.execute(
        insert(handovers).values(
            code_index=crypto.index(token, "handover"),
            person_id=person_id,
            opens=opens,
            expires_at=expires_at,
        )
    )
    return token


def take_over(connection: Connection, code: str, now: datetime) -> tuple[int, str | None] | None:
    """Use a code or token up; returns (person id, case it opens), None if it opens nothing."""
    found = _open_handover(connection, code, now)
    if found is None:
        return None
    taken = connection.execute(
        update(handovers)
        .where(handovers.c.id == found[0], handovers.c.used_at.is_(None))
        .values(used_at=now)
    )
    return (found[1], found[2]) if taken.rowcount == 1 else None


def giver(connection: Connection, code: str, now: datetime) -> int | None:
    """Who gave out a code that still opens something; nothing is used up."""
    found = _open_handover(connection, code, now)
    return found[1] if found else None


def _open_handover(
    connection: Connection, code: str, now: datetime
) -> tuple[int, int, str | None] | None:
    row = connection.execute(
        select(handovers.c.id, handovers.c.person_id, handovers.c.opens).where(
            handovers.c.code_index == crypto.index(code, "handover"),
            handovers.c.used_at.is_(None),
            handovers.c.expires_at > now,
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None
