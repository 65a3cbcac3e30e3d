"""What people do with their clients, each action a method, chosen at random."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from chat_core.base.errors import ChatError
from chat_core.base.tasks import spawn, stop
from chat_core.check.keeping import SHARE, Keeping
from chat_core.check.simulation.dealings import Dealings
from chat_core.check.simulation.player import Player
from chat_core.check.simulation.traits import ACTIONS, NAMES, Traits
from chat_core.client.errors import CallFailed
from chat_core.client.state.model import ConversationState
from chat_core.protocol.limits import GROUP_LEAST
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.groups import OpenGroup
from chat_core.protocol.requests.messages import History
from chat_core.protocol.requests.order import InviteMember

CHANNELS: Final = ("general", "tea", "ops")
LONG: Final = 15_000
"""Length of a long message: some of them are more than one page or one resume holds."""
_ANCHORS: Final[tuple[Literal["latest", "before", "after", "around"], ...]] = ("latest", "before", "after", "around")
_NAMES: Final = list(ACTIONS)
_WEIGHTS: Final = list(ACTIONS.values())


class Hands:
    """See the module's head.

    Args:
        traits: of the run.
        chance: decides what is done, where, and how.
        keeping: what people do to each other; None: nothing in this run.
        dealings: what they do besides saying things; None: nothing in this run.
    """

    def __init__(
        self,
        traits: Traits,
        chance: random.Random,
        keeping: Keeping | None = None,
        dealings: Dealings | None = None,
    ) -> None:
        self._traits = traits
        self._chance = chance
        self._keeping = keeping
        self._dealings = dealings
        self._posts = 0
        self._calls: list[Any] = []
        self._doing = ""
        """Name of the action."""

    def act(self, player: Player) -> None:
        """Do something."""
        if self._dealings is not None and self._dealings.act(player, lambda name, call: self._ask(player, name, call)):
            return
        if self._keeping is not None and self._chance.random() < SHARE:
            request = self._keeping.request(player.state)
            if request is not None:
                self._keep_order(player, request)
                return
        (name,) = self._chance.choices(_NAMES, _WEIGHTS)
        self._doing = name
        action: Callable[[Player], None] = getattr(self, f"_{name}")
        action(player)

    def say(self, player: Player, conversation: ConversationState) -> None:
        """Write a message, unless it is where nobody may."""
        if conversation.info.kind == "announcements" and self._chance.random() < 0.9:
            return
        self._posts += 1
        body = f"{player.who} {self._posts}"
        if self._chance.random() < self._traits.big:
            body += " " + "x" * LONG
        player.post(conversation.id, body)

    def say_everywhere(self, player: Player) -> None:
        """Write a message in each conversation where one may."""
        for known in list(player.state.conversations.values()):
            if known.info.kind != "announcements":
                self.say(player, known)

    async def rest(self) -> None:
        """Wait for no answer any more."""
        await stop(*self._calls)

    # --- actions ------------------------------------------------------------------------------------------------

    def _post(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self.say(player, known)

    def _burst(self, player: Player) -> None:
        known = self._somewhere(player)
        for _ in range(self._chance.choice((3, 5, 8, 20))):
            if known is not None:
                self.say(player, known)

    def _join(self, player: Player) -> None:
        channel = self._chance.choice(CHANNELS)
        self._call(player, lambda: player.client.join(channel))

    def _leave(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self._call(player, lambda: player.client.leave(known.id))

    def _direct(self, player: Player) -> None:
        name = self._chance.choice(NAMES[: self._traits.accounts])
        self._call(player, lambda: player.client.open_direct(name))

    def _group(self, player: Player) -> None:
        """Begin a group, or bring somebody into one."""
        known = self._somewhere(player)
        names = NAMES[: self._traits.accounts]
        if known is not None and known.info.kind == "group":
            request = InviteMember(conversation=known.id, account=self._chance.choice(names))
            self._call(player, lambda: player.client.call(request))
        elif len(names) >= GROUP_LEAST:
            others = tuple(self._chance.sample(names, GROUP_LEAST))
            self._call(player, lambda: player.client.call(OpenGroup(accounts=others)))

    def _topic(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            request = SetTopic(conversation=known.id, topic=f"topic {self._chance.randrange(9)}")
            self._call(player, lambda: player.client.call(request))

    def _read(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            seq = known.position.seq - self._chance.choice((0, 0, 0, 1, 3))
            player.client.mark_read(known.id, max(0, seq))

    def _typing(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            player.client.typing(known.id)

    def _edit(self, player: Player) -> None:
        found = self._own_message(player)
        if found is not None:
            self._posts += 1
            body = f"{player.who} {self._posts} edited"
            self._call(player, lambda: player.amend(*found, body))

    def _delete(self, player: Player) -> None:
        found = self._own_message(player)
        if found is not None:
            self._call(player, lambda: player.amend(*found))

    def _older(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            limit = self._chance.choice((2, 10, 100))
            self._call(player, lambda: player.client.load_older(known.id, limit))

    def _page(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is None:
            return
        request = History(
            conversation=known.id,
            anchor=self._chance.choice(_ANCHORS),
            seq=self._chance.randint(0, known.position.seq + 1),
            limit=self._chance.choice((1, 5, 50)),
        )

        async def read() -> None:
            client = player.client
            page = await client.call(request)
            player.page(client.state.epoch, page)

        self._call(player, read)

    def _members(self, player: Player) -> None:
        known = self._somewhere(player)
        if known is not None:
            self._call(player, lambda: player.client.load_members(known.id))

    def _retry(self, player: Player) -> None:
        if player.failed:
            cid = player.failed.pop()
            if self._chance.random() < 0.5:
                player.retry(cid)
            else:
                player.discard(cid)

    def _keep_order(self, player: Player, request: Request[Any]) -> None:
        self._ask(player, str(request.__struct_config__.tag), lambda: player.client.call(request))

    def _wake(self, player: Player) -> None:
        player.client.wake()

    # --- how ----------------------------------------------------------------------------------------------------

    def _somewhere(self, player: Player) -> ConversationState | None:
        known = list(player.state.conversations.values())
        return self._chance.choice(known) if known else None

    def _own_message(self, player: Player) -> tuple[int, int] | None:
        known, me = self._somewhere(player), player.state.me
        if known is None or me is None:
            return None
        mine = [message.seq for message in known.timeline if message.author == me.id and not message.deleted]
        return (known.id, self._chance.choice(mine)) if mine else None

    def _ask(self, player: Player, name: str, call: Callable[[], Awaitable[Any]]) -> None:
        self._doing = name
        self._call(player, call)

    def _call(self, player: Player, call: Callable[[], Awaitable[Any]]) -> None:
        """Ask for something that the server answers, or does not."""
        note = player.called(self._doing)

        async def asked() -> None:
            try:
                await call()
            except CallFailed as failure:
                note(str(failure.code))
            except ChatError:
                note("unknown")
            else:
                note("ok")

        self._calls.append(spawn(f"{player.who} asks", asked()))
