"""Everything that was received and told while the client runs, in the order in which it came. Pure, bounded.

It takes what the bridge hands over and what commands answer, and knows neither files nor HTML. What is changed later
(an edit, a deletion, a notice that grew) is changed at its place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Literal

import msgspec

from chat_core.client.state.changes import (
    Batch,
    LinkChanged,
    MessageChanged,
    MessagesAppended,
    NoticeAdded,
    TimelineReset,
    UnsentChanged,
)
from chat_core.client.state.model import ClientState, ConversationState, LinkState, LinkStatus
from chat_core.client.state.reading import calls
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import Message
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.lines import elide
from chat_tui.views.names import shown_name
from chat_tui.views.programs import author_of

MAX_ENTRIES: Final = 2_000
"""Entries that are kept; older ones go."""
MAX_CHARS: Final = 1_000_000
"""Characters of their texts together that are kept; older ones go."""

ANSWERED_CELLS: Final = 160
"""Length of the line that says what a message answers."""

Kind = Literal["message", "action", "deleted", "notice", "told", "fault"]
"""`notice`: happened in a conversation; `told`, `fault`: the client's own words and what commands answer."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that came. Its texts may be drawn in a terminal; for anything else they are to be escaped."""

    number: int = 0
    """Its own for ever, given when it is kept; grows."""
    where: str = ""
    """Conversation, spelled as a TARGET; empty: the client itself."""
    ts: int
    """When, milliseconds since 1970."""
    kind: Kind
    """What it is."""
    name: str = ""
    """Who said it."""
    account: int = 0
    """Their number, for a colour."""
    mine: bool = False
    """Whether it is oneself."""
    text: str = ""
    """What was said or told."""
    more: str = ""
    """Further lines, laid out in columns."""
    edited: bool = False
    """Whether the text was changed since it was posted."""
    bot: bool = False
    """Whether a program said it."""
    for_me: bool = False
    """Whether it names oneself, or calls everybody."""
    answered: str = ""
    """What it answers, in a line; empty: nothing."""
    aside: bool = False
    """Whether it stands in a thread only."""
    file: str = ""
    """What is shown for its file; empty: there is none."""
    reactions: tuple[Reaction, ...] = ()
    """What was reacted to it."""
    replies: int = 0
    """Messages in its thread."""


class Journal:
    """See the module's head."""

    def __init__(self) -> None:
        self.left_out = False
        """Whether older entries had to go."""
        self._entries: dict[Hashable, Entry] = {}
        self._chars = 0
        self._number = 0
        self._last: dict[tuple[str, int], int] = {}
        self._lives: dict[tuple[str, int], int] = {}
        self._link = ""

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over all entries, oldest first."""
        yield from self._entries.values()

    def begin(self, state: ClientState) -> None:
        """Take what is there already when one begins in the middle."""
        for conversation in state.conversations.values():
            self._take_known(state, conversation)

    def take(self, batch: Batch, now: int) -> bool:
        """Take what came; return whether anything of it is worth an entry.

        Args:
            batch: what changed.
            now: milliseconds since 1970.
        """
        before = self._number, self._chars
        changed = False
        for change in batch.changes:
            match change:
                case MessagesAppended():
                    self._append(batch.state, change.conversation, change.messages[-MAX_ENTRIES:])
                case MessageChanged():
                    changed |= self._change(batch.state, change)
                case TimelineReset():
                    self._reset(batch.state, change)
                case NoticeAdded():
                    changed |= self._notice(batch.state, change)
                case LinkChanged():
                    self._note_link(batch.state, now)
                case UnsentChanged():
                    self._note_refused(batch.state, change.conversation)
                case _:
                    pass
        return changed or (self._number, self._chars) != before

    def tell(self, text: str, now: int, *, more: str = "", fault: bool = False) -> None:
        """Take what the client tells its user.

        Args:
            text: a few words.
            now: milliseconds since 1970.
            more: further lines.
            fault: whether something went wrong.
        """
        kind: Kind = "fault" if fault else "told"
        self._put(("told", self._number), Entry(ts=now, kind=kind, text=drawable(text), more=drawable(more)))

    def forget_connection(self) -> None:
        """Take whatever comes next of the connection as that of another one."""
        self._link = ""

    # --- messages

    def _append(self, state: ClientState, number: int, messages: Iterable[Message]) -> None:
        life = self._life(state, number)
        where = _target(state, number)
        for message in messages:
            self._last[state.epoch, number] = message.seq
            self._put_message((*life, message.seq), where, message, state, number)

    def _put_message(self, key: Hashable, where: str, message: Message, state: ClientState, number: int) -> None:
        from chat_tui.views.drawing import file_chip

        gone = message.deleted or not message.body
        file = message.file if not gone else None
        entry = Entry(
            where=where,
            ts=message.ts,
            kind="deleted" if gone else "action" if message.style == "action" else "message",
            name=shown_name(author_of(message)),
            bot=message.bot,
            account=message.author,
            mine=state.me is not None and message.author == state.me.id,
            text="" if gone or (file is not None and file.name == message.body) else drawable(message.body),
            edited=message.edits > 0,
            for_me=calls(message, state.me) and not gone,
            answered="" if gone else _answered(state, number, message),
            aside=message.aside,
            file=file_chip(file) if file is not None else "",
            reactions=message.reactions,
            replies=message.replies,
        )
        self._put(key, entry)

    def _change(self, state: ClientState, change: MessageChanged) -> bool:
        key = (*self._life(state, change.conversation), change.seq)
        conversation = state.conversations.get(change.conversation)
        message = conversation.timeline.find(change.seq) if conversation is not None else None
        if message is None or key not in self._entries:
            return False
        self._put_message(key, self._entries[key].where, message, state, change.conversation)
        return True

    def _reset(self, state: ClientState, change: TimelineReset) -> None:
        conversation = state.conversations.get(change.conversation)
        if conversation is None or change.reason == "renamed":
            return
        if change.jumped and change.reason != "far_behind":
            # The same numbers mean other messages from here on.
            at = state.epoch, change.conversation
            self._lives[at] = self._lives.get(at, 0) + 1
            self._last.pop(at, None)
        self._take_known(state, conversation)

    def _take_known(self, state: ClientState, conversation: ConversationState) -> None:
        last = self._last.get((state.epoch, conversation.id), 0)
        newest = conversation.timeline.newest(MAX_ENTRIES)
        self._append(state, conversation.id, (message for message in newest if message.seq > last))

    def _life(self, state: ClientState, number: int) -> tuple[str, int, int]:
        return state.epoch, number, self._lives.get((state.epoch, number), 0)

    # --- what is no message

    def _notice(self, state: ClientState, change: NoticeAdded) -> bool:
        from chat_tui.views.between import notice_parts

        notice = change.notice
        if notice.kind == "broadcast":
            return False  # the page has it already: it has all conversations
        key = (*self._life(state, change.conversation), "notice", notice.after, notice.ts, notice.kind)
        text = " · ".join(notice_parts(notice))
        known = self._entries.get(key)
        if known is not None and known.text == text:
            return False
        self._put(key, Entry(where=_target(state, change.conversation), ts=notice.ts, kind="notice", text=text))
        return True

    def _note_link(self, state: ClientState, now: int) -> None:
        words = _link_in_words(state.link, shown_name(state.me.name) if state.me is not None else "")
        if words and words != self._link:
            self._link = words
            self._put(("link", self._number), Entry(ts=now, kind="told", text=words))

    def _note_refused(self, state: ClientState, number: int) -> None:
        conversation = state.conversations.get(number)
        for unsent in conversation.unsent if conversation is not None else ():
            key = ("unsent", unsent.cid, unsent.text)
            if unsent.status == "failed" and key not in self._entries:
                text = f"Refused: {drawable_line(unsent.text or unsent.code)}"
                where, body = _target(state, number), drawable(unsent.body)
                self._put(key, Entry(where=where, ts=unsent.ts, kind="fault", text=text, more=body))

    # --- keeping

    def _put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry, at the place of the one with the same key if there is one."""
        known = self._entries.get(key)
        if known is not None:
            self._chars -= _chars(known)
        else:
            self._number += 1
        self._entries[key] = msgspec.structs.replace(entry, number=self._number if known is None else known.number)
        self._chars += _chars(entry)
        while len(self._entries) > 1 and (len(self._entries) > MAX_ENTRIES or self._chars > MAX_CHARS):
            self._chars -= _chars(self._entries.pop(next(iter(self._entries))))
            self.left_out = True


def _chars(entry: Entry) -> int:
    return len(entry.text) + len(entry.more) + len(entry.answered)


def _answered(state: ClientState, number: int, message: Message) -> str:
    """Return what a message answers, in a line that is safe to draw; empty: nothing."""
    from chat_tui.views.building import QUOTED_CHARS
    from chat_tui.views.formatting import in_one_line

    if message.reply_to is None:
        return ""
    conversation = state.conversations.get(number)
    answered = conversation.timeline.find(message.reply_to) if conversation is not None else None
    if answered is None or answered.author in state.ignored:
        return "↳ an older message" if answered is None else "↳ somebody whom you ignore"
    text = in_one_line(answered.body, QUOTED_CHARS) or "message deleted"
    return elide(f"↳ {shown_name(author_of(answered))}  {text}", ANSWERED_CELLS)


def _target(state: ClientState, number: int) -> str:
    conversation = state.conversations.get(number)
    return drawable_line(conversation.target) if conversation is not None else "?"


def _link_in_words(link: LinkState, me: str) -> str:
    match link.status:
        case LinkStatus.ONLINE:
            return f"Connected as {me}." if me else "Connected."
        case LinkStatus.WAITING | LinkStatus.REFUSED:
            return drawable_line(link.detail) or "The connection is lost."
        case LinkStatus.CONNECTING | LinkStatus.OFFLINE:
            return ""
