"""What deserves attention: everything that mentions somebody, everything read at once, quiet conversations."""

from __future__ import annotations

from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.attention import ListMentions, ListUnread, MarkAllRead, Mentions, SetQuiet, Unread
from chat_core.protocol.requests.base import Done
from chat_core.protocol.values import SearchHit
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Inside, Permission
from chat_core.server.store.attention import MarkEverythingRead, MentionKey, QuietConversation
from chat_core.server.store.base import Reader, Refused


@handles(ListMentions, needs=Permission.READ, cost=3)
async def list_mentions(ctx: Context, request: ListMentions) -> Mentions:
    """Read a page of what mentions the caller."""
    account, before = ctx.account, _before(request.cursor)

    def query(reader: Reader) -> Mentions:
        places = {place.id: place for place in reader.places_of(account)}
        found, more = reader.mentions_of(account, before, request.limit)
        hits = tuple(
            SearchHit(conversation=each.conversation, target=places[each.conversation].target, message=each.message)
            for each in found
        )
        return Mentions(hits=hits, cursor="{}:{}".format(*found[-1].key) if found and more else "")

    return await ctx.store.read(query)


@handles(ListUnread, needs=Permission.READ, cost=3)
async def list_unread(ctx: Context, request: ListUnread) -> Unread:
    """Count what is unread everywhere."""
    account = ctx.account
    return Unread(conversations=tuple(await ctx.store.read(lambda reader: reader.unread_of(account))))


@handles(MarkAllRead, needs=Permission.SELF, cost=5)
async def mark_all_read(ctx: Context, request: MarkAllRead) -> Done:
    """Move many read markers of the caller."""
    await ctx.store.write(MarkEverythingRead(ctx.account, {each.conversation: each.seq for each in request.positions}))
    return Done()


@handles(SetQuiet, needs=Permission.SELF, inside=Inside.MEMBER)
async def set_quiet(ctx: Context, request: SetQuiet) -> Done:
    """Make a conversation quiet for the caller, or no longer."""
    await ctx.store.write(QuietConversation(ctx.account, request.conversation, request.quiet))
    return Done()


def _before(cursor: str) -> MentionKey | None:
    """Return the place that a cursor names. Raises: Refused `bad_request`."""
    if not cursor:
        return None
    ts, _, key = cursor.partition(":")
    if not (ts.isascii() and ts.isdecimal() and key.isascii() and key.isdecimal() and len(cursor) < 40):
        raise Refused(Refusal.BAD_REQUEST, "cursor: that is none of an answer to this request.")
    return min(int(ts), 2**62), min(int(key), 2**62)
