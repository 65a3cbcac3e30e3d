"""Keys in their order: for widgets that take text.

Usually a key that is no character travels up to the application before its binding is looked for, and the characters
behind it are typed in the meantime: what is typed ahead, or comes in a burst, would be mixed up.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def carry_out(widget: Widget, event: events.Key) -> None:
    """Carry out the binding of a key, of the widget or its screen, before the next key is looked at.

    To be called by the widget's `_on_key`. Characters are left to its base class, which would also type Alt with a
    letter, and Enter.
    """
    if event.is_printable and not event.key.startswith("alt+"):
        return
    event.prevent_default()
    event.stop()
    await widget.app._check_bindings(event.key)
