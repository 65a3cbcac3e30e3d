"""The live page as commands use it: begun, ended, told of, in words. Writes nothing itself."""

from __future__ import annotations

from collections.abc import Callable

from chat_core.client.state.model import ClientState
from chat_tui.commands.context import Answer
from chat_tui.live_page import LivePage, NotOurs
from chat_tui.screens.asking import Asking


class Pages:
    """See `commands.context.PageDesk`.

    Args:
        page: the page.
        asking: whether a file of somebody else may give way.
        state: returns what is known.
        answer: tells the user something.
    """

    def __init__(
        self,
        page: LivePage,
        asking: Asking,
        state: Callable[[], ClientState],
        answer: Callable[[Answer], None],
    ) -> None:
        self._page = page
        self._asking = asking
        self._state = state
        self._answer = answer

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
