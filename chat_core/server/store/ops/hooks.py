"""Webhooks: made, with the account that each writes as, and removed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Account, Hook
from chat_core.server.rules.entry import name_fault
from chat_core.server.store import enforcing, lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.hooks import HOOKS_PER_CHANNEL, AddHook, RemoveHook
from chat_core.server.store.look_alikes import check_look_alike
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.naming import checked
from chat_core.server.store.ops import accounts, audit, persons
from chat_core.server.store.ops.rights import actor, channel
from chat_core.server.store.ops.work import Work, add_account, enter, exit_from, new_key, tell_joined, tell_left
from chat_core.server.store.schema import accounts as accounts_table
from chat_core.server.store.schema import hooks

HOOK: Final = "hook"
"""What stands in `accounts.bot` of an account that a webhook writes as."""

_count = select(func.count()).select_from(hooks).where(hooks.c.conversation == bindparam("of_conversation"))
_kind = select(accounts_table.c.bot).where(accounts_table.c.id == bindparam("id"))
_used = select(hooks.c.id).where(hooks.c.account == bindparam("of_account"))
_one = select(hooks.c.id, hooks.c.account).where(
    hooks.c.id == bindparam("number"), hooks.c.conversation == bindparam("of_conversation")
)


def carry_out(work: Work, op: AddHook | RemoveHook) -> Committed:
    """Carry out an op about webhooks. Raises: Refused, with nothing written."""
    return _add(work, op) if isinstance(op, AddHook) else _remove(work, op)


def _add(work: Work, op: AddHook) -> Committed:
    who = actor(work, op.account)
    row, _ = channel(work, who, op.conversation)
    if work.connection.execute(_count, {"of_conversation": row.id}).scalar_one() >= HOOKS_PER_CHANNEL:
        raise Refused(Refusal.TOO_MANY, f"#{row.name} has {HOOKS_PER_CHANNEL} webhooks already: remove one first.")
    account = _account(work, op, row)
    number = AccountId(account.id)
    old = lookups.seat(work.connection, row.id, number)
    entered = old is None or not old.taken
    changes = [enter(work, row, account, op.ts, old)] if entered else []
    told = [tell_joined(work, number, row.id)] if entered else []
    made = work.connection.execute(
        insert(hooks).values(key_hash=op.secret, conversation=row.id, account=number, made_by=op.account, made_ts=op.ts)
    )
    hook = Hook(id=new_key(made), name=account.name, by=who.name, ts=op.ts)
    audit.record(work, op.ts, who.id, who.audited, "make webhook", f"webhook {hook.id}", f"{hook.name} in #{row.name}")
    return Committed(reply=hook, account_events=told, memberships=changes)


def _account(work: Work, op: AddHook, row: ConversationRow) -> Account:
    """Return the account to write as: a new one, or that of a webhook that is gone. Raises: Refused."""
    name = checked(op.name)
    if fault := name_fault(name, guest=False):
        raise Refused(Refusal.BAD_NAME, fault)
    holder = lookups.find_account(work.connection, name)
    if holder is not None:
        number = AccountId(holder.id)
        if not _is_free(work, number):
            raise accounts.taken(holder.name)
        if enforcing.find_ban(work.connection, row.id, number, op.ts) is not None:
            raise Refused(Refusal.BANNED, f"'{holder.name}' is banned from #{row.name}: lift the ban first.")
        return holder
    check_look_alike(work.connection, name, None)
    made = add_account(work, name, op.ts)
    persons.change(work, AccountId(made.id), bot=HOOK, disabled=True)  # disabled: nobody signs in with it, ever
    return Account(id=made.id, name=made.name, bot=True)


def _is_free(work: Work, number: AccountId) -> bool:
    """Return whether an account belonged to a webhook that is gone."""
    if work.connection.execute(_kind, {"id": number}).scalar_one() != HOOK:
        return False
    return work.connection.execute(_used, {"of_account": number}).first() is None


def _remove(work: Work, op: RemoveHook) -> Committed:
    who = actor(work, op.account)
    row, _ = channel(work, who, op.conversation)
    found = work.connection.execute(_one, {"number": op.number, "of_conversation": row.id}).first()
    if found is None:
        raise Refused(Refusal.NO_ACCOUNT, f"#{row.name} has no webhook {op.number}; `/webhook list` shows them.")
    account = lookups.account(work.connection, found.account)
    number = AccountId(account.id)
    work.connection.execute(delete(hooks).where(hooks.c.id == op.number))
    audit.record(
        work, op.ts, who.id, who.audited, "remove webhook", f"webhook {op.number}", f"{account.name} in #{row.name}"
    )
    seat = lookups.seat(work.connection, row.id, number)
    if seat is None or not seat.taken:
        return Committed()
    change = exit_from(work, row, account)
    return Committed(account_events=[tell_left(work, number, row.id, row.head)], memberships=[change])
