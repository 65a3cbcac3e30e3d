"""What of a batch is said: everything where one is, elsewhere only that something came. Keeps what was said; no I/O.

A message is said once. Of a place elsewhere it is said once that there is something new, until one was there; whoever
is named, or written to directly, is told each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chat_core.client.state.changes import (
    Batch,
    Change,
    Delivered,
    LinkChanged,
    MessagesAppended,
    NoticeAdded,
    SendGivenUp,
    TimelineReset,
)
from chat_core.client.state.following import is_news_of_thread
from chat_core.client.state.model import ConversationState, LinkStatus, Notice
from chat_core.protocol.events import MessageDeleted, MessageEdited, MessagePosted
from chat_core.protocol.values import Account, Message
from chat_tui.plain.filters import is_told, not_hidden
from chat_tui.plain.hearing import Manner, changed_line, elsewhere, message_line, place_line
from chat_tui.views.alerts import Rule
from chat_tui.views.between import notice_parts
from chat_tui.views.broadcasts import broadcasts
from chat_tui.views.clean import drawable_line
from chat_tui.views.filtering import Hiding
from chat_tui.views.given_up import given_up
from chat_tui.views.highlighting import is_for
from chat_tui.views.order import news
from chat_tui.views.resembling import NOBODY, familiar

AT_ONCE: Final = 20
"""Messages that are read out without being asked for; of more only the newest."""


class Telling:
    """See the module's head.

    Args:
        rule_of: what of a conversation is told.
        now_ms: the time, in milliseconds since 1970.
        words: returns the words that are for one, as a setting has them.
        hidden: returns what is not said of a conversation.
    """

    def __init__(
        self,
        rule_of: Callable[[ConversationState], Rule],
        now_ms: Callable[[], int],
        words: Callable[[], str] = lambda: "",
        hidden: Callable[[ConversationState], Hiding | None] = lambda _: None,
    ) -> None:
        self._rule_of = rule_of
        self._now_ms = now_ms
        self._words_of = words
        self._hidden = hidden
        self.manner = Manner()
        """What is told of messages."""
        self._heard: dict[int, int] = {}
        self._announced: set[int] = set()
        self._names: dict[tuple[int, int, str], frozenset[str]] = {}
        self._lost = False

    def went(self, conversation: ConversationState) -> None:
        """Note that one is there now, and that everything there was said, or can be asked for."""
        self._heard[conversation.id] = max(self._heard.get(conversation.id, 0), conversation.timeline.last_seq)
        self._announced.discard(conversation.id)

    def tell(self, batch: Batch, shown: int | None, own: set[bytes]) -> list[str]:
        """Return what is to be said of a batch.

        Args:
            batch: what came.
            shown: the conversation one is in.
            own: messages that were written here, by cid; those that came back are taken out.
        """
        here = batch.state.conversations.get(shown or 0)
        written = _written_here(batch, own)
        said: list[str] = []
        for change in batch.changes:
            if here is not None:
                said += self._of_here(change, here, batch, written)
            if isinstance(change, LinkChanged):
                said += self._of_link(batch)
        said += self._of_elsewhere(batch, shown)
        said += [
            f"To everybody, {drawable_line(each.name)}: {drawable_line(each.body)}" for each in broadcasts(batch, shown)
        ]
        lost = [change for change in batch.changes if isinstance(change, SendGivenUp)]
        if lost:
            title, lines = given_up(lost)
            said += [title, *(line.text for line in lines)]
        return said + self.of_oneself(batch)

    def of_oneself(self, batch: Batch) -> list[str]:
        """Return what of a batch was done to this account: that is said also when it came before one was anywhere."""
        return [drawable_line(sentence) for sentence in news(batch.changes, self._now_ms())]

    # --- where one is

    def _of_here(self, change: Change, here: ConversationState, batch: Batch, written: set[int]) -> list[str]:
        match change:
            case MessagesAppended(conversation=here.id):
                return self._of_messages(change.messages, here, batch, written)
            case Delivered(event=MessageEdited() | MessageDeleted() as event) if event.conversation == here.id:
                return self._of_change(event, here, batch)
            case NoticeAdded(conversation=here.id, notice=notice):
                return self._of_notice(here.id, notice) if is_told(notice, self._hidden(here)) else []
            case TimelineReset(conversation=here.id, jumped=True):
                self._heard[here.id] = here.timeline.last_seq
                return [f"Much was missed here. {place_line(here)}"]
            case _:
                return []

    def _of_messages(
        self, messages: tuple[Message, ...], here: ConversationState, batch: Batch, written: set[int]
    ) -> list[str]:
        heard = self._heard.get(here.id, 0)
        new = [each for each in messages if each.seq > heard and each.author not in batch.state.ignored]
        self._heard[here.id] = max(heard, messages[-1].seq)
        new = not_hidden([each for each in new if each.seq not in written], self._hidden(here))
        first = [f"{len(new) - AT_ONCE} more before these; /read {len(new)} says all."] if len(new) > AT_ONCE else []
        known = familiar(batch.state.me, batch.state.conversations.values()) if new else NOBODY
        lines = (message_line(each, here, batch.state.me, self.manner, known=known) for each in new[-AT_ONCE:])
        return [*first, *lines]

    def _of_change(self, event: MessageEdited | MessageDeleted, here: ConversationState, batch: Batch) -> list[str]:
        """Say that a message was changed, unless it is one's own, or nothing of it was to be heard."""
        me, found, hidden = batch.state.me, here.timeline.find(event.message), self._hidden(here)
        # A new text that is not told was deleted since, which is told, or is of a message from before one came.
        if (isinstance(event, MessageEdited) and not event.body) or (me is not None and event.author == me.id):
            return []
        unheard = {event.author} if found is None else {event.author, found.author}
        if unheard & batch.state.ignored or (hidden is not None and _hides_change(hidden, event, found)):
            return []
        return [changed_line(event)]

    def _of_notice(self, conversation: int, notice: Notice) -> list[str]:
        """Say what happened; one that is only extended tells those who are new in it."""
        if notice.kind in ("joined", "left", "went", "came"):
            key = (conversation, notice.after, notice.kind)
            before = self._names.get(key, frozenset())
            self._names = {key: frozenset(notice.names)}  # only the last one is ever extended
            parts = [part for name, part in zip(notice.names, notice_parts(notice), strict=True) if name not in before]
        else:
            parts = notice_parts(notice)
        return [f"{', '.join(parts)}."] if parts else []

    # --- the rest

    def _of_elsewhere(self, batch: Batch, shown: int | None) -> list[str]:
        came: dict[int, list[Message]] = {}
        me, state = batch.state.me, batch.state
        for change in batch.changes:
            if isinstance(change, MessagesAppended) and change.conversation != shown:
                others = [
                    m for m in change.messages if m.author not in state.ignored and (me is None or m.author != me.id)
                ]
                came.setdefault(change.conversation, []).extend(others)
        said: list[str] = []
        for number, messages in came.items():
            place = state.conversations.get(number)
            if place is not None and messages and place.info.kind != "announcements":
                behind = [each for each in messages if each.aside or each.seq > place.read]
                hidden = self._hidden(place)
                behind = [each for each in behind if each.aside or hidden is None or not hidden.hides(each)]
                said += self._of_place(
                    place, [each for each in behind if not each.aside or _is_for(me, each, place)], batch
                )
        return said

    def _of_place(self, place: ConversationState, messages: list[Message], batch: Batch) -> list[str]:
        rule = self._rule_of(place)
        words = self._words_of()
        mentions = sum(is_for(each, batch.state.me, words) for each in messages)
        urgent = mentions or any(each.aside for each in messages) or place.info.personal or rule == "all"
        news = place.id not in self._announced and not place.info.quiet
        if not messages or rule == "none" or not (urgent or news):
            return []
        self._announced.add(place.id)
        return [elsewhere(place, len(messages), mentions)]

    def _of_link(self, batch: Batch) -> list[str]:
        link = batch.state.link
        if link.status is LinkStatus.WAITING and not self._lost:
            self._lost = True
            return [f"Connection lost: {drawable_line(link.detail)} What you write is sent once it is back."]
        if link.status is LinkStatus.ONLINE and self._lost:
            self._lost = False
            return ["Connected again."]
        return []


def _hides_change(hidden: Hiding, event: MessageEdited | MessageDeleted, found: Message | None) -> bool:
    """Return whether rules hide a message that changed, and that may not be known here any more."""
    if found is None:
        body = event.body if isinstance(event, MessageEdited) else ""
        found = Message(
            seq=event.message, changed=event.seq, ts=event.ts, author=event.author, name=event.name, body=body
        )
    return hidden.hides(found)


def _is_for(me: Account | None, message: Message, place: ConversationState) -> bool:
    """Return whether a message that stands in a thread only is for oneself: it names one, or one follows the thread."""
    return (me is not None and me.id in message.mentions) or is_news_of_thread(place, message)


def _written_here(batch: Batch, own: set[bytes]) -> set[int]:
    """Return the seqs of messages that were written here and came back; in whatever conversation: here, one's own."""
    found: set[int] = set()
    for change in batch.changes:
        if isinstance(change, Delivered) and isinstance(change.event, MessagePosted) and change.event.cid in own:
            own.discard(change.event.cid)
            found.add(change.event.seq)
    return found
