"""Uploads whose end was not seen: under which cid they were begun, so that the next run goes on with the same one.

A file for each, named after all that makes two uploads the same one. Whoever sends has it locked: a second one that
sends the same at the same time means another message. Blocks.
"""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from chat_core.base.clock import Clock
from chat_core.client.files.claimed import claim, throw_away_old

_CID_BYTES: Final = 16
_log = logging.getLogger(__name__)


class Underway:
    """See the module's head.

    Args:
        folder: where they are kept; made if it is missing.
        clock: tells how old one is.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def take(self, what: tuple[object, ...], cid: bytes) -> Claim:
        """Return under which cid something is sent: the one of a run that did not see its end, or the given one.

        A folder that cannot be used is no reason to send nothing.
        """
        name = hashlib.sha256(repr(what).encode()).hexdigest()
        path = self._folder / f"upload-{name}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            throw_away_old(self._folder.glob("upload-*"), self._clock.wall_ms())
            descriptor = claim(path)
            if descriptor is None:
                return Claim(cid)
            return _begun(descriptor, path, cid)
        except OSError as fault:
            _log.warning("an upload will not be gone on with by another run: %s", fault.strerror)
            return Claim(cid)


class Claim:
    """One upload that this process sends.

    Args:
        cid: names its message.
        path: where that is kept; None: nowhere.
        descriptor: of that, locked.
    """

    def __init__(self, cid: bytes, path: Path | None = None, descriptor: int = -1) -> None:
        self.cid = cid
        self._path = path
        self._descriptor = descriptor

    def forget(self) -> None:
        """Note that its end was seen."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()
            self._path = None

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _begun(descriptor: int, path: Path, cid: bytes) -> Claim:
    try:
        known = os.pread(descriptor, _CID_BYTES, 0)
        if len(known) == _CID_BYTES:
            cid = known
            os.utime(descriptor)
        else:
            os.pwrite(descriptor, cid, 0)
    except BaseException:
        os.close(descriptor)
        raise
    return Claim(cid, path, descriptor)
