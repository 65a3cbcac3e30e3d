"""Screens that one may be led to before the main one, or instead of it: what they need is loaded when they are made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chat_tui.bridge import Way
from chat_tui.screens.goal import Goal
from chat_tui.storage import Servers

if TYPE_CHECKING:
    from chat_core.client.errors import Untrusted
    from chat_core.protocol.requests.session import Welcome
    from chat_tui.screens.signing_in import SignInScreen
    from chat_tui.screens.start import StartScreen
    from chat_tui.screens.trust import StopScreen, TrustScreen


def start_screen(
    servers: Servers, tried: Goal | None, page: Path | None, *, complaint: str, note: str, back: bool
) -> StartScreen:
    """Return the screen on which one chooses a server.

    Args:
        servers: those that are known.
        tried: what is filled in; None: nothing.
        page: the live page; None: there is none.
        complaint: what went wrong.
        note: what else there is to say.
        back: whether there is anything to go back to.
    """
    from chat_tui.screens.start import StartScreen

    return StartScreen(
        servers,
        complaint=complaint,
        note=note,
        file=str(page or ""),
        address=tried.address if tried is not None else None,
        name=tried.name if tried is not None else "",
        back=back,
    )


def sign_in_screen(goal: Goal, welcome: Welcome | None, way: Way, complaint: str, refused: str) -> SignInScreen:
    """Return the screen that asks how one gets in."""
    from chat_tui.screens.signing_in import SignInScreen

    return SignInScreen(goal, welcome, way, complaint, refused)


def distrust_screen(goal: Goal, why: Untrusted) -> TrustScreen | StopScreen:
    """Return the screen that asks about a server that is not known, or stops at one that is not the right one."""
    from chat_tui.screens.trust import StopScreen, TrustScreen

    return TrustScreen(goal.address, why.pin) if why.unknown else StopScreen(str(why))
