"""The main screen, a message selected: which one, and what actions may do here. What each does is its own business."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from textual import events
from typing_extensions import override

from chat_core.base.text import for_terminal
from chat_core.protocol.requests.base import Request
from chat_tui.actions.action import Acting, Subject
from chat_tui.actions.marks import toggle
from chat_tui.actions.registry import BY_NAME, fitting
from chat_tui.commands.context import Answer
from chat_tui.messages import PartClicked
from chat_tui.screens.emoji import EmojiScreen
from chat_tui.screens.previewing import Previewing
from chat_tui.views.footer import Chip
from chat_tui.views.lines import REACTS, Line
from chat_tui.views.pointing import message_of
from chat_tui.widgets.select_bar import SelectBar

_CLASS: Final = "-selecting"


class Selecting(Previewing):
    """What the keys for that do; the `Hands` of actions."""

    _by_mouse = False
    """Whether it was selected by a click: then one goes on writing, and what can be done is clicked, too."""
    _repeated: tuple[str, object, int] = ("", None, 0)

    @property
    def selecting(self) -> bool:
        """Whether a message is selected."""
        return self.has_class(_CLASS)

    # --- beginning and ending

    def action_select(self) -> None:
        """Select what is pointed at, else the last message in view; again: go on writing."""
        if self.selecting and not self._by_mouse:
            self.action_stop_selecting()
            return
        self._by_mouse = False
        self.answers.dismiss()
        if self.timeline.pointed is None and not self.timeline.point_next(-1):
            self.answer(Answer("There is no message here to select."))
            return
        self.add_class(_CLASS)
        self.set_focus(self.select_bar, scroll_visible=False)
        self.show_selected()

    def select_above(self) -> bool:
        """Select a message if somebody reads further up; return whether it is so."""
        if not self.timeline.following:
            self.action_select()
        return self.selecting

    def action_stop_selecting(self) -> None:
        """Go on writing."""
        self.leave_selection()
        self.set_focus(self.composer, scroll_visible=False)

    def leave_selection(self) -> None:
        """Select nothing; the focus is where it is."""
        if self.selecting:
            self._by_mouse = False
            self.remove_class(_CLASS)
            self.timeline.point(None)

    def leave_clicked(self) -> bool:
        """Select nothing if that was by a click; return whether it was."""
        clicked = self._by_mouse
        if clicked:
            self.leave_selection()
        return clicked

    @override
    def keep_writing(self) -> None:
        """See Writing: who writes has done with what was clicked."""
        super().keep_writing()
        if self.composer.was_typed and self.composer.text:
            self.leave_clicked()

    def on_select_bar_left(self, event: SelectBar.Left) -> None:
        """The focus went elsewhere: so does the selection."""
        event.stop()
        if self.focused is not self.select_bar:
            self.leave_selection()

    # --- moving

    def action_select_by(self, by: int) -> None:
        """Select the message above (-1) or below (1); below the last one, go on writing."""
        if not self.timeline.point_next(by) and by > 0:
            self.timeline.action_last()
            self.action_stop_selecting()
            return
        self.show_selected()

    def action_select_end(self, direction: int) -> None:
        """Select the oldest (-1) or the newest (1) message that is here."""
        self.timeline.point_end(direction)
        self.show_selected()

    def action_select_page(self, direction: int) -> None:
        """Select a message a page up or down."""
        self.timeline.point_page(direction)
        self.show_selected()

    def on_click(self, event: events.Click) -> None:
        """Select the message that is clicked; one that is selected so already is left again."""
        region = self.timeline.region
        text_is_selected = event.chain > 1 or bool(self.get_selected_text())
        if text_is_selected or not region.contains(event.screen_x, event.screen_y):
            return
        if self.has_class("-list-shown") or self.has_class("-members-shown"):
            self.remove_class("-list-shown", "-members-shown")
            self.show_around()
            return
        before = self.timeline.pointed
        if not self.timeline.point_at_line(event.screen_y - region.y):
            self.leave_clicked()
        elif self._by_mouse and before is self.timeline.pointed:
            self.leave_selection()
        else:
            self._by_mouse = self._by_mouse or not self.selecting
            self.add_class(_CLASS)
            self.show_selected()

    def on_part_clicked(self, event: PartClicked) -> None:
        """React with what others reacted with, or open the thread."""
        event.stop()
        conversation = self.bridge.state.conversations.get(event.conversation)
        if conversation is None:
            return
        acting = Acting(Subject(conversation, event.message, self.bridge.state.me), self, 0)
        if event.act.startswith(REACTS):
            toggle(acting, event.act.removeprefix(REACTS))
        elif event.act == "thread":
            BY_NAME["thread"].run(acting)

    # --- acting

    def show_selected(self) -> None:
        """Say what can be done with what is selected; if that is gone, go on writing."""
        if not self.selecting:
            return
        subject = self.subject
        if subject is None:
            self.action_stop_selecting()
            return
        label = self.keymap.label
        chips = [
            Chip(each.name, self._key(each.name), each.label)
            for each in fitting(subject)
            if self._by_mouse or label(f"selecting.{each.name}") != "—"
        ]
        last = [
            Chip("help", self._key("help"), "help"),
            Chip("leave", self._key("leave"), "back"),
        ]
        self.select_bar.show(chips, last)

    def _key(self, name: str) -> str:
        return "" if self._by_mouse else self.keymap.label(f"selecting.{name}").split(",")[0]

    @property
    def subject(self) -> Subject | None:
        """What is selected; None: nothing."""
        item, history = self.timeline.pointed, self.timeline.history
        message = message_of(item) if item is not None else None
        if message is None or history is None:
            return None
        return Subject(history.conversation, message, self.bridge.state.me)

    @property
    @override
    def selected_seq(self) -> int:
        """See ChatView."""
        subject = self.subject if self.selecting else None
        return 0 if subject is None else subject.seq

    def action_act(self, name: str) -> None:
        """Do something with what is selected."""
        subject = self.subject
        if subject is None:
            return
        done, what, times = self._repeated
        about = subject.seq or subject.message
        times = times + 1 if (done, what) == (name, about) else 0
        self._repeated = (name, about, times)
        self.answers.dismiss()
        BY_NAME[name].run(Acting(subject, self, times))
        self.show_selected()

    def on_select_bar_clicked(self, event: SelectBar.Clicked) -> None:
        """Do what was clicked."""
        event.stop()
        if event.name == "leave":
            self.action_stop_selecting()
        elif event.name == "help":
            self.action_help()
        else:
            self.action_act(event.name)

    # --- what actions may do; see `actions.action.Hands`

    def copy(self, text: str, what: str) -> None:
        """Put a text into the clipboard."""
        self.app.copy_to_clipboard(for_terminal(text))
        self.answer(Answer(f"Copied: {what}"))

    @override
    def open_link(self, url: str, lines: Sequence[Line] = ()) -> None:
        """See Looking."""
        if _has_browser():
            self.app.open_url(url)
            self.answer(Answer(f"Opened: {url}", lines))
        else:
            self.app.copy_to_clipboard(url)
            self.answer(Answer(f"Copied: {url} (here no browser can be shown)", lines))

    def save(self, conversation: int, seq: int) -> None:
        """Save the file of a message, and say where."""
        self.errands.save(conversation, seq)

    def call(self, request: Request[Any], done: str) -> None:
        """Ask the server for something, and say what became of it."""
        self.errands.call(request, partial(self.answer, Answer(done)) if done else None)

    def look_up(self, requests: Sequence[Request[Any]], tell: Callable[[Sequence[Any]], Answer]) -> None:
        """Ask the server for some things, and show what their answers come to."""

        def show(replies: Sequence[Any]) -> None:
            self.answer(tell(replies))

        self.errands.look_up(requests, show)

    def choose_emoji(self, chosen: Callable[[str], None]) -> None:
        """Let an emoji be chosen."""
        self.app.push_screen(EmojiScreen(chosen))

    def write_edit(self, seq: int) -> None:
        """Let the text of one's own message be written anew."""
        subject = self.subject
        found = subject.conversation.timeline.find(seq) if subject is not None else None
        self.action_stop_selecting()
        if found is not None:
            self.composer.write_anew(found)

    def write_reply(self, seq: int) -> None:
        """Let an answer to a message be written."""
        self.action_stop_selecting()
        self.composer.reply(seq)

    def write_quote(self, text: str) -> None:
        """Put lines into what is being written."""
        self.action_stop_selecting()
        before = self.composer.text[: self.composer.index]
        start = self.composer.cursor_location
        self.composer.edited(("\n" if before and not before.endswith("\n") else "") + text, start, start)

    def go_to_message(self, seq: int) -> None:
        """Select another message of the conversation; for subclasses."""
        raise NotImplementedError

    def retry(self, cid: bytes) -> None:
        """Send a refused message again."""
        self.bridge.retry(cid)

    def discard(self, cid: bytes) -> None:
        """Forget a refused message."""
        self.bridge.discard(cid)


def _has_browser() -> bool:
    """Return whether a browser that is opened here is one that the user sees."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
