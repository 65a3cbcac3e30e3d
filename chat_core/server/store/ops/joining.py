"""Who may join a channel, or make one: closed channels, bans, the server's lock, guests."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Account
from chat_core.server.rules import refusing
from chat_core.server.rules.permissions import at_least
from chat_core.server.store import enforcing, lookups
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.ops.speaking import check_may_enter
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import channel_invites

_mine = (
    channel_invites.c.conversation == bindparam("of_conversation"),
    channel_invites.c.account == bindparam("of_account"),
)
_invited = select(channel_invites.c.made_ts).where(*_mine)
_forget = delete(channel_invites).where(*_mine)


def check(work: Work, op: JoinChannel, account: Account, row: ConversationRow | None, name: str) -> None:
    """Refuse a join that is not allowed.

    Args:
        work: the transaction.
        op: what is asked.
        account: who asks; no member now.
        row: the channel; None: it would be made.
        name: its name, well-formed.

    Raises:
        Refused: as in `JoinChannel`.
    """
    if row is not None:
        ban = enforcing.find_ban(work.connection, row.id, op.account, op.ts)
        if ban is not None:
            raise Refused(Refusal.BANNED, refusing.banned(f"#{row.name}", ban.until_ts, op.ts, ban.reason))
        if not _is_open(work, row, op.account):
            if op.create and account.role != "guest":
                raise _closed(name)
            row = None
    check_may_enter(work, at_least(account.role, "moderator"), op.ts)
    if row is None and not op.create:
        raise lookups.no_conversation(f"#{name}")
    if row is None and account.role == "guest":
        raise Refused(Refusal.NOT_ALLOWED, "Guests cannot make channels: join one that is there, or register.")


def use_invite(work: Work, conversation: ConversationId, account: AccountId) -> None:
    """Take an invitation away, since it was used or is void."""
    work.connection.execute(_forget, {"of_conversation": conversation, "of_account": account})


def is_invited(work: Work, conversation: ConversationId, account: AccountId) -> bool:
    """Return whether an account may join a closed channel."""
    wanted = {"of_conversation": conversation, "of_account": account}
    return work.connection.execute(_invited, wanted).first() is not None


def _is_open(work: Work, row: ConversationRow, account: AccountId) -> bool:
    return row.visibility != "invite" or row.made_by == account or is_invited(work, row.id, account)


def _closed(name: str) -> Refused:
    """Return the refusal to make what may not be seen: that it is there cannot be hidden, all else is."""
    return Refused(
        Refusal.NAME_TAKEN, f"The name '#{name}' is in use by a closed channel: somebody in it must invite you."
    )
