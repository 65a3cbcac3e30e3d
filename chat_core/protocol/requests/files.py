"""Files: sending one piece by piece, and reading one that hangs on a message.

An upload is begun, filled and finished; finishing posts the message. Until then nobody sees anything of it. It outlives
its connection and the server: begun again under the same cid it goes on where it was, and once it is posted it says so.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import FETCH_BYTES, FILE_TYPE_CHARS, UPLOAD_CHUNK_BYTES
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.messages import Posted
from chat_core.protocol.values import (
    CidBytes,
    ConversationRef,
    FileHash,
    FileInfo,
    FileName,
    FileSize,
    SeqNumber,
)

MEDIA_TYPE = r"^[a-z0-9.+-]+/[a-z0-9.+-]+\Z"
UploadNumber = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class UploadBegun(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The server waits for the file."""

    upload: int
    """Number of the upload; 0: its message was posted already under this cid, at `conversation:seq`."""
    offset: int
    """Bytes of it that the server has: go on from there."""
    window: int
    """Bytes that may be on their way without an answer."""
    conversation: int = 0
    """Number of the conversation of the message that was posted already; 0: none was."""
    seq: int = 0
    """Its number there."""
    ts: int = 0
    """When the server took it, in milliseconds since 1970-01-01 UTC."""


class UploadBegin(Request[UploadBegun], frozen=True, kw_only=True, tag="upload_begin"):
    """Announce a file that is to be sent. Safe to repeat with the same cid: it goes on with the same upload."""

    conversation: ConversationRef
    """Where its message goes; one must be a member."""
    cid: CidBytes
    """16 bytes that name the message to come: unique per account, for ever, as in `post`."""
    name: FileName
    """Its name without a folder: no `/`, no `\\`, nothing that does not print."""
    size: FileSize
    """Its length in bytes."""
    sha256: FileHash
    """SHA-256 of all its bytes."""
    type: Annotated[str, Meta(max_length=FILE_TYPE_CHARS, pattern=MEDIA_TYPE)] = "application/octet-stream"
    """What is in it, as a media type."""


class UploadMoved(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """A piece is written."""

    offset: int
    """Bytes that the server has written of the file."""


class UploadChunk(Request[UploadMoved], frozen=True, kw_only=True, tag="upload_chunk"):
    """Send the next piece of a file. What is unanswered must stay within the upload's `window`."""

    upload: UploadNumber
    """Number of the upload."""
    offset: FileSize
    """Where the piece begins: exactly behind the one before."""
    data: Annotated[bytes, Meta(min_length=1, max_length=UPLOAD_CHUNK_BYTES)]
    """The piece."""


class UploadFinish(Request[Posted], frozen=True, kw_only=True, tag="upload_finish"):
    """Post the message with the file, once all of it is there. Safe to repeat, as `post` is."""

    upload: UploadNumber
    """Number of the upload."""
    prev: CidBytes | None = None
    """As in `post`."""
    body: str = ""
    """A text to go with it, cleaned and bounded as in `post`; empty: the name of the file."""


class UploadCancel(Request[Done], frozen=True, kw_only=True, tag="upload_cancel"):
    """Give an upload up; what came of it is thrown away. One that is not there is no fault."""

    upload: UploadNumber
    """Number of the upload."""


class FilePiece(Reply, frozen=True, kw_only=True):
    """A piece of a file."""

    file: FileInfo
    """The file."""
    offset: int
    """Where the piece begins."""
    data: bytes
    """The piece; shorter than asked for at the end of the file."""


class Fetch(Request[FilePiece], frozen=True, kw_only=True, tag="fetch"):
    """Read a piece of a message's file. Whoever may read the message may read its file."""

    conversation: ConversationRef
    """Where the message is; one must be a member, or it is a public channel."""
    seq: SeqNumber
    """seq of the message."""
    offset: FileSize = 0
    """Where to begin."""
    limit: Annotated[int, Meta(ge=1, le=FETCH_BYTES)] = FETCH_BYTES
    """Most bytes wanted."""


REQUESTS = (UploadBegin, UploadChunk, UploadFinish, UploadCancel, Fetch)
"""This domain's requests, in the order of the documentation."""
