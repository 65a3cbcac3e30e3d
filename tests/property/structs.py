"""Makes any value of any struct of the protocol, from the struct's own definition and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

S = TypeVar("S", bound=msgspec.Struct)

# What MessagePack can say at all: no lone surrogates in text, 64 bits in numbers.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | TEXT | st.binary()
ANYTHING = st.recursive(
    LEAVES, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4), max_leaves=8
)
MAPS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(TEXT, ANYTHING, max_size=4)


@cache
def values_of(kind: type[S]) -> st.SearchStrategy[S]:
    """Return a strategy for instances of a struct; each optional field is now given, now left to its default."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    needed = {field.name: _strategy(field.type) for field in info.fields if field.required}
    optional = {field.name: _strategy(field.type) for field in info.fields if not field.required}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda fields: kind(**fields))


def _strategy(info: inspect.Type) -> st.SearchStrategy[Any]:
    make = _MAKERS.get(type(info))
    if make is None:
        raise NotImplementedError(f"the tests cannot make a {info!r} yet: teach them here")
    return make(info)


def _text(info: Any) -> st.SearchStrategy[str]:
    if info.pattern is not None:
        return st.from_regex(info.pattern, fullmatch=True).filter(lambda text: len(text) <= (info.max_length or 10_000))
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=info.min_length or 0, max_size=info.max_length)


def _integers(info: Any) -> st.SearchStrategy[int]:
    return st.integers(-(2**63) if info.ge is None else info.ge, 2**63 - 1 if info.le is None else info.le)


def _tuples(info: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(_strategy(info.item_type), max_size=min(info.max_length or 5, 5)).map(tuple)


def _fixed(info: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*map(_strategy, info.item_types))


def _tables(info: Any) -> st.SearchStrategy[dict[Any, Any]]:
    return st.dictionaries(_strategy(info.key_type), _strategy(info.value_type), max_size=4)


_MAKERS: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.Metadata: lambda info: _strategy(info.type),
    inspect.BoolType: lambda info: st.booleans(),
    inspect.TupleType: _fixed,
    inspect.NoneType: lambda info: st.none(),
    inspect.IntType: _integers,
    inspect.FloatType: lambda info: st.floats(info.ge, info.le, allow_nan=False),
    inspect.StrType: _text,
    inspect.BytesType: lambda info: st.binary(min_size=info.min_length or 0, max_size=info.max_length),
    inspect.LiteralType: lambda info: st.sampled_from(info.values),
    inspect.UnionType: lambda info: st.one_of(*map(_strategy, info.types)),
    inspect.VarTupleType: _tuples,
    inspect.DictType: lambda info: MAPS if isinstance(info.value_type, inspect.AnyType) else _tables(info),
    inspect.StructType: lambda info: values_of(info.cls),
}
