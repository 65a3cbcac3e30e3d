"""Where the command `chat-tui` begins: the screen as it was left is shown while everything else is loaded."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

_OTHERS: Final = (["send"], ["tail"], ["history"])
"""Commands of which it is certain that they show no screen, and that are to begin as quickly as can be."""


def main() -> NoReturn:
    """Run the command line of this process, and exit."""
    if sys.argv[1:2] not in _OTHERS:
        from chat_tui.glance.showing import show

        show(sys.argv[1:], os.environ)
    from chat_tui.cli import main as run

    run()
