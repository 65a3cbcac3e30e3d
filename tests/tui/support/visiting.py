"""The whole application on a real server, with a person at the keyboard and others in the conversation."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from chat_core.client import Client, parse_address
from chat_core.client.state.model import ClientState, ConversationState, LinkStatus
from chat_tui.app import ChatApp
from chat_tui.commands.context import Answer
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from tests.tui.support.frames import DEADLINE_S, frame
from tests.tui.support.typing import press, write

_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """Return a name that no other test uses."""
    return f"{prefix}{os.getpid()}x{next(_numbers)}"


class Sitting:
    """Somebody in front of the application.

    Args:
        app: the application.
        pilot: of it.
        name: who they are.
    """

    def __init__(self, app: ChatApp, pilot: Pilot[Any], name: str) -> None:
        self.app = app
        self.pilot = pilot
        self.name = name

    @property
    def chat(self) -> ChatScreen:
        """The main screen."""
        assert isinstance(self.app.screen, ChatScreen)
        return self.app.screen

    @property
    def state(self) -> ClientState:
        """What the client knows."""
        return self.chat.bridge.state

    @property
    def here(self) -> ConversationState:
        """The conversation that is open."""
        return self.state.conversations[self.chat.places.shown or 0]

    @property
    def written(self) -> str:
        """What stands in the composer."""
        return self.chat.composer.text

    @property
    def screen(self) -> str:
        """What is drawn."""
        return frame(self.app)

    @property
    def answer(self) -> str:
        """The title of what this person only is told; empty: nothing."""
        answer = self.chat.answers.answer
        return answer.title if answer is not None and self.chat.answers.display else ""

    def hear(self) -> list[str]:
        """Return the titles of all that this person is told from now on, also of what is replaced at once."""
        titles: list[str] = []
        show = self.chat.answers.show

        def tell(answer: Answer) -> None:
            titles.append(answer.title)
            show(answer)

        self.chat.answers.show = tell  # type: ignore[method-assign]
        return titles

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await press(self.pilot, *keys)

    async def enter(self, line: str) -> None:
        """Type a line and press Enter."""
        await press(self.pilot, *line, "enter")

    async def write(self, text: str) -> None:
        """Type text."""
        await write(self.pilot, text)

    async def until(self, condition: Callable[[], object], what: str = "the condition") -> None:
        """Wait until something is true.

        Raises:
            AssertionError: with the screen, when it was not within `DEADLINE_S`.
        """
        end = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end, f"{what} did not come true; the screen was:\n{frame(self.app)}"
            await asyncio.sleep(0.01)

    async def sees(self, *texts: str) -> None:
        """Wait until texts are on the screen."""
        await self.until(lambda: all(text in self.screen for text in texts), f"{texts} on the screen")

    async def is_at(self, target: str) -> None:
        """Wait until a conversation is open."""

        def there() -> bool:
            shown = self.state.conversations.get(self.chat.places.shown or 0)
            return shown is not None and shown.target == target

        await self.until(there, f"{target} is open")


@asynccontextmanager
async def sitting(
    server: str, home: Path, *, name: str = "", size: tuple[int, int] = (100, 30), at: str = "#general", **more: Any
) -> AsyncIterator[Sitting]:
    """Start the application on a server and wait until somebody is in #general, or where else it leads."""
    name = name or unique("me")
    app = ChatApp(Goal(server, name), config=home / "config", data=home / "here", outbox=home / "outbox", **more)
    async with app.run_test(size=size) as pilot:
        person = Sitting(app, pilot, name)
        await person.until(lambda: person.state.link.status is LinkStatus.ONLINE, "online")
        await person.is_at(at)
        yield person


@asynccontextmanager
async def other(server: str, name: str = "") -> AsyncIterator[Client]:
    """Let somebody else be on the server, without a screen."""
    async with Client(parse_address(server), name or unique("other")) as client:
        await client.online(10)
        yield client


async def say(client: Client, target: str, *lines: str) -> None:
    """Let somebody say something, and wait until it is on the server's disk."""
    if target.startswith("#"):
        number = await client.join(target[1:])
    else:
        number = await client.open_direct(target[1:])
    for line in lines:
        await client.sent(client.post(number, line))


def bodies(conversation: ConversationState) -> list[str]:
    """Return what was said, oldest first."""
    return [message.body for message in conversation.timeline]
