"""Registering, devices and passwords, each whole in one transaction: no name and no use of an invite is given twice."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import DEVICES_PER_ACCOUNT
from chat_core.protocol.values import Account
from chat_core.server.rules.entry import why_not
from chat_core.server.rules.permissions import Permission, only
from chat_core.server.store import lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.look_alikes import check_look_alike
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.naming import checked
from chat_core.server.store.ops import audit, invites, persons
from chat_core.server.store.ops.accounts import begin, check_may_sign_in, taken
from chat_core.server.store.ops.persons import Person
from chat_core.server.store.ops.rights import actor
from chat_core.server.store.ops.speaking import check_may_enter
from chat_core.server.store.ops.work import Work, add_account, enter, tell_joined
from chat_core.server.store.people import (
    NO_SUCH_LOGIN,
    DropDevices,
    MakeGuest,
    OpenDevice,
    RegisterAccount,
    SetPassword,
    SignInByToken,
)

REVOKED = "This device was signed out, or its token is wrong: sign in again."


def register(work: Work, op: RegisterAccount) -> Committed:
    """Make an account with a password, or give a name its first one."""
    name = checked(op.name)
    holder = persons.by_name(work, name)
    if holder is not None and not (op.may_claim and _claimable(holder)):
        raise taken(holder.name)
    invite = _let_in(work, op, name)
    if holder is None:
        check_may_enter(work, keeper=False, ts=op.ts)
    else:
        check_may_sign_in(work, holder, op.ts)
    looks = check_look_alike(work.connection, name, None if holder is None else holder.id)
    owns = (op.may_own or (invite is not None and invite.made_by is None)) and not persons.any_registered(work)
    if holder is None:
        made = begin(work, add_account(work, name, op.ts), op.ts)
        account: Account = made.reply[0]
    else:
        made, account = Committed(), holder.account
    role = "owner" if owns else account.role
    number = AccountId(account.id)
    persons.register(work, number, op.password, op.ts, looks, role=role, seen_ts=op.ts)
    account = replace(account, role=role)
    if owns:
        audit.record(work, op.ts, number, account.name, "server role", account.name, "owner: the first who registered")
    device = persons.add_device(work, number, op.device, op.ts)
    if invite is not None:
        invites.use(work, invite)
        made = _with_channel(work, made, account, invites.leads_to(work, invite, number, op.ts), op.ts)
    return Committed(
        reply=(account, device, holder is None), account_events=made.account_events, memberships=made.memberships
    )


def open_device(work: Work, op: OpenDevice) -> Committed:
    """Make a device of an account whose password was right; the one unused for longest makes room."""
    person = persons.by_number(work, op.account)
    if person is None or person.password != op.password:
        raise _wrong()
    check_may_sign_in(work, person, op.ts)
    before = persons.devices_of(work, person.id)
    evicted = before[DEVICES_PER_ACCOUNT - 1 :]
    persons.drop_devices(work, evicted)
    device = persons.add_device(work, person.id, op.device, op.ts)
    persons.seen(work, person, op.ts)
    if op.rehashed is not None:
        persons.change(work, person.id, password=op.rehashed)
    return Committed(reply=(person.account, device, tuple(evicted)))


def sign_in_by_token(work: Work, op: SignInByToken) -> Committed:
    """Find the account of a device."""
    device = persons.find_device(work, op.token)
    person = None if device is None else persons.by_number(work, device.account)
    if device is None or person is None:
        raise Refused(Refusal.WRONG_CREDENTIALS, REVOKED)
    check_may_sign_in(work, person, op.ts)
    if op.noted:
        persons.device_used(work, device, op.ts)
        persons.seen(work, person, op.ts)
    return Committed(reply=(person.account, device.id))


def make_guest(work: Work, op: MakeGuest) -> Committed:
    """Make a guest of the first name that is free."""
    names = [checked(name) for name in op.names]
    free = next((name for name in names if _is_free(work, name)), None)
    if free is None:
        raise taken(names[-1])
    check_may_enter(work, keeper=False, ts=op.ts)
    made = begin(work, add_account(work, free, op.ts), op.ts)
    account = replace(made.reply[0], role="guest")
    number = AccountId(account.id)
    persons.change(work, number, role="guest", seen_ts=op.ts)
    device = persons.add_device(work, number, op.device, op.ts)
    return Committed(reply=(account, device), account_events=made.account_events, memberships=made.memberships)


def drop_devices(work: Work, op: DropDevices) -> Committed:
    """Forget one device of an account."""
    if op.device not in persons.devices_of(work, op.account):
        raise Refused(Refusal.NO_DEVICE, "You have no device with that number.")
    persons.drop_devices(work, [op.device])
    return Committed(reply=(op.device,))


def set_password(work: Work, op: SetPassword) -> Committed:
    """Give an account a password; other devices than the one that stays are forgotten."""
    person = persons.by_number(work, op.account)
    if person is None:
        raise Refused(Refusal.NO_ACCOUNT, REFUSALS[Refusal.NO_ACCOUNT].text)
    if person.role == "guest":
        raise Refused(Refusal.NOT_ALLOWED, "A guest has no password: sign out, and register a name.")
    if person.bot:
        raise Refused(Refusal.NOT_ALLOWED, f"'{person.name}' is a program, and has no password.")
    looks = check_look_alike(work.connection, person.name, person.id)
    who = actor(work, op.by if op.for_them else person.id)
    if op.for_them and who.account is not None and who.account.role != "owner":
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.ADMINISTER))
    if not op.for_them and person.password != op.before:
        raise _wrong()
    dropped = [number for number in persons.devices_of(work, person.id) if number != op.keep]
    persons.drop_devices(work, dropped)
    registered = person.registered_ts if person.registered_ts is not None else op.ts
    persons.register(work, person.id, op.password, registered, looks)
    if op.for_them:
        audit.record(work, op.ts, who.id, who.audited, "password", person.name, "")
    device = None if op.device is None else persons.add_device(work, person.id, op.device, op.ts)
    return Committed(reply=(person.account, tuple(dropped), device))


def _wrong() -> Refused:
    return Refused(Refusal.WRONG_CREDENTIALS, NO_SUCH_LOGIN)


def _is_free(work: Work, name: str) -> bool:
    """Return whether a guest can be called that."""
    try:
        check_look_alike(work.connection, name, None)
    except Refused:
        return False
    return persons.by_name(work, name) is None


def _claimable(holder: Person) -> bool:
    """Return whether whoever can be this account by its name alone may give it a password."""
    return holder.password is None and not holder.disabled and holder.role == "member" and not holder.bot


def _let_in(work: Work, op: RegisterAccount, name: str) -> invites.InviteFound | None:
    """Return the invite that is to be used. Raises: Refused."""
    invite, came = (None, None) if op.invite is None else invites.find(work, op.invite, op.ts)
    if refusal := why_not(op.how, name, listed=persons.is_listed(work, name), invite=came):
        raise Refused(*refusal)
    return invite


def _with_channel(work: Work, made: Committed, account: Account, channel: ConversationRow | None, ts: int) -> Committed:
    """Add the membership that comes with an invite."""
    number = AccountId(account.id)
    seat = None if channel is None else lookups.seat(work.connection, channel.id, number)
    if channel is None or (seat is not None and seat.taken):
        return made
    change = enter(work, channel, account, ts, seat)
    told = tell_joined(work, number, channel.id)
    return Committed(
        reply=made.reply, account_events=[*made.account_events, told], memberships=[*made.memberships, change]
    )
