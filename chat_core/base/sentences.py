"""The sentence that stands under each field of a class in its source: what documentation and settings screens show."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def field_sentences(kind: type) -> dict[str, str]:
    """Return the sentence under each field of a class of ours, by its name; nothing where there is no source."""
    sentences: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith(("chat_core.", "chat_tui.")):
            try:
                source = inspect.getsource(base)
            except OSError:
                continue
            tree = ast.parse(textwrap.dedent(source)).body[0]
            assert isinstance(tree, ast.ClassDef)
            sentences |= sentences_of(tree.body)
    return sentences


def sentences_of(body: list[ast.stmt]) -> dict[str, str]:
    """Return the text that stands under each annotated name of a piece of source, each in one line."""
    found = {}
    for statement, below in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            found[statement.target.id] = " ".join(below.value.value.split())
    return found
