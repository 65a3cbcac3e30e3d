"""The links that are in view, or clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Message
from chat_tui.actions.reading import links
from chat_tui.commands.context import Answer
from chat_tui.messages import LinkChosen
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.views.lines import Line, Span


class Looking(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
        open_link: shows an address, and says so with more lines.
    """

    def __init__(self, scene: Scene, open_link: Callable[[str, Sequence[Line]], None]) -> None:
        self._scene = scene
        self._open_link = open_link
        self._followed: tuple[object, int] = (None, 0)

    def action_links(self) -> None:
        """Open the link in what is selected, or in the newest message in view that has one; again: the next one."""
        for message in self._near():
            found = links(message.body)
            if found:
                about = message.seq if isinstance(message, Message) else message.cid
                last, at = self._followed
                at = (at + 1) % len(found) if last == about else 0
                self._followed = (about, at)
                self._open_link(found[at], _several(found, at) if len(found) > 1 else ())
                return
        self._scene.answer(Answer("There is no link in view."))

    def on_link_chosen(self, event: LinkChosen) -> None:
        """Copy the address: whether a browser could be shown here nobody knows, over SSH least of all."""
        event.stop()
        self._scene.app.copy_to_clipboard(event.url)
        self._scene.answer(Answer(f"Copied: {event.url}"))

    def _near(self) -> Iterator[Message | Unsent]:
        """Yield what is pointed at, else what is in view, from the newest one on."""
        from chat_tui.views.pointing import message_of

        timeline = self._scene.timeline
        history = timeline.history
        if history is None:
            return
        pointed = timeline.pointed
        items = [pointed] if pointed is not None else history.view.items[timeline.bottom_item() :: -1]
        ignored = self._scene.bridge.state.ignored
        for item in items:
            message = message_of(item)
            folded = pointed is None and isinstance(message, Message) and message.author in ignored
            if message is not None and not folded:
                yield message


def _several(found: Sequence[str], at: int) -> list[Line]:
    """Return a list of links, the one that was opened marked."""
    return [Line((Span("▌ " if each == at else "  ", "bar"), Span(url, "link", url))) for each, url in enumerate(found)]
