"""Every text field that a server can fill, found in the structs themselves; and structs made with a text in each.

A field is named by its root, what travels by itself, and the way from there: `Page.messages.body`, `Failure.text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import inspect

from chat_core.protocol.envelopes import Failure, Farewell
from chat_core.protocol.events import EVENTS
from chat_core.protocol.requests.base import reply_type
from chat_core.protocol.requests.catalog import REQUESTS

FROM_A_SERVER: Final[tuple[type[msgspec.Struct], ...]] = (
    *dict.fromkeys(reply_type(request) for request in REQUESTS.values()),
    *EVENTS,
    Failure,
    Farewell,
)
"""Whatever a server sends that can hold text."""


def texts_of(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the names of all text fields of a root."""
    return frozenset(_walk(inspect.type_info(kind), kind.__name__))


def every_text() -> frozenset[str]:
    """Return the names of all text fields that a server can fill."""
    return frozenset().union(*map(texts_of, FROM_A_SERVER))


def make(kind: type[msgspec.Struct], text: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return a struct as the map that travels, with `text` in every text field, and the names of these.

    Args:
        kind: what to make.
        text: what to say everywhere.
        given: values of fields that must fit; of a struct in it a map of the same sort, of a tuple of them a list.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    maker = _Maker(text)
    return maker.struct(info, kind.__name__, given), maker.filled


def _walk(info: inspect.Type, where: str) -> Iterator[str]:
    match info:
        case inspect.StrType():
            yield where
        case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
            yield from _walk(inner, where)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            for each in types:
                yield from _walk(each, where)
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from _walk(field.type, f"{where}.{field.name}")
        case inspect.DictType() | inspect.LiteralType() | inspect.BoolType() | inspect.NoneType():
            pass
        case inspect.IntType() | inspect.FloatType() | inspect.BytesType():
            pass
        case _:
            raise NotImplementedError(f"is there text in a {info!r}? Teach the tests here")


class _Maker:
    """Makes values of types, and remembers where it put its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.filled: set[str] = set()

    def struct(self, info: inspect.StructType, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        unknown = set(given) - {field.name for field in info.fields}
        assert not unknown, f"{info.cls.__name__} has no {unknown}"
        made = {
            field.encode_name: self.value(field.type, f"{where}.{field.name}", given.get(field.name))
            for field in info.fields
            if field.required or field.name in given or _holds_text(field.type)
        }
        if info.tag_field is not None:
            made[info.tag_field] = info.tag
        return made

    def value(self, info: inspect.Type, where: str, given: Any) -> Any:
        match info:
            case inspect.Metadata(type=inner):
                return self.value(inner, where, given)
            case inspect.StrType(max_length=longest):
                self.filled.add(where)
                return self._text if longest is None else self._text[:longest]
            case inspect.UnionType(types=types):
                return self.value(max(types, key=_holds_text), where, given)
            case inspect.StructType():
                return self.struct(info, where, given or {})
            case inspect.TupleType(item_types=types) if _holds_text(info):
                return [self.value(each, where, None) for each in types]
            case inspect.VarTupleType(item_type=inner) if _holds_text(inner):
                return [self.value(inner, where, each) for each in given or [None]]
            case _:
                return given if given is not None else _plain(info)


def _holds_text(info: inspect.Type) -> bool:
    return next(_walk(info, ""), None) is not None


def _plain(info: inspect.Type) -> Any:
    """Return some value of a type that holds no text."""
    match info:
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.IntType() | inspect.FloatType():
            return 1
        case inspect.BytesType(min_length=shortest):
            return b"e" * (shortest or 0)
        case inspect.BoolType():
            return False
        case inspect.VarTupleType():
            return []
        case inspect.TupleType(item_types=types):
            return [_plain(each) for each in types]
        case _:
            return {}
