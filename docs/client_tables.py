"""The generated parts of docs/commands.md and docs/keys.md: what the client's registries say."""

from __future__ import annotations

from itertools import groupby

from chat_tui.commands.command import Command
from chat_tui.commands.registry import ALL, CLASSIC
from chat_tui.keys import KEYS, keymap, spelled
from chat_tui.keys.keymap import PRESETS
from docs.struct_tables import table


def command_table() -> str:
    """Return every slash command with its usage, in the order of the help."""
    rows = [(f"[`{command.usage}`](#{command.name})", command.summary) for command in ALL]
    return table(("command", "what it does"), rows)


def command_sections() -> str:
    """Return a section for each slash command."""
    return "\n\n".join(map(_section, ALL))


def classic_table() -> str:
    """Return how earlier systems spell commands."""
    rows = [(f"`{form.shown}`", f"[`{command.usage}`](#{command.name})") for form, command in CLASSIC]
    return table(("there", "here"), rows)


def key_tables() -> str:
    """Return every key by what it is for, with the id by which it can be given another one."""
    parts = []
    for group, keys in groupby(KEYS, key=lambda key: key.heading):
        rows = [(key.label, key.description, f"`{key.id}`") for key in keys if key.listed]
        parts.append(f"## {group.capitalize()}\n\n{table(('key', 'what it does', 'id'), rows)}")
    return "\n\n".join(parts)


def preset_tables() -> str:
    """Return what each preset has otherwise than the default keymap."""
    parts = []
    for name, changed in PRESETS.items():
        rows = [
            (key.label, key.description, f"`{key.id}`") for key in keymap(name).keys if key.id in changed and key.listed
        ]
        if rows:
            parts.append(f"### Preset `{name}`\n\n{table(('key', 'what it does', 'id'), rows)}")
    return "\n\n".join(parts)


def _section(command: Command) -> str:
    facts = [f"    {command.usage}", "", command.summary]
    if command.details:
        facts[-1] += f" {command.details}"
    more = [f"Example: `{command.example}`."]
    if command.aliases:
        more.append(f"Also: {', '.join(f'`/{alias}`' for alias in command.aliases)}.")
    if command.classic:
        more.append(f"Classic: {', '.join(f'`{form.shown}`' for form in command.classic)}.")
    if command.key:
        more.append(f"Key: {spelled(command.key)}.")
    return "\n".join((f"## {command.name}", "", *facts, "", " ".join(more)))


COMMANDS = {"commands": command_table, "classic-forms": classic_table, "command-sections": command_sections}
"""Parts of docs/commands.md."""
KEY_PARTS = {"presets": preset_tables, "keys": key_tables}
"""Parts of docs/keys.md."""
