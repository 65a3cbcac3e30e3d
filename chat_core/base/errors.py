"""The one tree of errors, two levels deep.

    ChatError
    ├── UsageFault      the person at the keyboard can mend it; the text says how
    ├── ProtocolFault   the peer broke the protocol; carries the goodbye code
    └── WorldFault      network, disk or operating system; usually worth another try

Each layer translates what comes from below once; the wire sees codes only.
"""

from __future__ import annotations


class ChatError(Exception):
    """Root of everything this project raises on purpose."""


class UsageFault(ChatError):
    """A request that cannot be carried out as asked; `str()` is one sentence that says what to do."""


class ProtocolFault(ChatError):
    """The peer sent something outside the protocol.

    Args:
        code: the goodbye code the connection is closed with (`chat_core.protocol.codes.GoodbyeCode`).
        text: one sentence for the peer.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class WorldFault(ChatError):
    """Something outside the program failed: a connection, a disk, a lock."""
