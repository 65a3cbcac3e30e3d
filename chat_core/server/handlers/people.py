"""Who may come, and what accounts may do: invites, and what the people who run a server do with accounts.

The caller may be the command line, which has no account.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.people import (
    AboutAccount,
    AccountList,
    AddAccount,
    AllowedNames,
    AllowName,
    AuditedActs,
    DisableAccount,
    Invite,
    Invites,
    ListAccounts,
    ListAllowed,
    ListAudit,
    ListInvites,
    MakeInvite,
    RevokeInvite,
    SetAccountPassword,
    SetServerRole,
)
from chat_core.protocol.values import Account, AccountDetails, AuditedAct, InviteDetails
from chat_core.server.auth.passwords import fault_of
from chat_core.server.auth.tokens import code_digest, token_digest
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Permission
from chat_core.server.store import people
from chat_core.server.store.base import Refused
from chat_core.server.store.naming import checked, checked_channel
from chat_core.server.store.people import AccountRow

AUDIT_CHARS: Final = 100
"""Most characters of a target and of a detail in a list, so that it fits into a frame; `chat-core audit` has all."""
KEPT_OUT: Final = "This account was disabled by the people who run this server."
NEW_PASSWORD: Final = "This account was given another password: sign in with it."


@handles(MakeInvite, needs=Permission.INVITE, cost=10, heard=Heard.ALWAYS)
async def make_invite(ctx: Context, request: MakeInvite) -> Invite:
    """Make an invite."""
    code, now = ctx.services.auth.code(), ctx.wall_ms()
    expires = None if request.lasts_s is None else now + request.lasts_s * 1000
    channel = checked_channel(request.channel) if request.channel else ""
    op = people.MakeInvite(code_digest(code), request.uses, expires, channel, ctx.session.account, now)
    _, channel = await ctx.store.write(op)
    link = ctx.services.link()
    whole = "" if link is None else str(structs.replace(link, invite=code, channel=channel))
    return Invite(code=code, uses=request.uses, expires=expires, channel=channel, link=whole)


@handles(ListInvites, needs=Permission.ADMINISTER, cost=3)
async def list_invites(ctx: Context, request: ListInvites) -> Invites:
    """List invites that are not over."""
    now = ctx.wall_ms()
    rows = await ctx.store.read(lambda reader: reader.invite_rows(now))
    return Invites(
        invites=tuple(
            InviteDetails(
                id=row.id,
                uses=row.uses,
                expires=row.expires_ts,
                made=row.made_ts,
                by=row.by,
                orphaned=row.orphaned,
            )
            for row in rows
        )
    )


@handles(RevokeInvite, needs=Permission.ADMINISTER, cost=5)
async def revoke_invite(ctx: Context, request: RevokeInvite) -> Done:
    """Make an invite worthless."""
    await ctx.store.write(people.DropInvite(request.invite, ctx.wall_ms(), ctx.session.account))
    return Done()


@handles(ListAccounts, needs=Permission.ADMINISTER, cost=5)
async def list_accounts(ctx: Context, request: ListAccounts) -> AccountList:
    """List accounts with their details."""
    rows, more = await ctx.store.read(lambda reader: reader.account_rows(request.after, request.limit))
    return AccountList(accounts=tuple(_details(ctx, row) for row in rows), more=more)


@handles(AddAccount, needs=Permission.ADMINISTER, cost=20)
async def add_account(ctx: Context, request: AddAccount) -> AboutAccount:
    """Make an account for somebody."""
    name = checked(request.name.removeprefix("@"))
    hashed = await _hashed(ctx, request.password, name) if request.password else None
    if request.bot and (hashed is not None or request.role != "member"):
        raise Refused(Refusal.BAD_REQUEST, "A bot is a member, and signs in with a token instead of a password.")
    token = ctx.services.auth.token() if request.bot else ""
    bot = people.NewDevice(token_digest(token), "bot") if token else None
    op = people.AddAccount(name, hashed, request.role, ctx.wall_ms(), ctx.session.account, bot)
    account: Account = await ctx.store.write(op)
    if bot is not None:
        ctx.after.append(lambda: ctx.hub.sign_out(account.id, None, "This bot has another token."))
    return structs.replace(await _as_it_is(ctx, account), token=token)


@handles(SetAccountPassword, needs=Permission.ADMINISTER, cost=20)
async def set_account_password(ctx: Context, request: SetAccountPassword) -> Done:
    """Give somebody another password."""
    name = checked(request.name.removeprefix("@"))
    hashed = await _hashed(ctx, request.password, name)
    known = await ctx.store.read(lambda reader: reader.credentials(name))
    if known is None:
        raise Refused(Refusal.NO_ACCOUNT, f"There is no account '{name}'.")
    number = AccountId(known.account.id)
    await ctx.store.write(people.SetPassword(number, hashed, ctx.wall_ms(), for_them=True, by=ctx.session.account))
    ctx.after.append(lambda: ctx.hub.sign_out(number, None, NEW_PASSWORD))
    return Done()


@handles(DisableAccount, needs=Permission.ADMINISTER, cost=5)
async def disable_account(ctx: Context, request: DisableAccount) -> AboutAccount:
    """Keep somebody out, or let them in again."""
    op = people.DisableAccount(request.name, request.disabled, ctx.wall_ms(), ctx.session.account)
    account: Account = await ctx.store.write(op)
    if request.disabled:
        ctx.after.append(lambda: ctx.hub.sign_out(account.id, None, KEPT_OUT))
    return await _as_it_is(ctx, account)


@handles(SetServerRole, needs=Permission.ADMINISTER, cost=5)
async def set_role(ctx: Context, request: SetServerRole) -> AboutAccount:
    """Give somebody another role."""
    op = people.SetServerRole(request.name, request.role, ctx.wall_ms(), ctx.session.account)
    account: Account = await ctx.store.write(op)
    ctx.hub.has_role(account)
    return await _as_it_is(ctx, account)


@handles(AllowName, needs=Permission.ADMINISTER, cost=5)
async def allow_name(ctx: Context, request: AllowName) -> Done:
    """Put a name on the list, or take it off."""
    await ctx.store.write(people.AllowName(request.name, request.allowed, ctx.wall_ms(), ctx.session.account))
    return Done()


@handles(ListAllowed, needs=Permission.ADMINISTER, cost=3)
async def list_allowed(ctx: Context, request: ListAllowed) -> AllowedNames:
    """List the names on the list."""
    names, more = await ctx.store.read(lambda reader: reader.allowed_names(request.after, request.limit))
    return AllowedNames(names=tuple(names), more=more)


@handles(ListAudit, needs=Permission.ADMINISTER, cost=5)
async def list_audit(ctx: Context, request: ListAudit) -> AuditedActs:
    """List the newest acts of privilege."""
    found = await ctx.store.read(lambda reader: reader.acts(request.limit))
    return AuditedActs(
        acts=tuple(
            AuditedAct(
                number=act.number,
                ts=act.ts,
                actor=act.actor,
                act=act.act,
                target=act.target[:AUDIT_CHARS],
                detail=act.detail[:AUDIT_CHARS],
            )
            for act in found
        )
    )


async def _as_it_is(ctx: Context, account: Account) -> AboutAccount:
    row = await ctx.store.read(lambda reader: reader.account_row(AccountId(account.id)))
    assert row is not None, "accounts stay"
    return AboutAccount(about=_details(ctx, row))


def _details(ctx: Context, row: AccountRow) -> AccountDetails:
    return AccountDetails(
        account=row.account,
        registered=row.registered,
        disabled=row.disabled,
        seen=row.seen_ts,
        online=ctx.hub.online(row.account.id),
        devices=row.devices,
    )


async def _hashed(ctx: Context, password: str, name: str) -> str:
    if fault := fault_of(password, name):
        raise Refused(Refusal.BAD_PASSWORD, fault)
    return await ctx.computed(ctx.services.auth.passwords.hash(password))
