"""Decides when to connect again. Pure: time and chance come as arguments, waiting is the shell's part.

0.2, 0.5, 1, 2 seconds, then at most 5 s apart while the loss is younger than two minutes, later at most 30 s. Chance
spreads the later ones, so that a server's return is no stampede. What the server asked for is kept to.
"""

from __future__ import annotations

from typing import Final

FIRST_S: Final = (0.2, 0.5, 1.0, 2.0)
"""Delays of the first tries, in seconds: a server that restarts is back in a moment."""
SOON_S: Final = 5.0
"""Longest delay while somebody is probably still looking, in seconds."""
LATER_S: Final = 30.0
"""Longest delay after that, in seconds."""
PATIENCE_S: Final = 120.0
"""Age of the loss from which on the longer delays hold, in seconds."""
STEADY_S: Final = 1.0
"""Time a connection must have lasted to count as a good one, in seconds: one that dies at once is no progress."""
LONGEST_ASKED_S: Final = 600.0
"""Longest `retry_after` of a server that is kept to, in seconds."""


class Supervisor:
    """Remembers how often it failed, and since when."""

    def __init__(self) -> None:
        self.attempt = 0
        """Tries that failed since the last good connection."""
        self._lost_at: float | None = None
        self._online_at: float | None = None

    def online(self, now: float) -> None:
        """Note that the connection is up.

        Args:
            now: monotonic seconds.
        """
        self._online_at = now

    def lost(self, now: float, chance: float, *, reconnect: bool, retry_after: float | None) -> float | None:
        """Note that a try failed or the connection ended; return the seconds to wait, None: do not try again.

        Args:
            now: monotonic seconds.
            chance: at random from [0, 1).
            reconnect: whether the server, or the kind of failure, allows another try.
            retry_after: seconds the server asked for.
        """
        if self._online_at is not None and now - self._online_at >= STEADY_S:
            self.attempt = 0
            self._lost_at = None
        self._online_at = None
        if self._lost_at is None:
            self._lost_at = now
        if not reconnect:
            return None
        delay = self._delay(now - self._lost_at, chance)
        self.attempt += 1
        return delay if retry_after is None else max(delay, min(retry_after, LONGEST_ASKED_S) * (1.0 + 0.1 * chance))

    def _delay(self, age_s: float, chance: float) -> float:
        if self.attempt < len(FIRST_S):
            return FIRST_S[self.attempt]
        longest = SOON_S if age_s < PATIENCE_S else LATER_S
        return longest * (0.6 + 0.4 * chance)
