"""Threads: who follows which, how far they have read, and what a reply does to the message that its thread hangs on.

A reply raises that message's numbers, and makes its author, whoever replies and whoever is named follow the thread.
Nothing is written for anybody else: what is unread in a thread is counted when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.events import AccountEvent, ThreadMarked
from chat_core.server.store import lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.many import Many
from chat_core.server.store.ops.work import Work, tell
from chat_core.server.store.schema import account_events, messages, threads
from chat_core.server.store.thread_payloads import THREAD_MARKED, pack_thread
from chat_core.server.store.thread_reads import root_key
from chat_core.server.store.threading import MoveThreadMarker, SetFollowing, ThreadOp

_roots: Final = select(
    messages.c.id, messages.c.author, messages.c.deleted, messages.c.thread, messages.c.replies
).where(messages.c.id.in_(bindparam("some", expanding=True)))
_raise = Many(
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(replies=bindparam("new_replies"), last_reply=bindparam("new_last"), changed=bindparam("new_changed")),
    "new_changed",
    "new_replies",
    "new_last",
    "key",
)
_of: Final = (threads.c.account == bindparam("of_account"), threads.c.root == bindparam("of_root"))
_stand: Final = select(threads.c.following, threads.c.read_seq, threads.c.event).where(*_of)
_drop: Final = delete(threads).where(*_of)
_forget: Final = delete(account_events).where(
    account_events.c.account == bindparam("of_account"), account_events.c.seq == bindparam("old")
)


class Stand(NamedTuple):
    """How an account stands to a thread."""

    following: bool
    read: int
    event: int


@dataclass(slots=True)
class Root:
    """A message that a thread hangs on, or could."""

    key: int
    author: AccountId
    deleted: bool
    thread: int | None
    replies: int
    last_reply: int = 0
    changed: int = 0


class Replies:
    """The threads that a run of posts writes in.

    Args:
        work: the transaction.
        wanted: keys of the messages whose threads are named.
    """

    def __init__(self, work: Work, wanted: Iterable[int]) -> None:
        self._work = work
        self._wanted = frozenset(wanted)
        self._roots: dict[int, Root] = {}
        self._touched: dict[int, Root] = {}
        self._learn(self._wanted)
        self._learn({root.thread for root in self._roots.values() if root.thread is not None} - self._roots.keys())

    def root(self, conversation: int, seq: int) -> Root:
        """Return what the thread hangs on that a message names. Raises: Refused `no_message`."""
        root = self._roots.get(row_id(conversation, seq)) if seq <= MAX_SEQ else None
        if root is not None and root.thread is not None:
            root = self._roots.get(root.thread)
        if root is None:
            raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
        if root.deleted and not root.replies:
            raise Refused(Refusal.NO_MESSAGE, "That message was deleted: no thread can begin there any more.")
        return root

    def posted(self, key: int, author: AccountId, thread: int | None) -> None:
        """A message was accepted: one behind it in the run may name its thread."""
        if key in self._wanted:
            self._roots[key] = Root(key, author, deleted=False, thread=thread, replies=0)

    def reply(
        self, root: Root, author: AccountId, seq: int, ts: int, named: Iterable[int]
    ) -> list[tuple[AccountId, AccountEvent]]:
        """Fold one more reply in, and let its author, that of the root and whom it names follow; return news."""
        root.replies, root.last_reply, root.changed = root.replies + 1, ts, seq
        self._touched[root.key] = root
        told = []
        stand = _stand_of(self._work, author, root.key)
        if stand is None or not stand.following:
            told.append(_put(self._work, author, root.key, stand, following=True, read=seq))
        first = root.author != author and root.replies == 1
        if first and _stand_of(self._work, root.author, root.key) is None and _reads(self._work, root.author, root.key):
            told.append(_put(self._work, root.author, root.key, None, following=True, read=seq_of(root.key)))
        return told + follow_named(self._work, root.key, named, seq)

    def write(self) -> None:
        """Write the numbers of the roots; behind the messages, which they may be among."""
        rows = [(root.changed, root.replies, root.last_reply, root.key) for root in self._touched.values()]
        _raise.run(self._work.connection, rows)

    def _learn(self, keys: Iterable[int]) -> None:
        for some in lookups.chunks(keys):
            for row in self._work.connection.execute(_roots, {"some": some}):
                self._roots[row.id] = Root(*row)


def follow_named(work: Work, root: int, named: Iterable[int], seq: int) -> list[tuple[AccountId, AccountEvent]]:
    """Let members whom a message of a thread names follow it from there on; return what they are told.

    Args:
        work: the transaction.
        root: key of what the thread hangs on.
        named: whom; who follows it already is left alone, and so is who came into the group behind its beginning.
        seq: of the message, which is unread to them.
    """
    told = []
    for account in map(AccountId, named):
        stand = _stand_of(work, account, root)
        if (stand is None or not stand.following) and _reads(work, account, root):
            told.append(_put(work, account, root, stand, following=True, read=seq - 1))
    return told


def carry_out(work: Work, op: ThreadOp) -> Committed:
    """Carry out an op about threads. Raises: Refused, with nothing written."""
    row, seat = lookups.resolve(work.connection, op.account, op.conversation)
    if seat is None or not seat.taken:
        raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
    key = root_key(work.connection, row.id, op.thread)
    if seq_of(key) <= seat.since_seq:
        raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
    stand = _stand_of(work, op.account, key)
    match op:
        case SetFollowing():
            return _follow(work, op, row, key, stand)
        case MoveThreadMarker():
            return _mark(work, op, row, key, stand)


def _follow(work: Work, op: SetFollowing, row: ConversationRow, key: int, stand: Stand | None) -> Committed:
    if op.following == (stand is not None and stand.following):
        return Committed()
    return Committed(account_events=[_put(work, op.account, key, stand, following=op.following, read=row.head)])


def _mark(work: Work, op: MoveThreadMarker, row: ConversationRow, key: int, stand: Stand | None) -> Committed:
    seq = min(op.seq, row.head)
    if stand is None or not stand.following or seq <= stand.read:
        return Committed()
    return Committed(account_events=[_put(work, op.account, key, stand, following=True, read=seq)])


def _reads(work: Work, account: AccountId, root: int) -> bool:
    """Return whether an account is there, and reads what a thread hangs on."""
    seat = lookups.seat(work.connection, conversation_of(root), account)
    return seat is not None and seat.taken and seq_of(root) > seat.since_seq


def _stand_of(work: Work, account: AccountId, root: int) -> Stand | None:
    row = work.connection.execute(_stand, {"of_account": account, "of_root": root}).first()
    return None if row is None else Stand(*row)


def _put(
    work: Work, account: AccountId, root: int, old: Stand | None, *, following: bool, read: int
) -> tuple[AccountId, AccountEvent]:
    """Write how an account stands to a thread, and tell it in the place of what was told before."""
    connection, number, seq = work.connection, ConversationId(conversation_of(root)), seq_of(root)
    if old is not None:
        connection.execute(_drop, {"of_account": account, "of_root": root})
        connection.execute(_forget, {"of_account": account, "old": old.event})
    told = tell(work, account, THREAD_MARKED, number, pack_thread(seq, following, read))
    connection.execute(
        insert(threads).values(
            account=account, root=root, conversation=number, following=following, read_seq=read, event=told
        )
    )
    return account, ThreadMarked(seq=told, conversation=number, thread=seq, following=following, read=read)
