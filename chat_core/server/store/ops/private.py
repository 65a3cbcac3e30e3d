"""Private chats: asking, answering, ending; who may write to whom privately, and who ignores whom."""

from __future__ import annotations

from typing import Final, Literal, assert_never

from sqlalchemy import bindparam, delete, exists, insert, select, update

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, IgnoreChanged, PrivateChatChanged
from chat_core.protocol.values import Account, PrivateChat
from chat_core.server.rules import refusing
from chat_core.server.store import lookups, private_lookups, views
from chat_core.server.store.base import ANNOUNCEMENTS, Committed, Refused
from chat_core.server.store.conversations import OpenDirect
from chat_core.server.store.counting import written_behind
from chat_core.server.store.ops import conversations
from chat_core.server.store.ops.rights import person
from chat_core.server.store.ops.work import Work, new_key, tell
from chat_core.server.store.private import (
    IGNORED_MOST,
    AskChat,
    ChooseDmPolicy,
    CloseChat,
    IgnoreAccount,
    PrivateOp,
    ReplyChat,
)
from chat_core.server.store.private_payloads import IGNORE_CHANGED, PRIVATE_CHAT_CHANGED, pack_ignore, pack_private_chat
from chat_core.server.store.schema import accounts, ignores, memberships, private_chats

_begin: Final = (
    update(private_chats).where(private_chats.c.number == bindparam("chat")).values(begun_ts=bindparam("now"))
)
_end: Final = (
    update(private_chats)
    .where(private_chats.c.number == bindparam("chat"))
    .values(ended_ts=bindparam("now"), ended_by=bindparam("by"))
)
_chat: Final = select(private_chats.c.conversation).where(private_chats.c.number == bindparam("chat"))
_author: Final = bindparam("of_author", type_=accounts.c.id.type)
_theirs: Final = memberships.alias("theirs")
_recount: Final = (
    update(memberships)
    .where(memberships.c.account == bindparam("of_account"), memberships.c.until_seq.is_(None))
    # Where they never were they wrote nothing, and nothing needs to be counted.
    .where(exists().where(_theirs.c.conversation == memberships.c.conversation, _theirs.c.account == _author))
    .values(own_unread=memberships.c.own_unread + bindparam("sign") * written_behind(memberships, _author))
)

Act = Literal["asked", "begun", "declined", "ended"]


def carry_out(work: Work, op: PrivateOp) -> Committed:
    """Carry out an op about private chats. Raises: Refused, with nothing written."""
    match op:
        case AskChat():
            return _ask(work, op)
        case ReplyChat():
            return _reply(work, op)
        case CloseChat():
            return _close(work, op)
        case ChooseDmPolicy():
            return _choose(work, op)
        case IgnoreAccount():
            return _ignore(work, op)
        case _:
            assert_never(op)


def _ask(work: Work, op: AskChat) -> Committed:
    me, other = lookups.account(work.connection, op.account), person(work, op.other_name)
    if me.id == other.id:
        raise Refused(Refusal.NOT_ALLOWED, "A private chat needs another one.")
    mine = private_lookups.chats_of(work.connection, op.account)
    known = next((chat for chat in mine if chat.account == other.id), None)
    if known is not None and (known.begun or known.mine):
        return Committed(reply=(known, _shown(work, op.account, known.conversation)))
    door = private_lookups.stance(work.connection, AccountId(other.id), op.account)
    if door.closed:
        raise Refused(Refusal.NOT_ALLOWED, refusing.closed_door(other.name))
    _check_free(work, me, other, mine)
    made = conversations.open_direct(work, OpenDirect(op.account, op.other_name, op.ts), asked=True)
    told = list(made.account_events)
    for older in (chat for chat in mine if chat.mine):
        work.connection.execute(_end, {"chat": older.number, "now": op.ts, "by": op.account})
        told += _tell(work, older, me, "ended")
    chat = known or _asked(work, op, made.reply[0].id, other)
    begins = known is not None or door.policy == "open"
    if begins:
        work.connection.execute(_begin, {"chat": chat.number, "now": op.ts})
    work.facts.forget_doors()
    told += _tell(work, chat, me, "begun" if begins else "asked")
    chat = PrivateChat(
        number=chat.number,
        conversation=chat.conversation,
        account=other.id,
        name=other.name,
        asked=chat.asked,
        mine=chat.mine,
        begun=begins,
    )
    return Committed(
        reply=(chat, _shown(work, op.account, chat.conversation)),
        account_events=told,
        memberships=made.memberships,
        created=made.created,
    )


def _reply(work: Work, op: ReplyChat) -> Committed:
    me, asker = lookups.account(work.connection, op.account), person(work, op.asker_name)
    mine = private_lookups.chats_of(work.connection, op.account)
    chat = next((chat for chat in mine if chat.account == asker.id and not chat.mine and not chat.begun), None)
    if chat is None:
        if not op.accept or any(chat.account == asker.id and chat.begun for chat in mine):
            return Committed()
        raise Refused(
            Refusal.NOT_ALLOWED, f"'{asker.name}' does not ask you for a private chat, or has withdrawn the request."
        )
    if op.accept:
        _check_free(work, me, asker, mine)
        work.connection.execute(_begin, {"chat": chat.number, "now": op.ts})
    else:
        work.connection.execute(_end, {"chat": chat.number, "now": op.ts, "by": op.account})
    work.facts.forget_doors()
    return Committed(account_events=_tell(work, chat, me, "begun" if op.accept else "declined"))


def _close(work: Work, op: CloseChat) -> Committed:
    mine = private_lookups.chats_of(work.connection, op.account)
    if op.number:
        chat = next((chat for chat in mine if chat.number == op.number), None)
    else:
        chat = next((chat for chat in mine if chat.begun), None)
    if chat is None:
        if op.number:
            _check_was_mine(work, op)
        return Committed()
    work.connection.execute(_end, {"chat": chat.number, "now": op.ts, "by": op.account})
    work.facts.forget_doors()
    return Committed(account_events=_tell(work, chat, lookups.account(work.connection, op.account), "ended"))


def _check_was_mine(work: Work, op: CloseChat) -> None:
    """Refuse a number that is nobody's or of others, in the same words."""
    conversation = work.connection.execute(_chat, {"chat": op.number}).scalar()
    if conversation is None or lookups.seat(work.connection, conversation, op.account) is None:
        raise Refused(Refusal.NOT_ALLOWED, f"You have no private chat with the number {op.number}.")


def _choose(work: Work, op: ChooseDmPolicy) -> Committed:
    work.connection.execute(update(accounts).where(accounts.c.id == op.account).values(dm_policy=op.policy))
    work.facts.forget_doors()
    return Committed()


def _ignore(work: Work, op: IgnoreAccount) -> Committed:
    other = person(work, op.other_name)
    if other.id == op.account:
        raise Refused(Refusal.NOT_ALLOWED, "You cannot ignore yourself.")
    names = private_lookups.ignored_by(work.connection, op.account)
    if op.ignored == (other.name in names):
        return Committed()
    if op.ignored:
        if len(names) >= IGNORED_MOST:
            raise Refused(Refusal.TOO_MANY, f"You ignore {IGNORED_MOST} people, more is not possible.")
        work.connection.execute(insert(ignores).values(account=op.account, ignored=other.id))
    else:
        work.connection.execute(delete(ignores).where(ignores.c.account == op.account, ignores.c.ignored == other.id))
    _count_anew(work, op, AccountId(other.id))
    work.facts.forget_doors()
    return Committed(account_events=[_tell_ignored(work, op, other)])


def _count_anew(work: Work, op: IgnoreAccount, other: AccountId) -> None:
    """What the other one wrote behind the read markers of an account is no news any more, or is again."""
    change = {"of_account": op.account, "of_author": other, "sign": 1 if op.ignored else -1}
    work.connection.execute(_recount, change)
    work.facts.forget_ignorers(other, op.account)


def _tell_ignored(work: Work, op: IgnoreAccount, other: Account) -> tuple[AccountId, AccountEvent]:
    """Tell all devices of an account whom it ignores; the event is about no conversation, and stands at one of all."""
    place = lookups.find_channel(work.connection, ANNOUNCEMENTS)
    assert place is not None, "a store is made with it"
    seq = tell(work, op.account, IGNORE_CHANGED, place.id, pack_ignore(other.id, op.ignored))
    return op.account, IgnoreChanged(seq=seq, account=other.id, ignored=op.ignored)


def _check_free(work: Work, me: Account, other: Account, mine: list[PrivateChat]) -> None:
    """Refuse if one of the two has a private chat. Raises: Refused `unavailable`."""
    busy = next((chat for chat in mine if chat.begun), None)
    if busy is not None:
        raise Refused(
            Refusal.UNAVAILABLE, f"You are in the private chat {busy.number} with '{busy.name}': end that one first."
        )
    if any(chat.begun for chat in private_lookups.chats_of(work.connection, AccountId(other.id))):
        raise Refused(Refusal.UNAVAILABLE, f"'{other.name}' is busy with another private chat; try later.")


def _asked(work: Work, op: AskChat, conversation: int, other: Account) -> PrivateChat:
    row = {"conversation": conversation, "asked_by": op.account, "asked_ts": op.ts}
    number = new_key(work.connection.execute(insert(private_chats).values(row)))
    return PrivateChat(
        number=number, conversation=conversation, account=other.id, name=other.name, asked=op.ts, mine=True
    )


def _tell(work: Work, chat: PrivateChat, me: Account, act: Act) -> list[tuple[AccountId, AccountEvent]]:
    """Tell both of a private chat, the one who did it on their other devices."""
    told: list[tuple[AccountId, AccountEvent]] = []
    for account, name, own in ((me.id, chat.name, True), (chat.account, me.name, False)):
        payload = pack_private_chat(chat.number, act, name, own)
        seq = tell(work, AccountId(account), PRIVATE_CHAT_CHANGED, ConversationId(chat.conversation), payload)
        event = PrivateChatChanged(
            seq=seq, conversation=chat.conversation, number=chat.number, act=act, name=name, own=own
        )
        told.append((AccountId(account), event))
    return told


def _shown(work: Work, account: AccountId, conversation: int) -> object:
    number = ConversationId(conversation)
    return views.some_of(work.connection, account, [number])[number]
