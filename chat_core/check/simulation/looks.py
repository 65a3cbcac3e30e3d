"""Comparisons of a client's state: with the store, with the heads of the logs, and with another client's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.check.simulation.disk import Disk
from chat_core.client import LinkStatus
from chat_core.client.state.model import ClientState, ConversationState, ThreadState
from chat_core.client.state.reading import is_exact
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.values import Conversation, Message
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.checks.examining import examine
from chat_core.server.store.reader import SqlReader


def state_against_store(state: ClientState, disk: Disk) -> str | None:
    """Return what is wrong in what a client shows, where it is at the same event as the store."""
    if state.me is None:
        return None
    with disk.reading() as connection:
        reader = SqlReader(connection)
        for known in state.conversations.values():
            wrong = _messages_against_store(known, reader, state.me.id)
            if wrong is not None:
                return wrong
    return None


def account_against_store(state: ClientState, disk: Disk) -> str | None:
    """Return what is wrong in what a client knows of its account, where it is at the same event as the store.

    Where somebody copied the store back by hand, a number may mean two events: then this says nothing.
    """
    if state.me is None or not state.account_seq or state.epoch != disk.epoch:
        return None
    if any(known.remembered for known in state.conversations.values()):
        return None  # it has the list of an earlier run, and was told nothing yet
    me = AccountId(state.me.id)
    with disk.reading() as connection:
        reader = SqlReader(connection)
        if reader.account_head(me) != state.account_seq:
            return None
        stored = {number: frozenset(seqs) for number, seqs in _bookmarks(reader, me)}
        listed = {each.id: each for each in reader.conversations_of(me)}
        ignored = frozenset(reader.ignored_numbers(me))
    if (state.ignored, state.bookmarks) != (ignored, stored):
        return f"ignores {sorted(state.ignored)}, with bookmarks {_sorted(state.bookmarks)}, unlike the store."
    if state.conversations.keys() != listed.keys():
        return f"lists {sorted(state.conversations)}, the store {sorted(listed)}."
    for number, known in state.conversations.items():
        wrong = _counts_against_store(known, listed[number])
        if wrong is not None:
            return wrong
    return None


def store_faults(disk: Disk) -> Iterator[str]:
    """Yield what is not as it must be in a store: what is kept twice, and folded from the log, must agree."""
    with disk.reading() as connection:
        for outcome in examine(connection):
            yield from (f"The store's own check of {outcome.name} says: {text}" for text in outcome.findings)


def unsettled(state: ClientState, heads: Mapping[int, int]) -> str | None:
    """Return why a client is not at the end; None: it is."""
    if state.link.status is not LinkStatus.ONLINE:
        return f"is {state.link.status.value}"
    for known in state.conversations.values():
        if known.position.seq != heads.get(known.id):
            return f"in conversation {known.id} is at {known.position.seq}, the log at {heads.get(known.id)}"
        if any(unsent.status != "failed" for unsent in known.unsent):
            return f"in conversation {known.id} still has unsent messages"
        if known.loading:
            return f"in conversation {known.id} is still loading"
    return None


def difference(old: ClientState, new: ClientState, *, members: bool) -> Iterator[str]:
    """Yield what is different in two clients of one account.

    Args:
        old: made of events.
        new: as a new client is given it.
        members: whether the numbers of members count; the signals that change them may be dropped.
    """
    ours, theirs = old.conversations, new.conversations
    if old.ignored != new.ignored:
        yield f"ignores {sorted(old.ignored)}, a new client {sorted(new.ignored)}."
    if old.bookmarks != new.bookmarks:
        yield f"has bookmarks at {_sorted(old.bookmarks)}, a new client at {_sorted(new.bookmarks)}."
    if ours.keys() != theirs.keys():
        yield f"lists {sorted(ours)}, a new client {sorted(theirs)}."
    for number in ours.keys() & theirs.keys():
        mine, fresh = ours[number], theirs[number]
        for what, one, other in (
            ("name", name_key(mine.info.name), name_key(fresh.info.name)),
            ("topic", mine.info.topic, fresh.info.topic),
            ("members", mine.info.members, fresh.info.members if members else mine.info.members),
            ("role", mine.info.role, fresh.info.role),
            ("rules", mine.info.rules, fresh.info.rules),
            ("quiet", mine.info.quiet, fresh.info.quiet),
            ("read marker", mine.read, fresh.read),
            ("unread", mine.unread, fresh.unread),
            ("mentions", mine.mentions, fresh.mentions),
            ("position", mine.position.seq, fresh.position.seq),
            ("followed threads", dict(mine.followed), dict(fresh.followed)),
            ("messages", unnamed(mine.timeline), unnamed(fresh.timeline)),
        ):
            if one != other:
                yield f"has {what} {one!r} of conversation {number}, a new client {other!r}."
        for root in mine.threads.keys() & fresh.threads.keys():
            for what, one, other in _of_threads(mine.threads[root], fresh.threads[root]):
                if one != other:
                    yield f"has {what} {one!r} of thread {number}:{root}, a new client {other!r}."


def unnamed(messages: Iterable[Message]) -> list[Message]:
    """Return messages without the names of their authors: the signals that change these may be dropped."""
    return [replace(message, name="", display="") for message in messages]


def _of_threads(mine: ThreadState, fresh: ThreadState) -> Iterator[tuple[str, Any, Any]]:
    yield "following", mine.following, fresh.following
    if fresh.following:  # else the marker is a client's own
        yield "read marker", mine.read, fresh.read
    yield "root", unnamed([mine.root]), unnamed([fresh.root])
    yield "messages", unnamed(mine.messages), unnamed(fresh.messages)


def _sorted(bookmarks: Mapping[int, frozenset[int]]) -> dict[int, list[int]]:
    return {number: sorted(bookmarks[number]) for number in sorted(bookmarks)}


def _bookmarks(reader: Reader, me: AccountId) -> Iterator[tuple[int, Iterable[int]]]:
    return ((each.conversation, each.messages) for each in reader.bookmarked_seqs(me))


def _counts_against_store(known: ConversationState, stored: Conversation) -> str | None:
    if known.info.quiet != stored.quiet:
        return f"has {'made quiet' if known.info.quiet else 'not made quiet'} conversation {known.id}."
    same = (known.position.seq, known.position.eid, known.read) == (stored.head, stored.eid, stored.read)
    if not same or known.uncounted or not is_exact(known):
        return None
    if (known.unread, known.mentions) == (stored.unread, stored.mentions):
        return None
    return (
        f"counts {known.unread} unread and {known.mentions} mentions in conversation {known.id} at {stored.head}, "
        f"the store {stored.unread} and {stored.mentions}."
    )


def _messages_against_store(known: ConversationState, reader: Reader, account: int) -> str | None:
    if not known.timeline.count or known.remembered:
        return None
    try:
        place = reader.find(AccountId(account), known.id)
    except Refused:
        return None
    if (place.head, place.eid) != (known.position.seq, known.position.eid):
        return None
    shown = list(known.timeline)[-PAGE_ITEMS:]
    me = AccountId(account)
    page = reader.history(ConversationId(known.id), "latest", 0, len(shown), readable(place), me)
    stored = unnamed(page.messages)
    if unnamed(shown[-len(stored) :]) == stored:
        return None
    return f"shows other messages of conversation {known.id} than are stored up to {place.head}."
