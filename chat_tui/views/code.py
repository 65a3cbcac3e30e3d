"""Fenced code as lines on a ground of its own, highlighted where its language is known. Pure.

Only languages whose lexers were tried on hostile text are highlighted, and of long code only the beginning: what a
stranger sends must not keep the screen waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any, Final

from rich.cells import cell_len

from chat_tui.views.lines import Line, Role, Span
from chat_tui.views.wrap import wrap

SHOWN: Final = 12
"""Lines of code that stand in a timeline."""
SPARED: Final = 2
"""Lines more than that are shown all the same: saying that they are missing takes a line, too."""
HIGHLIGHTED: Final = 2_000
"""Characters of one piece of code that are highlighted at most: some lexers take the square of their number."""
LONGEST_LINE: Final = 300
"""Characters of a line with which nothing is highlighted; such code was not written by anybody."""

LANGUAGES: Final = (
    *("bash", "c", "console", "cpp", "csharp", "css", "diff", "docker", "go", "html", "http", "ini", "java"),
    *("javascript", "json", "kotlin", "lua", "nginx", "perl", "php", "pycon", "python", "ruby", "rust", "sql"),
    *("toml", "typescript", "xml", "yaml"),
)
"""What is highlighted, by the names that Pygments has for it."""
_ALSO: Final = {
    "c++": "cpp",
    "c#": "csharp",
    "cs": "csharp",
    "dockerfile": "docker",
    "golang": "go",
    "js": "javascript",
    "jsx": "javascript",
    "kt": "kotlin",
    "patch": "diff",
    "pl": "perl",
    "py": "python",
    "python3": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "shell-session": "console",
    "ts": "typescript",
    "tsx": "typescript",
    "yml": "yaml",
    "zsh": "bash",
}
ENDINGS: Final = frozenset((*LANGUAGES, *_ALSO))
"""What the names of files with code end in: mostly what its language is called, too."""
_PAD: Final = 1


def is_cut(text: str) -> bool:
    """Whether a timeline shows only the beginning of a piece of code."""
    return text.count("\n") >= SHOWN + SPARED


def code_lines(text: str, language: str, cells: int, *, most: int, beyond: int = 0) -> Iterator[tuple[Line, int]]:
    """Yield lines of code, and how many of its characters are in front of each.

    Args:
        text: safe for a terminal.
        language: as somebody wrote it.
        cells: room.
        most: lines of it that are shown; further ones are only counted.
        beyond: lines of the message that are missing behind it.
    """
    lines = text.split("\n")
    left = len(lines) - most + beyond if len(lines) > most + SPARED else 0
    shown = "\n".join(lines[:most]) if left else text
    words = f"+{left:,} lines, v to view" if left else ""
    pieces = wrap(shown, max(2, cells - 2 * _PAD))
    width = max(len(words), *(cell_len(shown[start:end]) for start, end, _ in pieces))
    parts = highlighted(shown, language.lower())
    at = 0
    for start, end, joint in pieces:
        while parts[at][1] <= start and at < len(parts) - 1:
            at += 1
        inside = takewhile(lambda part, end=end: part[0] < end, islice(parts, at, None))  # type: ignore[misc]
        spans = [Span(shown[max(begin, start) : min(stop, end)], role) for begin, stop, role in inside]
        yield _boxed(spans, width - cell_len(shown[start:end]))._replace(joint=joint), start
    if words:
        foot = _boxed([Span(words, "code-comment")], width - len(words))
        yield foot._replace(tail=foot.tail + len(words)), len(shown)


def _boxed(spans: list[Span], left: int) -> Line:
    """Return spans on the ground of code, `left` cells wider than they are."""
    tail = left + _PAD
    return Line((Span(" " * _PAD, "code"), *spans, Span(" " * tail, "code")), gutter=_PAD, tail=tail)


def highlighted(text: str, language: str) -> list[tuple[int, int, Role]]:
    """Return all of a text in pieces: start, end, role."""
    lexer = _lexer(_ALSO.get(language, language))
    part = text[:HIGHLIGHTED]
    if lexer is None or max(map(len, part.split("\n"))) > LONGEST_LINE:
        return [(0, len(text), "code")]
    found: list[tuple[int, int, Role]] = []
    at = 0
    # Many languages have things that end with their line.
    for start, kind, value in lexer.get_tokens_unprocessed(part + "\n"):
        end = min(start + len(value), len(text))
        if at <= start < end:  # some lexers go back to see something twice
            if start > at:
                found.append((at, start, "code"))
            found.append((start, end, _role(kind)))
            at = end
    return [*found, (at, len(text), "code")]


@lru_cache(maxsize=len(LANGUAGES))
def _lexer(language: str) -> Any:
    if language not in LANGUAGES:
        return None
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@lru_cache(maxsize=256)
def _role(kind: Any) -> Role:
    from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, String

    kinds: tuple[tuple[Any, Role], ...] = (
        (Keyword, "code-keyword"),
        (Name.Function, "code-name"),
        (Name.Class, "code-name"),
        (Name.Builtin, "code-name"),
        (Name.Decorator, "code-name"),
        (Name.Tag, "code-keyword"),
        (Name.Attribute, "code-name"),
        (String, "code-string"),
        (Number, "code-number"),
        (Literal, "code-number"),
        (Comment, "code-comment"),
        (Generic.Inserted, "code-string"),
        (Generic.Deleted, "code-removed"),
        (Generic.Heading, "code-keyword"),
        (Generic.Subheading, "code-keyword"),
        (Generic.Prompt, "code-comment"),
        (Generic.Output, "code-comment"),
    )
    return next((role for parent, role in kinds if kind in parent), "code")
