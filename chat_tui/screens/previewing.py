"""What is in the files that are in view: fetches them one at a time, and makes them small.

Chat never waits for it: files come on the way of downloads, which gives way to it, and are decoded in a thread. What
left the view before its turn is not fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from typing_extensions import override

from chat_core.base.errors import ChatError, WorldFault
from chat_core.base.tasks import spawn, stop
from chat_core.protocol.values import FileInfo
from chat_tui.messages import PreviewWanted
from chat_tui.screens.parts import Part
from chat_tui.views.cache import Recent
from chat_tui.widgets.timeline_pane import TimelinePane

if TYPE_CHECKING:
    from chat_tui.views.previews import Preview


class Previewing(Part):
    """It; panes say what is wanted, and each of them is told what came of it.

    Args:
        read: reads the file of a message, of which conversation, number and file are told.
        known: returns what is known of files by their SHA-256; None: nothing of the kind is kept.
        panes: returns all panes of messages.
    """

    def __init__(
        self,
        read: Callable[[int, int, FileInfo], Awaitable[bytes]],
        known: Callable[[], Recent[bytes, Preview] | None],
        panes: Callable[[], Iterable[TimelinePane]],
    ) -> None:
        self._read = read
        self._known = known
        self._panes = panes
        self._wanted: dict[bytes, PreviewWanted] = {}
        self._making: asyncio.Task[None] | None = None

    def on_preview_wanted(self, event: PreviewWanted) -> None:
        """Show what is in a file, now if that is known already."""
        event.stop()
        sha256, known = event.file.sha256, self._known()
        preview = known.get(sha256) if known is not None else None
        if preview is not None:
            self._show(sha256, preview)
            return
        if self._making is None or self._making.done():
            self._wanted = {sha256: event}
            self._making = spawn("make previews", self._make())
        else:
            self._wanted[sha256] = event

    @override
    async def end(self) -> None:
        """Fetch nothing any more."""
        await stop(self._making)

    async def _make(self) -> None:
        """Make what is wanted, what was wanted last first: that is where somebody looks."""
        from chat_core.client.errors import CallFailed
        from chat_tui.views.previews import NoPreview

        while self._wanted:
            sha256, wanted = self._wanted.popitem()
            if not any(pane.wants_preview(sha256) for pane in self._panes()):
                continue
            try:
                data = await self._read(wanted.conversation, wanted.seq, wanted.file)
            except WorldFault:
                preview: Preview = NoPreview("no preview: the server sent something else than this file")
            except CallFailed:
                preview = NoPreview("no preview: the server does not give this file out")
            except ChatError:
                continue  # not now; it is wanted again when it comes into view again
            else:
                preview = await asyncio.to_thread(preview_of, wanted.file, data)
                if (known := self._known()) is not None:
                    known.put(sha256, preview)
            self._show(sha256, preview)

    def _show(self, sha256: bytes, preview: Preview) -> None:
        for pane in self._panes():
            pane.show_preview(sha256, preview)


def preview_of(file: FileInfo, data: bytes) -> Preview:
    """Return what is shown of a file. Blocks."""
    from chat_tui.views.pictures import picture_of
    from chat_tui.views.previews import Wish, excerpt_of, kind_of

    return (
        picture_of(data)
        if kind_of(file, Wish(texts=True, pictures=True, most_bytes=2**53)) == "picture"
        else excerpt_of(data, file.name)
    )
