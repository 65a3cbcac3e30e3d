"""The program under measurement as it is once installed: with the bytecode of its modules beside them.

Pip writes it when it installs a package. A tree may lack it, and where PYTHONDONTWRITEBYTECODE is set nothing ever
writes it: then each start would translate all sources anew, which takes longer than the start itself.
"""

from __future__ import annotations

import compileall
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import chat_core
import chat_tui

OURS: Final = tuple(Path(folder) for package in (chat_core, chat_tui) for folder in package.__path__)
"""The folders of both packages."""


def translate(folders: Iterable[Path] = OURS) -> bool:
    """Write the bytecode that is missing or old; return whether all of it is there now."""
    done = [compileall.compile_dir(folder, quiet=2) for folder in folders]
    return all(done)
