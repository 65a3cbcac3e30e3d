"""What lies behind a read marker: the parts of an exact count, as queries over a membership. Reads only.

No message has a row per reader. What is unread is a difference of two ordinals, less what is no news (counted in the
membership: see `is_no_news`) and less what else was deleted since, which a small index has. Who is named has rows; who
is called with everybody is found by the message. So the list of all conversations is one statement, whatever is in
them.

A message that has an ordinal of its own counts. An answer that stands in a thread only takes none, and whom it calls is
told of it but has no higher count here (`IN_CHANNEL`): the marker of the conversation says nothing about its threads.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, exists, func, or_, select, text

from chat_core.server.store.keys import MAX_SEQ, SEQ_BITS
from chat_core.server.store.schema import IN_CHANNEL, ignores, mentions, messages

_named = mentions.alias("named")


def is_ignored(author: ColumnElement[Any], account: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether an account ignores an author."""
    pair = select(ignores.c.ignored).where(ignores.c.account == account, ignores.c.ignored == author)
    return exists(pair.correlate_except(ignores))


def is_no_news(author: ColumnElement[Any], account: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether what an author writes is nothing new to an account: it writes that itself, or ignores who does."""
    return or_(author == account, is_ignored(author, account))


def is_no_news_to(account: BindParameter[Any], author: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the same for one account: whom it ignores is read once then, and not for each of many messages."""
    return or_(author == account, author.in_(select(ignores.c.ignored).where(ignores.c.account == account)))


def deleted_behind(seat: FromClause) -> ColumnElement[int]:
    """Return how many messages behind a membership's read marker were deleted, of those that would be unread."""
    low, high = _bounds(seat)
    return (
        select(func.count(messages.c.author))
        .where(messages.c.id > low, messages.c.id <= high, messages.c.deleted)
        .where(IN_CHANNEL, ~is_no_news(messages.c.author, seat.c.account))
        .correlate(seat)
        .scalar_subquery()
    )


def written_behind(seat: FromClause, author: ColumnElement[Any]) -> ColumnElement[int]:
    """Return how many messages behind a membership's read marker an author wrote. It reads all that are there."""
    low, high = _bounds(seat)
    return (
        select(func.count(messages.c.author))
        .where(messages.c.id > low, messages.c.id <= high, messages.c.author == author, IN_CHANNEL)
        .correlate(seat)
        .scalar_subquery()
    )


def mentions_behind(seat: FromClause) -> ColumnElement[int]:
    """Return how many messages behind a membership's read marker name the account, or call everybody."""
    low, high = _bounds(seat)
    by_name = (
        select(func.count())
        .select_from(mentions.join(messages, messages.c.id == mentions.c.message))
        .where(mentions.c.account == seat.c.account, mentions.c.message > low, mentions.c.message <= high)
        .where(IN_CHANNEL, ~is_ignored(messages.c.author, seat.c.account))
        .correlate(seat)
        .scalar_subquery()
    )
    # Who is named in a call to everybody is mentioned once.
    besides = exists(
        select(_named.c.message)
        .where(_named.c.account == seat.c.account, _named.c.message == messages.c.id)
        .correlate(messages, seat)
    )
    by_call = (
        select(func.count(messages.c.author))
        .where(messages.c.id > low, messages.c.id <= high, messages.c.everyone != text("''"))
        .where(IN_CHANNEL, ~is_no_news(messages.c.author, seat.c.account), ~besides)
        .correlate(seat)
        .scalar_subquery()
    )
    return by_name + by_call


def pack_accounts(numbers: tuple[int, ...]) -> str:
    """Return whom a message names as its row has it."""
    return " ".join(map(str, numbers))


def unpack_accounts(packed: str) -> tuple[int, ...]:
    """Return them again."""
    return tuple(map(int, packed.split())) if packed else ()


def _bounds(seat: FromClause) -> tuple[Any, Any]:
    """Return the keys of the marker and of the end of its log."""
    first = seat.c.conversation.op("<<")(SEQ_BITS)
    return first.op("|")(seat.c.read_seq), first.op("|")(MAX_SEQ)
