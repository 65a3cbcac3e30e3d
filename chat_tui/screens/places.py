"""Where one is among the conversations, and how one gets to another: order, slots, what needs one, tabs. Pure.

Where there are several panes of messages, each of them has its own way back: see `enter`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from chat_core.client.state.changes import Batch, ListChanged, MessagesAppended
from chat_core.client.state.model import ClientState
from chat_tui.screens.trail import Trail
from chat_tui.screens.walk import Spot, Walk
from chat_tui.views.conversations import has_news, ordered, urgencies
from chat_tui.views.tabs import tab_ids
from chat_tui.views.thread_news import Waiting, waiting

HOME = "#general"
"""Where everybody is at first."""


class _Way:
    """Where one is in one of the panes, and where one was before."""

    def __init__(self) -> None:
        self.shown: int | None = None
        self.before: int | None = None
        self.trail = Trail()


class Places:
    """The conversation on the screen, and what is remembered about others.

    Args:
        walk: the walk through what needs one, over all servers; None: over this one.
        server: number of this server in it.
    """

    def __init__(self, walk: Walk | None = None, server: int = 0) -> None:
        self.wanted: int | None = None
        """One that is to be shown as soon as the state has it."""
        self._ways = {1: _Way()}
        self._way = self._ways[1]
        self._channel: int | None = None
        self._closed: set[int] = set()
        self._begun: set[int] = set()
        self.walk = walk or Walk()
        """The walk through what needs one."""
        self.server = server
        """Number of this server in it."""

    @property
    def shown(self) -> int | None:
        """The conversation on the screen, in the active pane if there are several."""
        return self._way.shown

    @shown.setter
    def shown(self, number: int | None) -> None:
        self._way.shown = number

    def enter(self, tile: int) -> None:
        """Be in another pane, or in a new one, from now on."""
        self._way = self._ways.setdefault(tile, _Way())

    def branch(self, tile: int) -> None:
        """Let a new pane have the way back of the one where one is."""
        self._ways[tile] = way = _Way()
        way.before, way.trail = self.shown, self._way.trail.copy()

    def latest(self, state: ClientState, without: Container[int | None]) -> int | None:
        """Return where one was last, but for some places; None: one was nowhere else."""
        return self._way.trail.latest([number for number in state.conversations if number not in without])

    def keep_only(self, tiles: Iterable[int]) -> None:
        """Forget the ways in other panes than these."""
        self._ways = {tile: self._ways[tile] for tile in tiles if tile in self._ways}

    def shown_in(self, tile: int) -> int | None:
        """Return the conversation that a pane shows; None: none, or there is no such pane."""
        way = self._ways.get(tile)
        return None if way is None else way.shown

    def go(self, number: int) -> None:
        """Note that a conversation is on the screen now."""
        if self.shown is not None and self.shown != number:
            self._way.before = self.shown
        self.shown = number
        self.wanted = None
        self._way.trail.note(number)
        self._closed.discard(number)
        self._begun.discard(number)

    def take(self, batch: Batch) -> None:
        """Note what came: tabs are back where somebody wrote, and what somebody has begun needs one from then on.

        A direct conversation is seen in the list and in a tab as soon as it is begun, its first message a moment later.
        """
        for change in batch.changes:
            match change:
                case MessagesAppended():
                    self._closed.discard(change.conversation)
                case ListChanged() if self.shown in batch.state.conversations:
                    added = (batch.state.conversations.get(number) for number in change.added)
                    self._begun.update(each.id for each in added if each is not None and each.info.personal)

    def went_by_hand(self) -> None:
        """Note that the walk through what needs one was left."""
        self.walk.end()

    def close(self, state: ClientState, number: int) -> int | None:
        """Put a tab away; return where to go then."""
        self._closed.add(number)
        return self.fallback(state, number)

    def tabs(self, state: ClientState) -> tuple[int, ...]:
        """Return the conversations with a tab: the channel that is open or was last, and direct ones."""
        shown = state.conversations.get(self.shown or 0)
        if shown is not None and not shown.info.personal:
            self._channel = shown.id
        return tuple(each for each in tab_ids(state, self._channel) if each not in self._closed)

    def fallback(self, state: ClientState, gone: int | None = None) -> int | None:
        """Return where to go when there is nowhere to be: where one was before, the first channel, anything."""
        home = state.by_target(HOME)
        candidates = (self._way.before, self._channel, home.id if home else None, *(each.id for each in ordered(state)))
        return next((each for each in candidates if each != gone and each in state.conversations), None)

    def neighbour(self, state: ClientState, by: int) -> int | None:
        """Return the conversation `by` rows further down the list, around its ends."""
        numbers = [each.id for each in ordered(state)]
        if not numbers:
            return None
        if self.shown not in numbers:
            return numbers[0]
        return numbers[(numbers.index(self.shown) + by) % len(numbers)]

    def unread_beside(self, state: ClientState, by: int) -> int | None:
        """Return the next conversation with news down (1) or up (-1) the list, around its ends; None: there is none."""
        numbers = [each.id for each in ordered(state)]
        at = numbers.index(self.shown) if self.shown in numbers else -1
        round_trip = [numbers[(at + by * step) % len(numbers)] for step in range(1, len(numbers))]
        return next((number for number in round_trip if has_news(state.conversations[number])), None)

    def stepped(self, state: ClientState, by: int) -> int | None:
        """Go back (-1) or forward (1) among those one was in; return where to, None: nowhere."""
        return self._way.trail.step(by, state.conversations)

    def before(self, state: ClientState) -> int | None:
        """Return the conversation one was in before this one; None: there is none."""
        return self._way.before if self._way.before in state.conversations else None

    def in_slot(self, state: ClientState, slot: int) -> int | None:
        """Return the conversation with a number from 1 on; None: there are fewer."""
        found = ordered(state)
        return found[slot - 1].id if 0 < slot <= len(found) else None

    @property
    def begun(self) -> frozenset[int]:
        """Direct conversations that somebody has begun, and that nobody has looked at."""
        return frozenset(self._begun)

    def next_unread(self, state: ClientState) -> int | None:
        """Return the next conversation that needs one: mentions, then direct ones, then news; at last, back.

        None: there is nothing, and no way back.
        """
        there = self.walk.step(
            self.spot,
            ((urgency, Spot(self.server, number)) for number, urgency in urgencies(state, self._begun)),
            lambda spot: spot.conversation in state.conversations,
        )
        return there.conversation if there is not None else None

    def next_thread(self, state: ClientState, thread: int) -> Waiting | None:
        """Return the followed thread that is next, if one is: behind mentions and direct conversations.

        Args:
            state: what is known.
            thread: the one that is open; 0: none.
        """
        threads = waiting(state, (self.shown, thread))
        if not threads:
            return None
        new = ((number, urgency) for number, urgency in urgencies(state, self._begun) if number != self.shown)
        left = (urgency for number, urgency in new if not self.walk.knows(Spot(self.server, number)))
        return threads[0] if min(left, default=2) > (0 if threads[0].mentions else 1) else None

    def begin_walk(self) -> None:
        """Note that where one is needs no visit any more, and is where the walk ends if it begins here."""
        self.walk.begin(self.spot)

    @property
    def spot(self) -> Spot | None:
        """Where one is, among all servers; None: nowhere."""
        return Spot(self.server, self.shown) if self.shown is not None else None
