"""What actions on a message may do to the main screen; see `actions.action.Hands`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from chat_core.base.names import name_key
from chat_core.base.text import for_terminal
from chat_core.client.state.model import ConversationState, Unsent
from chat_core.protocol.values import Message
from chat_tui.commands.context import Answer
from chat_tui.drafts import Draft
from chat_tui.screens.drafting import Drafting
from chat_tui.screens.entering import Entering
from chat_tui.screens.going import Going
from chat_tui.screens.scene import Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.threading import Threading
from chat_tui.views.here import message_here
from chat_tui.views.lines import Line
from chat_tui.views.names import called, shown_name
from chat_tui.views.when import local

if TYPE_CHECKING:
    from chat_core.protocol.requests.base import Request
    from chat_core.protocol.requests.messages import Page
    from chat_tui.views.source import Source


class Handled(Scene, Protocol):
    """The screen that actions are about."""

    selection: Selecting
    """What is selected."""
    going: Going
    """Goes to a conversation."""
    threads: Threading
    """The thread that is open."""
    entering: Entering
    """Lines that are entered."""
    drafting: Drafting
    """What is written elsewhere."""


class ScreenHands:
    """See the module's head.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Handled) -> None:
        self._scene = scene

    def answer(self, answer: Answer) -> None:
        """See Hands."""
        self._scene.answer(answer)

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        """See Hands."""
        self._scene.ask(topic, question, act)

    def copy(self, text: str, what: str) -> None:
        """See Hands."""
        self._scene.app.copy_to_clipboard(for_terminal(text))
        self.answer(Answer(f"Copied: {what}"))

    def open_link(self, url: str, lines: Sequence[Line] = ()) -> None:
        """See Hands; `lines` are said besides."""
        if _has_browser():
            self._scene.app.open_url(url)
            self.answer(Answer(f"Opened: {url}", lines))
        else:
            self._scene.app.copy_to_clipboard(url)
            self.answer(Answer(f"Copied: {url} (here no browser can be shown)", lines))

    def save(self, conversation: int, seq: int) -> None:
        """See Hands."""
        self._scene.errands.save(conversation, seq)

    def reveal(self, seq: int) -> None:
        """See Hands."""
        self._scene.timeline.reveal(seq)

    def show_whole(self, message: Message | Unsent) -> None:
        """See Hands."""
        from chat_tui.screens.whole import WholeScreen
        from chat_tui.views.formatting import Looks

        history, state = self._scene.timeline.history, self._scene.bridge.state
        me, target = state.me, history.conversation.target if history is not None else ""
        if isinstance(message, Message):
            name, where = called(message), f"{target}:{message.seq}"
        else:
            name, where = (called(me) if me is not None else ""), target
        mine = not isinstance(message, Message) or (me is not None and message.author == me.id)
        known = state.conversations.values()
        channels = {name_key(each.info.name) for each in known if not each.info.personal}
        looks = Looks("" if mine or me is None else me.name, channels, revealed=True)
        words = f"{where} · {local(message.ts, None):%Y-%m-%d %H:%M}"
        self._scene.app.push_screen(WholeScreen(shown_name(name), words, message.body, looks))

    def show_source(self, source: Source) -> None:
        """See Hands."""
        from chat_tui.screens.source import SourceScreen

        self._scene.app.push_screen(SourceScreen(source))

    def call(self, request: Request[Any], done: str) -> None:
        """See Hands."""
        self._scene.errands.call(request, partial(self.answer, Answer(done)) if done else None)

    def look_up(self, requests: Sequence[Request[Any]], tell: Callable[[Sequence[Any]], Answer]) -> None:
        """See Hands."""

        def show(replies: Sequence[Any]) -> None:
            self.answer(tell(replies))

        self._scene.errands.look_up(requests, show)

    def run(self, line: str) -> None:
        """See Hands."""
        self._scene.entering.run_line(line)

    def choose_emoji(self, chosen: Callable[[str], None]) -> None:
        """See Hands."""
        from chat_tui.screens.emoji import EmojiScreen

        self._scene.app.push_screen(EmojiScreen(chosen))

    def write_edit(self, seq: int) -> None:
        """See Hands."""
        scene = self._scene
        conversation = scene.open_conversation()
        message = message_here(conversation, scene.composer.thread, seq) if conversation is not None else None
        scene.selection.action_stop_selecting()
        if message is not None:
            scene.composer.write_anew(message)

    def write_reply(self, seq: int) -> None:
        """See Hands."""
        self._scene.selection.action_stop_selecting()
        self._scene.composer.reply(seq)

    def write_privately(self, name: str, text: str) -> None:
        """See Hands: what is written there already is left alone."""
        scene = self._scene
        scene.selection.action_stop_selecting()

        async def go() -> None:
            number = await scene.bridge.open_direct(name)
            lines = text.split("\n")
            if not scene.drafting.get(number, f"@{name}").counts:
                scene.drafting.keep(number, f"@{name}", Draft(text, (len(lines) - 1, len(lines[-1]))))
            scene.going.open_soon(number)

        scene.errands.do("answer privately", go())

    def write_quote(self, text: str) -> None:
        """See Hands."""
        self._scene.selection.action_stop_selecting()
        composer = self._scene.composer
        before = composer.text[: composer.index]
        start = composer.cursor_location
        composer.edited(("\n" if before and not before.endswith("\n") else "") + text, start, start)

    def open_thread(self, conversation: int, seq: int) -> None:
        """See Hands."""
        self._scene.threads.open_thread(conversation, seq)

    def go_to_message(self, seq: int) -> None:
        """See Hands: one that is not here is shown where it was said."""
        from chat_tui.views.pointing import index_of

        scene = self._scene
        history, conversation = scene.timeline.history, scene.open_conversation()
        if history is None or conversation is None:
            return
        index = index_of(history.view.items, seq)
        if index is not None:
            scene.timeline.point(index)
            scene.selection.show_selected()
            return
        scene.errands.read_around(conversation.id, seq, partial(self._show_passage, conversation, seq))

    def _show_passage(self, conversation: ConversationState, seq: int, page: Page) -> None:
        from chat_core.client.state import passage as passages
        from chat_tui.screens.passage import PassageScreen

        passage = passages.begin(conversation.info, page)
        self._scene.app.push_screen(PassageScreen(self._scene.bridge, passage, seq, self._scene.going.open_soon))

    def retry(self, cid: bytes) -> None:
        """See Hands."""
        self._scene.bridge.retry(cid)

    def discard(self, cid: bytes) -> None:
        """See Hands."""
        self._scene.bridge.discard(cid)


def _has_browser() -> bool:
    """Return whether a browser that is opened here is one that the user sees."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
