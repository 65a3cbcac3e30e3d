"""Commands about what deserves attention: mentions, what is read, quiet conversations."""

from __future__ import annotations

from typing import Final

from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.attention import ListMentions, MarkAllRead, SetQuiet
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.protocol.requests.search import Search, SearchResults
from chat_core.protocol.requests.threads import MarkThreadRead
from chat_core.protocol.values import Position
from chat_tui.commands.arguments import OnOff, Target
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Calls, Context, Looked
from chat_tui.views.highlighting import for_me, is_for, words_shown
from chat_tui.views.names import in_sentence

_PAGE: Final = 50
"""Messages that are looked at in one go."""
_PAGES: Final = 5
"""Pages after which it is told that nothing was in them: somebody has to want more."""


@command("mentions", example="/mentions")
async def mentions(ctx: Context) -> None:
    """List what mentions you, everywhere, the newest first, each where it was said.

    What has one of your highlight words is listed, too: the server is asked to search for them.
    """
    query, words = for_me(ctx.desk.words)

    async def more(cursor: bytes) -> SearchResults:
        return await (_for_me(ctx, query, words, cursor) if words else _mentions(ctx.calls, cursor))

    found = await more(b"")
    if not found.hits and not found.cursor:
        besides = f", and nobody has written {words_shown(words)}" if words else ""
        late = f"; the newest {found.behind} messages cannot be found yet" if found.behind else ""
        late = "; but there was no time to look at everything, so ask again" if found.partial else late
        ctx.desk.answer(Answer(f"Nobody has mentioned you where you are{besides}{late}."))
    else:
        ctx.desk.show_found(f"mentions of you, and {words_shown(words)}" if words else "mentions of you", found, more)


@command("read", key="alt+shift+u", example="/read #ops")
async def read(ctx: Context, where: Target = Target("")) -> None:
    """Mark this conversation as read, or the one that is named; /readall does it everywhere.

    While a thread is open it is the thread that is marked.
    """
    conversation = ctx.find(where) if where else ctx.here
    if ctx.thread and not where:
        await _read_thread(ctx, conversation, ctx.thread)
        ctx.desk.answer(Answer("The thread is read."))
        return
    await ctx.calls.call(MarkRead(conversation=conversation.id, seq=conversation.position.seq))
    ctx.desk.answer(Answer(f"{in_sentence(conversation.info)} is read."))


@command("readall", key="alt+shift+u", example="/readall")
async def read_all(ctx: Context) -> None:
    """Mark everything everywhere as read."""
    unread = [each for each in ctx.state.conversations.values() if each.unread]
    if unread:
        positions = tuple(Position(conversation=each.id, seq=each.position.seq) for each in unread)
        await ctx.calls.call(MarkAllRead(positions=positions))
    for each in ctx.state.conversations.values():
        for thread in [thread for thread, news in each.followed.items() if news.unread]:
            await _read_thread(ctx, each, thread)
    ctx.desk.answer(Answer("Everything is read."))


@command("quiet", example="/quiet on")
async def quiet(ctx: Context, wanted: OnOff = OnOff("")) -> None:
    """Hear of this conversation only where it names you: no badge, no stop on the way to news.

    It holds on all your devices until /quiet off. Alone, it tells how it is.
    """
    conversation = ctx.here
    now = conversation.info.quiet
    if wanted:
        now = wanted == "on"
        await ctx.calls.call(SetQuiet(conversation=conversation.id, quiet=now))
    words = "is quiet: you hear of it where it names you" if now else "is not quiet: you hear of everything in it"
    ctx.desk.answer(Answer(f"{in_sentence(conversation.info)} {words}."))


async def _read_thread(ctx: Context, where: ConversationState, thread: int) -> None:
    await ctx.calls.call(MarkThreadRead(conversation=where.id, thread=thread, seq=where.position.seq))


async def _mentions(calls: Calls, cursor: bytes) -> SearchResults:
    found = await calls.call(ListMentions(cursor=cursor.decode()))
    return SearchResults(hits=found.hits, cursor=found.cursor.encode())


async def _for_me(ctx: Context, query: str, words: tuple[str, ...], cursor: bytes) -> SearchResults:
    """Return what is for oneself of what a search finds: to that, one's own words and `prod-db` are hits, too."""
    setting, looked, pages = ",".join(words), 0, 0
    while True:
        found = await ctx.calls.call(Search(query=query, cursor=cursor, limit=_PAGE))
        heard = [hit for hit in found.hits if hit.message.author not in ctx.state.ignored]
        hits = tuple(hit for hit in heard if is_for(hit.message, ctx.state.me, setting))
        looked, pages, cursor = looked + len(found.hits), pages + 1, found.cursor
        if hits or not cursor or found.partial or pages == _PAGES:
            return Looked(hits=hits, cursor=cursor, partial=found.partial, behind=found.behind, looked=looked)
