"""The generated part of docs/architecture.md: the layers, as the contracts in pyproject.toml say them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import chat_core

_ROOT: Final = Path(chat_core.__file__).parent.parent
_FOLDERS: Final = {"chat_core": "chat_core", "*.server": "chat_core/server", "chat_tui": "chat_tui"}
"""Where a container of layers is, by its name in a contract."""
_INDENT: Final = 12
_WIDTH: Final = 120


def layers() -> str:
    """Return a paragraph for each container: who is above imports who is below, who is beside a bar imports neither."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    said = [_line(contract) for contract in contracts if contract["type"] == "layers"]
    return "\n".join(("```", *said, "```"))


def _line(contract: Mapping[str, Any]) -> str:
    (container,) = contract["containers"]
    folder = _ROOT / _FOLDERS[container]
    each = ([name for name in re.findall(r"\w+", layer) if _is_there(folder, name)] for layer in contract["layers"])
    text = f"{folder.name + ':':<{_INDENT}}{' > '.join(' | '.join(names) for names in each if names)}"
    return fill(text, _WIDTH, subsequent_indent=" " * _INDENT, break_long_words=False, break_on_hyphens=False)


def _is_there(folder: Path, name: str) -> bool:
    """Return whether a layer is more than a place kept, and not only what starts a program."""
    return name != "__main__" and ((folder / name).is_dir() or (folder / f"{name}.py").is_file())


PARTS: Final[Mapping[str, Callable[[], str]]] = {"layers": layers}
