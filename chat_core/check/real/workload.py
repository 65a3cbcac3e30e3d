"""What a client does next: seeded, so that a run can be had again as far as real processes allow. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

import msgspec

from chat_core.check.keeping import Keeping
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.requests.base import Request

BURST: Final = 30
"""Messages in a burst."""
KEEP_ORDER: Final = 0.7
"""How often a second somebody does something to others."""
BACKLOG: Final = 1500
"""Unsent messages above which nothing more is posted."""

_ODD: Final = ("", "", "", "  ", "\r\n", " ü\u0308", "\x1b[31m", "\u202e", " 👩‍👩‍👧", "\u200b", "\t|")
"""Ends of texts, many of which the server has to clean."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Root of what can be done."""


class PostOne(Action, frozen=True, kw_only=True):
    """Post a message."""

    conversation: int
    body: str
    regret: bool = False
    """Discard it at once, if it was not sent yet."""


class ChangeTopic(Action, frozen=True, kw_only=True):
    """Set a topic."""

    conversation: int
    topic: str


class ReadPage(Action, frozen=True, kw_only=True):
    """Read a page of history."""

    conversation: int
    before: int
    """0: the newest."""
    limit: int


class LoadOlder(Action, frozen=True, kw_only=True):
    """Scroll up."""

    conversation: int
    limit: int


class LeaveOne(Action, frozen=True, kw_only=True):
    """Leave a channel."""

    conversation: int


class JoinAgain(Action, frozen=True, kw_only=True):
    """Join a channel."""

    channel: str


class EditOne(Action, frozen=True, kw_only=True):
    """Edit an own message."""

    conversation: int
    seq: int
    body: str


class DeleteOne(Action, frozen=True, kw_only=True):
    """Delete an own message."""

    conversation: int
    seq: int


class KeepOrder(Action, frozen=True, kw_only=True):
    """Give a role, sanction somebody, change a channel's rules, or talk privately."""

    request: Request[Any]


class Workload:
    """Decides, by a seed and what the client's state shows.

    Args:
        who: the client; its texts begin with it.
        random: seeded.
        rate: messages a second.
        channels: names of channels, without `#`; the last one is left and joined again now and then.
        names: of all accounts, for what people do to each other.
    """

    def __init__(
        self, who: str, random: Random, rate: float, channels: Sequence[str], names: Sequence[str] = ()
    ) -> None:
        self._who = who
        self._random = random
        self._rate = rate
        self._channels = tuple(channels)
        self._keeping = Keeping(names, channels, random) if names else None
        self._owed = 0.0
        self._posted = 0

    def next(self, state: ClientState, passed_s: float) -> list[Action]:
        """Return what to do now.

        Args:
            state: what the client knows.
            passed_s: time since the last call, in seconds; longer pauses owe no more than a second's posts.
        """
        passed_s = min(passed_s, 1.0)
        random = self._random
        places = _places(state)
        if not places:
            return []
        actions: list[Action] = []
        self._owed += passed_s * self._rate
        if sum(len(place.unsent) for place in places) < BACKLOG:
            # Half of the posts come in bursts, which is what makes a pipeline.
            if random.random() < passed_s * self._rate / (2 * BURST):
                place = random.choice(places)
                actions += [self._post(place) for _ in range(BURST)]
            while self._owed >= 2:
                self._owed -= 2
                actions.append(self._post(random.choice(places)))
        else:
            self._owed = 0.0
        for chance, make in (
            (0.1, self._topic),
            (0.4, self._page),
            (0.1, self._older),
            (0.05, self._leave),
            (0.5, self._edit),
            (0.15, self._delete),
        ):
            if random.random() < chance * passed_s:
                action = make(random.choice(places))
                if action is not None:
                    actions.append(action)
        if random.random() < 0.3 * passed_s:
            actions += self._join(state)
        if self._keeping is not None and random.random() < KEEP_ORDER * passed_s:
            request = self._keeping.request(state)
            actions += [] if request is None else [KeepOrder(request=request)]
        return actions

    def burst(self, state: ClientState, count: int, size: int) -> list[Action]:
        """Return a burst of long messages, for a reader that is slow."""
        places = _places(state)
        if not places:
            return []
        place = self._random.choice(places)
        return [self._post(place, size) for _ in range(count)]

    def _post(self, place: ConversationState, size: int = 0) -> PostOne:
        self._posted += 1
        random = self._random
        if not size:
            size = random.choice((0, 10, 40, 100, 100, 300, 1000 if random.random() < 0.05 else 20))
        body = f"{self._who} {self._posted} " + "x" * size + random.choice(_ODD)
        return PostOne(conversation=place.id, body=body, regret=random.random() < 0.01)

    def _topic(self, place: ConversationState) -> Action | None:
        if place.info.kind != "channel":
            return None
        return ChangeTopic(conversation=place.id, topic=f"{self._who} set {self._random.randrange(10**6)}")

    def _page(self, place: ConversationState) -> Action:
        before = self._random.choice((0, self._random.randint(1, place.position.seq + 1)))
        return ReadPage(conversation=place.id, before=before, limit=self._random.randint(1, 100))

    def _older(self, place: ConversationState) -> Action:
        return LoadOlder(conversation=place.id, limit=self._random.randint(1, 100))

    def _leave(self, place: ConversationState) -> Action | None:
        # What waits for a channel that one leaves is refused, which is right and not what is to be tested here.
        if place.unsent or place.info.name != self._channels[-1]:
            return None
        return LeaveOne(conversation=place.id)

    def _join(self, state: ClientState) -> list[Action]:
        there = {place.info.name for place in state.conversations.values() if place.info.kind == "channel"}
        return [JoinAgain(channel=name) for name in self._channels if name not in there]

    def _own(self, place: ConversationState) -> int:
        """Return the seq of one of the newest messages that begins with one's name; 0: there is none."""
        mine = [message.seq for message in place.timeline.newest(50) if message.body.startswith(f"{self._who} ")]
        return self._random.choice(mine) if mine else 0

    def _edit(self, place: ConversationState) -> Action | None:
        seq = self._own(place)
        return (
            EditOne(conversation=place.id, seq=seq, body=f"{self._who} edited {self._random.random()}") if seq else None
        )

    def _delete(self, place: ConversationState) -> Action | None:
        seq = self._own(place)
        return DeleteOne(conversation=place.id, seq=seq) if seq else None


def _places(state: ClientState) -> list[ConversationState]:
    """Return where one may write."""
    return [place for place in state.conversations.values() if place.info.kind != "announcements"]
