"""Order: roles and rules of channels, invitations, sanctions in a channel and on the whole server."""

from __future__ import annotations

from typing import Final

from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.order import (
    DeleteChannel,
    InviteMember,
    ListMemberSanctions,
    ListSanctions,
    Lockdown,
    SanctionAccount,
    SanctionMember,
    Sanctions,
    SetRole,
    SetRules,
)
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Inside, Permission, only_operators, operates
from chat_core.server.sessions.bouncer import bannable, parse_ban
from chat_core.server.store import acts
from chat_core.server.store.acts import (
    ChangeRules,
    GiveRole,
    InviteToChannel,
    LockServer,
    SanctionInChannel,
    SanctionOnServer,
)
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.naming import spelled

LISTED: Final = 200
"""Sanctions in one answer."""
REASON_CHARS: Final = 400


@handles(SetRole, needs=Permission.OPERATE, inside=Inside.OPERATOR)
async def set_role(ctx: Context, request: SetRole) -> Done:
    """Give a member another role."""
    name = spelled(request.account)
    await ctx.store.write(GiveRole(ctx.account, request.conversation, name, request.role, ctx.wall_ms()))
    return Done()


@handles(SetRules, needs=Permission.OPERATE, inside=Inside.OPERATOR, words="reason")
async def set_rules(ctx: Context, request: SetRules) -> Done:
    """Change a channel's rules."""
    now = ctx.wall_ms()
    await ctx.store.write(
        ChangeRules(
            account=ctx.account,
            conversation=request.conversation,
            ts=now,
            visibility=request.visibility,
            moderated=request.moderated,
            locked=request.locked,
            locked_until=_until(now, request.locked_s),
            archived=request.archived,
            slow_s=request.slow_s,
            topic_by=request.topic_by,
            reason=_reason(request.reason),
        )
    )
    return Done()


@handles(DeleteChannel, needs=Permission.OPERATE, inside=Inside.MAKER, cost=10)
async def delete_channel(ctx: Context, request: DeleteChannel) -> Done:
    """Delete a channel."""
    await ctx.store.write(acts.DeleteChannel(ctx.account, request.conversation, request.name, ctx.wall_ms()))
    return Done()


@handles(InviteMember, needs=Permission.OPERATE, inside=Inside.OPERATOR, heard=Heard.ALWAYS)
async def invite_member(ctx: Context, request: InviteMember) -> Done:
    """Let somebody join a closed channel."""
    await ctx.store.write(InviteToChannel(ctx.account, request.conversation, spelled(request.account), ctx.wall_ms()))
    return Done()


@handles(SanctionMember, needs=Permission.OPERATE, inside=Inside.OPERATOR, words="reason")
async def sanction_member(ctx: Context, request: SanctionMember) -> Done:
    """Keep order in a channel."""
    now = ctx.wall_ms()
    await ctx.store.write(
        SanctionInChannel(
            account=ctx.account,
            conversation=request.conversation,
            target=spelled(request.account),
            act=request.act,
            ts=now,
            until_ts=_until(now, request.seconds) if request.act in ("mute", "ban") else None,
            reason=_reason(request.reason),
        )
    )
    return Done()


@handles(ListMemberSanctions, needs=Permission.OPERATE, inside=Inside.OPERATOR, cost=3)
async def list_member_sanctions(ctx: Context, request: ListMemberSanctions) -> Sanctions:
    """List what is in force in a channel, for its operators."""
    account, now = ctx.account, ctx.wall_ms()

    def query(reader: Reader) -> Sanctions:
        place = reader.find(account, request.conversation)
        [asker] = reader.accounts([account])
        if not operates(asker.role, place.role):
            raise Refused(Refusal.NOT_ALLOWED, only_operators(None, "see who is muted or banned there"))
        found, more = reader.sanctions(place.id, now, LISTED)
        return Sanctions(sanctions=tuple(found), more=more)

    return await ctx.store.read(query)


@handles(SanctionAccount, needs=Permission.MODERATE, words="reason")
async def sanction_account(ctx: Context, request: SanctionAccount) -> Done:
    """Keep order on the whole server."""
    now = ctx.wall_ms()
    name = spelled(request.account) if request.account else None
    addresses = [_address(ctx, request.address)] if request.address else []
    if name is not None and request.act == "ban":
        addresses += await _connected_from(ctx, name)
    await ctx.store.write(
        SanctionOnServer(
            account=ctx.account,
            target=name,
            act=request.act,
            ts=now,
            addresses=tuple(dict.fromkeys(addresses)),
            until_ts=_until(now, request.seconds) if request.act in ("mute", "ban") else None,
            reason=_reason(request.reason),
        )
    )
    return Done()


@handles(ListSanctions, needs=Permission.MODERATE, cost=3)
async def list_sanctions(ctx: Context, request: ListSanctions) -> Sanctions:
    """List what is in force on the whole server."""
    now = ctx.wall_ms()

    def query(reader: Reader) -> Sanctions:
        found, more = reader.sanctions(None, now, LISTED)
        lock = reader.server_lock(now)
        return Sanctions(
            sanctions=tuple(found),
            more=more,
            locked=lock is not None,
            locked_until=None if lock is None else lock.until,
            reason="" if lock is None else lock.reason,
        )

    return await ctx.store.read(query)


@handles(Lockdown, needs=Permission.MODERATE, words="reason")
async def lockdown(ctx: Context, request: Lockdown) -> Done:
    """Lock the whole server down, or end that."""
    now = ctx.wall_ms()
    until = _until(now, request.seconds) if request.locked else None
    await ctx.store.write(LockServer(ctx.account, request.locked, now, until, _reason(request.reason)))
    return Done()


async def _connected_from(ctx: Context, name: str) -> tuple[str, ...]:
    """Return the addresses that a ban of an account is put on as well."""
    found = await ctx.store.read(lambda reader: reader.account_named(name))
    if found is None:
        return ()
    return bannable([session.address for session in ctx.hub.sessions_of(found.id)], ctx.session.address)


def _address(ctx: Context, text: str) -> str:
    """Return an address as bans know it. Raises: Refused."""
    network = parse_ban(text)
    if network is None:
        raise Refused(Refusal.BAD_REQUEST, "That is no IP address.")
    if network == ctx.session.address:
        raise Refused(Refusal.NOT_ALLOWED, "You are connected from that address yourself.")
    return network


def _reason(text: str) -> str:
    return clean_line(text)[:REASON_CHARS]


def _until(now_ms: int, seconds: int | None) -> int | None:
    return None if seconds is None else now_ms + seconds * 1000
