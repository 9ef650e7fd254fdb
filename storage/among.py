"""`column IN (a list)`, in words that are the same however long the list is.

SQLAlchemy's own `in_` writes one sign for each value, anew every time, and the database reads that
as a statement it has never seen. Every event asks five such questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, String, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column has one of the values that are given under this name when it is asked.

    Those are a sequence of whole numbers or texts, as the column holds them; it may be empty.
    """
    given = _Values(bindparam(name, type_=_Several(column.type)))
    return column.bool_op("IN")(given)


class _Several(TypeDecorator[Sequence[Any]]):
    """Several values of a type at once: an array where there are arrays, else a JSON list."""

    impl = String
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.each))
        return dialect.type_descriptor(String())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else orjson.dumps(values).decode()


class _Values(FunctionElement[Any]):
    inherit_cache = True


@compiles(_Values)
def _of_json(values: _Values, compiler: SQLCompiler, **how: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(values.clauses, **how)}))"


@compiles(_Values, "postgresql")
def _of_array(values: _Values, compiler: SQLCompiler, **how: Any) -> str:
    return f"(SELECT unnest({compiler.process(values.clauses, **how)}))"
