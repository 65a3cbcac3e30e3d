"""What people do in some runs besides saying things: threads, marks on messages, attention, and channels that end.

A run in which they do has all the actions of `Hands` besides. Whether somebody may is the server's to say: a refusal is
an answer like any other. Decides with its own stream of chance, so that the other runs of a seed stay as they are.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from chat_core.check.simulation.player import Player
from chat_core.client.state.model import ConversationState, LinkStatus, ThreadState
from chat_core.protocol.requests.accounts import Rename, SetDisplay
from chat_core.protocol.requests.attention import SetQuiet
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.protocol.requests.marks import Bookmark, Pin, React
from chat_core.protocol.requests.order import DeleteChannel, SetRules
from chat_core.protocol.requests.private import SetIgnored
from chat_core.protocol.requests.threads import FollowThread, UnfollowThread
from chat_core.protocol.values import Message

SHARE: Final = 0.7
"""Of the actions of a run in which people deal with messages."""
SHARE_OFFLINE: Final = 0.1
"""The same of somebody without a connection: most of it would come to nothing."""
DEALINGS: Final[Mapping[str, int]] = {
    "reply": 12,
    "answer": 2,
    "call": 6,
    "edit_call": 2,
    "remove": 1,
    "react": 8,
    "pin": 4,
    "bookmark": 5,
    "follow": 3,
    "unfollow": 2,
    "open_thread": 6,
    "close_thread": 1,
    "older_thread": 1,
    "mark_thread": 4,
    "mark_back": 5,
    "mark_all": 2,
    "quiet": 2,
    "ignore": 2,
    "archive": 1,
    "delete_channel": 1,
    "display": 1,
    "rename": 1,
}
"""What they do, by weight; methods of `Dealings`."""
_EMOJI: Final = ("👍", "🎉", "❤️")
_ALIVE: Final = 0.95
"""Share of what is done where something was said, if that is anywhere."""
_OWN: Final = 0.9
"""Share of what needs a channel of one's own that is done there, if there is one."""
_NEAR: Final = 12
"""Messages, the newest ones of a conversation, with which something is done most of the time."""

Ask = Callable[[str, Callable[[], Awaitable[Any]]], None]
"""Takes the name of a call, and what makes it."""


class Dealings:
    """See the module's head.

    Args:
        names: of the accounts there are.
        chance: decides.
    """

    def __init__(self, names: Sequence[str], chance: random.Random) -> None:
        self._names = tuple(names)
        self._chance = chance
        self._said = 0
        self._kinds = list(DEALINGS)
        self._weights = list(DEALINGS.values())

    def act(self, player: Player, ask: Ask) -> bool:
        """Do something, if that is to be and there is something to do it with; return whether it was."""
        online = player.state.link.status is LinkStatus.ONLINE
        if self._chance.random() >= (SHARE if online else SHARE_OFFLINE):
            return False
        known = self._somewhere(player)
        if known is None:
            return False
        (kind,) = self._chance.choices(self._kinds, self._weights)
        action: Callable[[Player, ConversationState, Ask], None] = getattr(self, f"_{kind}")
        action(player, known, ask)
        return True

    # --- what is said -------------------------------------------------------------------------------------------

    def _reply(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Write in a thread, often in one that there is."""
        message = self._message(known, threaded=self._chance.random() < 0.7)
        if message is not None:
            root = message.thread or message.seq
            called = f" {self._called()}" if self._chance.random() < 0.3 else ""
            player.post(known.id, self._body(player) + called, thread=root, in_channel=self._chance.random() < 0.2)

    def _answer(self, player: Player, known: ConversationState, ask: Ask) -> None:
        message = self._message(known)
        if message is not None:
            player.post(known.id, self._body(player), reply_to=message.seq)

    def _call(self, player: Player, known: ConversationState, ask: Ask) -> None:
        player.post(known.id, f"{self._body(player)} {self._called()}")

    def _edit_call(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Edit a message of one's own, so that it names somebody, or nobody any more."""
        me = player.state.me
        mine = [each for each in known.timeline.newest(_NEAR) if me is not None and each.author == me.id]
        if mine:
            seq = self._chance.choice(mine).seq
            body = self._body(player) + (f" {self._called()}" if self._chance.random() < 0.7 else "")
            ask("edit", lambda: player.amend(known.id, seq, body))

    def _remove(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Delete a message, whoever wrote it: an operator may."""
        known = self._own(player) or known
        message = self._message(known)
        if message is not None:
            ask("delete", lambda: player.amend(known.id, message.seq))

    # --- marks on messages --------------------------------------------------------------------------------------

    def _react(self, player: Player, known: ConversationState, ask: Ask) -> None:
        message = self._message(known)
        if message is not None:
            on = self._chance.random() < 0.7
            emoji = self._chance.choice(_EMOJI)
            self._ask(player, ask, React(conversation=known.id, seq=message.seq, emoji=emoji, on=on))

    def _pin(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Pin, mostly where one may: in a channel of one's own, or among a few people."""
        there = [each for each in player.state.conversations.values() if each.info.personal or _is_own(each)]
        spoken = [each for each in there if each.timeline.count]
        if spoken and self._chance.random() < _OWN:
            known = self._chance.choice(spoken)
        message = self._message(known)
        if message is not None:
            self._ask(player, ask, Pin(conversation=known.id, seq=message.seq, on=not message.pinned))

    def _bookmark(self, player: Player, known: ConversationState, ask: Ask) -> None:
        message = self._message(known)
        if message is not None:
            kept = message.seq in player.state.bookmarks.get(known.id, ())
            on = not kept if self._chance.random() < 0.8 else kept
            self._ask(player, ask, Bookmark(conversation=known.id, seq=message.seq, on=on))

    # --- threads ------------------------------------------------------------------------------------------------

    def _follow(self, player: Player, known: ConversationState, ask: Ask) -> None:
        message = self._message(known, threaded=True)
        if message is not None:
            self._ask(player, ask, FollowThread(conversation=known.id, thread=message.seq))

    def _unfollow(self, player: Player, known: ConversationState, ask: Ask) -> None:
        threads = list(known.followed)
        if threads:
            self._ask(player, ask, UnfollowThread(conversation=known.id, thread=self._chance.choice(threads)))

    def _open_thread(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Read a thread, first of all one that is open and has a hole, as an application does."""
        stale = [seq for seq, thread in known.threads.items() if thread.stale]
        message = self._message(known, threaded=True)
        seq = stale[0] if stale else 0 if message is None else message.thread or message.seq
        limit = self._chance.choice((1, 3, 100))
        if seq:
            ask("read_thread", lambda: player.client.read_thread(known.id, seq, limit))

    def _close_thread(self, player: Player, known: ConversationState, ask: Ask) -> None:
        if known.threads:
            player.client.close_thread(known.id, self._chance.choice(list(known.threads)))

    def _older_thread(self, player: Player, known: ConversationState, ask: Ask) -> None:
        if known.threads:
            seq = self._chance.choice(list(known.threads))
            ask("older_thread", lambda: player.client.load_older_thread(known.id, seq, 2))

    def _mark_thread(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Read on in an open thread."""
        opened: list[ThreadState] = [thread for thread in known.threads.values() if thread.messages]
        if opened:
            thread = self._chance.choice(opened)
            seq = self._chance.choice(thread.messages[-3:]).seq
            player.client.mark_thread_read(known.id, thread.root.seq, seq)

    # --- attention ----------------------------------------------------------------------------------------------

    def _mark_back(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Say that what is there from a message on is unread."""
        message = self._message(known)
        if message is not None:
            self._ask(player, ask, MarkRead(conversation=known.id, seq=message.seq - 1, back=True))

    def _mark_all(self, player: Player, known: ConversationState, ask: Ask) -> None:
        player.client.mark_all_read()

    def _quiet(self, player: Player, known: ConversationState, ask: Ask) -> None:
        self._ask(player, ask, SetQuiet(conversation=known.id, quiet=not known.info.quiet))

    def _ignore(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Ignore somebody, not for long most of the time."""
        on = not player.state.ignored or self._chance.random() < 0.3
        self._ask(player, ask, SetIgnored(account=self._chance.choice(self._names), ignored=on))

    # --- channels and names -------------------------------------------------------------------------------------

    def _archive(self, player: Player, known: ConversationState, ask: Ask) -> None:
        known = self._own(player) or known
        self._ask(player, ask, SetRules(conversation=known.id, archived=not known.info.rules.archived))

    def _delete_channel(self, player: Player, known: ConversationState, ask: Ask) -> None:
        known = self._own(player) or known
        self._ask(player, ask, DeleteChannel(conversation=known.id, name=known.info.name or "?"))

    def _display(self, player: Player, known: ConversationState, ask: Ask) -> None:
        shown = self._chance.choice(
            ("", f"{player.name} of the house", f"{player.name} the {self._chance.randrange(9)}.")
        )
        self._ask(player, ask, SetDisplay(display=shown))

    def _rename(self, player: Player, known: ConversationState, ask: Ask) -> None:
        """Spell a name otherwise: a client that begins anew still finds its account."""
        name = self._chance.choice((player.name, player.name.title(), player.name.upper()))
        self._ask(player, ask, Rename(name=name))

    # --- how ----------------------------------------------------------------------------------------------------

    def _ask(self, player: Player, ask: Ask, request: Request[Any]) -> None:
        ask(str(request.__struct_config__.tag), lambda: player.client.call(request))

    def _body(self, player: Player) -> str:
        self._said += 1
        return f"{player.who} deals {self._said}"

    def _called(self) -> str:
        return "@" + self._chance.choice((*self._names, "here", "channel"))

    def _somewhere(self, player: Player) -> ConversationState | None:
        """Return a conversation, mostly one in which something is known to be said."""
        known = list(player.state.conversations.values())
        alive = [each for each in known if each.timeline.count]
        if alive and self._chance.random() < _ALIVE:
            known = alive
        return self._chance.choice(known) if known else None

    def _own(self, player: Player) -> ConversationState | None:
        """Return a channel of which one is an operator, most of the time."""
        if player.state.link.status is not LinkStatus.ONLINE or self._chance.random() >= _OWN:
            return None
        own = [known for known in player.state.conversations.values() if _is_own(known)]
        return self._chance.choice(own) if own else None

    def _message(self, known: ConversationState, *, threaded: bool = False) -> Message | None:
        """Return a message that is known, mostly one of the newest.

        Args:
            known: where.
            threaded: whether one with a thread is wanted, if there is one.
        """
        near = known.timeline.newest(_NEAR if self._chance.random() < 0.8 else 10 * _NEAR)
        wanted = [message for message in near if message.replies or message.thread] if threaded else near
        return self._chance.choice(wanted or near) if near else None


def _is_own(known: ConversationState) -> bool:
    return known.info.role == "operator"
