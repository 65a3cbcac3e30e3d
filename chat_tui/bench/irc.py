"""Somebody who talks on an IRC server, for the side-by-side measurement. Knows no more of IRC than that takes.

    python -m chat_tui.bench.irc PORT CHANNEL RATE SIZE

Says `ready`, then that many messages a second until its input ends.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from chat_core.base.errors import WorldFault

_CONNECT_S: Final = 10.0


class Speaker:
    """A connection that is in some channels."""

    def __init__(self, port: int, name: str, channels: Sequence[str]) -> None:
        deadline = time.monotonic() + _CONNECT_S
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_S)
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise WorldFault("The IRC server does not listen.") from None
                time.sleep(0.05)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._send(f"NICK {name}\r\nUSER {name} 0 * :{name}")
        self._until(" 001 ")
        for channel in channels:
            self._send(f"JOIN {channel}")
        self.await_delivery()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def say(self, channel: str, text: str) -> None:
        """Say something."""
        self._send(f"PRIVMSG {channel} :{text}")

    def say_all(self, channel: str, texts: Sequence[str]) -> None:
        """Say several things at once."""
        self._send("\r\n".join(f"PRIVMSG {channel} :{text}" for text in texts))

    def await_delivery(self) -> None:
        """Wait until the server has taken everything."""
        self._send("PING :done")
        self._until("PONG")

    def names(self, channel: str) -> list[str]:
        """Return who is in a channel."""
        self._send(f"NAMES {channel}")
        return self._until(" 366 ", keep=" 353 ").replace("@", "").split()

    def drop_what_came(self) -> None:
        """Take what others say, and look at nothing of it."""
        while select.select([self._socket], [], [], 0)[0] and self._socket.recv(65536):
            pass

    def _send(self, lines: str) -> None:
        self._socket.sendall(f"{lines}\r\n".encode())

    def _until(self, wanted: str, keep: str = "\0") -> str:
        kept = ""
        for line in self._lines:
            text = line.decode(errors="replace")
            if text.startswith("PING"):
                self._send(text.replace("PING", "PONG", 1).strip())
            if keep in text:
                kept += text.rpartition(":")[2]
            if wanted in text:
                return kept
        raise WorldFault("The IRC server hung up.")


def main(arguments: list[str]) -> int:
    """Flood; return the exit code."""
    port, channel, rate, size = arguments
    with Speaker(int(port), "flood", [channel]) as speaker:
        print("ready", flush=True)
        begun, sent = time.monotonic(), 0
        while not select.select([sys.stdin], [], [], 0.005)[0]:
            due = int((time.monotonic() - begun) * int(rate))
            if due > sent:
                speaker.say_all(channel, [f"{number} ".ljust(int(size), "x") for number in range(sent, due)])
                sent = due
            speaker.drop_what_came()
        print(sent, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
