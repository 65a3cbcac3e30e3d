"""What people do to each other in some runs: roles and rules of channels, sanctions that end, private chats.

Whether they may is the server's to say: a refusal is an answer like any other. The promises must hold all the same: who
is muted gets no acknowledgement, what somebody was put out of is theirs up to that event, and who comes back goes on.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

from chat_core.client.state.model import ClientState, ConversationState, LinkStatus
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import Join
from chat_core.protocol.requests.order import InviteMember, SanctionMember, SetRole, SetRules
from chat_core.protocol.requests.private import AnswerChat, EndChat, RequestChat, SetDmPolicy
from chat_core.protocol.values import ChannelRole, SanctionAct

SHARE: Final = 0.4
"""Of the actions of a run in which order is kept."""
_LASTS_S: Final = (1, 5, 30, 30)
"""How long a sanction is in force, in seconds."""
_DO: Final[tuple[SanctionAct, ...]] = ("warn", "mute", "mute", "mute", "kick", "ban")
_UNDO: Final[tuple[SanctionAct, ...]] = ("unmute", "unban")
_RIGHTLY: Final = 0.9
"""Share of what is done where one may, if there is such a channel."""
_UNDONE: Final = 0.3
"""Share of the sanctions that are taken back."""
_PRIVATELY: Final = 0.2
"""Share of what is done with private chats."""
_HEARD: Final = 50
"""Messages, the newest ones of a channel, whose authors are taken to be there."""


class Keeping:
    """See the module's head.

    Args:
        names: of the accounts there are.
        channels: names of channels that belong to whoever joins first.
        chance: decides.
    """

    def __init__(self, names: Sequence[str], channels: Sequence[str], chance: random.Random) -> None:
        self._names = tuple(names)
        self._channels = tuple(channels)
        self._chance = chance
        self._me = ""

    def request(self, state: ClientState) -> Request[Any] | None:
        """Return what is asked for; None: there is no place for it, or no connection: nothing would come of it."""
        if state.link.status is not LinkStatus.ONLINE:
            return None
        if state.me is not None:
            self._me = state.me.name
        if self._chance.random() < _PRIVATELY:
            return self._privately()
        channels = [known for known in state.conversations.values() if known.info.kind == "channel"]
        own = [known for known in channels if known.info.role == "operator"]
        elsewhere = [name for name in self._channels if name not in {known.info.name for known in channels}]
        if own and self._chance.random() < _RIGHTLY:
            channels = own
        elif elsewhere and self._chance.random() < _RIGHTLY:
            return Join(channel=self._chance.choice(elsewhere))  # nobody may do anything where nobody is
        makers = (self._role, self._rules, self._invite, *(self._sanction,) * 5)
        return self._chance.choice(makers)(self._chance.choice(channels)) if channels else None

    def _role(self, channel: ConversationState) -> Request[Any]:
        roles: tuple[ChannelRole, ...] = ("operator", "operator", "voice", "member")
        role = self._chance.choice(roles)
        return SetRole(conversation=channel.id, account=self._somebody(channel), role=role)

    def _sanction(self, channel: ConversationState) -> Request[Any]:
        if self._chance.random() < _UNDONE:
            undo = self._chance.choice(_UNDO)
            return SanctionMember(conversation=channel.id, account=self._somebody(channel), act=undo)
        act = self._chance.choice(_DO)
        lasts = self._chance.choice(_LASTS_S) if act in ("mute", "ban") else None
        return SanctionMember(conversation=channel.id, account=self._somebody(channel), act=act, seconds=lasts)

    def _rules(self, channel: ConversationState) -> Request[Any]:
        if self._chance.random() < 0.5:
            return SetRules(conversation=channel.id, visibility=self._chance.choice(("public", "unlisted", "invite")))
        return SetRules(conversation=channel.id, moderated=self._chance.random() < 0.3)

    def _invite(self, channel: ConversationState) -> Request[Any]:
        return InviteMember(conversation=channel.id, account=self._somebody())

    def _privately(self) -> Request[Any]:
        match self._chance.choice(("ask", "ask", "answer", "end", "policy")):
            case "ask":
                return RequestChat(account=self._somebody())
            case "answer":
                return AnswerChat(account=self._somebody(), accept=self._chance.random() < 0.7)
            case "end":
                return EndChat(number=self._chance.choice((0, 0, 1, 2, 3)))
            case _:
                return SetDmPolicy(policy=self._chance.choice(("open", "open", "request", "closed")))

    def _somebody(self, channel: ConversationState | None = None) -> str:
        """Return a name, mostly of somebody else; of a channel mostly of somebody who has written there."""
        if channel is not None and self._chance.random() < _RIGHTLY:
            heard = sorted({message.name for message in channel.timeline.newest(_HEARD)} - {self._me})
            if heard:
                return self._chance.choice(heard)
        others = [name for name in self._names if name != self._me]
        return self._chance.choice(others if others and self._chance.random() < _RIGHTLY else self._names)
