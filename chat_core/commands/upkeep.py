"""The commands `chat-core backup`, `restore` and `doctor`: the store of a server, while it runs or not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chat_core.commands.common import ConfigFile, Data, data_folder, told


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy is written; it appears once it is complete.")],
    data: Data = None,
    config: ConfigFile = None,
    force: Annotated[bool, typer.Option("--force", help="Let a file that is there give way.")] = False,
) -> None:
    """Save the store into one file, while the server runs or not; it is read back before it gets its name."""
    from chat_core.base.clock import SystemClock
    from chat_core.server.admin.backup import back_up
    from chat_core.server.admin.blobs import lost
    from chat_core.server.admin.faults import AdminFault, megabytes

    try:
        saved = back_up(data_folder(data, config), file, force=force, clock=SystemClock())
    except AdminFault as fault:
        raise told(fault, fault.code) from None
    held = saved.contents
    print(f"saved {held}{lost(saved.missing)}")
    print(f"{file}: {megabytes(saved.size_bytes)}, epoch {held.epoch}, {saved.took_s:.1f} s")


def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` has written.")],
    data: Annotated[Path, typer.Option("--data", help="Data folder of a server that is stopped; made if missing.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a database that is there give way; it is kept beside.")
    ] = False,
) -> None:
    """Bring a saved store back; every client is told, and reads it anew."""
    from chat_core.base.clock import SystemClock
    from chat_core.server.admin.blobs import lost
    from chat_core.server.admin.faults import AdminFault
    from chat_core.server.admin.restore import restore as bring_back

    try:
        restored = bring_back(file, data, replace=replace, clock=SystemClock())
    except AdminFault as fault:
        raise told(fault, fault.code) from None
    held = restored.contents
    print(f"restored {held}{lost(restored.missing)}")
    print(f"epoch {held.epoch}; that of the backup, {restored.before}, has ended")
    if restored.kept is not None:
        print(f"the database that was there is now {restored.kept}")
    if restored.migrates_to:
        print(f"its schema is {held.version}; the server brings it to {restored.migrates_to} at its start")


def doctor(
    data: Data = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Look whether the data folder and its store are sound, while the server runs or not; nothing is changed."""
    from chat_core.base.exit_codes import ExitCode
    from chat_core.server.admin.doctor import as_text, diagnose, report
    from chat_core.server.admin.faults import AdminFault

    folder = data_folder(data, config)
    outcomes = []
    try:
        for outcome in diagnose(folder):
            outcomes.append(outcome)
            if not as_json:
                print(as_text(outcome), flush=True)
    except AdminFault as fault:
        raise told(fault, fault.code) from None
    if as_json:
        print(report(folder, outcomes))
    if not all(outcome.sound for outcome in outcomes):
        raise typer.Exit(int(ExitCode.UNSOUND))
