"""WeeChat as a program under measurement, on an ngIRCd of its own: both are Debian packages."""

from __future__ import annotations

import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from typing_extensions import override

from chat_core.base.errors import WorldFault
from chat_tui.bench.irc import Speaker
from chat_tui.bench.process import Child, Flood, InTerminal
from chat_tui.bench.world import CHANNELS, FLOODED, SIZE, SPEAKERS, Subject, lines

NEEDED: Final = ("weechat-curses", "ngircd")
_CONFIG: Final = """[Global]
Name = irc.bench.local
Info = bench
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = none
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""


def missing() -> str:
    """Return what is not installed here, as a sentence; empty: everything is."""
    absent = [name for name in NEEDED if _program(name) is None]
    return f"Not here: {' and '.join(absent)}; the packages weechat-curses and ngircd bring them." if absent else ""


class WeeChat(Subject):
    """It."""

    name = "WeeChat"
    painted = re.compile(rb"irc|core")
    to_end = "\x1b[1;3F"

    def __init__(self, home: Path, port: int, speakers: dict[str, Speaker]) -> None:
        self._home = home
        self._port = port
        self._speakers = speakers

    @override
    def open(self) -> InTerminal:
        """See Subject."""
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.mkdir()
        # Joining is left to us: its own list is cut at 512 bytes, and joins in turns.
        commands = (
            f"/server add bench 127.0.0.1/{self._port}",
            "/set irc.server.bench.nicks me",
            f"/set irc.server.bench.autojoin {','.join(CHANNELS)}",
            "/set irc.server.bench.anti_flood_prio_high 0",
            "/set logger.file.auto_log off",
            "/set weechat.look.confirm_quit off",
            "/connect bench",
        )
        options = [part for command in commands for part in ("-r", command)]
        return InTerminal([_program("weechat-curses") or "", "--dir", str(self._home), *options], {})

    @override
    def furnish(self, program: InTerminal) -> None:
        """See Subject: it hears everything while it is there, for the server keeps nothing."""
        deadline = time.monotonic() + 20
        while "me" not in self._speakers[SPEAKERS[0]].names(FLOODED):
            program.listen(0.2)
            if time.monotonic() > deadline:
                raise WorldFault("WeeChat did not come into the channels.")
        for number, channel in enumerate(CHANNELS[:-1]):
            for speaker, text in lines(number, few=self.few):
                self._speakers[speaker].say(channel, text)
                self._speakers[speaker].await_delivery()
            program.listen(0)
        program.listen(1.0)
        program.settle()

    @override
    def show(self, program: InTerminal, channel: str) -> None:
        """See Subject."""
        program.press(f"/buffer {channel}\r")
        program.settle(0.5)

    @override
    def say(self, channel: str, text: str) -> None:
        """See Subject."""
        self._speakers[SPEAKERS[0]].say(channel, text)

    @override
    def flood(self, channel: str, rate: int) -> Flood:
        """See Subject."""
        command = [sys.executable, "-m", "chat_tui.bench.irc", str(self._port), channel, str(rate), str(SIZE)]
        return Flood(command, int)


@contextmanager
def weechat(folder: Path, *, few: bool = False) -> Iterator[WeeChat]:
    """Start an IRC server, and those who talk on it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "ngircd.conf"
    config.write_text(_CONFIG.format(port=port))
    server = Child([_program("ngircd") or "", "-n", "-f", str(config)])
    with ExitStack() as stack:
        stack.callback(server.stop)
        speakers = {name: stack.enter_context(Speaker(port, name, CHANNELS)) for name in SPEAKERS}
        program = WeeChat(folder / "weechat", port, speakers)
        program.few = few
        yield program


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin:/sbin")
