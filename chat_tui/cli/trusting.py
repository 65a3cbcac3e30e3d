"""The command that tells whom to trust. For a person; scripts say with `--pin` what they expect."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_tui.cli.common import Declare, fail
from chat_tui.paths import config_folder

if TYPE_CHECKING:
    from chat_core.transport.urls import Invitation


def declare(command: Declare) -> None:
    """Declare it."""
    trusting: ArgumentParser = command(_trust)
    trusting.add_argument("address", metavar="HOST[:PORT]", help="or a link, whose pin is then checked")
    trusting.add_argument("--pin", default="", help="trust it only if it shows this pin")
    trusting.add_argument("--show", action="store_true", help="only show the pins")


def _trust(options: Namespace) -> ExitCode:
    """Trust the key that a server shows now, in place of the one that is known; prints the pins of both."""
    from chat_core.transport.pins import is_pin
    from chat_core.transport.urls import parse_invitation

    link = parse_invitation(options.address)
    pin = options.pin or link.pin
    if not link.address.tls:
        raise UsageFault(f"{link.address} is not encrypted, and so has no key; with TLS it is chats://….")
    if pin and not is_pin(pin):
        raise UsageFault("That is no pin: it is 43 letters, digits, - and _, as `chat-core serve` prints it.")
    import asyncio

    from chat_core.client.errors import Untrusted

    try:
        return asyncio.run(_compare(link, pin, only_show=options.show))
    except Untrusted as fault:
        return fail(str(fault), ExitCode.UNTRUSTED)


async def _compare(link: Invitation, pin: str, *, only_show: bool) -> ExitCode:
    from chat_core.client.trust.connector import look
    from chat_core.client.trust.decision import Known
    from chat_core.client.trust.known import KnownServers

    servers = KnownServers(config_folder())
    known = servers.find(link.address)
    shown = await look(link.address)
    print(link.address)
    print(f"known:  {'nothing' if known is None else known.pin or 'vouched for by an authority'}")
    print(f"shows:  {shown.pin}{' (vouched for by an authority)' if shown.vouched else ''}", flush=True)
    if pin and shown.pin != pin:
        return fail(f"STOP: it shows another pin than {pin}; nothing is trusted anew.", ExitCode.UNTRUSTED)
    if not only_show:
        # Whom an authority vouches for may change its key; only who asks for a pin by name is held to it.
        servers.keep(link.address, Known("by hand", shown.pin) if pin or not shown.vouched else Known("authority"))
        print("trusted from now on")
    return ExitCode.OK
