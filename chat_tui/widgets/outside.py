"""Writing in an editor of one's own: the terminal is lent to it, and what it leaves in a file comes back.

The file is for its owner only, and gone afterwards, unless what is in it could not be taken: then it stays.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any, Final

from textual.app import App, SuspendNotSupported

from chat_core.base.errors import UsageFault

_USUAL: Final = ("sensible-editor", "editor", "nano", "vi")
MAX_CHARS: Final = 64_000
"""Characters that are taken back; more than any message can hold."""


def editor() -> list[str]:
    """Return the command line of the editor, without a file.

    Raises:
        UsageFault: there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        if words := _words(os.environ.get(variable, "")):
            return words
    for name in _USUAL:
        if found := shutil.which(name):
            return [found]
    raise UsageFault("No editor was found: set EDITOR to yours, for instance EDITOR=nano.")


def write_outside(app: App[Any], text: str) -> str:
    """Let a text be edited outside, and return what became of it; nothing else happens here in the meantime.

    Raises:
        UsageFault: it could not be; the text is as it was.
    """
    command = editor()
    import subprocess  # and what else only this needs
    import tempfile

    number, name = tempfile.mkstemp(prefix="chat-", suffix=".txt")  # mkstemp makes files for their owner only
    file = Path(name)
    with os.fdopen(number, "w", encoding="utf-8", errors="surrogatepass") as opened:
        opened.write(f"{text}\n" if text else "")  # as editors leave it
    keep = False
    try:
        with app.suspend():
            code = subprocess.run([*command, name], check=False).returncode
        if code:
            raise UsageFault(f"{command[0]} ended with {code}; your text is as it was.")
        written = file.read_text(encoding="utf-8", errors="replace")
        keep = len(written) > MAX_CHARS
        if keep:
            raise UsageFault(f"{len(written):,} characters are too many for a message; they are in {name}.")
    except SuspendNotSupported as error:
        raise UsageFault("Here the terminal cannot be lent to an editor.") from error
    except OSError as error:
        raise UsageFault(f"{command[0]} could not be used ({error.strerror}); your text is as it was.") from error
    finally:
        if not keep:
            with contextlib.suppress(OSError):
                file.unlink()
    # Editors put a line end behind the last line.
    return written.removesuffix("\n")


def _words(value: str) -> list[str]:
    try:
        import shlex

        return shlex.split(value)
    except ValueError:
        return [value]
