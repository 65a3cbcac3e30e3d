"""The commands of the full-screen client. Imports screens only when one of them runs."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_tui.cli.common import Declare, add_name, fail, name_for
from chat_tui.cli.plain import add_plain, talk
from chat_tui.glance.terminal import end_by, shown
from chat_tui.paths import HERE, config_folder, data_folder, log_file, outbox_folder

if TYPE_CHECKING:
    from chat_core.transport.urls import Invitation
    from chat_tui.live_page import PageWanted

COMMANDS: Final = ("connect", "here", "demo")
"""What they are called."""

_Goal = tuple[str, "Invitation | None"]
"""An address, and the link that leads there."""

END_WITHIN_S: Final = 2.0
"""Time to leave in good order after a signal, in seconds."""


def declare(command: Declare) -> None:
    """Declare them."""
    connecting = command(_connect)
    connecting.add_argument(
        "addresses", metavar="HOST[:PORT]", nargs="+", help="or a link (chats://…), or chat+unix:PATH; several: all"
    )
    add_name(connecting)
    add_plain(connecting)
    _add_page(connecting)
    connecting.add_argument(
        "--explore",
        action="store_true",
        help="look around: nothing counts as read by being seen (privacy.read = asked)",
    )
    here = command(_here)
    add_name(here)
    add_plain(here)
    _add_page(here)
    showing = command(_demo)
    showing.add_argument("--name", default="you", help="who to be")
    showing.add_argument("--seed", type=int, default=1, help="the same number, the same talk")
    showing.add_argument("--still", action="store_true", help="let the bots fall silent after what they said before")


def _add_page(command: ArgumentParser) -> None:
    command.add_argument(
        "--html", metavar="FILE", help="also write everything that comes into a page for your browser, which follows"
    )


def start(options: Namespace) -> ExitCode:
    """Open the full-screen client on the servers that were open last, else where one chooses one."""
    if options.plain:
        return talk((), None)
    return _run_screens((), None, options.theme, reopen=True)


def _connect(options: Namespace) -> ExitCode:
    """Open the full-screen client on a server, or on several at once; with --plain line by line."""
    if options.explore:
        os.environ["CHAT_TUI_PRIVACY_READ"] = "asked"  # over the file, also when it is read again
    if options.plain:
        return _talk(options, options.addresses)
    goals = [_goal(each) for each in options.addresses]
    return _run_screens(goals, options.name, options.theme, html=options.html)


def _goal(text: str) -> _Goal:
    """Return what an address or a link means. Raises: UsageFault: it is ill-formed."""
    if text == HERE:
        return HERE, None
    from chat_core.transport.urls import parse_invitation

    link = parse_invitation(text)
    return str(link.address), link


def _here(options: Namespace) -> ExitCode:
    """Open the full-screen client on this computer's own server; starts it if need be."""
    if options.plain:
        return _talk(options, [HERE])
    return _run_screens([(HERE, None)], options.name, options.theme, html=options.html)


def _talk(options: Namespace, addresses: Sequence[str]) -> ExitCode:
    """Open the client in line mode. Raises: UsageFault."""
    if options.html:
        raise UsageFault("The live page needs the full-screen client: leave out --html or --plain.")
    return talk(addresses, options.name)


def _demo(options: Namespace) -> ExitCode:
    """Open the full-screen client among lively bots; in a world of its own that is gone afterwards."""
    name = check_account_name(options.name)
    _check_terminal()
    from chat_tui.demo.world import World
    from chat_tui.embedded import Embedded, throw_away_folder

    with (
        throw_away_folder("chat-demo-") as folder,
        World(Embedded(folder).address, name, seed=options.seed, still=options.still),
    ):
        return _run_screens([(HERE, None)], name, options.theme, world=folder)


def _run_screens(
    goals: Sequence[_Goal],
    name: str | None,
    theme: str,
    *,
    reopen: bool = False,
    world: Path | None = None,
    html: str | None = None,
) -> ExitCode:
    """Run the full-screen client.

    Args:
        goals: where to go at once, well-formed, the first of them on the screen; none: the start screen.
        name: as whom; None: as the last time.
        theme: name of a look; empty: the default.
        reopen: whether to go where one was last, if the settings have it so.
        world: folder to use instead of the user's own ones.
        html: file for the live page, as typed; None: none.
    """
    _check_terminal()
    # What is made while everything is imported and drawn first is kept anyway: looking through it takes time.
    gc.disable()
    from chat_tui import storage
    from chat_tui.app import ChatApp
    from chat_tui.app_base import log_to
    from chat_tui.app_glances import Origin
    from chat_tui.config import load, own_keys
    from chat_tui.glance.showing import start
    from chat_tui.keys import keymap
    from chat_tui.screens.goal import Goal
    from chat_tui.themes import LOOKS
    from chat_tui.themes.own import own_looks

    folder = config_folder()
    names = [*LOOKS, *(look.name for look in own_looks(folder, LOOKS)[0])]
    if theme not in ("", *names):
        raise UsageFault(f"There is no theme '{theme}'; there are {', '.join(names)}.")
    settings = load(folder, os.environ).settings
    keys = keymap(settings.keys.preset, own_keys(folder))
    for conflict in keys.conflicts:
        print(f"chat-tui: {conflict}", file=sys.stderr)
    log_to(log_file())
    page = _page_wanted(html) if html is not None else None
    reopened = reopen and settings.servers.reopen

    def led_to() -> list[Goal]:
        """Return where this command line leads, with what is remembered now."""
        if reopened:
            return [Goal(each.address, each.name) for each in storage.load(folder).to_reopen()]
        return [Goal(address, name_for(name, address), link) for address, link in goals]

    choices = led_to()
    screens = ChatApp(
        choices[0] if choices else None,
        further=choices[1:],
        reopened=reopened,
        config=world or folder,
        data=world or data_folder(),
        outbox=world / "outbox" if world else outbox_folder(),
        theme=theme,
        title="the demo" if world else "",
        page=page,
        settings=settings,
        keymap=keys,
        on_settled=_settle,
    )
    if start is not None and world is None and page is None:
        screens.origin = Origin(start, led_to)
    _end_when_told(screens.exit_from_anywhere)
    screens.run()
    return ExitCode.INTERNAL if screens.return_code else ExitCode.OK


def _page_wanted(file: str) -> PageWanted:
    """Look whether there can be a page, and ask if something of somebody else would be lost.

    Raises:
        ChatError: there cannot.
        SystemExit: it is to stay.
    """
    from chat_tui.live_page import NotOurs, PageWanted, look, resolved

    try:
        look(resolved(file))
    except NotOurs as fault:
        print(f"{fault}\nWrite over it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
            sys.exit(fail("It stays as it is; name another file.", ExitCode.CANNOT_CREATE))
        return PageWanted(file, over=True)
    return PageWanted(file)


def _end_when_told(leave: Callable[[], None]) -> None:
    """Leave when told to from outside or when the terminal is gone, in good order if that goes quickly.

    Where the terminal is gone or takes nothing, the toolkit waits for it for ever, and so would we.
    """

    def end(number: int, _frame: object) -> None:
        if shown() is not None:  # nothing of the screens is there that could leave
            end_by(number)
        hard = threading.Timer(END_WITHIN_S, os._exit, (128 + number,))
        hard.daemon = True
        hard.start()
        leave()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    watch = threading.Thread(target=_wait_for_hang_up, args=(partial(end, signal.SIGHUP, None),), daemon=True)
    watch.start()


def _wait_for_hang_up(then: Callable[[], None]) -> None:
    """Wait until the terminal is gone, which nobody signals to a program that it does not control.

    The toolkit would read nothing from it again and again, as fast as it can.
    """
    if not hasattr(select, "poll") or not sys.stdin.isatty():
        return
    poll = select.poll()
    poll.register(sys.stdin.fileno(), 0)  # what ends is told without being asked for
    told = poll.poll()
    if any(what & (select.POLLHUP | select.POLLERR) for _, what in told):
        then()


def _settle() -> None:
    """Load what the first keys ask for, which the first frame did not need; then settle the memory.

    Else the garbage collector would go through all that stays, and stop the screen for 0.1 s now and then.
    """
    from chat_tui.commands import registry  # noqa: F401
    from chat_tui.screens import emoji, help, switcher  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _check_terminal() -> None:
    """See to it that there is a terminal, and that it has room.

    Raises:
        SystemExit: neither, or not enough.
    """
    from chat_tui.views.columns import LEAST_HEIGHT, LEAST_WIDTH

    if "TEXTUAL_DRIVER" in os.environ:  # a browser, or whatever else draws it
        return
    streams = (sys.stdin, sys.stderr)  # None: closed by the caller
    if not all(stream is not None and stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        sentence = (
            "The full-screen client needs a terminal that can place text. With --plain everything works line by line; "
            "for scripts there are send, tail and history."
        )
        sys.exit(fail(sentence, ExitCode.FAILED))
    width, height = os.get_terminal_size(sys.stderr.fileno())
    if (width, height) != (0, 0) and (width < LEAST_WIDTH or height < LEAST_HEIGHT):
        least = f"{LEAST_WIDTH}x{LEAST_HEIGHT}"
        sentence = f"This terminal is {width}x{height}; the full-screen client needs {least} at least: make it larger."
        sys.exit(fail(sentence, ExitCode.FAILED))
