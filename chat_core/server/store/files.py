"""The part of the port that is about files of messages. Their bytes are not the store's: it knows what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import FileInfo


@dataclass(frozen=True, slots=True)
class FilesUsed:
    """What hangs on the messages of one account."""

    count: int
    size_bytes: int


class FileReads(Protocol):
    """Part of `Reader`."""

    def file_of(self, conversation: ConversationId, seq: int) -> FileInfo | None:
        """Return the file that hangs on a message; None: none, or no such message, or it was deleted."""
        ...

    def files_used(self, account: AccountId) -> FilesUsed:
        """Return how much the account has sent that is not deleted."""
        ...

    def is_kept(self, sha256: bytes) -> bool:
        """Return whether any message has a file of that content."""
        ...

    def files_kept(self) -> frozenset[bytes]:
        """Return the SHA-256 of every file that hangs on a message."""
        ...

    def sent_as(self, account: AccountId, cid: bytes) -> tuple[int, int, int] | None:
        """Return conversation, seq and time of what the account sent under a cid; None: nothing."""
        ...
