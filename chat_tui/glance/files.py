"""Where pictures of screens are kept: a few small files, for their owner only. What cannot be kept or read is none.

A file is named after the size of the terminal and the command line; whether it fits, is told by what is in it.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

from chat_tui.glance.picture import MOST_BYTES, UnusableError, unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final

    from chat_tui.glance.picture import Picture

MOST_FILES: Final = 8
"""So many are kept; those that were not written for the longest time go."""
_END: Final = ".json"
_FOLDER: Final = "glances"
_CONFIG: Final = "CHAT_CONFIG"
_IS_LINUX: Final = sys.platform == "linux"


def folders(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the folders of the settings and of the pictures, as `chat_tui.paths` has them; they may not exist.

    On Linux by its rule: the library that knows all systems takes longer to load than a picture to be shown.

    Raises: OSError: they are below a current folder that is gone.
    """
    if given := environment.get(_CONFIG):
        config = os.path.expanduser(given)
        if not os.path.isabs(config):
            config = os.path.join(os.getcwd(), config)
        return config, os.path.join(config, _FOLDER)
    if _IS_LINUX:
        config = _user_folder(environment.get("XDG_CONFIG_HOME", ""), "~/.config")
        return config, os.path.join(_user_folder(environment.get("XDG_STATE_HOME", ""), "~/.local/state"), _FOLDER)
    from chat_tui import paths

    return str(paths.config_folder()), str(paths.outbox_folder().with_name(_FOLDER))


def _user_folder(given: str, usual: str) -> str:
    return os.path.join(given if os.path.isabs(given.strip()) else os.path.expanduser(usual), "chat-tui")


def _file(folder: str, size: tuple[int, int], arguments: Sequence[str]) -> str:
    number = crc32("\0".join(arguments).encode("utf-8", "surrogateescape"))
    return os.path.join(folder, f"{size[0]}x{size[1]}-{number:08x}{_END}")


def load(folder: str, size: tuple[int, int], arguments: Sequence[str]) -> tuple[Picture, dict[str, Any]] | None:
    """Return the picture for a size and a command line, and what it is a picture of; None: there is none.

    One that cannot be used is removed.
    """
    file = _file(folder, size, arguments)
    try:
        number = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(number, "rb") as opened:
        try:
            content = opened.read(MOST_BYTES + 1)
        except OSError:
            return None
    try:
        if len(content) > MOST_BYTES:
            raise UnusableError
        picture, about = unpacked(content)
        if (picture.width, picture.height) != size:
            raise UnusableError
    except UnusableError:
        _remove(file)
        return None
    return picture, about


def keep(folder: str, size: tuple[int, int], arguments: Sequence[str], content: bytes) -> None:
    """Put a picture there instead of the one before: a crash leaves the old one, the new one, or one that is none."""
    if len(content) > MOST_BYTES:
        return
    file = _file(folder, size, arguments)
    temporary = f"{file}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(number, "wb") as opened:
                opened.write(content)
            os.replace(temporary, file)
        except OSError:
            _remove(temporary)
    except OSError:
        return
    for each in _all(folder)[MOST_FILES:]:
        _remove(each)


def remove_all(folder: str) -> None:
    """Remove all of them."""
    for each in _all(folder):
        _remove(each)


def forget() -> None:
    """Remove all of them where this process has them; for whoever signs out."""
    try:
        folder = folders(os.environ)[1]
    except OSError:
        return
    remove_all(folder)


def _all(folder: str) -> list[str]:
    """Return what is there, also what a crash left; the newest first."""
    try:
        found = [(os.stat(each.path).st_mtime_ns, each.path) for each in os.scandir(folder) if _END in each.name]
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True)]


def _remove(file: str) -> None:
    try:
        os.unlink(file)
    except OSError:
        return
