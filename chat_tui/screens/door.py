"""Asking at the door of a server: whether it is the right one, and how somebody gets in. Shows nothing by itself.

What it finds out leads in, or away again; both belong to the application, which has the screens.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace as replace_fields

from chat_core.base.errors import ChatError
from chat_tui.bridge import KNOWN, Way
from chat_tui.live_page import LivePage
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.later import distrust_screen, sign_in_screen
from chat_tui.screens.open_servers import OpenServer, OpenServers
from chat_tui.screens.visit import trust

if TYPE_CHECKING:
    from chat_core.client.errors import Untrusted
    from chat_core.protocol.requests.session import Welcome
    from chat_tui.screens.signing_in import SignInScreen
    from chat_tui.screens.trust import StopScreen, TrustScreen


class Door:
    """See the module's head.

    Args:
        row: the servers that are open.
        config: folder of the known servers.
        page: told what is wrong.
        give: gives a server a screen that asks.
        enter: goes there.
        close: leaves a server, and says why.
    """

    def __init__(
        self,
        row: OpenServers,
        config: Path,
        page: LivePage,
        *,
        give: Callable[[OpenServer, BaseScreen], None],
        enter: Callable[[OpenServer], None],
        close: Callable[[OpenServer, str], None],
    ) -> None:
        self._row = row
        self._config = config
        self._page = page
        self._give = give
        self._enter = enter
        self._close = close

    def ask(
        self,
        server: OpenServer,
        complaint: str,
        welcome: Welcome | None,
        refused: str = "",
        *,
        way: Way | None = None,
    ) -> None:
        """Let the user say how to get in.

        Args:
            server: where.
            complaint: why they are asked; empty: for no reason of the server's.
            welcome: what it takes; None: that is not known.
            refused: code of the refusal; empty: nobody was refused.
            way: what to ask for first; None: as they tried.
        """
        way, server.way = way or server.way, KNOWN
        if complaint:
            self._page.tell(complaint, fault=True)
        self._give(server, sign_in_screen(server.choice, welcome, way, complaint, refused))

    def distrust(self, server: OpenServer, why: Untrusted) -> None:
        """Let the user decide about a server that is not known; stop at one that is not the right one."""
        self._give(server, distrust_screen(server.choice, why))

    def decided(self, event: TrustScreen.Decided) -> None:
        """Go to a server that was unknown, or leave it."""
        server = self._row.of_screen(event.screen)
        if server is not None and not event.trusted:
            self._close(server, "")
        elif server is not None:
            try:
                trust(self._config, server.choice.address, event.pin)
            except ChatError as fault:
                self._close(server, str(fault))
            else:
                self._enter(server)

    def wanted(self, event: SignInScreen.Wanted) -> None:
        """Go there in that way: to the one that asked, for a password is for nobody else."""
        server = self._row.of_screen(event.screen)
        if server is not None:
            server.choice, server.way = replace_fields(server.choice, name=event.name), event.way
            self._enter(server)

    def left(self, event: SignInScreen.Left | StopScreen.Left) -> None:
        """Leave the server that asked, or that was stopped at."""
        server = self._row.of_screen(event.screen)
        if server is not None:
            self._close(server, "")
