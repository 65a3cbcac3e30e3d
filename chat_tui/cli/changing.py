"""The commands for scripts that change a message. Never imports a screen."""

from __future__ import annotations

from argparse import Namespace

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_tui.cli.common import Declare
from chat_tui.cli.scriptable import add_server, server_of


def declare(command: Declare) -> None:
    """Declare them."""
    address = "a message: '#channel:17' or @user:17, as `send`, `tail` and `history` print it"

    reacting = command(_react)
    reacting.add_argument("address", metavar="MESSAGE", help=address)
    reacting.add_argument("emoji", metavar="EMOJI", help="itself, or its name, as :+1:")
    reacting.add_argument("--remove", action="store_true", help="take the reaction back")
    add_server(reacting)

    editing = command(_edit)
    editing.add_argument("address", metavar="MESSAGE", help=address)
    editing.add_argument("text", metavar="TEXT", help="the new text")
    add_server(editing)

    deleting = command(_delete)
    deleting.add_argument("address", metavar="MESSAGE", help=address)
    add_server(deleting)


def _react(options: Namespace) -> ExitCode:
    """React to a message with an emoji; prints the address of the event."""
    from chat_tui.plain.changing import react
    from chat_tui.plain.running import run

    return run(react(server_of(options), options.address, options.emoji, on=not options.remove))


def _edit(options: Namespace) -> ExitCode:
    """Replace the text of your message; prints the address of the event."""
    from chat_tui.plain.changing import edit
    from chat_tui.plain.running import run

    if not options.text.strip():
        raise UsageFault("The new text is empty: `chat-tui delete` deletes a message.")
    return run(edit(server_of(options), options.address, options.text))


def _delete(options: Namespace) -> ExitCode:
    """Delete your message, for ever and for everybody; prints the address of the event."""
    from chat_tui.plain.changing import delete
    from chat_tui.plain.running import run

    return run(delete(server_of(options), options.address))
