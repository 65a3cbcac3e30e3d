"""Threads as they are seen: the channel without what is said aside, one thread by itself, the words for both. Pure.

Both are a conversation's state with other messages in it, so that whatever draws a conversation draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from msgspec.structs import replace
from rich.cells import cell_len

from chat_core.client.state.model import BLOCK, ConversationState, ThreadState, Timeline, Unsent
from chat_core.protocol.values import Message, ThreadSummary
from chat_tui.views.clean import drawable_line
from chat_tui.views.folding import folded_words
from chat_tui.views.lines import Line, Span, spread
from chat_tui.views.names import name_role, shown_name
from chat_tui.views.programs import author_of
from chat_tui.views.when import clock, day_in_words, local


class Mainline:
    """What of a conversation stands in its channel."""

    def __init__(self) -> None:
        from chat_tui.views.sieve import Sieve

        self._sieve = Sieve(lambda message: not message.aside)
        self._unsent: tuple[tuple[Unsent, ...], tuple[Unsent, ...]] = ((), ())

    def of(self, conversation: ConversationState) -> ConversationState:
        """Return a conversation without what is in threads only; the very same one if nothing is."""
        timeline = self._sieve.of(conversation.timeline)
        if conversation.unsent is not self._unsent[0]:
            kept = tuple(unsent for unsent in conversation.unsent if not unsent.aside)
            same = len(kept) == len(conversation.unsent)
            self._unsent = (conversation.unsent, conversation.unsent if same else kept)
        if timeline is conversation.timeline and self._unsent[1] is conversation.unsent:
            return conversation
        return replace(conversation, timeline=timeline, unsent=self._unsent[1])


def thread_view(conversation: ConversationState, thread: ThreadState, silent: frozenset[int]) -> ConversationState:
    """Return a conversation in which nothing was said but what hangs on one message, which is its first.

    Args:
        conversation: where.
        thread: what was said.
        silent: accounts whose messages are nothing new.
    """
    root = thread.root
    messages = (root, *(_plain(message) for message in thread.messages))
    blocks = tuple(messages[start : start + BLOCK] for start in range(0, len(messages), BLOCK))
    return replace(
        conversation,
        timeline=Timeline(
            blocks=blocks,
            count=len(messages),
            at_start=thread.at_start,
            known_from=messages[min(1, len(messages) - 1)].seq,
        ),
        unsent=tuple(unsent for unsent in conversation.unsent if unsent.thread == thread.root.seq),
        notices=(),
        read=max(thread.read, thread.root.seq),
        unread=thread.unread(silent) if thread.following else 0,
    )


def _plain(message: Message) -> Message:
    """Return a message of a thread as it stands there: that it is in the channel, too, is nothing to say here."""
    return replace(message, thread=None, in_channel=False) if message.in_channel else message


def replies_words(message: Message, zone_clock: Callable[[int], str]) -> str:
    """Return what a message says of its thread: `3 replies · last 12:59`.

    Args:
        message: it.
        zone_clock: tells a time, milliseconds since 1970.
    """
    count = "1 reply" if message.replies == 1 else f"{message.replies:,} replies"
    return f"{count} · last {zone_clock(message.last_reply)}"


CLOSE: Final = Span("✕ ", "chip-key", act="close_thread")
"""Puts it away."""


def title(thread: ThreadState, me: int | None, width: int, ignored: Collection[int] = ()) -> Line:
    """Return the line above a thread: whose it is, and whether one follows it.

    Args:
        thread: it.
        me: own account.
        width: cells.
        ignored: accounts whose words are folded away.
    """
    root = thread.root
    excerpt = _said(root, ignored)
    name = Span(shown_name(author_of(root)), name_role(root.author, me))
    follows = Span("following " if thread.following else "not followed ", "thread" if thread.following else "quiet")
    return Line(
        spread((Span(" Thread  ", "thread"), name, Span(f"  {excerpt}", "muted")), (follows, CLOSE), width),
        ground="surface",
    )


def label(thread: ThreadState | None, *, also: bool, target: str, ignored: Collection[int] = ()) -> tuple[Span, ...]:
    """Return the words above the composer while it writes into a thread.

    Args:
        thread: None: it is on its way.
        also: whether it writes into the conversation besides.
        target: that one.
        ignored: accounts whose words are folded away.
    """
    if thread is None:
        return (Span("Into a thread", "thread"),)
    where = f" and {drawable_line(target)}" if also else ""
    excerpt = _said(thread.root, ignored) if thread.root.body else ""
    return (
        Span(f"Into the thread of {shown_name(author_of(thread.root))}{where}", "thread"),
        Span(f"  {excerpt}", "muted"),
    )


def threads_lines(found: list[tuple[str, ThreadSummary]], now_ms: int, ignored: Collection[int] = ()) -> list[Line]:
    """Return a line for each thread that one follows.

    Args:
        found: the conversation's TARGET, and the thread.
        now_ms: the time, milliseconds since 1970.
        ignored: accounts whose words are folded away.
    """
    names = _column([f"{drawable_line(target)}:{each.root.seq}" for target, each in found])
    news = _column([f"{each.unread:,} new" if each.unread else "read" for _, each in found])
    replies = _column([_replies(each.root, now_ms) for _, each in found])
    return [
        Line(
            (
                Span(f"{name}  ", "channel"),
                Span(f"{new}  ", "attention" if each.unread else "quiet"),
                Span(f"{count}  ", "thread"),
                Span(f"{shown_name(author_of(each.root))}: {_said(each.root, ignored)}", "muted"),
            )
        )
        for name, new, count, (_, each) in zip(names, news, replies, found, strict=True)
    ]


def news_words(count: int) -> str:
    """Return in how many threads something is new."""
    if not count:
        return "Nothing new in your threads"
    return f"{'1 thread has' if count == 1 else f'{count:,} threads have'} news; /thread #channel:17 opens one"


def _column(texts: list[str]) -> list[str]:
    """Return texts of one width."""
    cells = max(map(cell_len, texts), default=0)
    return [text + " " * (cells - cell_len(text)) for text in texts]


def _replies(root: Message, now_ms: int) -> str:
    return replies_words(root, lambda ts: _moment(ts, now_ms)) if root.replies else "no replies yet"


def _said(root: Message, ignored: Collection[int]) -> str:
    from chat_tui.views.building import QUOTED_CHARS
    from chat_tui.views.formatting import in_one_line

    if root.author in ignored:
        return folded_words(root)
    return drawable_line(in_one_line(root.body, QUOTED_CHARS)) or "message deleted"


def _moment(ts: int, now_ms: int) -> str:
    then, now = local(ts, None), local(now_ms, None)
    return clock(ts, None) if then.date() == now.date() else f"{day_in_words(then.date(), now.year)} {clock(ts, None)}"
