"""What a server takes of files: the settings, and nothing of where files lie."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chat_core.base.settings import LIVE
from chat_core.protocol.limits import FILE_BYTES

_MOST = 2**53 - 1


class FilesSection(msgspec.Struct, frozen=True, kw_only=True):
    """Files that are sent with messages. They lie in `blobs` in the data folder, each content once."""

    max_bytes: Annotated[int, Meta(ge=0, le=_MOST), LIVE] = FILE_BYTES
    """Largest file that is taken; 0: none are. Clients that are connected are told at their next connection."""
    types: Annotated[str, Meta(max_length=1000), LIVE] = ""
    """Media types that are taken, with spaces between them, as in `image/* text/plain`; empty: all. It is the sender
    who says of what type a file is."""
    account_bytes: Annotated[int, Meta(ge=0, le=_MOST), LIVE] = 1024 * 1024 * 1024
    """What the files of one account may have together; those of deleted messages do not count."""
    account_files: Annotated[int, Meta(ge=0, le=_MOST), LIVE] = 10_000
    """Files that one account may have."""
    total_bytes: Annotated[int, Meta(ge=0, le=_MOST), LIVE] = 20 * 1024 * 1024 * 1024
    """What all files may have together on the disk."""
    expire_s: Annotated[float, Meta(ge=10, le=86_400), LIVE] = 900.0
    """Time after which an upload is thrown away that nobody goes on with, also after a restart of the server."""


FILES: FilesSection = FilesSection()
"""The settings of a server that is told none."""
