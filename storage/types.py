"""Column types: personal data encrypted, instants the same on every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage import crypto

# Ranges of them are looked up ("all that begins so"): in the order of the signs, in any locale.
SendOnce = String(collation="C").with_variant(String(), "sqlite")

# SQLite counts rows by itself only in a column declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class _Encrypted(TypeDecorator[Any]):
    """Bytes on disk, something readable in the record; `place` is "table.column"."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self._context = place.encode()

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return crypto.keyring().seal(self.to_bytes(value), self._context)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self.from_bytes(crypto.opened(value, self._context))

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, plain: bytes) -> Any:
        return plain


class EncryptedBytes(_Encrypted):
    """bytes."""

    cache_ok = True


class EncryptedText(_Encrypted):
    """str."""

    cache_ok = True

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode(errors="surrogatepass")

    def from_bytes(self, plain: bytes) -> Any:
        return plain.decode(errors="surrogatepass")


class EncryptedJson(_Encrypted):
    """Whatever JSON can carry."""

    cache_ok = True

    # orjson takes a tenth of the time of Python's JSON. But what a platform sends may hold half an
    # emoji; it must not stop the line, and only Python's lets it pass.

    def to_bytes(self, value: Any) -> bytes:
        try:
            return orjson.dumps(value)
        except TypeError:
            plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            return plain.encode(errors="surrogatepass")

    def from_bytes(self, plain: bytes) -> Any:
        try:
            return orjson.loads(plain)
        except ValueError:
            return json.loads(plain)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC. A naive one is a mistake and raises ValueError.

    SQLite keeps them as text of one length, which sorts as the instants do and costs a third of
    what SQLAlchemy's own DateTime does there.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        kind = String(32) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        if dialect.name != "sqlite":
            return value.astimezone(UTC)
        return _as_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return _from_text(value)
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


# What is written in one sitting is of one moment.


@lru_cache(256)
def _as_text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(256)
def _from_text(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def is_encrypted(column: Column[Any]) -> bool:
    """Whether a column of the records holds encrypted values."""
    return isinstance(column.type, _Encrypted)
