"""The live page as commands use it: begun, ended, told of, in words. Writes nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault
from chat_core.client import Disconnected
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.values import FileInfo, Message
from chat_tui.commands.context import Answer
from chat_tui.live_page import LivePage, NotOurs, resolved
from chat_tui.screens.asking import Asking

if TYPE_CHECKING:
    from chat_core.protocol.requests.messages import History, Page


PATIENCE_S: Final = 60.0
"""How long an export waits for a connection that was lost, in seconds."""
_AGAIN_S: Final = 0.25


class Pages:
    """See `commands.context.PageDesk`.

    Args:
        page: the page.
        asking: whether a file of somebody else may give way.
        state: returns what is known.
        answer: tells the user something.
        ask: reads a page of history.
        read: reads the file of a message, of which conversation, number and file are told.
        clock: the time.
    """

    def __init__(
        self,
        page: LivePage,
        asking: Asking,
        state: Callable[[], ClientState],
        answer: Callable[[Answer], None],
        ask: Callable[[History], Awaitable[Page]],
        read: Callable[[int, int, FileInfo], Awaitable[bytes]],
        clock: Clock,
    ) -> None:
        self._page = page
        self._asking = asking
        self._state = state
        self._answer = answer
        self._ask = ask
        self._read = read
        self._clock = clock

    async def begin(self, file: str) -> None:
        """Begin one. Raises: ChatError."""
        topic = "page", file
        try:
            await self._page.begin(file, self._state(), over=self._asking.meant(topic))
        except NotOurs as fault:
            self._asking.ask(topic)
            self._answer(Answer(f"{fault} The same again writes over it."))
        else:
            self.tell()

    async def export(self, conversation: ConversationState, file: str) -> None:
        """Write all of a conversation. Raises: ChatError."""
        from chat_tui.exporting import FileThere, Target, export
        from chat_tui.exports.forms import FORMS, form_of
        from chat_tui.exports.transcript import About, Transcript

        form = form_of(file)
        if not form:
            raise UsageFault(f"Name a file that ends in {', '.join(f'.{each}' for each in FORMS)}.")
        topic, me, path = ("export", file), self._state().me, resolved(file)
        about = About(
            conversation.target, conversation.info.topic, me.id if me is not None else None, self._clock.wall_ms(), None
        )
        transcript = Transcript(FORMS[form](), about)
        try:
            with Target(path, over=self._asking.meant(topic)) as target:
                picture = partial(self._picture, conversation.id)
                await export(self._persist, conversation.id, transcript, target.write, self._tell_progress, picture)
                target.finish()
        except FileThere as fault:
            self._asking.ask(topic)
            self._answer(Answer(f"{fault} The same again writes over it."))
        else:
            count = "1 message" if transcript.count == 1 else f"{transcript.count:,} messages"
            self._answer(Answer(f"Exported: {count} of {about.target} are in {path}."))

    async def _persist(self, wanted: History) -> Page:
        """Read a page, again after a cut: the connection comes back by itself."""
        end = self._clock.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._ask(wanted)
            except Disconnected:
                if self._clock.monotonic() > end:
                    raise
                await asyncio.sleep(_AGAIN_S)

    async def _picture(self, conversation: int, message: Message) -> bytes:
        assert message.file is not None, "asked for only where there is one"
        return await self._read(conversation, message.seq, message.file)

    def _tell_progress(self, count: int, part: float) -> None:
        if part < 1:
            self._answer(Answer(f"Exporting: {count:,} messages, {part:.0%}"))

    async def end(self) -> None:
        """End it."""
        path = self._page.path
        await self._page.end()
        self._answer(Answer("There is no live page." if path is None else f"The live page {path} has ended."))

    def tell(self) -> None:
        """Say which it is."""
        path = self._page.path
        if path is None:
            self._answer(Answer("There is no live page; /html FILE begins one."))
        else:
            self._answer(
                Answer(f"Everything that comes is in {path.as_uri()}: open it in a browser. /html off ends it.")
            )
