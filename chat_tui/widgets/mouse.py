"""Whether the terminal reports the mouse to the client, or selects text with it by itself. The driver remembers it.

The toolkit has no switch for that while it runs. This leans on its driver's insides, all of it in this file and guarded
by a test in a real terminal: the flag that a driver begins with (and looks at when it comes back from the shell), and
the two methods that ask the terminal.
"""

from __future__ import annotations

from textual.app import App


def mouse_is_on(app: App[None]) -> bool:
    """Return whether the mouse is reported."""
    return app._driver is None or app._driver._mouse


def switch_mouse(app: App[None], *, on: bool) -> None:
    """Let the mouse be reported, or left to the terminal."""
    driver = app._driver
    if driver is None or driver._mouse == on:
        return
    if on:
        driver._mouse = True
        getattr(driver, "_enable_mouse_support", _nothing)()
    else:
        getattr(driver, "_disable_mouse_support", _nothing)()
        driver._mouse = False


def _nothing() -> None:
    """A driver without a terminal has no mouse to ask for."""
