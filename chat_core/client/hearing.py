"""What a bot hears, and which of its handlers that is for. Knows no connection: answers go to where it is told.

An answer's cid is derived from the address of what is answered. So whoever handles the same message again, after a cut
or as a second process, answers with the same cid, and the server keeps the first answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from chat_core.base.ids import CID_BYTES, Cid
from chat_core.client.client import Client
from chat_core.protocol.events import MessagePosted


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that a handler is given."""

    client: Client
    """Whose account heard it; for everything that `answer` does not do."""
    event: MessagePosted
    """As it was posted."""
    target: str
    """Where, spelled as a TARGET: `#ops`, `@ann`."""
    handler: str
    """Name of the handler."""
    groups: tuple[str | None, ...] = ()
    """What the groups of its pattern matched."""
    _count: list[int] = field(default_factory=lambda: [0])

    @property
    def text(self) -> str:
        """What was said."""
        return self.event.body

    @property
    def name(self) -> str:
        """Who said it: what a webhook calls itself, else the account's name."""
        return self.event.via or self.event.name

    @property
    def address(self) -> str:
        """Where it can be found again: `#ops:17`."""
        return f"{self.target}:{self.event.seq}"

    async def answer(self, text: str, *, quote: bool = False) -> str:
        """Say something where this was said, and return its address once it is on the server's disk.

        The first answer of a handler to a message is the only first one, whatever happens; and so on.

        Args:
            text: what.
            quote: whether it shows what it answers.

        Raises:
            CallFailed: refused for good.
            Disconnected: the client was closed before.
        """
        number = self._count[0]
        self._count[0] = number + 1
        cid = self.client.post(
            self.event.conversation,
            text,
            reply_to=self.event.seq if quote else None,
            thread=self.event.thread,
            in_channel=self.event.in_channel,
            cid=answer_cid(self.event, self.handler, number),
        )
        return f"{self.target}:{(await self.client.sent(cid)).seq}"


class Joined(NamedTuple):
    """Somebody came into a conversation."""

    client: Client
    """Whose account saw it."""
    conversation: int
    """Number of the conversation."""
    target: str
    """That conversation as a TARGET."""
    name: str
    """Who came."""

    def say(self, text: str) -> None:
        """Say something there; it is sent by itself."""
        self.client.post(self.conversation, text)


OnMessage = Callable[[Heard], Awaitable[str | None]]
OnCommand = Callable[[Heard, str], Awaitable[str | None]]
OnJoin = Callable[[Joined], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler of messages."""

    name: str
    pattern: re.Pattern[str]
    run: Callable[[Heard], Awaitable[str | None]]
    bots: bool
    """Whether it hears other bots, too."""

    def hears(self, event: MessagePosted) -> re.Match[str] | None:
        """Return what of a message is for it; None: nothing, as of one that was deleted before it was heard."""
        return None if not event.body or (event.bot and not self.bots) else self.pattern.search(event.body)


def for_command(prefix: str, name: str) -> re.Pattern[str]:
    """Return what a command looks like: `!roll 2d6` is `roll` with the argument `2d6`."""
    return re.compile(rf"\A{re.escape(prefix + name)}(?:\s+(.*))?\Z", re.DOTALL | re.IGNORECASE)


_PERSON: Final = b"chat bot answer"


def answer_cid(event: MessagePosted, handler: str, number: int) -> Cid:
    """Derive the cid of an answer.

    Args:
        event: what is answered; its id is random, so that no other message has this cid.
        handler: by which handler.
        number: the how-manieth answer of that, from 0.
    """
    text = f"{event.conversation}\0{event.seq}\0{event.eid.hex()}\0{handler}\0{number}"
    return Cid(hashlib.blake2b(text.encode(), digest_size=CID_BYTES, person=_PERSON).digest())
