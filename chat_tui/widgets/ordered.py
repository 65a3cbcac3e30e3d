"""Keys in their order: for widgets that take text.

Usually a key that is no character travels up to the application before its binding is looked for, and the characters
behind it are typed in the meantime: what is typed ahead, or comes in a burst, would be mixed up. And a key may lead
elsewhere when others are on their way here already: these are handed on.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def carry_out(widget: Widget, event: events.Key) -> None:
    """Carry out the binding of a key, of the widget or its screen, before the next key is looked at.

    To be called by the widget's `_on_key`. Characters are left to its base class, which would also type Alt with a
    letter, and Enter.
    """
    if handed_on(widget, event) or (event.is_printable and not event.key.startswith("alt+")):
        return
    event.prevent_default()
    event.stop()
    await widget.app._check_bindings(event.key)


async def carry_out_all(widget: Widget, event: events.Key) -> None:
    """Do the same in a widget that takes no text: characters are keys like all others."""
    event.prevent_default()
    event.stop()
    if not handed_on(widget, event):
        await widget.app._check_bindings(event.key)


def handed_on(widget: Widget, event: events.Key) -> bool:
    """Return whether the focus went elsewhere before this key was looked at; then it goes there."""
    app = widget.app
    stays = app.screen is widget.screen and app.focused in (None, widget)
    if not stays:
        event.prevent_default()
        event.stop()
        app.post_message(events.Key(event.key, event.character))
    return not stays
