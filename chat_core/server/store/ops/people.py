"""What the people who run a server do with accounts, and what is forgotten by itself; and who carries out which op."""

from __future__ import annotations

from typing import Final, assert_never

from msgspec.structs import replace
from sqlalchemy import and_, bindparam, delete, insert, or_, select

from chat_core.base.ids import AccountId
from chat_core.base.names import name_key
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.server.rules.entry import name_fault
from chat_core.server.rules.permissions import Permission, only
from chat_core.server.store import lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.look_alikes import check_look_alike
from chat_core.server.store.naming import checked
from chat_core.server.store.ops import accounts, audit, invites, persons, signin
from chat_core.server.store.ops.persons import Person
from chat_core.server.store.ops.rights import Actor, actor
from chat_core.server.store.ops.work import Work, add_account, exit_from, tell_left
from chat_core.server.store.people import (
    SWEPT,
    AddAccount,
    AllowName,
    DisableAccount,
    DropDevices,
    DropInvite,
    MakeGuest,
    MakeInvite,
    NewDevice,
    OpenDevice,
    PeopleOp,
    RegisterAccount,
    SetPassword,
    SetServerRole,
    SignInByName,
    SignInByToken,
    Sweep,
)
from chat_core.server.store.schema import accounts as accounts_table
from chat_core.server.store.schema import allowlist, conversations, memberships
from chat_core.server.store.schema import invites as invites_table

_idle_guests: Final = (
    select(accounts_table.c.id)
    .where(
        accounts_table.c.role == "guest",
        accounts_table.c.disabled.is_(False),
        accounts_table.c.seen_ts < bindparam("idle_since"),
    )
    .order_by(accounts_table.c.seen_ts)
    .limit(bindparam("count"))
)
_channels_of: Final = (
    select(memberships.c.conversation)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(
        memberships.c.account == bindparam("account"),
        memberships.c.until_seq.is_(None),
        conversations.c.kind == "channel",
    )
    .order_by(memberships.c.conversation)
)
_over: Final = delete(invites_table).where(
    or_(
        invites_table.c.uses_left == 0,
        and_(invites_table.c.expires_ts.is_not(None), invites_table.c.expires_ts <= bindparam("now")),
    )
)


def carry_out(work: Work, op: PeopleOp) -> Committed:
    """Carry out an op about accounts. Raises: Refused, with nothing written."""
    match op:
        case SignInByName():
            return accounts.sign_in_by_name(work, op)
        case RegisterAccount():
            return signin.register(work, op)
        case OpenDevice():
            return signin.open_device(work, op)
        case SignInByToken():
            return signin.sign_in_by_token(work, op)
        case MakeGuest():
            return signin.make_guest(work, op)
        case DropDevices():
            return signin.drop_devices(work, op)
        case SetPassword():
            return signin.set_password(work, op)
        case MakeInvite():
            return invites.make(work, op)
        case _:
            return _administer(work, op)


def _administer(
    work: Work, op: AddAccount | DisableAccount | SetServerRole | AllowName | DropInvite | Sweep
) -> Committed:
    match op:
        case AddAccount():
            return _add(work, op)
        case DisableAccount():
            return _disable(work, op)
        case SetServerRole():
            return _set_role(work, op)
        case AllowName():
            return _allow(work, op)
        case DropInvite():
            return invites.drop(work, op)
        case Sweep():
            return _sweep(work, op)
        case _:
            assert_never(op)


def _add(work: Work, op: AddAccount) -> Committed:
    name = checked(op.name)
    if fault := name_fault(name, guest=False):
        raise Refused(Refusal.BAD_NAME, fault)
    holder = persons.by_name(work, name)
    who = _owner(work, op.by)
    if holder is not None:
        if op.bot is None or holder.bot != "bot":
            raise accounts.taken(holder.name)
        return _another_token(work, op, who, holder, op.bot)
    role = op.role
    if op.password is not None and not persons.any_registered(work):
        role = "owner"
    _check_may_have(role, op.password)
    looks = check_look_alike(work.connection, name, None)
    made = accounts.begin(work, add_account(work, name, op.ts), op.ts)
    account = replace(made.reply[0], role=role)
    if op.password is not None:
        persons.register(work, AccountId(account.id), op.password, op.ts, looks, role=role)
    if op.bot is not None:
        persons.change(work, AccountId(account.id), bot="bot")
        persons.add_device(work, AccountId(account.id), op.bot, op.ts)
        account = replace(account, bot=True)
    detail = "bot" if op.bot is not None else role if op.password is not None else f"{role}, without a password"
    audit.record(work, op.ts, who.id, who.audited, "add account", name, detail)
    return Committed(reply=account, account_events=made.account_events, memberships=made.memberships)


def _another_token(work: Work, op: AddAccount, who: Actor, bot: Person, device: NewDevice) -> Committed:
    persons.drop_devices(work, persons.devices_of(work, bot.id))
    persons.add_device(work, bot.id, device, op.ts)
    audit.record(work, op.ts, who.id, who.audited, "bot token", bot.name, "")
    return Committed(reply=bot.account)


def _disable(work: Work, op: DisableAccount) -> Committed:
    who, person = _owner(work, op.by), _named(work, op.name)
    if op.disabled and _is_last_owner(work, person):
        raise _last_owner(person)
    if person.disabled != op.disabled:
        persons.change(work, person.id, disabled=op.disabled)
        audit.record(work, op.ts, who.id, who.audited, "disable" if op.disabled else "enable", person.name, "")
    return Committed(reply=person.account)


def _set_role(work: Work, op: SetServerRole) -> Committed:
    who, person = _owner(work, op.by), _named(work, op.name)
    if "guest" in (person.role, op.role) and person.role != op.role:
        raise Refused(Refusal.NOT_ALLOWED, "A guest stays one until the name is registered, and nobody becomes one.")
    _check_may_have(op.role, person.password)
    if op.role != "owner" and _is_last_owner(work, person):
        raise _last_owner(person)
    if person.role != op.role:
        persons.change(work, person.id, role=op.role)
        audit.record(work, op.ts, who.id, who.audited, "server role", person.name, op.role)
    return Committed(reply=replace(person.account, role=op.role))


def _allow(work: Work, op: AllowName) -> Committed:
    name = checked(op.name)
    who, listed = _owner(work, op.by), persons.is_listed(work, name)
    if op.allowed == listed:
        return Committed()
    if op.allowed:
        work.connection.execute(insert(allowlist).values(name_key=name_key(name), name=name, added_ts=op.ts))
    else:
        work.connection.execute(delete(allowlist).where(allowlist.c.name_key == name_key(name)))
    audit.record(work, op.ts, who.id, who.audited, "allow name" if op.allowed else "disallow name", name, "")
    return Committed()


def _sweep(work: Work, op: Sweep) -> Committed:
    """End guests that nobody uses any more: they leave their channels, and stay as authors of what they wrote."""
    work.connection.execute(_over, {"now": op.ts})
    wanted = {"idle_since": op.idle_since, "count": SWEPT + len(op.spared)}
    idle = work.connection.execute(_idle_guests, wanted).scalars().all()
    ended = [AccountId(number) for number in idle if number not in op.spared][:SWEPT]
    changes, told = [], []
    for number in ended:
        account = lookups.account(work.connection, number)
        for conversation in work.connection.execute(_channels_of, {"account": number}).scalars().all():
            row = lookups.find_conversation(work.connection, conversation)
            assert row is not None, "a membership points to it"
            changes.append(exit_from(work, row, account))
            told.append(tell_left(work, number, row.id, row.head))
        persons.drop_devices(work, persons.devices_of(work, number))
        persons.change(work, number, disabled=True)
    return Committed(reply=tuple(ended), account_events=told, memberships=changes)


def _owner(work: Work, by: AccountId | None) -> Actor:
    """Return who acts, if they may: a role that was taken away meanwhile does not count. Raises: Refused."""
    who = actor(work, by)
    if who.account is not None and who.account.role != "owner":
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.ADMINISTER))
    return who


def _named(work: Work, name: str) -> Person:
    person = persons.by_name(work, name.removeprefix("@"))
    if person is None:
        raise Refused(Refusal.NO_ACCOUNT, f"There is no account '{clean_line(name[:64])}'.")
    return person


def _check_may_have(role: str, password: str | None) -> None:
    if role in ("moderator", "owner") and password is None:
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"Without a password, anybody on the server's machine would be {role}: set one first, with users passwd.",
        )


def _is_last_owner(work: Work, person: Person) -> bool:
    return person.role == "owner" and not person.disabled and persons.count_owners(work) == 1


def _last_owner(person: Person) -> Refused:
    return Refused(
        Refusal.NOT_ALLOWED, f"{person.name} is the only owner of this server: make somebody else owner first."
    )
