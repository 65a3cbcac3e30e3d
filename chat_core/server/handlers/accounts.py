"""Accounts: renaming and listing."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.ids import AccountId
from chat_core.base.names import check_account_name, check_display_name, name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.accounts import ListUsers, Rename, Renamed, SetDisplay, Users
from chat_core.protocol.values import Account, Member
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Permission, Role
from chat_core.server.store.base import Refused
from chat_core.server.store.people import RenameAccount, SetDisplayName


@handles(Rename, needs=Permission.SELF, cost=5, heard=Heard.ALWAYS)
async def rename(ctx: Context, request: Rename) -> Renamed:
    """Give the caller's account another name."""
    try:
        name = check_account_name(request.name)
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
    listed = ctx.services.auth.settings.registration == "allowlist" and ctx.session.role is not Role.GUEST
    account: Account = await ctx.store.write(RenameAccount(ctx.account, name, ctx.wall_ms(), listed))
    return Renamed(account=account)


@handles(SetDisplay, needs=Permission.SELF, cost=5, words="display")
async def set_display(ctx: Context, request: SetDisplay) -> Renamed:
    """Say what an account is shown as."""
    try:
        display = check_display_name(request.display)
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
    op = SetDisplayName(ctx.account, request.account.removeprefix("@"), display, ctx.wall_ms())
    account: Account = await ctx.store.write(op)
    return Renamed(account=account)


@handles(ListUsers, needs=Permission.READ, cost=3)
async def list_users(ctx: Context, request: ListUsers) -> Users:
    """List accounts by name."""
    if request.online_only:
        online = [AccountId(number) for number in ctx.hub.presence.everybody()]
        after = name_key(request.after)
        known = await ctx.store.read(lambda reader: reader.accounts(online))
        accounts = [account for account in known if name_key(account.name) > after]
        more = len(accounts) > request.limit
        accounts = accounts[: request.limit]
    else:
        found, more = await ctx.store.read(lambda reader: reader.users(request.after, request.limit))
        accounts = list(found)
    return Users(
        accounts=tuple(
            Member(
                account=account.id,
                name=account.name,
                online=ctx.hub.online(account.id),
                state=ctx.hub.presence.standings.of(account.id).state,
                role=account.role,
                display=account.display,
            )
            for account in accounts
        ),
        online=ctx.hub.presence.accounts,
        more=more,
    )
