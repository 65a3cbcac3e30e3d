"""What the store knows of files, read. Rights were looked at before."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, func, not_, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import FileInfo
from chat_core.server.store.files import FilesUsed
from chat_core.server.store.keys import row_id
from chat_core.server.store.schema import IS_DELETED, cids, conversations, files

_file: Final = select(files.c.name, files.c.size, files.c.type, files.c.sha256).where(
    files.c.message == bindparam("key")
)
_used: Final = select(func.count(), func.coalesce(func.sum(files.c.size), 0)).where(
    files.c.account == bindparam("of_account")
)
_any: Final = select(files.c.message).where(files.c.sha256 == bindparam("content")).limit(1)
_all: Final = select(files.c.sha256).distinct()
_sent: Final = (
    select(cids.c.conversation, cids.c.seq, cids.c.ts)
    .join_from(cids, conversations, conversations.c.id == cids.c.conversation)
    .where(cids.c.cid == bindparam("of_cid"), cids.c.account == bindparam("of_account"), not_(IS_DELETED))
)


class SqlFileReads:
    """The `FileReads` of the port over an SQLAlchemy connection."""

    _connection: Connection

    def file_of(self, conversation: ConversationId, seq: int) -> FileInfo | None:
        """Return the file that hangs on a message."""
        row = self._connection.execute(_file, {"key": row_id(conversation, seq)}).first()
        return None if row is None else FileInfo(name=row.name, size=row.size, type=row.type, sha256=row.sha256)

    def files_used(self, account: AccountId) -> FilesUsed:
        """Return how much an account has sent."""
        count, size = self._connection.execute(_used, {"of_account": account}).one()
        return FilesUsed(count, int(size))

    def is_kept(self, sha256: bytes) -> bool:
        """Return whether any message has a file of that content."""
        return self._connection.execute(_any, {"content": sha256}).first() is not None

    def files_kept(self) -> frozenset[bytes]:
        """Return the SHA-256 of every file that hangs on a message."""
        return frozenset(self._connection.execute(_all).scalars())

    def sent_as(self, account: AccountId, cid: bytes) -> tuple[int, int, int] | None:
        """Return where what the account sent under a cid is."""
        row = self._connection.execute(_sent, {"of_cid": cid, "of_account": account}).first()
        return None if row is None else (row.conversation, row.seq, row.ts)
