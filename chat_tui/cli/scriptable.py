"""The commands for scripts. Never imports a screen."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.numbers import number_in
from chat_tui.cli.common import (
    Declare,
    add_name,
    add_password,
    command_for,
    connector_for,
    name_for,
    password_for,
    reach,
    told_before,
)
from chat_tui.paths import HERE, config_folder

if TYPE_CHECKING:
    from chat_tui.plain.running import Server


def declare(command: Declare) -> None:
    """Declare them."""
    target = "#channel or @user (in a shell with quotes: '#channel')"

    sending = command(_send)
    sending.add_argument("target", metavar="TARGET", help=target)
    sending.add_argument(
        "text",
        metavar="TEXT",
        nargs="?",
        default="-",
        help="-: standard input, a line a message; blank lines are skipped",
    )
    add_server(sending)
    _add_patience(sending)
    sending.add_argument(
        "--thread", type=_count, metavar="SEQ", help="say it in the thread of that message (the 17 of '#ops:17')"
    )
    sending.add_argument(
        "--no-create", action="store_true", help="refuse a channel that is not there, instead of making it"
    )
    sending.add_argument("--key", metavar="K", help="makes it repeatable: run again, nothing is sent twice")

    tailing = command(_tail)
    tailing.add_argument("targets", metavar="TARGET", nargs="+", help=target)
    add_server(tailing)
    tailing.add_argument("--json", action="store_true", help="one JSON object a line")
    tailing.add_argument(
        "--since", metavar="SEQ", help="begin behind this seq (0: from the beginning); of several targets '#a:17,#b:0'"
    )
    tailing.add_argument("--count", type=_count, metavar="N", help="leave after so many lines")
    tailing.add_argument("--events", action="store_true", help="other events too")

    looking = command(_history)
    looking.add_argument("target", metavar="TARGET", help=target)
    add_server(looking)
    looking.add_argument("--json", action="store_true", help="one JSON object a line")
    looking.add_argument("--last", type=_count, default=50, metavar="N", help="how many [50]")

    finding = command(_search)
    finding.add_argument(
        "query",
        metavar="QUERY",
        help='words, "phrases", a OR b, from:ann, before:2026-01-31, has:link, mentions:me ...',
    )
    finding.add_argument("--in", dest="target", metavar="TARGET", help="only there; " + target)
    add_server(finding)
    finding.add_argument("--json", action="store_true", help="one JSON object a line")
    finding.add_argument("--ranked", action="store_true", help="the best first, instead of the newest")
    finding.add_argument("--last", type=_count, default=20, metavar="N", help="how many [20]")

    counting = command(_unread)
    add_server(counting)
    counting.add_argument("--json", action="store_true", help="one JSON object a line")

    sending_file = command(_upload)
    sending_file.add_argument("target", metavar="TARGET", help=target)
    sending_file.add_argument("path", metavar="PATH", help="the file")
    sending_file.add_argument("--text", default="", metavar="TEXT", help="a message to go with it [its name]")
    add_server(sending_file)
    _add_patience(sending_file)

    saving = command(_download)
    saving.add_argument("message", metavar="MESSAGE", help="address of its message, in quotes: '#ops:17'")
    saving.add_argument("--to", default=".", metavar="PATH", help="a folder, or a free name for the file [.]")
    add_server(saving)
    _add_patience(saving)

    exporting = command(_export)
    exporting.add_argument("target", metavar="TARGET", help=target)
    add_server(exporting)
    exporting.add_argument(
        "--format", choices=("html", "md", "json", "txt"), help="what to write [what FILE ends in, else html]"
    )
    exporting.add_argument("--to", metavar="FILE", help="where to; -: standard output [the conversation's name, here]")
    exporting.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_patience(command: ArgumentParser) -> None:
    command.add_argument(
        "--timeout", type=_seconds, default=30.0, metavar="S", help="seconds without progress to give up after [30]"
    )


def add_server(command: ArgumentParser) -> None:
    """Declare where a command goes, and as whom."""
    command.add_argument(
        "--server", metavar="ADDRESS", help="or a link, or `here`: this computer's own [the one used last, else here]"
    )
    add_name(command)
    add_password(command)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return seconds


def _count(text: str) -> int:
    if count := number_in(text):
        return count
    raise ArgumentTypeError(f"'{text}' is no whole number above 0")


def _send(options: Namespace) -> ExitCode:
    """Send a message, or lines; prints the address of each once it is on the server's disk."""
    from chat_tui.plain.running import run
    from chat_tui.plain.send import send

    text = None if options.text == "-" else options.text
    if text is None and options.password_stdin:
        raise UsageFault("Standard input holds the password then: give the text as an argument.")
    if text is not None and not text.strip():
        raise UsageFault("The message is empty: write a text, or - for standard input.")
    server = server_of(options)
    sending = send(
        server,
        options.target,
        text,
        timeout_s=options.timeout,
        key=options.key,
        thread=options.thread,
        create=not options.no_create,
    )
    return run(sending)


def _tail(options: Namespace) -> ExitCode:
    """Print messages as they come; each once, in order."""
    from chat_tui.plain.running import run
    from chat_tui.plain.tail import parse_since, tail

    try:
        since = parse_since(options.targets, options.since)
    except ValueError as error:
        raise UsageFault(str(error)) from error
    server = server_of(options)
    return run(tail(server, since, json=options.json, count=options.count, events=options.events))


def _history(options: Namespace) -> ExitCode:
    """Print the newest messages; oldest first."""
    from chat_tui.plain.history import history
    from chat_tui.plain.running import run

    server = server_of(options)
    return run(history(server, options.target, last=options.last, json=options.json))


def _search(options: Namespace) -> ExitCode:
    """Print messages that have these words; newest first."""
    from chat_tui.plain.running import run
    from chat_tui.plain.search import search

    server = server_of(options)
    return run(
        search(
            server,
            options.query,
            target=options.target,
            ranked=options.ranked,
            last=options.last,
            json=options.json,
        )
    )


def _upload(options: Namespace) -> ExitCode:
    """Send a file; prints the address of its message once both are on the server's disk."""
    from chat_tui.plain.files import upload
    from chat_tui.plain.running import run

    path, text = Path(options.path).expanduser(), options.text
    return run(upload(server_of(options), options.target, path, text=text, timeout_s=options.timeout))


def _download(options: Namespace) -> ExitCode:
    """Save the file of a message; prints where it is."""
    from chat_tui.plain.files import download
    from chat_tui.plain.running import run

    to = Path(options.to).expanduser()
    return run(download(server_of(options), options.message, to, timeout_s=options.timeout))


def _export(options: Namespace) -> ExitCode:
    """Write all of a conversation into one file; it is there when it is complete."""
    from chat_tui.exports.forms import FORMS, form_of
    from chat_tui.plain.export import export_
    from chat_tui.plain.running import run

    to = options.to or ""
    if not options.format and Path(to).suffix and not form_of(to):
        forms = ", ".join(f".{each}" for each in FORMS)
        raise UsageFault(f"{to}: there is no form of that name; end the file in {forms}, or choose one with --format.")
    form = options.format or form_of(to) or "html"
    return run(export_(server_of(options), options.target, form=form, to=options.to, force=options.force))


def _unread(options: Namespace) -> ExitCode:
    """Print where something is unread, threads that you follow too, and how much of it mentions you."""
    from chat_tui.plain.running import run
    from chat_tui.plain.unread import unread

    return run(unread(server_of(options), json=options.json))


def server_of(options: Namespace) -> Server:
    """Return where to go, as whom, and with what; this computer's own server runs then."""
    from chat_tui import storage
    from chat_tui.kept_tokens import KeptTokens
    from chat_tui.plain.running import Server

    server = options.server
    if server is None:
        last = storage.load(config_folder()).last
        server = last.address if last is not None else HERE
    link = reach(server)
    who = name_for(options.name, HERE if server == HERE else str(link.address))
    tokens = KeptTokens(config_folder(), link.address)
    password = password_for(options)
    command = None if password else command_for(options, str(link.address))
    if command is None or tokens.has(who):
        return Server(link.address, who, connector_for(link), password, tokens, command)
    ask = told_before(command)  # before there is a connection on which somebody waits for it
    return Server(link.address, who, connector_for(link), tokens=tokens, ask=ask)
