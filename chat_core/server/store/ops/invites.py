"""Invites: made, used, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, exists, insert, select, update

from chat_core.base.ids import AccountId
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import ChannelRole
from chat_core.server.rules.entry import InviteState
from chat_core.server.rules.permissions import only_operators, operates
from chat_core.server.store import enforcing, invite_reads, lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.rights import actor
from chat_core.server.store.ops.work import Work, new_key
from chat_core.server.store.people import DropInvite, MakeInvite
from chat_core.server.store.schema import invites, meta

_INVITED: Final = "invited"
"""Key in `meta`: an invite was made here once."""

_was_invited: Final = select(exists(select(meta.c.key).where(meta.c.key == _INVITED)))


@dataclass(frozen=True, slots=True)
class InviteFound:
    """An invite that can be used."""

    id: int
    uses_left: int | None
    made_by: AccountId | None
    channel: ConversationRow | None


def make(work: Work, op: MakeInvite) -> Committed:
    """Make an invite."""
    invited = bool(work.connection.execute(_was_invited).scalar_one())
    if op.once and invited:
        return Committed()
    channel = _channel(work, op) if op.channel else None
    if not invited:
        work.connection.execute(insert(meta).values(key=_INVITED, value=str(op.ts)))
    made = work.connection.execute(
        insert(invites).values(
            code_hash=op.code,
            uses_left=op.uses,
            expires_ts=op.expires_ts,
            conversation=None if channel is None else channel.id,
            made_by=op.by,
            made_ts=op.ts,
        )
    )
    who, number = actor(work, op.by), new_key(made)
    uses = "any number" if op.uses is None else str(op.uses)
    audit.record(work, op.ts, who.id, who.audited, "make invite", f"invite {number}", f"uses: {uses}")
    return Committed(reply=(number, "" if channel is None else channel.name or ""))


def find(work: Work, code: bytes, ts: int) -> tuple[InviteFound | None, InviteState]:
    """Return the invite with that code, None if it cannot be used, and what it is good for."""
    row, state = invite_reads.found(work.connection, code, ts)
    if state != "good":
        return None, state
    channel = None if row.conversation is None else lookups.find_conversation(work.connection, row.conversation)
    return InviteFound(row.id, row.uses_left, row.made_by, channel), state


def leads_to(work: Work, invite: InviteFound, account: AccountId, ts: int) -> ConversationRow | None:
    """Return the channel that an invite brings an account into now; None: into none.

    The channel may have been closed since, or whoever made the invite may open it no more: it lets in to the server
    all the same. Who is banned from the channel does not come back by it.
    """
    row = invite.channel
    if row is None or enforcing.find_ban(work.connection, row.id, account, ts) is not None:
        return None
    if row.visibility != "invite" or invite.made_by is None:
        return row
    seat = lookups.seat(work.connection, row.id, invite.made_by)
    role: ChannelRole = seat.role if seat is not None and seat.taken else "member"
    return row if operates(lookups.account(work.connection, invite.made_by).role, role) else None


def use(work: Work, invite: InviteFound) -> None:
    """Use an invite once."""
    if invite.uses_left is not None:
        work.connection.execute(
            update(invites).where(invites.c.id == invite.id).values(uses_left=invites.c.uses_left - 1)
        )


def drop(work: Work, op: DropInvite) -> Committed:
    """Make an invite worthless."""
    if not work.connection.execute(delete(invites).where(invites.c.id == op.number)).rowcount:
        raise Refused(Refusal.INVITE_INVALID, "There is no invite with that number.")
    who = actor(work, op.by)
    audit.record(work, op.ts, who.id, who.audited, "revoke invite", f"invite {op.number}", "")
    return Committed()


def _channel(work: Work, op: MakeInvite) -> ConversationRow:
    """Return the channel to invite to: one that is known to whoever asks, and, if it is closed, theirs to open.

    Raises:
        Refused: `no_conversation`, `not_allowed`.
    """
    row = lookups.find_channel(work.connection, op.channel)
    if op.by is not None and row is not None and not row.known_to_all:
        seat = lookups.seat(work.connection, row.id, op.by)
        if seat is None or not seat.taken:
            row = None
        elif row.visibility == "invite" and not operates(lookups.account(work.connection, op.by).role, seat.role):
            raise Refused(Refusal.NOT_ALLOWED, only_operators(row.name, "invite to it"))
    if row is None or row.kind != "channel":
        shown = clean_line(op.channel[:64])
        raise Refused(Refusal.NO_CONVERSATION, f"There is no channel #{shown} to invite to.")
    return row
