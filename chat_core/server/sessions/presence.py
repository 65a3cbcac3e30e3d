"""Who is here, told in moderation: comings and goings are gathered per conversation and said once a second at most.

A thousand people who join a channel must not be a million pushes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from chat_core.base.tasks import spawn
from chat_core.protocol.codec import pack
from chat_core.protocol.events import MembersChanged
from chat_core.protocol.framing import push_frame
from chat_core.protocol.values import Availability, Met
from chat_core.server.sessions.feed import Feed
from chat_core.server.sessions.standing import Standings

SAY_EVERY_S = 1.0
"""Shortest time between two signals about one conversation, in seconds."""
NAMES = 8
"""Most names told in one signal."""

CountMembers = Callable[[Sequence[int]], Awaitable[dict[int, int]]]


class Gathered:
    """What happened in one conversation since it was last told."""

    __slots__ = ("came", "joined", "left", "members", "met", "went")

    def __init__(self) -> None:
        self.joined: list[str] = []
        self.left: list[str] = []
        self.came: list[str] = []
        self.went: list[str] = []
        self.members: int | None = None
        self.met: dict[int, Availability] = {}


class Presence:
    """See the module's head.

    Args:
        count_members: asks the store how many members conversations have.
    """

    def __init__(self, count_members: CountMembers) -> None:
        self._count_members = count_members
        self._loop = asyncio.get_running_loop()
        self.told = True
        """Whether anybody is told who is online."""
        self.typing = True
        """Whether anybody is told who is writing."""
        self._accounts: dict[int, int] = {}
        self.standings = Standings(self._accounts.__contains__)
        self._gathered: dict[Feed, Gathered] = {}
        self._revs: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._last_said = self._loop.time() - SAY_EVERY_S

    @property
    def accounts(self) -> int:
        """Number of accounts that are shown online."""
        return len(self.everybody())

    def online(self, account: int) -> bool:
        """Return whether the account is shown online."""
        return self.told and self.reachable(account)

    def reachable(self, account: int) -> bool:
        """Return whether the account is connected, and does not hide it."""
        return account in self._accounts and account not in self.standings.hidden

    def everybody(self) -> frozenset[int]:
        """Return all accounts that are shown online."""
        return frozenset(self._accounts.keys() - self.standings.hidden) if self.told else frozenset()

    def rev(self, conversation: int) -> int:
        """Return the number of the last signal about a conversation."""
        return self._revs.get(conversation, 0)

    def came(self, account: int) -> None:
        """Note a connection that follows."""
        self._accounts[account] = self._accounts.get(account, 0) + 1

    def went(self, account: int) -> None:
        """Note that one has gone."""
        left = self._accounts.get(account, 0) - 1
        if left > 0:
            self._accounts[account] = left
        else:
            self._accounts.pop(account, None)

    def entered(self, feed: Feed, account: int, name: str) -> None:
        """Note that a connection of an account follows a conversation."""
        if not self.told or account in self.standings.hidden:
            return
        feed.present[account] = feed.present.get(account, 0) + 1
        if feed.present[account] == 1:
            gathered = self._note(feed)
            if name in gathered.went:
                gathered.went.remove(name)
            else:
                gathered.came.append(name)
            state = self.standings.of(account).state
            if state != "online":
                gathered.met[account] = state

    def exited(self, feed: Feed, account: int, name: str) -> None:
        """Note that it no longer does."""
        left = feed.present.get(account, 0) - 1
        if left > 0:
            feed.present[account] = left
        elif feed.present.pop(account, None) is not None:
            gathered = self._note(feed)
            if name in gathered.came:
                gathered.came.remove(name)
            else:
                gathered.went.append(name)

    def meets(self, feed: Feed, account: int) -> None:
        """Note that an account that follows a conversation wants to be met otherwise."""
        if account in feed.present:
            self._note(feed).met[account] = self.standings.of(account).state

    def missed(self, feed: Feed) -> None:
        """Note that a connection which did not keep up may have missed what was told of a conversation."""
        self._note(feed)

    def member(self, feed: Feed, name: str, members: int, *, joined: bool, told: bool = False) -> None:
        """Note that an account became, or ceased to be, a member; one of whom an event told already is not named."""
        gathered = self._note(feed)
        if not told:
            (gathered.joined if joined else gathered.left).append(name)
        gathered.members = members

    def _note(self, feed: Feed) -> Gathered:
        if self._timer is None:
            wait = max(0.0, self._last_said + SAY_EVERY_S - self._loop.time())
            self._timer = self._loop.call_later(wait, self._begin)
        gathered = self._gathered.get(feed)
        if gathered is None:
            gathered = self._gathered[feed] = Gathered()
        return gathered

    def _begin(self) -> None:
        spawn("presence", self._say())

    def _put_back(self, feed: Feed, news: Gathered) -> None:
        """Tell it next time: the store did not say how many members there are, or nobody wanted to know when asked."""
        later = self._note(feed)
        for name in news.came:
            _either(name, later.came, later.went)
        for name in news.went:
            _either(name, later.went, later.came)
        later.met = news.met | later.met

    async def _say(self) -> None:
        gathered, self._gathered = self._gathered, {}
        self._timer = None
        self._last_said = self._loop.time()
        unknown = [feed.conversation for feed, news in gathered.items() if news.members is None and feed.heard]
        counts = await self._count_members(unknown) if unknown else {}
        for feed, news in gathered.items():
            if feed.heard and news.members is None and feed.conversation not in counts:
                self._put_back(feed, news)
                continue
            rev = self._revs[feed.conversation] = self.rev(feed.conversation) + 1
            if not feed.heard:
                continue
            members = counts[feed.conversation] if news.members is None else news.members
            event = MembersChanged(
                conversation=feed.conversation,
                rev=rev,
                members=members,
                online=len(feed.present),
                joined=tuple(news.joined[:NAMES]),
                left=tuple(news.left[:NAMES]),
                came=tuple(news.came[:NAMES]),
                went=tuple(news.went[:NAMES]),
                met=tuple(Met(account=account, state=state) for account, state in islice(news.met.items(), NAMES)),
                more_met=len(news.met) > NAMES,
            )
            feed.tell_numbers(push_frame(pack(event)))


def _either(name: str, here: list[str], there: list[str]) -> None:
    """Put a name among the earlier ones, unless what happened later undid it."""
    if name in there:
        there.remove(name)
    else:
        here.insert(0, name)
