"""Accounts: signing in by name, renaming; and what every new account begins with."""

from __future__ import annotations

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.values import Account
from chat_core.server.rules import refusing
from chat_core.server.rules.entry import name_fault, why_not
from chat_core.server.store import enforcing, lookups
from chat_core.server.store.base import ANNOUNCEMENTS, GENERAL, Committed, Refused
from chat_core.server.store.look_alikes import check_look_alike
from chat_core.server.store.naming import checked
from chat_core.server.store.ops import persons
from chat_core.server.store.ops.persons import Person
from chat_core.server.store.ops.speaking import check_may_enter
from chat_core.server.store.ops.work import Work, add_account, enter, rename_account, tell_joined
from chat_core.server.store.people import RenameAccount, SignInByName


def sign_in_by_name(work: Work, op: SignInByName) -> Committed:
    """Find or make the account of a name, unless it has a password, or may not come in."""
    name = checked(op.name)
    known = persons.by_name(work, name)
    if known is not None and known.password is not None:
        raise Refused(Refusal.PASSWORD_NEEDED, f"The name '{known.name}' has a password: sign in with it.")
    if known is not None and known.bot:
        raise Refused(Refusal.SIGN_IN_REFUSED, f"'{known.name}' is a program: it signs in with its token only.")
    if op.make == "listed" and not persons.is_listed(work, name):
        refusal = why_not("allowlist", name, listed=False, invite=None)
        assert refusal is not None
        raise Refused(*refusal)
    if known is None:
        if op.make == "none":
            raise Refused(
                Refusal.SIGN_IN_REFUSED,
                f"There is no account '{name}', and this server takes no new ones; ask the people who run it for one.",
            )
        check_may_enter(work, keeper=False, ts=op.ts)
        check_look_alike(work.connection, name, None)
        return begin(work, add_account(work, name, op.ts), op.ts)
    if known.role == "guest":
        raise Refused(Refusal.NAME_TAKEN, f"'{known.name}' is a guest of another device; choose another name.")
    check_may_sign_in(work, known, op.ts)
    if op.noted:
        persons.seen(work, known, op.ts)
    return Committed(reply=(known.account, False))


def begin(work: Work, account: Account, ts: int) -> Committed:
    """Bring a new account into the conversations of everybody. Outcome: `reply` is `(Account, True)`."""
    number = AccountId(account.id)
    changes, told = [], []
    for channel in (GENERAL, ANNOUNCEMENTS):
        row = lookups.find_channel(work.connection, channel)
        assert row is not None, "a store is made with these two"
        changes.append(enter(work, row, account, ts))
        told.append(tell_joined(work, number, row.id))
    return Committed(reply=(account, True), account_events=told, memberships=changes)


def rename(work: Work, op: RenameAccount) -> Committed:
    """Give an account another name, if no other account has it."""
    name = checked(op.name)
    account = lookups.account(work.connection, op.account)
    holder = lookups.find_account(work.connection, name)
    if holder is not None and holder.id != account.id:
        raise taken(holder.name)
    if account.name == name:
        return Committed(reply=account)
    if fault := name_fault(name, guest=account.role == "guest"):
        raise Refused(Refusal.BAD_NAME, fault)
    if op.listed and holder is None:
        refusal = why_not("allowlist", name, listed=persons.is_listed(work, name), invite=None)
        if refusal is not None:
            raise Refused(*refusal)
    looks = check_look_alike(work.connection, name, op.account)
    renamed = rename_account(work, account, name, looks)
    return Committed(reply=renamed, renamed=renamed)


def check_may_sign_in(work: Work, person: Person, ts: int) -> None:
    """Refuse an account that is kept out, however it signs in. Raises: Refused `disabled`, `banned`."""
    if person.disabled or person.bot == "hook":
        raise Refused(Refusal.DISABLED, REFUSALS[Refusal.DISABLED].text)
    check_not_banned(work, person.id, ts)


def check_not_banned(work: Work, account: AccountId, ts: int) -> None:
    """Refuse an account that is banned from the server, however it signs in. Raises: Refused `banned`."""
    ban = enforcing.find_ban(work.connection, None, account, ts)
    if ban is not None:
        raise Refused(Refusal.BANNED, refusing.banned("this server", ban.until_ts, ts, ban.reason))


def taken(name: str) -> Refused:
    """Return the refusal of a name that another account has."""
    return Refused(Refusal.NAME_TAKEN, f"The name '{name}' is in use.")
