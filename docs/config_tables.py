"""The generated parts of docs/config.md and docs/config-client.md: every setting, as the schema says it."""

from __future__ import annotations

import msgspec

from chat_core.base.sentences import field_sentences
from chat_core.base.settings import Key, keys_of
from chat_core.base.settings_words import in_words, quoted
from chat_core.server.config import PREFIX, Settings
from chat_tui import config as client
from docs.struct_tables import Undocumented, described, table

_HEAD = ("key", "what it can be", "unit", "default", "live", "meaning", "in the environment")


def settings() -> str:
    """Return a section for each section of the server's file, with a table of its keys."""
    return _schema(Settings, PREFIX)


def client_settings() -> str:
    """Return the same for the client's file."""
    return _schema(client.Settings, client.PREFIX)


def _schema(schema: type[msgspec.Struct], prefix: str) -> str:
    kinds: dict[str, type[msgspec.Struct]] = {key.section: key.kind for key in keys_of(schema)}
    return "\n\n".join(
        f"## [{section}]\n\n{described(kind)}\n\n"
        + table(_HEAD, [_row(key, prefix) for key in keys_of(schema) if key.section == section])
        for section, kind in kinds.items()
    )


def _row(key: Key, prefix: str) -> tuple[str, ...]:
    sentences = field_sentences(key.kind)
    if key.name not in sentences:
        raise Undocumented(f"[{key.section}] {key.name}")
    default, variable = f"`{quoted(key.default)}`", f"`{key.variable(prefix)}`"
    live = "yes" if key.is_live else ""
    return (f"`{key.name}`", in_words(key.type), key.unit, default, live, sentences[key.name], variable)


PARTS = {"settings": settings}
"""Parts of docs/config.md."""
CLIENT_PARTS = {"settings": client_settings}
"""Parts of docs/config-client.md."""
