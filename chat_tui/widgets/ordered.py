"""Keys in their order: for widgets that take text, beside the toolkit's own class.

Usually a key that is no character travels up to the application before its binding is looked for, and the characters
behind it are typed in the meantime: what is typed ahead, or comes in a burst, would be mixed up.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


class OrderedKeys(Widget):
    """Carries out the binding of a key, of this widget or its screen, before the next key is looked at."""

    async def _on_key(self, event: events.Key) -> None:
        """Leave characters to the other base class; it would type Alt with a letter too, and Enter."""
        if event.is_printable and not event.key.startswith("alt+"):
            return
        event.prevent_default()
        event.stop()
        await self.app._check_bindings(event.key)
