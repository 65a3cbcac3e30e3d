"""Reads about webhooks; a part of the `Reader`. The same queries for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import Hook
from chat_core.server.store.base import Refused
from chat_core.server.store.hooks import HookFound
from chat_core.server.store.look_alikes import check_display_look_alike
from chat_core.server.store.schema import accounts, hooks

_maker = accounts.alias("maker")
_by_secret: Final = (
    select(hooks.c.id, hooks.c.account, hooks.c.conversation, accounts.c.name, hooks.c.key_hash)
    .join_from(hooks, accounts, accounts.c.id == hooks.c.account)
    .where(hooks.c.key_hash == bindparam("secret"))
)
_of: Final = (
    select(hooks.c.id, accounts.c.name, _maker.c.name.label("by"), hooks.c.made_ts)
    .join_from(hooks, accounts, accounts.c.id == hooks.c.account)
    .join(_maker, _maker.c.id == hooks.c.made_by)
    .where(hooks.c.conversation == bindparam("conversation"))
    .order_by(hooks.c.id)
)


class SqlHookReader:
    """A `HookReads`; see there. `SqlReader` has the connection."""

    _connection: Connection

    def hook(self, secret: bytes) -> HookFound | None:
        """See HookReads."""
        row = self._connection.execute(_by_secret, {"secret": secret}).first()
        return None if row is None else HookFound(*row)

    def passes_for_another(self, name: str, account: AccountId) -> bool:
        """See HookReads."""
        try:
            check_display_look_alike(self._connection, name, account)
        except Refused:
            return True
        return False

    def hooks_of(self, conversation: ConversationId) -> Sequence[Hook]:
        """See HookReads."""
        rows = self._connection.execute(_of, {"conversation": conversation})
        return [Hook(id=row.id, name=row.name, by=row.by, ts=row.made_ts) for row in rows]
