"""The main screen, getting about: to other conversations, and to what matters in this one."""

from __future__ import annotations

from chat_tui.commands.context import Answer
from chat_tui.screens.writing import Writing
from chat_tui.views.pointing import names_me


class Walking(Writing):
    """What the keys for that do."""

    # --- to other conversations

    def action_next_conversation(self) -> None:
        """Go one row down in the list."""
        self.walk_to(self.places.neighbour(self.bridge.state, 1))

    def action_previous_conversation(self) -> None:
        """Go one row up in the list."""
        self.walk_to(self.places.neighbour(self.bridge.state, -1))

    def action_slot(self, slot: int) -> None:
        """Go to a conversation by its number, from 1 on."""
        self.walk_to(self.places.in_slot(self.bridge.state, slot))

    def action_next_unread(self) -> None:
        """Go where something is new, also to threads that one follows; when nothing is left, back to where it began."""
        if self.go_to_thread():
            return
        there = self.places.next_unread(self.bridge.state)
        if there is None:
            self.answer(Answer("Nothing is new elsewhere."))
        else:
            self.composer.behind = 0
            self.go(there)

    def go_to_thread(self) -> bool:
        """Go to the followed thread that is next, if one is; return whether one was."""
        thread = self.places.next_thread(self.bridge.state, self.composer.thread)
        if thread is not None:
            self.composer.behind = 0
            self.places.begin_walk()
            self.open_thread(thread.conversation, thread.thread)
        return thread is not None

    def action_unread_below(self, by: int) -> None:
        """Go to the next conversation with news, down or up the list."""
        there = self.places.unread_beside(self.bridge.state, by)
        if there is None:
            self.answer(Answer("Nothing is new elsewhere."))
        self.walk_to(there)

    def action_back(self, by: int) -> None:
        """Go back (-1) or forward (1) among the conversations one was in."""
        self.walk_to(self.places.stepped(self.bridge.state, by))

    def action_last_conversation(self) -> None:
        """Go to the conversation before this one; again: back."""
        self.walk_to(self.places.before(self.bridge.state))

    def action_mark_all(self) -> None:
        """Take everything everywhere as read; asks first."""
        unread = [each for each in self.bridge.state.conversations.values() if each.unread]
        if not unread:
            self.answer(Answer("Everything is read."))
            return
        count = sum(each.unread for each in unread)
        words = f"{count:,} unread {'message' if count == 1 else 'messages'} in {len(unread)}"
        where = "conversation" if len(unread) == 1 else "conversations"
        self.ask("mark all", f"{words} {where}: the same key again marks all of it as read.", self._mark_all)

    def _mark_all(self) -> None:
        self.bridge.mark_all_read()
        self.timeline.mark_read()
        self.answers.dismiss()

    def action_go_to(self, number: int) -> None:
        """Go to a conversation by its number at the server."""
        if number in self.bridge.state.conversations:
            self.walk_to(number)

    def walk_to(self, number: int | None) -> None:
        """Go somewhere by hand: the walk through what needs one is over."""
        if number is not None:
            self.composer.behind = 0  # whatever command is under way: what is entered now belongs here
            self.places.went_by_hand()
            self.go(number)

    # --- in this one

    def action_page_up(self) -> None:
        """Scroll the answer if it is longer than its place, else the timeline."""
        if self.answers.scrolls:
            self.answers.page(-1)
        else:
            self.timeline.action_page_up()

    def action_page_down(self) -> None:
        """The same, downwards."""
        if self.answers.scrolls:
            self.answers.page(1)
        else:
            self.timeline.action_page_down()

    def action_line_up(self) -> None:
        """Scroll up by a line."""
        self.timeline.action_line_up()

    def action_line_down(self) -> None:
        """Scroll down by a line."""
        self.timeline.action_line_down()

    def action_first(self) -> None:
        """Go to the oldest message that is here."""
        self.timeline.action_first()

    def action_last(self) -> None:
        """Go to the newest message."""
        self.timeline.point(None)
        self.timeline.action_last()

    def action_first_unread(self) -> None:
        """Go to the first unread message."""
        if not self.timeline.go_to_unread():
            self.answer(Answer("Nothing is unread here."))

    def action_mention(self, by: int) -> None:
        """Go to the mention of oneself before (-1) or after (1) what is in view."""
        if not self.timeline.point_next(by, names_me(self.bridge.state.me, self.words)):
            where = "further up; scroll there to fetch more" if by < 0 else "further down"
            self.answer(Answer(f"No message that is here names you {where}."))
