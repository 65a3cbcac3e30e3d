"""What the full-screen client can be told, in one TOML file or the environment. How that is found, `settings` knows.

Nothing of it is needed: without a file everything is as it is meant to be. Bindings are a table of ids that this module
does not know; `chat_tui.keys` checks them. A server may have an entry of its own, which
`server_entries` reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from chat_core.base.settings import LIVE, Loaded, Loading, SettingsFault, read_toml

CONFIG_FILE: Final = "chat-tui.toml"
"""Name of the file, in the folder where the client remembers its servers."""
PREFIX: Final = "CHAT_TUI_"
"""What the names of environment variables begin with."""


class ComposeSection(msgspec.Struct, frozen=True, kw_only=True):
    """How one writes."""

    up: Literal["edit", "history", "preset"] = "preset"
    """What Up does in an empty line: `edit` your last message, bring back what you sent (`history`), or what the
    keymap's preset means by it: `history` with irc, else `edit`."""
    shortcodes: bool = True
    """Whether `:tada:` in what you write is sent as the emoji; in code it stays as it is written."""
    confirm_lines: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 10
    """Pasted lines from which on Enter asks before it sends; 0: it never asks."""


class KeysSection(msgspec.Struct, frozen=True, kw_only=True):
    """The keymap. Besides `preset` there may be a line for each binding of docs/keys.md: its id and its keys."""

    preset: Literal["default", "irc", "vim"] = "default"
    """The keymap that your own lines are put over."""

    @property
    def up(self) -> Literal["edit", "history"]:
        """What Up means in it."""
        return "history" if self.preset == "irc" else "edit"


class CommandsSection(msgspec.Struct, frozen=True, kw_only=True):
    """How lines in the composer are taken."""

    classic_forms: bool = True
    """Whether commands of earlier systems that begin with no slash (`HELP`, `log out`) are commands here too, where
    they are the whole line."""


class LookSection(msgspec.Struct, frozen=True, kw_only=True):
    """What it looks like."""

    theme: Annotated[str, msgspec.Meta(max_length=32), LIVE] = "chat-dark"
    """The theme: one of the client's, or one of your own, which is a file `themes/NAME.toml` in the folder of the
    settings."""
    symbols: Annotated[Literal["unicode", "ascii"], LIVE] = "unicode"
    """What lines, dots and marks are drawn with: `ascii` for terminals and fonts that lack the others. Text that people
    wrote stays as it is."""
    density: Annotated[Literal["compact", "roomy"], LIVE] = "compact"
    """How close messages stand: `roomy` leaves a line free above each that says whose it is."""
    emoji: Annotated[Literal["draw", "names"], LIVE] = "draw"
    """How emoji in messages are shown: as they are, or by `names` like `:tada:`, for terminals that draw them badly."""
    simple_emoji: Annotated[Literal["ask", "always", "never"], LIVE] = "ask"
    """Whether emoji about whose width terminals disagree (with tones, joined ones, flags, new ones) are drawn in a
    simple form, which shifts nothing: without its tone, `DE`, `:family:`; `ask`: those that this terminal says it draws
    wider or narrower than the client counts."""
    frames: Literal["changes", "whole"] = "changes"
    """What is written to the terminal: only the `changes`, a third of it or less; or `whole` frames, for a terminal in
    which something stays behind that Ctrl+L removes."""
    opening: Annotated[Literal["last", "blank"], LIVE] = "last"
    """What a start shows while the program is still being loaded: the screen as you left it `last`, or a `blank` one.
    For that what you see is kept in a file for you only; with `blank`, and when you sign out, it is removed."""
    title: Annotated[bool, LIVE] = True
    """Whether the terminal's title says where you are and how many messages need you: `(3) #ops - acme`. What it was
    before is back when the client ends."""
    previews: Annotated[Literal["on", "off"], LIVE] = "on"
    """Whether the beginning of a text file and a small form of a picture stand below the message they came with. A file
    is fetched for that when it comes into view; never one of somebody whom you ignore. Pictures need the extra `images`
    (Pillow), colours (no `NO_COLOR`) and `symbols = "unicode"`; without them the line of the file is all there is."""
    preview_max_kb: Annotated[int, msgspec.Meta(ge=1, le=25_000), LIVE] = 2_000
    """Size of a file in kilobytes above which it has no preview, and is not fetched for one."""


class NotifySection(msgspec.Struct, frozen=True, kw_only=True):
    """How you are told of what is for you while you are not looking. What that is of a conversation, /notify says."""

    bell: Annotated[bool, LIVE] = True
    """Whether the terminal's bell rings."""
    terminal: Annotated[Literal["auto", "osc9", "osc777", "none"], LIVE] = "auto"
    """How the terminal is asked to show a notification: with OSC 9 or OSC 777; `auto`: as the terminals that are known
    take it (Ghostty, iTerm2, kitty, Warp, WezTerm; foot, rxvt), others are not asked. In tmux it needs
    `set -g allow-passthrough on` there."""
    desktop: Annotated[bool, LIVE] = False
    """Whether `notify-send` shows it, too, where that is installed."""
    text: Annotated[bool, LIVE] = True
    """Whether what was said stands in it; else only who said something."""
    highlight: Annotated[str, msgspec.Meta(max_length=2_800), LIVE] = ""
    """Words that are for you as if they named you, with commas between them: they are drawn so, alert you, and count
    as a mention here. /highlight adds one."""
    quiet: Annotated[str, msgspec.Meta(max_length=11), LIVE] = ""
    """Hours without any alert, like `22:00-07:00`; empty: none."""


class PrivacySection(msgspec.Struct, frozen=True, kw_only=True):
    """What others get to know of you while you are connected."""

    typing: bool = True
    """Whether others see that you are writing."""
    presence: bool = True
    """Whether others see that you are connected; what you write they see all the same."""
    read: Annotated[Literal["seen", "sent", "asked"], LIVE] = "seen"
    """What counts as read, on all your devices: what you have `seen` in a window with the focus, in line mode what was
    said; what stands in a conversation, or in a thread, where you have `sent` something; or only what you say is
    (`asked`): Esc, /read, Alt+Shift+U."""
    away_after_min: Annotated[int, msgspec.Meta(ge=0, le=24 * 60)] = 0
    """Minutes without a key after which you are shown as away, until the next key; 0: never by itself."""


class ServersSection(msgspec.Struct, frozen=True, kw_only=True):
    """Which servers are gone to."""

    reopen: bool = True
    """Whether `chat-tui` alone opens the servers that were open at its end again, instead of asking where to go."""
    tokens: Literal["file", "keyring"] = "file"
    """Where this device's tokens are kept from the next sign-in on: in a `file` that only you can read, or in your
    system's `keyring`, with the extra `keyring`. One that takes nothing costs no token: it is in the file then."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a client: what the file can hold."""

    look: LookSection = LookSection()
    compose: ComposeSection = ComposeSection()
    keys: KeysSection = KeysSection()
    commands: CommandsSection = CommandsSection()
    notify: NotifySection = NotifySection()
    privacy: PrivacySection = PrivacySection()
    servers: ServersSection = ServersSection()


def load(folder: Path, environment: Mapping[str, str]) -> Loaded[Settings]:
    """Gather the settings: defaults, then the file, then the environment.

    Args:
        folder: where the file would be.
        environment: the process's variables.

    Raises:
        SettingsFault: anything is wrong, with all that is.
    """
    loading = Loading(Settings, PREFIX)
    loading.take_environment(environment)
    file = folder / CONFIG_FILE
    try:
        content = read_toml(file)
        loading.take_file(file, _without_tables(content))
        if _has_entries(content):
            from chat_tui.server_entries import read

            loading.complain(read(file, content).faults)
    except SettingsFault as fault:
        if not isinstance(fault.__cause__, FileNotFoundError):
            loading.complain(fault.faults)
    return loading.finish()


def password_command(folder: Path, address: str) -> tuple[str, ...]:
    """Return the command that prints the password for a server, program and arguments; empty: there is none.

    Args:
        folder: where the file would be.
        address: of the server, as an `Address` is spelled.

    Raises:
        SettingsFault: an entry of a server is wrong, or the file is no TOML.
    """
    file = folder / CONFIG_FILE
    try:
        content = read_toml(file)
    except SettingsFault as fault:
        if isinstance(fault.__cause__, FileNotFoundError):
            return ()
        raise
    if not _has_entries(content):
        return ()
    from chat_tui.server_entries import read  # few have one

    found = read(file, content)
    if found.faults:
        raise SettingsFault(found.faults)
    return found.commands.get(address, ())


def own_keys(folder: Path) -> dict[str, str]:
    """Return the keys that somebody gave to bindings, by the binding's id, as they are written there.

    An id may be written as one word in quotes or with its dots; several keys in one text, or as an array.

    Raises:
        SettingsFault: a binding has something else; or the file is no TOML.
    """
    file = folder / CONFIG_FILE
    try:
        table = read_toml(file).get("keys")
    except SettingsFault as fault:
        if isinstance(fault.__cause__, FileNotFoundError):
            return {}
        raise
    keys: dict[str, str] = {}
    faults: list[str] = []
    for id, value in _flat(table) if isinstance(table, dict) else ():
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            keys[id] = ",".join(value) or "none"
        elif isinstance(value, str):
            keys[id] = value
        else:
            faults.append(f'{file}: [keys] {id} is no text; keys are written like "ctrl+n".')
    keys.pop("preset", None)
    if faults:
        raise SettingsFault(faults)
    return keys


def _without_tables(content: dict[str, Any]) -> dict[str, Any]:
    """Return what a file holds without the ids of bindings, and without entries of servers."""
    kept = dict(content)
    if isinstance(keys := content.get("keys"), dict):
        kept["keys"] = {name: value for name, value in keys.items() if name == "preset"}
    if isinstance(content.get("servers"), dict):
        kept["servers"] = {name: each for name, each in _servers_in(content).items() if not isinstance(each, dict)}
    return kept


def _has_entries(content: Mapping[str, Any]) -> bool:
    """Return whether a server has an entry of its own in what a file holds."""
    return any(isinstance(each, dict) for each in _servers_in(content).values())


def _servers_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    servers = content.get("servers")
    return servers if isinstance(servers, dict) else {}


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
