"""The command `chat-core`. Each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from chat_core import __version__
from chat_core.base.faults import report_harmlessly
from chat_core.bench.commands import bench
from chat_core.commands.audit import audit
from chat_core.commands.common import Commands, ConfigFile, Data, default_data, told
from chat_core.commands.upkeep import backup, doctor, restore
from chat_core.commands.users import invite, users

app = typer.Typer(
    name="chat-core",
    cls=Commands,
    help="The chat server and its tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line."""
    report_harmlessly()
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"chat-core {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Host your own chat: a server that never loses an acknowledged message."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0: any that is free [default: 55555].")
    ] = None,
    socket: Annotated[
        Path | None, typer.Option(help="Listen on this Unix socket (alone, unless --host or --port).")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder [default: in the user's data folder].")] = None,
    tls: Annotated[str | None, typer.Option(help="auto: off loopback; on: there too [default: auto].")] = None,
    insecure_plaintext: Annotated[
        bool, typer.Option("--insecure-plaintext", help="No encryption: others on the way can read and forge all.")
    ] = False,
    profile: Annotated[
        str | None, typer.Option(help="auto, local or internet: whose limits hold [default: auto, by listener].")
    ] = None,
    max_clients: Annotated[int | None, typer.Option(min=0, help="Most connections; 0: any number.")] = None,
    idle_timeout: Annotated[
        float | None, typer.Option(min=0, help="Disconnect who asks for nothing for so many seconds; 0: never.")
    ] = None,
    exit_when_idle: Annotated[
        float | None, typer.Option(min=0, help="End after so many seconds with nobody connected; 0: never.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="trace, debug, info, warning or error [default: info].")] = None,
    debug: Annotated[int, typer.Option("--debug", "-d", count=True, help="Log more: debug; twice: trace.")] = 0,
    log_file: Annotated[Path | None, typer.Option(help="Append the log to this file.")] = None,
    preset: Annotated[
        str | None, typer.Option(help="Other defaults; classic: what earlier chat systems did by themselves.")
    ] = None,
    log_messages: Annotated[
        bool | None, typer.Option("--log-messages", help="Log the text of messages, too. Tell your users.")
    ] = None,
    config: ConfigFile = None,
    embedded: Annotated[
        bool, typer.Option("--embedded", hidden=True, help="Leave when standard input ends and nobody is connected.")
    ] = False,
) -> None:
    """Run the server until Ctrl-C or SIGTERM; its first line says where it listens."""
    from chat_core.base.exit_codes import ExitCode
    from chat_core.base.settings import SettingsFault
    from chat_core.server.app import run
    from chat_core.server.config import DEFAULT_HOST, Given, load, serve_options
    from chat_core.server.observe import LEVELS
    from chat_core.server.presets import PRESETS
    from chat_core.server.reloading import Source

    if log_level is not None and log_level not in LEVELS:
        raise typer.BadParameter(f"must be one of {', '.join(LEVELS)}", param_hint="--log-level")
    if tls not in (None, "auto", "on") or (tls and insecure_plaintext):
        raise typer.BadParameter("must be auto or on, and not beside --insecure-plaintext", param_hint="--tls")
    if preset is not None and preset not in PRESETS:
        raise typer.BadParameter(f"must be one of {', '.join(PRESETS)}", param_hint="--preset")
    tls = "insecure-plaintext" if insecure_plaintext else tls
    if profile not in (None, "auto", "local", "internet"):
        raise typer.BadParameter("must be auto, local or internet", param_hint="--profile")
    host = DEFAULT_HOST if host == "" else host
    given = Given(
        config=config,
        data=data,
        host=host,
        port=port,
        socket=socket,
        tls=tls,
        log_level=("debug" if debug == 1 else "trace") if debug else log_level,
        profile=profile,
        max_clients=max_clients,
        idle_timeout_s=idle_timeout,
        exit_when_idle_s=exit_when_idle,
        log_file=log_file,
        preset=preset,
        log_messages=log_messages,
    )
    # An embedded server is told everything by its starter; the variables around it are meant for another one.
    environment = {} if embedded else os.environ
    standard = default_data()
    try:
        loaded = load(given, environment, standard)
    except SettingsFault as fault:
        raise told(fault, ExitCode.CONFIG) from None
    source = Source(
        loaded,
        lambda: load(given, environment, standard),
        lambda settings: serve_options(settings, standard, embedded=embedded),
    )
    raise typer.Exit(int(run(source.options(loaded), source=source)))


app.command()(invite)
app.add_typer(users, name="users", cls=Commands)
app.add_typer(audit, name="audit", cls=Commands)
app.add_typer(bench, name="bench", cls=Commands)
config_commands = typer.Typer(no_args_is_help=True, help="Look at the configuration (docs/config.md).")
app.add_typer(config_commands, name="config", cls=Commands)


@config_commands.callback()
def _config() -> None:
    """Keep `check` a command of its own while it is the only one."""


@config_commands.command("check")
def config_check(config: ConfigFile = None, data: Data = None) -> None:
    """Print every setting, as TOML, with where it comes from; or everything that is wrong."""
    from chat_core.base.exit_codes import ExitCode
    from chat_core.base.settings import SettingsFault
    from chat_core.server.config import Given, as_text, load

    try:
        loaded = load(Given(config=config, data=data), os.environ, default_data())
    except SettingsFault as fault:
        raise told(fault, ExitCode.CONFIG) from None
    print(as_text(loaded, default_data(), config))


@app.command()
def service(
    host: Annotated[str | None, typer.Option(help="As of `serve`.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="As of `serve`.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="As of `serve`; with --system the system names it.")
    ] = None,
    config: ConfigFile = None,
    system: Annotated[
        bool, typer.Option("--system", help="For the whole system, under a user of its own [default: for you].")
    ] = False,
) -> None:
    """Print a systemd unit that runs this server, hardened; docs/operating.md says where to put it."""
    from chat_core.base.exit_codes import ExitCode
    from chat_core.base.settings import SettingsFault
    from chat_core.server.admin.service import unit
    from chat_core.server.config import Given, load, serve_options

    if system and data is not None:
        raise typer.BadParameter("the system names it: /var/lib/chat-core", param_hint="--data")
    try:
        options = serve_options(load(Given(config=config, host=host, port=port), {}, default_data()), default_data())
    except SettingsFault as fault:
        raise told(fault, ExitCode.CONFIG) from None
    folder = None if system else (data or options.data).absolute()
    given = {"--host": host, "--port": port, "--data": folder, "--config": config and config.absolute()}
    arguments = [str(word) for pair in given.items() if pair[1] is not None for word in pair]
    print(unit(_program(), arguments, system=system, port=options.port))


def _program() -> list[str]:
    """Return what starts this installation again, from whatever folder."""
    script = Path(sys.executable).with_name("chat-core")
    return [str(script)] if script.exists() else [sys.executable, "-m", "chat_core"]


app.command()(backup)
app.command()(restore)
app.command()(doctor)


@app.command()
def check(
    seconds: Annotated[
        float, typer.Option(min=1, max=86_400, help="How long things are broken; healing and judging come on top.")
    ] = 60,
    seed: Annotated[
        str | None, typer.Option(help="Repeat a run, as far as processes can be repeated [default: a new one].")
    ] = None,
    faults: Annotated[
        str | None, typer.Option(help="Kinds of faults, with commas between [default: all that this machine can do].")
    ] = None,
    clients: Annotated[int, typer.Option(min=2, max=60, help="Clients, a process each.")] = 6,
    rate: Annotated[float, typer.Option(min=1, max=10_000, help="Messages a second, of all clients together.")] = 100,
    keep: Annotated[
        Path | None, typer.Option(help="Folder for the history and the logs, also when all is well.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    broken: Annotated[
        str | None, typer.Option(help="Check a server that is broken on purpose; it must be caught.")
    ] = None,
    verify: Annotated[Path | None, typer.Option(help="Only judge a history that a run has kept.")] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="In one process on a virtual clock instead: --seed repeats it exactly.")
    ] = False,
    schedules: Annotated[
        int | None, typer.Option(min=1, help="With --simulate: how many, instead of how long.")
    ] = None,
) -> None:
    """Try to break the five promises: a server, clients and faults on this machine, with data of their own."""
    import secrets

    from chat_core.base.errors import ChatError, UsageFault
    from chat_core.base.exit_codes import ExitCode
    from chat_core.check.command import Command

    command = Command(as_json=as_json)
    try:
        if verify is not None:
            passed = command.verify(verify)
        elif simulate:
            passed = command.simulate(seconds=seconds, seed=seed, schedules=schedules, broken=broken, keep=keep)
        else:
            passed = command.check(
                seconds=seconds,
                seed=seed or secrets.token_hex(4),
                faults=tuple(name.strip() for name in (faults or "").split(",") if name.strip()),
                clients=clients,
                rate=rate,
                keep=keep,
                broken=broken,
            )
    except ChatError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(int(ExitCode.USAGE if isinstance(error, UsageFault) else ExitCode.UNREACHABLE)) from None
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
    if not passed:
        raise typer.Exit(int(ExitCode.FAILED))
