"""Accounts: signing in by name, renaming."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.ids import AccountId
from chat_core.base.names import check_account_name
from chat_core.protocol.codes import Refusal
from chat_core.server.rules import refusing
from chat_core.server.store import enforcing, lookups
from chat_core.server.store.base import (
    ANNOUNCEMENTS,
    GENERAL,
    Committed,
    Refused,
    RenameAccount,
    SignInByName,
)
from chat_core.server.store.look_alikes import check_look_alike
from chat_core.server.store.ops.speaking import check_may_enter
from chat_core.server.store.ops.work import Work, add_account, enter, rename_account, tell_joined


def sign_in_by_name(work: Work, op: SignInByName) -> Committed:
    """Find or make the account of a name."""
    name = _checked(op.name)
    known = lookups.find_account(work.connection, name)
    if known is not None:
        check_not_banned(work, AccountId(known.id), op.ts)
        return Committed(reply=(known, False))
    check_may_enter(work, keeper=False, ts=op.ts)
    check_look_alike(work.connection, name, None)
    account = add_account(work, name, op.ts)
    number = AccountId(account.id)
    changes, told = [], []
    for channel in (GENERAL, ANNOUNCEMENTS):
        row = lookups.find_channel(work.connection, channel)
        assert row is not None, "a store is made with these two"
        changes.append(enter(work, row, account, op.ts))
        told.append(tell_joined(work, number, row.id))
    return Committed(reply=(account, True), account_events=told, memberships=changes)


def rename(work: Work, op: RenameAccount) -> Committed:
    """Give an account another name, if no other account has it."""
    name = _checked(op.name)
    account = lookups.account(work.connection, op.account)
    holder = lookups.find_account(work.connection, name)
    if holder is not None and holder.id != account.id:
        raise Refused(Refusal.NAME_TAKEN, f"The name '{holder.name}' is in use.")
    if account.name == name:
        return Committed(reply=account)
    looks = check_look_alike(work.connection, name, op.account)
    renamed = rename_account(work, account, name, looks)
    return Committed(reply=renamed, renamed=renamed)


def check_not_banned(work: Work, account: AccountId, ts: int) -> None:
    """Refuse an account that is banned from the server, however it signs in. Raises: Refused `banned`."""
    ban = enforcing.find_ban(work.connection, None, account, ts)
    if ban is not None:
        raise Refused(Refusal.BANNED, refusing.banned("this server", ban.until_ts, ts, ban.reason))


def _checked(name: str) -> str:
    try:
        return check_account_name(name)
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
