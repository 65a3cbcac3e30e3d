"""Comparisons of a client's state: with the store, with the heads of the logs, and with another client's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chat_core.base.ids import AccountId, ConversationId
from chat_core.check.recording import snapshot
from chat_core.check.simulation.disk import Disk
from chat_core.client import LinkStatus
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused
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
    if ours.keys() != theirs.keys():
        yield f"lists {sorted(ours)}, a new client {sorted(theirs)}."
    for number in ours.keys() & theirs.keys():
        mine, fresh = ours[number], theirs[number]
        for what, one, other in (
            ("name", mine.info.name, fresh.info.name),
            ("topic", mine.info.topic, fresh.info.topic),
            ("members", mine.info.members, fresh.info.members if members else mine.info.members),
            ("role", mine.info.role, fresh.info.role),
            ("rules", mine.info.rules, fresh.info.rules),
            ("quiet", mine.info.quiet, fresh.info.quiet),
            ("read marker", mine.read, fresh.read),
            ("unread", mine.unread, fresh.unread),
            ("mentions", mine.mentions, fresh.mentions),
            ("position", mine.position.seq, fresh.position.seq),
            ("messages", list(mine.timeline), list(fresh.timeline)),
        ):
            if one != other:
                yield f"has {what} {one!r} of conversation {number}, a new client {other!r}."


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
    page = reader.history(ConversationId(known.id), "latest", 0, len(shown), readable(place))
    stored = [snapshot(message) for message in page.messages]
    if [snapshot(message) for message in shown[-len(stored) :]] == stored:
        return None
    return f"shows other messages of conversation {known.id} than are stored up to {place.head}."
