"""The main screen, looking closer: all of a message, what is hidden in one, and the links that are in view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chat_core.base.names import name_key
from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Message
from chat_tui.actions.reading import links
from chat_tui.commands.context import Answer
from chat_tui.screens.walking import Walking
from chat_tui.screens.whole import WholeScreen
from chat_tui.views.formatting import Looks
from chat_tui.views.lines import Line, Span
from chat_tui.views.names import called, shown_name
from chat_tui.views.pointing import message_of
from chat_tui.views.when import local


class Looking(Walking):
    """What the keys for that do; a part of the `Hands` of actions."""

    _followed: tuple[object, int] = (None, 0)

    def open_link(self, url: str, lines: Sequence[Line] = ()) -> None:
        """Show an address in a browser if there can be one here, else copy it, and say so, with more lines."""
        raise NotImplementedError

    def reveal(self, seq: int) -> None:
        """Show what is hidden in a message, or hide it again."""
        self.timeline.reveal(seq)

    def show_whole(self, message: Message | Unsent) -> None:
        """Show all of a message."""
        history, me = self.timeline.history, self.bridge.state.me
        target = history.conversation.target if history is not None else ""
        if isinstance(message, Message):
            name, where = called(message), f"{target}:{message.seq}"
        else:
            name, where = (called(me) if me is not None else ""), target
        mine = not isinstance(message, Message) or (me is not None and message.author == me.id)
        known = self.bridge.state.conversations.values()
        channels = {name_key(each.info.name) for each in known if not each.info.personal}
        looks = Looks("" if mine or me is None else me.name, channels, revealed=True)
        words = f"{where} · {local(message.ts, None):%Y-%m-%d %H:%M}"
        self.app.push_screen(WholeScreen(shown_name(name), words, message.body, looks))

    def action_links(self) -> None:
        """Open the link in what is selected, or in the newest message in view that has one; again: the next one."""
        for message in self._near():
            found = links(message.body)
            if found:
                about = message.seq if isinstance(message, Message) else message.cid
                last, at = self._followed
                at = (at + 1) % len(found) if last == about else 0
                self._followed = (about, at)
                self.open_link(found[at], _several(found, at) if len(found) > 1 else ())
                return
        self.answer(Answer("There is no link in view."))

    def _near(self) -> Iterator[Message | Unsent]:
        """Yield what is pointed at, else what is in view, from the newest one on."""
        history = self.timeline.history
        if history is None:
            return
        pointed = self.timeline.pointed
        items = [pointed] if pointed is not None else history.view.items[self.timeline.bottom_item() :: -1]
        for item in items:
            message = message_of(item)
            if message is not None:
                yield message


def _several(found: Sequence[str], at: int) -> list[Line]:
    """Return a list of links, the one that was opened marked."""
    return [Line((Span("▌ " if each == at else "  ", "bar"), Span(url, "link", url))) for each, url in enumerate(found)]
