"""The bytecode of what a start imports, in one file: to find and open hundreds of small ones takes a sixth of its time.

Python looks for each module in folders, opens its bytecode, and compares that with time and size of the source. Here
only the comparison is left. What is not in the file, or has changed since, is imported as always; so is everything
where the file is somebody else's, cut off, or of another Python. Imports only what the interpreter has loaded anyway.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Final

_LAYOUT: Final = 1
"""Counts up when the file is laid out in another way."""
_SIZE_BYTES: Final = 4
"""Of the size of what stands before all code: key, length of the code, and index."""

_Entry = tuple[str, str, str, bool, tuple[int, int], int, int]
"""A module: its source; Python's file of its bytecode; the folder it was found in; whether it is a package; the stamp
of the source; where its code begins behind the index, and how long it is, in bytes."""


class Bytecode:
    """Finds modules in the file, once it is used.

    Args:
        file: its path; neither it nor its folder need be there.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        """Its path."""
        self._index: dict[str, _Entry] = {}
        self._number = -1
        self._codes = 0
        self._before = frozenset(sys.modules)

    def use(self) -> None:
        """Import from the file from now on, if it is any good."""
        try:
            self._number = os.open(self.file, os.O_RDONLY | os.O_CLOEXEC)
            status = os.fstat(self._number)
            if status.st_uid != os.geteuid() or status.st_mode & 0o022:
                return  # what others can write is not to be run
            size = int.from_bytes(os.read(self._number, _SIZE_BYTES), "little")
            key, length, index = marshal.loads(os.read(self._number, size))
            self._codes = _SIZE_BYTES + size
            if key == _key() and status.st_size == self._codes + length:
                self._index = index
                sys.meta_path.insert(0, self)
        except (OSError, EOFError, ValueError, TypeError):
            pass  # the next `keep` puts it right

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See MetaPathFinder."""
        if name not in self._index:
            return None
        origin, cached, folder, is_package, stamp, begin, size = self._index[name]
        if folder not in (sys.path if path is None else path) or _stamp(origin) != stamp:
            return None
        loader = _Loader(name, origin)
        loader.code = os.pread(self._number, size, self._codes + begin)
        spec = ModuleSpec(name, loader, origin=origin, is_package=is_package)
        spec.has_location = True
        spec.cached = cached
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(origin)]  # noqa: PTH120  # pathlib is among what is found
        return spec

    def end(self) -> bool:
        """Import as always from now on; return whether there is more to `keep` than there was in the file."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self._number >= 0:
            os.close(self._number)
            self._number = -1
        return any(name not in self._index or self._index[name][4] != _stamp(each[0]) for name, each in self._new())

    def keep(self) -> None:
        """Replace the file by one with all that was imported since this was made, too. Raises: OSError."""
        from pathlib import Path

        from chat_core.base import disk

        index: dict[str, _Entry] = {}
        codes: list[bytes] = []
        begin = 0
        kept = {name: (source, cached, folder, own) for name, (source, cached, folder, own, *_) in self._index.items()}
        for name, (source, cached, folder, is_package) in {**kept, **dict(self._new())}.items():
            stamp = _stamp(source)
            try:
                code = marshal.dumps(SourceFileLoader(name, source).get_code(name))
            except (OSError, SyntaxError):
                continue  # it is gone, or is being written
            index[name] = (source, cached, folder, is_package, stamp, begin, len(code))
            codes.append(code)
            begin += len(code)
        known: Any = (_key(), begin, index)
        before = marshal.dumps(known)
        Path(self.file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.replace(Path(self.file), b"".join((len(before).to_bytes(_SIZE_BYTES, "little"), before, *codes)))

    def _new(self) -> Iterator[tuple[str, tuple[str, str, str, bool]]]:
        """Yield what was imported from sources since this was made: how an entry of it begins."""
        for name in {*sys.modules} - self._before:
            spec: ModuleSpec | None = getattr(sys.modules[name], "__spec__", None)
            if spec is not None and isinstance(spec.loader, SourceFileLoader) and spec.origin and spec.cached:
                folder = os.path.dirname(spec.origin)  # noqa: PTH120
                is_package = spec.submodule_search_locations is not None
                yield name, (spec.origin, spec.cached, os.path.dirname(folder) if is_package else folder, is_package)  # noqa: PTH120


class _Loader(SourceFileLoader):
    """Loads what was kept; whatever it is asked for after that, it is the usual one."""

    code: bytes | None = None

    def get_code(self, fullname: str) -> CodeType | None:
        """See SourceLoader."""
        code, self.code = self.code, None
        return marshal.loads(code) if code is not None else super().get_code(fullname)


def _key() -> tuple[object, ...]:
    """Return what else decides what a name means; the first folder is that of the program, or the current one."""
    return _LAYOUT, sys.version, sys.flags.optimize, sys.path[1:]


def _stamp(source: str) -> tuple[int, int]:
    """Return time and size of a source, as Python compares them, too; of one that is gone: nothing that any has."""
    try:
        status = os.stat(source)  # noqa: PTH116
    except OSError:
        return -1, -1
    return int(status.st_mtime), status.st_size
