"""The commands `chat-core audit`: the log of privileged acts, read and verified."""

from __future__ import annotations

from typing import Annotated

import typer

from chat_core.commands.common import ConfigFile, Data, data_folder, told

audit = typer.Typer(no_args_is_help=True, help="Read the log of privileged acts.")


@audit.command("list")
def audit_list(
    data: Data = None,
    config: ConfigFile = None,
    newest: Annotated[int | None, typer.Option(min=1, help="Only so many of the newest acts.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each act as one line of JSON.")] = False,
) -> None:
    """Print what was done by whom, oldest first."""
    from chat_core.server.admin.audit import lines
    from chat_core.server.admin.faults import AdminFault

    try:
        for line in lines(data_folder(data, config), newest, as_json=as_json):
            print(line)
    except AdminFault as fault:
        raise told(fault, fault.code) from None


@audit.command("verify")
def audit_verify(
    data: Data = None,
    config: ConfigFile = None,
    seen: Annotated[
        str | None, typer.Option(help="A hash that an earlier `verify` has printed: it must be in the chain.")
    ] = None,
) -> None:
    """Look whether no act was changed or taken out since it was written; name the first broken link."""
    from chat_core.server.admin.audit import verify
    from chat_core.server.admin.faults import AdminFault

    try:
        print(verify(data_folder(data, config), seen))
    except AdminFault as fault:
        raise told(fault, fault.code) from None
