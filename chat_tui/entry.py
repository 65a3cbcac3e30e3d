"""Where the command `chat-tui` begins: the screen as it was left is shown while everything else is loaded."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

_WITH_SCREENS: Final = ("connect", "here")
"""Commands that show how it was left; the others are to begin as quickly as can be, too."""


def main() -> NoReturn:
    """Run the command line of this process, and exit."""
    if not sys.argv[1:] or sys.argv[1] in _WITH_SCREENS or sys.argv[1].startswith("-"):
        from chat_tui.glance.showing import show

        show(sys.argv[1:], os.environ)
    from chat_tui.cli import main as run

    run()
