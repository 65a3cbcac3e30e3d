"""What the settings let others know of whoever sits here: nothing, or that nobody has pressed a key for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from chat_core.client.state.model import LinkStatus
from chat_tui.config import PrivacySection

if TYPE_CHECKING:
    from chat_core.protocol.requests.presence import SetPresence


LOOK_EVERY_S: Final = 20.0
"""How often it is looked whether somebody is still there, in seconds."""
IDLE: Final = "idle"
"""What is told of somebody who is away by themselves."""


class Idling:
    """See the module's head.

    Args:
        privacy: what the user has set.
        say: tells the server.
        now: monotonic seconds.
    """

    def __init__(self, privacy: PrivacySection, say: Callable[[SetPresence], None], now: Callable[[], float]) -> None:
        self._privacy = privacy
        self._say = say
        self._now = now
        self._pressed = now()
        self._online = self._away = False

    @property
    def looks(self) -> bool:
        """Whether time has to be looked at at all."""
        return self._privacy.presence and self._privacy.away_after_min > 0

    def link(self, status: LinkStatus) -> None:
        """Tell a server that one came to, or came back to."""
        from chat_core.protocol.requests.presence import SetPresence

        came = status is LinkStatus.ONLINE and not self._online
        self._online = status is LinkStatus.ONLINE
        if came and not self._privacy.presence:
            self._say(SetPresence(state="hidden"))
        elif came and self._away:
            self._say(SetPresence(state="away", text=IDLE))

    def key(self) -> None:
        """Note that somebody is there."""
        from chat_core.protocol.requests.presence import SetPresence

        self._pressed = self._now()
        if self._away:
            self._away = False
            self._say(SetPresence(state="online"))

    def look(self) -> None:
        """Be away by oneself, if nobody was there for long enough."""
        from chat_core.protocol.requests.presence import SetPresence

        idle_s = self._now() - self._pressed
        if self.looks and self._online and not self._away and idle_s >= 60 * self._privacy.away_after_min:
            self._away = True
            self._say(SetPresence(state="away", text=IDLE))
