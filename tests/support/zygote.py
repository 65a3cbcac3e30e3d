"""A process that has a program's modules loaded, and forks a child for each start of it that it is asked for.

Loading the modules is most of what a start costs, and the tests start hundreds of processes. A child here is what the
command would be: it is a process of its own, with the arguments, environment, folder, umask, streams and session that
were asked for, runs `python -m PACKAGE` from the top, and nothing of this process is left in it: no thread, no loop, no
open file. It differs in two ways: it shares the seed of its hashes with its siblings, and its command line in the
process table is that of this one.

Run by `starting`, which says what is asked for: a number of bytes, then as many of JSON, with four descriptors:
standard input, output and error, and a pipe on which the child's pid and, when it has ended, its wait status are told.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import selectors
import socket
import struct
import sys
from importlib import import_module
from typing import Any, Final, NamedTuple

NUMBER: Final = struct.Struct("!I")

LOADED: Final = {
    "chat_core": (
        *("chat_core.cli", "chat_core.server.app", "chat_core.server.reloading", "uvloop"),
        *("platformdirs.unix", "typer._adapters"),  # which typer loads to read any argument, with all of pydantic
    ),
    "chat_tui": (
        *("chat_tui.cli", "chat_core.client.client", "chat_core.client.credentials", "chat_core.transport.connect"),
        *("chat_tui.plain.running", "chat_tui.plain.send", "chat_tui.plain.tail", "chat_tui.plain.history"),
        "platformdirs.unix",
    ),
}
"""What is loaded for each program: what its commonest commands load, and nothing else."""


class Asked(NamedTuple):
    """A start that is asked for."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    session: bool


def main() -> None:
    """Wait for what is asked for; in a child, become that."""
    package, control = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    for name in LOADED[package]:
        import_module(name)
    gc.collect()
    gc.freeze()  # a child's collector then leaves alone what it shares with all others, and does not have it copied
    asked, streams = _children(control)
    _become(package, asked, streams)
    runpy.run_module(package, run_name="__main__", alter_sys=True)


def _children(control: socket.socket) -> tuple[Asked, list[int]]:
    """Fork children and tell how they end, until nobody can ask any more; returns in each child, with its streams."""
    ends: dict[int, tuple[int, int]] = {}
    with control, selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd != control.fileno():
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _tell_end(*ends.pop(key.fd))
                    continue
                header, given, _, _ = socket.recv_fds(control, NUMBER.size, 4)
                if not header:
                    sys.exit()
                asked = Asked(**_read(control, *NUMBER.unpack(header)))
                pid = os.fork()
                if not pid:
                    return asked, given[:3]
                for each in given[:3]:
                    os.close(each)
                os.write(given[3], NUMBER.pack(pid))
                ended = os.pidfd_open(pid)
                ends[ended] = (pid, given[3])
                selector.register(ended, selectors.EVENT_READ)


def _tell_end(pid: int, told: int) -> None:
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(told, NUMBER.pack(status))
    os.close(told)


def _read(control: socket.socket, size: int) -> dict[str, Any]:
    text = b""
    while len(text) < size:
        text += control.recv(size - len(text))
    return dict(json.loads(text))


def _become(package: str, asked: Asked, streams: list[int]) -> None:
    """Make this child what `python -m PACKAGE` is at its beginning; its modules are loaded already."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 65536)
    if asked.session:
        os.setsid()
    os.umask(asked.umask)
    os.chdir(asked.folder)
    os.environ.clear()
    os.environ.update(asked.environment)
    sys.path[0] = os.getcwd()  # noqa: PTH109  # pathlib is not what the command loads first
    sys.argv = [package, *asked.arguments]


if __name__ == "__main__":
    main()
