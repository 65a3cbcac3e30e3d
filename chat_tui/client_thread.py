"""A client of the library in a thread of its own, with a loop of its own, and the way there and back. Knows no screen.

What goes there is a coroutine whose answer comes back here, or a function that nobody waits for; what comes from there
is called on the application's loop, as if the application had done it. Nothing else crosses.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from chat_core.base.errors import ChatError, WorldFault
from chat_core.base.tasks import spawn, stop
from chat_core.client.state.changes import Batch

if TYPE_CHECKING:
    from chat_core.client import Client

T = TypeVar("T")

CLOSE_WITHIN_S: Final = 3.0
"""Time for the goodbye, in seconds; the thread is left to itself after it."""
_DEAF: Final = "Something went wrong inside this client ({}): it heard nothing more from the server. Go there again."


class ClientThread:
    """See the module's head. All methods but `say` belong to the application's loop.

    Args:
        make: makes the client, which has started; called in the thread.
        hear: told each batch, and waited for before the next one is taken; called in the thread.
        on_fault: told what went wrong with something that has no answer.
        on_end: told why nothing is heard any more, when it was not closed; once, and after that it is over.
    """

    def __init__(
        self,
        make: Callable[[], Awaitable[Client]],
        hear: Callable[[Batch], Awaitable[None]],
        on_fault: Callable[[ChatError], None],
        on_end: Callable[[ChatError], None],
    ) -> None:
        self._make = make
        self._hear = hear
        self._on_fault = on_fault
        self._on_end = on_end
        self.client: Client | None = None
        """The client, which lives over there; None: not yet."""
        self._closed = False
        self._loop: asyncio.AbstractEventLoop
        self._context: contextvars.Context
        self._remote: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event
        self._up: asyncio.Future[None]
        self.thread = threading.Thread(target=self._live, name="client", daemon=True)
        """It."""

    async def start(self) -> None:
        """Start the client, which connects by itself and goes on trying; return once calls can be made."""
        self._loop = asyncio.get_running_loop()
        # What is told runs as if the application had called it: the toolkit keeps itself in context variables.
        self._context = contextvars.copy_context()
        self._up = self._loop.create_future()
        self.thread.start()
        await self._up

    async def close(self) -> None:
        """Say goodbye and end the thread."""
        self._closed = True
        if self._remote is not None:
            with contextlib.suppress(RuntimeError):  # its loop has ended by itself
                self._remote.call_soon_threadsafe(self._stop.set)
            await asyncio.to_thread(self.thread.join, CLOSE_WITHIN_S)

    @property
    def is_up(self) -> bool:
        """Whether calls can be made, or could be once."""
        return self._remote is not None

    async def there(self, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine of the client on its loop."""
        client, remote = self.client, self._remote
        if client is None or remote is None or self._closed:
            raise WorldFault("Not connected.")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(ask(client), remote))

    def tell(self, say: Callable[[Client], object]) -> bool:
        """Run a function of the client on its loop, without waiting for it; return whether there is one to take it."""
        client, remote = self.client, self._remote
        if client is not None and remote is not None and not self._closed:
            with contextlib.suppress(RuntimeError):  # its loop has ended by itself
                remote.call_soon_threadsafe(self._try, say, client)
                return True
        return False

    def say(self, function: Callable[..., None], *arguments: object) -> None:
        """Run a function on the application's loop; called in the client's thread."""
        with contextlib.suppress(RuntimeError):  # the application's loop has ended
            self._loop.call_soon_threadsafe(function, *arguments, context=self._context)

    # --- in the thread

    def _live(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve())
        except Exception as error:
            # Whoever waits must not wait for ever; the rest of the application goes on without a server.
            self.say(self._fail, error)
            raise

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with await self._make() as client:
            self.client, self._remote = client, asyncio.get_running_loop()
            client.watch_threads()
            if self._closed:  # in the meantime, when there was nothing to stop yet
                self._stop.set()
            self.say(self._ready)
            following = spawn("hand over changes", self._follow(client))
            stopping = spawn("wait for the end", self._stop.wait())
            await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
            error = following.exception() if following.done() else None
            if error is not None:
                self.client = None
            await stop(following, stopping)
        if error is not None and not self._closed:  # by now whoever goes there again finds what is not sent yet
            self.say(self._on_end, WorldFault(_DEAF.format(type(error).__name__)))

    async def _follow(self, client: Client) -> None:
        async for batch in client.changes():
            await self._hear(batch)

    def _try(self, say: Callable[[Client], object], client: Client) -> None:
        try:
            say(client)
        except ChatError as fault:
            self.say(self._on_fault, fault)

    # --- on the application's loop again

    def _ready(self) -> None:
        if not self._up.done():
            self._up.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self._up.done():
            self._up.set_exception(error)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
