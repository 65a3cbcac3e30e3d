"""Who acts on whom: actors and targets as they stand in a channel and on the server, and the rule of ranks."""

from __future__ import annotations

from dataclasses import dataclass

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Account
from chat_core.server.rules.permissions import Permission, at_least, only, only_operators, operates, standing
from chat_core.server.store import lookups
from chat_core.server.store.acts import Who
from chat_core.server.store.base import Refused
from chat_core.server.store.chain import SERVER
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops.work import Work


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; no account: the server itself, which outranks everybody."""

    account: Account | None

    @property
    def id(self) -> AccountId | None:
        """The account's number."""
        return None if self.account is None else AccountId(self.account.id)

    @property
    def name(self) -> str:
        """For events: empty is the server itself."""
        return "" if self.account is None else self.account.name

    @property
    def audited(self) -> str:
        """For the audit log."""
        return self.name or SERVER


def actor(work: Work, account: AccountId | None) -> Actor:
    """Return who acts."""
    return Actor(None if account is None else lookups.account(work.connection, account))


def person(work: Work, who: Who) -> Account:
    """Return the account that is meant. Raises: Refused `no_account`."""
    if isinstance(who, int):
        return lookups.account(work.connection, who)
    found = lookups.find_account(work.connection, who)
    if found is None:
        raise Refused(Refusal.NO_ACCOUNT, "There is no account of that name.")
    return found


def member(work: Work, account: AccountId, ref: int | str) -> tuple[ConversationRow, Seat]:
    """Return a conversation that an account is in, and its seat. Raises: Refused `no_conversation`, `not_member`."""
    row, seat = lookups.resolve(work.connection, account, ref)
    if seat is None or not seat.taken:
        raise Refused(Refusal.NOT_MEMBER, f"You are not in #{row.name}: join it first.")
    return row, seat


def channel(work: Work, who: Actor, ref: int | str) -> tuple[ConversationRow, Seat | None]:
    """Return a channel in which somebody may do what its operators may, and their seat there.

    Raises:
        Refused: `no_conversation`, `not_allowed`.
    """
    if who.id is None:
        row = lookups.find_conversation(work.connection, ref) if isinstance(ref, int) else None
        row = lookups.find_channel(work.connection, ref.removeprefix("#")) if isinstance(ref, str) else row
        mine: Seat | None = None
        if row is None:
            raise lookups.no_conversation(ref)
    else:
        row, mine = lookups.resolve(work.connection, who.id, ref)
    if row.kind != "channel":
        raise Refused(Refusal.NOT_ALLOWED, "Only a channel has operators and rules.")
    if who.account is not None:
        taken = mine is not None and mine.taken
        if not operates(who.account.role, mine.role if mine is not None and taken else "member"):
            raise Refused(Refusal.NOT_ALLOWED, only_operators(row.name))
    return row, mine


def check_rank(who: Actor, target: Account, row: ConversationRow, mine: Seat | None, theirs: Seat | None) -> None:
    """Refuse to act in a channel on somebody who stands as high or higher. Raises: Refused `not_allowed`."""
    if who.account is None:
        return
    if _in_channel(who.account, row, mine) <= _in_channel(target, row, theirs):
        raise _no_rank(who.account, target)


def check_server_rank(who: Actor, target: Account) -> None:
    """Refuse to act on the server on somebody whose role is as high or higher. Raises: Refused `not_allowed`."""
    if who.account is None:
        return
    if not at_least(who.account.role, "moderator"):
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.MODERATE))
    if at_least(target.role, who.account.role):
        raise _no_rank(who.account, target)


def _in_channel(account: Account, row: ConversationRow, seat: Seat | None) -> int:
    taken = seat is not None and seat.taken
    role = seat.role if seat is not None and taken else "member"
    return standing(account.role, role, maker=taken and row.made_by == account.id)


def _no_rank(who: Account, target: Account) -> Refused:
    if who.id == target.id:
        return Refused(Refusal.NOT_ALLOWED, "That cannot be done to oneself.")
    return Refused(Refusal.NOT_ALLOWED, f"'{target.name}' has the same rank as you, or a higher one.")
