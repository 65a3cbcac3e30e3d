"""The command that opens the full-screen client in a browser. Imports what serves it only when it runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.numbers import number_in
from chat_tui.cli.common import Declare, add_name, fail, name_for
from chat_tui.paths import HERE

LOUD: Final = "--insecure-reachable"
"""Option without which there is no listening beyond this machine."""
_MISSING: Final = "This needs textual-serve, which is not installed: pip install 'chat-for-terminals[web]' brings it."


def declare(command: Declare) -> None:
    """Declare it."""
    serving: ArgumentParser = command(_web)
    serving.add_argument("address", metavar="HOST[:PORT]", nargs="?", help="the chat server [the start screen]")
    add_name(serving)
    serving.add_argument("--host", default="127.0.0.1", help="where the page is to be reached [127.0.0.1]")
    serving.add_argument("--port", type=_port, default=0, help="[any free one]")
    serving.add_argument(LOUD, action="store_true", help="let --host be reached by other machines, without encryption")


def _port(text: str) -> int:
    port = number_in(text, 65535)
    if port is not None:
        return port
    raise ArgumentTypeError(f"'{text}' is no port; there are 1 to 65535")


def _web(options: Namespace) -> ExitCode:
    """Open the full-screen client in a browser on this machine; whoever has the printed link acts as you."""
    from chat_core.transport.urls import is_loopback

    if not is_loopback(options.host) and not options.insecure_reachable:
        raise UsageFault(
            f"{options.host} can be reached by other machines, and the page is not encrypted. Leave out --host and use "
            f"an SSH tunnel; or say {LOUD} if you mean it."
        )
    try:
        from chat_tui.web import Page, warnings
    except ImportError:
        return fail(_MISSING, ExitCode.FAILED)
    import asyncio

    page = Page(_command(options), options.host, options.port)
    print(f"Open this in a browser: {page.link}", flush=True)
    for sentence in warnings(options.host):
        print(sentence, file=sys.stderr, flush=True)
    asyncio.run(page.run())
    return ExitCode.OK


def _command(options: Namespace) -> list[str]:
    """Return the command line of one client. Raises: UsageFault."""
    command = [sys.executable, "-m", "chat_tui"]
    if options.theme:
        command += ["--theme", options.theme]
    if options.address is None:
        return command
    if options.address == HERE:
        command += ["here"]
    else:
        from chat_core.transport.urls import parse_invitation

        parse_invitation(options.address)
        command += ["connect", options.address]
    return [*command, "--name", name_for(options.name, None)] if options.name else command
