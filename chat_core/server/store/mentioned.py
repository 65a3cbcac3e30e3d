"""Everything that mentions an account, but for what people write whom it ignores, by time. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select, text

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.server.store import pages
from chat_core.server.store.attention import Mentioned, MentionKey
from chat_core.server.store.counting import is_ignored, is_no_news
from chat_core.server.store.keys import MAX_SEQ, SEQ_BITS, conversation_of
from chat_core.server.store.schema import memberships, mentions, messages

_mine = and_(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
_first = memberships.c.conversation.op("<<")(SEQ_BITS)
_since, _last = _first.op("|")(memberships.c.since_seq), _first.op("|")(MAX_SEQ)
_said = messages.alias("said")
_by_ignored = exists(
    select(_said.c.id).where(_said.c.id == mentions.c.message, is_ignored(_said.c.author, mentions.c.account))
)
_by_name: Final = (
    select(mentions.c.ts, mentions.c.message.label("key"))
    .join_from(
        mentions,
        memberships,
        and_(_mine, memberships.c.conversation == mentions.c.message.op(">>")(SEQ_BITS), mentions.c.message > _since),
    )
    .where(mentions.c.account == bindparam("account"), ~_by_ignored)
    .where(
        or_(
            mentions.c.ts < bindparam("ts"),
            and_(mentions.c.ts == bindparam("ts"), mentions.c.message < bindparam("key")),
        )
    )
    .order_by(mentions.c.ts.desc(), mentions.c.message.desc())
    .limit(bindparam("count"))
)
_by_call: Final = (
    select(messages.c.ts, messages.c.id.label("key"))
    .join_from(memberships, messages, and_(messages.c.id > _since, messages.c.id <= _last))
    .where(_mine, messages.c.everyone != text("''"), ~is_no_news(messages.c.author, memberships.c.account))
    .where(
        or_(messages.c.ts < bindparam("ts"), and_(messages.c.ts == bindparam("ts"), messages.c.id < bindparam("key")))
    )
    .order_by(messages.c.ts.desc(), messages.c.id.desc())
    .limit(bindparam("count"))
)
_NEWEST: Final[MentionKey] = (2**62, 2**62)


def mentions_of(
    connection: Connection, account: AccountId, before: MentionKey | None, limit: int
) -> tuple[Sequence[Mentioned], bool]:
    """Return a page, as `AttentionReads.mentions_of` promises."""
    ts, key = before or _NEWEST
    values = {"account": account, "ts": ts, "key": key, "count": limit + 1}
    keys = sorted({*_keys(connection, _by_name, values), *_keys(connection, _by_call, values)}, reverse=True)
    found = pages.by_key(connection, [key for _, key in keys[:limit]])
    page: list[Mentioned] = []
    room = PAGE_BYTES
    for place in keys[:limit]:
        message = found[place[1]]
        room -= len(message.body.encode("utf-8", "surrogatepass"))
        if room < 0 and page:
            break
        page.append(Mentioned(ConversationId(conversation_of(place[1])), message, place))
    return page, len(page) < len(keys)


def _keys(connection: Connection, statement: Select[Any], values: dict[str, int]) -> list[MentionKey]:
    return [(row.ts, row.key) for row in connection.execute(statement, values)]
