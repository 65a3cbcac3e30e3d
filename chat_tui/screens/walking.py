"""Getting about by keys: to other conversations of this server, and to what matters in this one."""

from __future__ import annotations

from typing import Protocol

from chat_tui.commands.context import Answer
from chat_tui.screens.going import Going
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.screens.threading import Threading
from chat_tui.views.thread_news import all_unread


class Walked(Scene, Protocol):
    """The screen on which one gets about."""

    going: Going
    """Goes to a conversation."""
    threads: Threading
    """The thread that is open."""

    @property
    def words(self) -> str:
        """The highlight words."""
        ...


class Walking(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Walked) -> None:
        self._scene = scene

    # --- to other conversations

    def action_next_conversation(self) -> None:
        """Go one row down in the list."""
        self._scene.going.walk_to(self._scene.places.neighbour(self._scene.bridge.state, 1))

    def action_previous_conversation(self) -> None:
        """Go one row up in the list."""
        self._scene.going.walk_to(self._scene.places.neighbour(self._scene.bridge.state, -1))

    def action_slot(self, slot: int) -> None:
        """Go to a conversation by its number, from 1 on."""
        self._scene.going.walk_to(self._scene.places.in_slot(self._scene.bridge.state, slot))

    def go_to_thread(self) -> bool:
        """Go to the followed thread that is next, if one is; return whether one was."""
        scene = self._scene
        thread = scene.places.next_thread(scene.bridge.state, scene.composer.thread)
        if thread is not None:
            scene.composer.behind = 0
            scene.places.begin_walk()
            scene.threads.open_thread(thread.conversation, thread.thread)
        return thread is not None

    def action_unread_below(self, by: int) -> None:
        """Go to the next conversation with news, down or up the list."""
        there = self._scene.places.unread_beside(self._scene.bridge.state, by)
        if there is None:
            self._scene.answer(Answer("Nothing is new elsewhere."))
        self._scene.going.walk_to(there)

    def action_back(self, by: int) -> None:
        """Go back (-1) or forward (1) among the conversations one was in."""
        self._scene.going.walk_to(self._scene.places.stepped(self._scene.bridge.state, by))

    def action_last_conversation(self) -> None:
        """Go to the conversation before this one; again: back."""
        self._scene.going.walk_to(self._scene.places.before(self._scene.bridge.state))

    def action_go_to(self, number: int) -> None:
        """Go to a conversation by its number at the server."""
        if number in self._scene.bridge.state.conversations:
            self._scene.going.walk_to(number)

    def action_mark_all(self) -> None:
        """Take everything everywhere as read; asks first."""
        counts = [all_unread(each) for each in self._scene.bridge.state.conversations.values()]
        unread = [each for each in counts if each]
        if not unread:
            self._scene.answer(Answer("Everything is read."))
            return
        count = sum(unread)
        words = f"{count:,} unread {'message' if count == 1 else 'messages'} in {len(unread)}"
        where = "conversation" if len(unread) == 1 else "conversations"
        self._scene.ask("mark all", f"{words} {where}: the same key again marks all of it as read.", self._mark_all)

    def _mark_all(self) -> None:
        self._scene.bridge.mark_all_read()
        self._scene.timeline.mark_read()
        self._scene.answers.dismiss()

    # --- in this one

    def action_page_up(self) -> None:
        """Scroll the answer if it is longer than its place, else the timeline."""
        if self._scene.answers.scrolls:
            self._scene.answers.page(-1)
        else:
            self._scene.timeline.action_page_up()

    def action_page_down(self) -> None:
        """The same, downwards."""
        if self._scene.answers.scrolls:
            self._scene.answers.page(1)
        else:
            self._scene.timeline.action_page_down()

    def action_line_up(self) -> None:
        """Scroll up by a line."""
        self._scene.timeline.action_line_up()

    def action_line_down(self) -> None:
        """Scroll down by a line."""
        self._scene.timeline.action_line_down()

    def action_first(self) -> None:
        """Go to the oldest message that is here."""
        self._scene.timeline.action_first()

    def action_last(self) -> None:
        """Go to the newest message."""
        self._scene.timeline.point(None)
        self._scene.timeline.action_last()

    def action_first_unread(self) -> None:
        """Go to the first unread message."""
        if not self._scene.timeline.go_to_unread():
            self._scene.answer(Answer("Nothing is unread here."))

    def action_mention(self, by: int) -> None:
        """Go to the mention of oneself before (-1) or after (1) what is in view."""
        from chat_tui.views.pointing import names_me

        state = self._scene.bridge.state
        if not self._scene.timeline.point_next(by, names_me(state.me, self._scene.words, state.ignored)):
            where = "further up; scroll there to fetch more" if by < 0 else "further down"
            self._scene.answer(Answer(f"No message that is here names you {where}."))
