"""The list of members at the right: draws its view, posts who was clicked."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Account, Member
from chat_tui.messages import MemberChosen
from chat_tui.views.lines import Line
from chat_tui.views.members import MembersShown, by_presence, members
from chat_tui.widgets.listing import Listing, under_cursor


class MemberList(Listing):
    """Who is in the conversation that is open."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._conversation: ConversationState | None = None
        self._me: int | None = None
        self._listed: list[Member] = []
        self._shown = MembersShown((), (), 0)

    def show(self, conversation: ConversationState | None, me: Account | None) -> None:
        """Show the members of a conversation, as far as they are known.

        Args:
            conversation: None: nobody.
            me: who looks.
        """
        old, self._conversation = self._conversation, conversation
        self._me = me.id if me is not None else None
        if conversation is None:
            self._listed = []
        elif old is None or old.members is not conversation.members:
            self._listed = by_presence(conversation.members.members)
        if old is None or conversation is None or old.id != conversation.id:
            self.first = 0
        self.changed()

    @override
    def rows(self, width: int, height: int) -> Sequence[Line]:
        """See Rows."""
        if self.reveals:
            self.reveals = False
            room = max(1, height - 3)
            self.first = min(max(self.first, self.cursor - room + 1), self.cursor)
        if self._conversation is None:
            self._shown = MembersShown((), (), 0)
        else:
            self._shown = members(self._conversation, self._listed, self._me, self.first, width, height)
        self.first = self._shown.first
        there = self._listed[self.cursor] if self.has_focus and self.cursor < self.count() else None
        shown = self._shown.members
        return under_cursor(self._shown.lines, shown.index(there) if there is not None and there in shown else None)

    @override
    def count(self) -> int:
        """See Listing."""
        return len(self._listed)

    @override
    def begin(self) -> None:
        """See Listing."""
        self.cursor = self.first

    @override
    def choose(self) -> None:
        """See Listing."""
        member = self._listed[self.cursor]
        self.post_message(MemberChosen(member.account, member.name))

    @override
    def chosen(self, y: int) -> None:
        """See Rows."""
        member = self._shown.members[y] if y < len(self._shown.members) else None
        if member is not None:
            self.post_message(MemberChosen(member.account, member.name))

    @override
    def scrolled(self, by: int) -> None:
        """See Rows."""
        self.first = max(0, self.first + by)
        self.changed()
