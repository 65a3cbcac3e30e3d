"""All rows of a query as one value, which is decoded at once.

Between two rows a database's driver lets other threads run. Where the event loop and the writer are busy, a reader
waits for its turn at each row, and for a page of a hundred messages longer than for anything else. So whoever reads
many rows has them put together by the database: one row, one wait, and no values that are boxed one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, LargeBinary, Select, Text, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

T = TypeVar("T", bound=msgspec.Struct)


class Blob(bytes):
    """Bytes of a column; JSON has none, so they travel as hexadecimal digits. A NULL is empty."""

    __slots__ = ()


class _Together(FunctionElement[str]):
    """The rows of a query as a JSON array of arrays, in the query's order."""

    type = Text()
    inherit_cache = True


class _Hex(FunctionElement[str]):
    """Bytes as hexadecimal digits; of a NULL there are none."""

    type = Text()
    inherit_cache = True


@compiles(_Together, "sqlite")
def _together_sqlite(element: Any, compiler: Any, **named: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **named)}))"


@compiles(_Together, "postgresql")
def _together_postgresql(element: Any, compiler: Any, **named: Any) -> str:
    rows = f"json_agg(json_build_array({compiler.process(element.clauses, **named)}))"
    return f"CAST(coalesce({rows}, '[]') AS TEXT)"


@compiles(_Hex, "sqlite")
def _hex_sqlite(element: Any, compiler: Any, **named: Any) -> str:
    return f"hex({compiler.process(element.clauses, **named)})"


@compiles(_Hex, "postgresql")
def _hex_postgresql(element: Any, compiler: Any, **named: Any) -> str:
    return f"coalesce(encode({compiler.process(element.clauses, **named)}, 'hex'), '')"


class _Numbers(FunctionElement[int]):
    """The numbers in a JSON array, as rows."""

    inherit_cache = True


@compiles(_Numbers, "sqlite")
def _numbers_sqlite(element: Any, compiler: Any, **named: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **named)}))"


@compiles(_Numbers, "postgresql")
def _numbers_postgresql(element: Any, compiler: Any, **named: Any) -> str:
    array = f"CAST({compiler.process(element.clauses, **named)} AS JSON)"
    return f"(SELECT CAST(value AS BIGINT) FROM json_array_elements_text({array}) AS value)"


def is_one_of(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Return whether a column is one of some numbers, which are bound to a name as `numbers`: however many, one value.

    The usual IN is compiled anew for each count of them, which takes as long as reading a few messages.
    """
    return column.op("IN")(_Numbers(bindparam(name, type_=Text())))


def numbers(values: Sequence[int]) -> str:
    """Return numbers as one value, for `is_one_of`."""
    return f"[{','.join(map(str, values))}]"


class Gathered(Generic[T]):
    """A query whose rows come as one value.

    Args:
        statement: the query; its order is kept.
        row: what a row is made into: a struct like an array, with a field for each column, in order.
    """

    def __init__(self, statement: Select[Any], row: type[T]) -> None:
        found = statement.subquery("found")
        self.statement = select(_Together(*_told(found)))
        """What is said to the database."""
        self._decoder = msgspec.json.Decoder(list[row], strict=False, dec_hook=_blob)  # type: ignore[valid-type]

    def all(self, connection: Connection, values: dict[str, Any]) -> list[T]:
        """Return the rows."""
        return self._decoder.decode(connection.execute(self.statement, values).scalar_one())


def _told(found: FromClause) -> list[Any]:
    return [_Hex(column) if isinstance(column.type, LargeBinary) else column for column in found.c]


def _blob(kind: type, value: Any) -> Any:
    assert kind is Blob, "nothing else is unknown to the decoder"
    return Blob.fromhex(value)
