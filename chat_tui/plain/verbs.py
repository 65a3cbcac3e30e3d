"""What only the line mode can be told, besides the commands of all clients, and its help. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from chat_core.base.errors import UsageFault
from chat_tui.commands.line import PREFIX
from chat_tui.commands.registry import ALL, BY_NAME, find


class Verb(NamedTuple):
    """Something that the line mode does."""

    name: str
    """What is typed after the slash."""
    usage: str
    """How it is typed."""
    summary: str
    """What it does."""

    def takes(self, rest: str) -> bool:
        """Return whether it is meant, not the command of that name: `/read #ops` marks as read, as everywhere."""
        return self.name not in BY_NAME or not rest.startswith(("#", "@"))


VERBS: Final = (
    Verb("next", "/next", "Go to the next place that needs you: mentions first, then direct messages, then news."),
    Verb("read", "/read [number]", "Read out the last messages of this conversation; without a number, ten."),
    Verb("more", "/more", "Look further for what /mentions has found."),
    Verb("unread", "/unread", "List the other places with unread messages."),
    Verb("where", "/where", "Say which conversation this is, and its topic."),
    Verb("main", "/main", "Leave the thread that /thread led to, and be in the channel again."),
    Verb("numbers", "/numbers on|off", "Say the number of each message, for /reply #17, /thread #17, /download #17."),
    Verb("time", "/time on|off", "Say the time of each message, or not."),
    Verb("help", "/help [command|all]", "Say what can be written; all lists every command."),
)
"""All of them; where a command has the same name, they come first."""

_BY_NAME: Final = {verb.name: verb for verb in VERBS}
_FIRST: Final = ("join", "dm", "go", "users", "list", "topic", "search", "leave", "quit")
"""Commands that somebody needs who is new."""


def verb_of(name: str) -> Verb | None:
    """Return what a name means here only; None: nothing."""
    return _BY_NAME.get(name.casefold())


def help_lines(about: str) -> list[str]:
    """Return the help, a sentence a line.

    Args:
        about: a command, with or without its slash; `all` or `commands`; empty: what is needed at first.
    """
    about = about.strip().removeprefix(PREFIX)
    if not about:
        known = [BY_NAME[name] for name in _FIRST if name in BY_NAME]
        return [
            "What you write is sent to the conversation you are in. A line that begins with / is a command; with //, "
            "one slash is said.",
            *(f"{verb.usage}: {verb.summary}" for verb in VERBS),
            *(f"{command.usage}: {command.summary}" for command in known),
            "Tab completes names and commands, Up brings back what you wrote, Ctrl+D leaves.",
        ]
    if about.casefold() in ("all", "commands"):
        return [
            *(f"{verb.usage}: {verb.summary}" for verb in VERBS),
            *(f"{each.usage}: {each.summary}" for each in ALL),
        ]
    verb = verb_of(about)
    if verb is not None:
        return [f"{verb.usage}: {verb.summary}"]
    try:
        command = find(about)
    except UsageFault as fault:
        return [str(fault)]
    also = f"Also: {', '.join(PREFIX + alias for alias in command.aliases)}." if command.aliases else ""
    lines = (f"{command.usage}: {command.summary}", command.details, f"Example: {command.example}", also)
    return [line for line in lines if line]
