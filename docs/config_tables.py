"""The generated part of docs/config.md: every setting, as the schema says it."""

from __future__ import annotations

import msgspec

from chat_core.base.settings import Key, in_words, keys_of, quoted
from chat_core.server.config import PREFIX, Settings
from docs.struct_tables import Undocumented, described, field_sentences, table

_HEAD = ("key", "what it can be", "unit", "default", "live", "meaning", "in the environment")


def settings() -> str:
    """Return a section for each section of the file, with a table of its keys."""
    kinds: dict[str, type[msgspec.Struct]] = {key.section: key.kind for key in keys_of(Settings)}
    return "\n\n".join(f"## [{section}]\n\n{described(kind)}\n\n{_keys(section)}" for section, kind in kinds.items())


def _keys(section: str) -> str:
    return table(_HEAD, [_row(key) for key in keys_of(Settings) if key.section == section])


def _row(key: Key) -> tuple[str, ...]:
    sentences = field_sentences(key.kind)
    if key.name not in sentences:
        raise Undocumented(f"[{key.section}] {key.name}")
    default, variable = f"`{quoted(key.default)}`", f"`{key.variable(PREFIX)}`"
    live = "yes" if key.is_live else ""
    return (f"`{key.name}`", in_words(key.type), key.unit, default, live, sentences[key.name], variable)


PARTS = {"settings": settings}
