"""The main screen, showing what is in the files that are in view: fetches them one at a time, and makes them small.

Chat never waits for it: files come on the way of downloads, which gives way to it, and are decoded in a thread. What
left the view before its turn is not fetched.
"""

from __future__ import annotations

import asyncio

from chat_core.base.errors import ChatError, WorldFault
from chat_core.base.tasks import spawn, stop
from chat_core.client.errors import CallFailed
from chat_core.protocol.values import FileInfo
from chat_tui.messages import PreviewWanted
from chat_tui.screens.looking import Looking
from chat_tui.views.pictures import picture_of
from chat_tui.views.previews import NoPreview, Preview, Wish, excerpt_of, kind_of
from chat_tui.widgets.timeline_pane import TimelinePane, known_previews

_ANY = Wish(texts=True, pictures=True, most_bytes=2**53)


class Previewing(Looking):
    """It; panes say what is wanted, and each of them is told what came of it."""

    _previews_wanted: dict[bytes, PreviewWanted]
    _previews_made: asyncio.Task[None] | None = None

    def on_preview_wanted(self, event: PreviewWanted) -> None:
        """Show what is in a file, now if that is known already."""
        event.stop()
        sha256, known = event.file.sha256, known_previews(self.app)
        preview = known.get(sha256) if known is not None else None
        if preview is not None:
            self._show_preview(sha256, preview)
            return
        if self._previews_made is None or self._previews_made.done():
            self._previews_wanted = {sha256: event}
            self._previews_made = spawn("make previews", self._make_previews())
        else:
            self._previews_wanted[sha256] = event

    async def on_unmount(self) -> None:
        """Fetch nothing any more; see also ChatView."""
        await stop(self._previews_made)

    async def _make_previews(self) -> None:
        """Make what is wanted, what was wanted last first: that is where somebody looks."""
        while self._previews_wanted:
            sha256, wanted = self._previews_wanted.popitem()
            if not any(pane.wants_preview(sha256) for pane in self.query(TimelinePane)):
                continue
            try:
                data = await self.bridge.read_file(wanted.conversation, wanted.seq, wanted.file)
            except WorldFault:
                preview: Preview = NoPreview("no preview: the server sent something else than this file")
            except CallFailed:
                preview = NoPreview("no preview: the server does not give this file out")
            except ChatError:
                continue  # not now; it is wanted again when it comes into view again
            else:
                preview = await asyncio.to_thread(preview_of, wanted.file, data)
                if (known := known_previews(self.app)) is not None:
                    known.put(sha256, preview)
            self._show_preview(sha256, preview)

    def _show_preview(self, sha256: bytes, preview: Preview) -> None:
        for pane in self.query(TimelinePane):
            pane.show_preview(sha256, preview)


def preview_of(file: FileInfo, data: bytes) -> Preview:
    """Return what is shown of a file. Blocks."""
    return picture_of(data) if kind_of(file, _ANY) == "picture" else excerpt_of(data, file.name)
