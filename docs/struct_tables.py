"""Tables of structs: fields, types in words, defaults, and the sentence that stands under each field in the code.

Knows msgspec and Python source, nothing of any one document.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from types import ModuleType
from typing import Any, Final

import msgspec
from msgspec import inspect as types

from chat_core.base.sentences import field_sentences, sentences_of


class Undocumented(Exception):
    """Something in the code has no sentence that a table could show."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def one_line(text: str) -> str:
    """Return text without its line ends and indentation."""
    return " ".join(text.split())


def described(kind: type) -> str:
    """Return a class's docstring, as paragraphs.

    Raises:
        Undocumented: it has none.
    """
    if not kind.__doc__:
        raise Undocumented(kind.__name__)
    return "\n\n".join(one_line(part) for part in inspect.cleandoc(kind.__doc__).split("\n\n"))


def constants(module: ModuleType) -> dict[str, str]:
    """Return the module's constants with the sentence under each, in their order."""
    return sentences_of(ast.parse(inspect.getsource(module)).body)


def enumeration(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the values of an enumeration with the sentence under each, in their order.

    Raises:
        Undocumented: one has none.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for here, below in pairwise(tree.body):
        if isinstance(here, ast.Assign) and isinstance(here.targets[0], ast.Name):
            if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
                raise Undocumented(f"{kind.__name__}.{here.targets[0].id}")
            found[here.targets[0].id] = one_line(str(below.value.value))
    return [(f"`{member.value}`", found[member.name]) for member in kind]


def field_table(kind: type[msgspec.Struct]) -> str:
    """Return the table of a struct's fields; a sentence if it has none."""
    info = types.type_info(kind)
    assert isinstance(info, types.StructType)
    sentences = field_sentences(kind)
    rows = []
    for field in info.fields:
        if field.encode_name not in sentences:
            raise Undocumented(f"{kind.__name__}.{field.encode_name}")
        default = "" if field.required else _default(field)
        rows.append((f"`{field.encode_name}`", in_words(field.type), default, one_line(sentences[field.encode_name])))
    return table(("field", "type", "default", "meaning"), rows) if rows else "It has no fields."


def _default(field: types.Field) -> str:
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, msgspec.Struct):
        return "its defaults"
    return "empty" if value in ("", b"", ()) else f"`{value}`"


def in_words(info: types.Type) -> str:
    """Return a type as a document says it."""
    say = _WORDS.get(type(info))
    if say is None:
        raise Undocumented(f"no words for {info!r} yet")
    return say(info)


def _integer(info: Any) -> str:
    highest = {2**53 - 1: "2^53-1", 2**32 - 1: "2^32-1"}.get(info.le, info.le)
    if info.ge is None and info.le is None:
        return "int"
    return f"int, {info.ge} to {highest}" if info.le is not None else f"int, at least {info.ge}"


def _sized(what: str, unit: str) -> Callable[[Any], str]:
    def say(info: Any) -> str:
        least, most = info.min_length, info.max_length
        if least is not None and least == most:
            return f"{what}, {least} {unit}"
        if least is not None and most is not None:
            return f"{what}, {least} to {most} {unit}"
        return what if most is None else f"{what}, at most {most} {unit}"

    return say


def _union(info: Any) -> str:
    words = [in_words(one) for one in info.types]
    return " or ".join(f"({one})" if ", " in one else one for one in words)


def _array(info: Any) -> str:
    most = "" if info.max_length is None else f", at most {info.max_length}"
    item = in_words(info.item_type)
    return f"array of {f'({item})' if ' ' in item else item}{most}"


def _row(info: Any) -> str:
    """Return an array whose length is fixed."""
    return f"array of {len(info.item_types)}: " + "; ".join(in_words(one) for one in info.item_types)


_WORDS: Final[dict[type[types.Type], Callable[[Any], str]]] = {
    types.Metadata: lambda info: in_words(info.type),
    types.BoolType: lambda info: "bool",
    types.NoneType: lambda info: "nil",
    types.IntType: _integer,
    types.FloatType: lambda info: "float or int, seconds" if info.le else "float or int",
    types.StrType: _sized("str", "characters"),
    types.BytesType: _sized("bin", "bytes"),
    types.LiteralType: lambda info: " or ".join(f"`{value}`" if value else "empty" for value in info.values),
    types.UnionType: _union,
    types.VarTupleType: _array,
    types.TupleType: _row,
    types.DictType: lambda info: "map",
    types.StructType: lambda info: f"[{info.cls.__name__}](#{info.cls.__name__.lower()})",
}
