"""What calls of the library raise: the server said no, or there is no server to ask."""

from __future__ import annotations

from chat_core.base.errors import ChatError, WorldFault
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.envelopes import Failure

LONGEST_TEXT = 500
"""Characters kept of a server's sentence, which goes to a terminal one day."""
SOONEST_S = 0.1
"""Shortest `retry_after` that is kept to, in seconds: a server that says less, or 0, would be asked without a pause."""


class CallFailed(ChatError):
    """The server answered with a failure; `str()` is its sentence.

    Args:
        code: why; a plain string if this version does not know the code.
        text: one sentence for people.
        retry_after: seconds after which the same call is worth repeating, None: at will.
        final: whether repeating it can never succeed.
    """

    def __init__(self, code: Refusal | str, text: str, *, retry_after: float | None = None, final: bool = True) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.retry_after = retry_after
        self.final = final

    def pause_s(self, usual_s: float) -> float:
        """Return after how many seconds to call again, where `usual_s` is for a server that does not say."""
        return usual_s if self.retry_after is None else self.retry_after

    @classmethod
    def of(cls, failure: Failure) -> CallFailed:
        """Return what a failure on the wire means."""
        try:
            code: Refusal | str = Refusal(failure.code)
        except ValueError:
            code = failure.code
        wait_s = None if failure.retry_after is None else max(SOONEST_S, failure.retry_after)
        return cls(code, clean_line(failure.text[:LONGEST_TEXT]), retry_after=wait_s, final=failure.final)


class Disconnected(WorldFault):
    """Not connected, or the connection was lost before the answer; whether the call was carried out is unknown."""


class Untrusted(Disconnected):
    """Not connected: it is not certain that the server is the one it is taken for. Nothing was said to it.

    Args:
        text: one sentence for people, with the pins and with what to do.
        pin: what the server has shown; empty: nothing was looked at.
        unknown: whether it is only that nobody knows it yet, so that a person can be asked.
    """

    def __init__(self, text: str, *, pin: str = "", unknown: bool = False) -> None:
        super().__init__(text)
        self.pin = pin
        self.unknown = unknown
