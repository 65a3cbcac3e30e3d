"""Whatever is written into a settings file is what is loaded, or is refused in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect as types

from chat_core.base.settings import Key, Loading, SettingsFault, as_toml, keys_of
from chat_core.base.settings_words import quoted
from chat_core.server.config import PREFIX, Settings

KEYS = keys_of(Settings)
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)


def plain(kind: types.Type) -> types.Type:
    """Return a type without its marks."""
    return plain(kind.type) if isinstance(kind, types.Metadata) else kind


def right_values(key: Key) -> st.SearchStrategy[Any]:
    """Return values that a setting can have."""
    match plain(key.type):
        case types.IntType(ge=least, le=most):
            return st.integers(least, most)
        case types.FloatType(ge=least, le=most):
            return st.floats(least, most)
        case types.LiteralType(values=values):
            return st.sampled_from(values)
        case types.BoolType():
            return st.booleans()
        case types.StrType() if key.is_path:
            return PRINTABLE.map(lambda text: str(Path("/", text)))
        case _:
            return PRINTABLE


TABLES: st.SearchStrategy[dict[str, dict[str, Any]]] = st.fixed_dictionaries(
    {},
    optional={
        section: st.fixed_dictionaries(
            {}, optional={key.name: right_values(key) for key in KEYS if key.section == section}
        )
        for section in {key.section for key in KEYS}
    },
)


def written(tables: dict[str, dict[str, Any]]) -> str:
    """Return tables as the text of a file."""
    return "\n".join(
        f"[{section}]\n" + "".join(f"{name} = {quoted(value)}\n" for name, value in table.items())
        for section, table in tables.items()
    )


def loading_of(text: str) -> Loading[Settings]:
    loading = Loading(Settings, PREFIX)
    loading.take_file(Path("/etc/x.toml"), tomllib.loads(text))
    return loading


@given(tables=TABLES)
def test_what_is_written_is_what_is_loaded_and_what_is_printed_loads_the_same(
    tables: dict[str, dict[str, Any]],
) -> None:
    loaded = loading_of(written(tables)).finish()

    for entry in loaded.entries:
        expected = tables.get(entry.key.section, {}).get(entry.key.name, entry.key.default)
        section = getattr(loaded.settings, entry.key.section)
        assert getattr(section, entry.key.name) == entry.value == expected
    assert loading_of(as_toml(loaded)).finish().settings == loaded.settings


@given(tables=TABLES)
def test_the_environment_says_the_same_as_a_file(tables: dict[str, dict[str, Any]]) -> None:
    loading = Loading(Settings, PREFIX)
    loading.take_environment(
        {
            key.variable(PREFIX): str(tables[key.section][key.name])
            for key in KEYS
            if key.name in tables.get(key.section, {})
        }
    )

    assert loading.finish().settings == loading_of(written(tables)).finish().settings


SCALARS = st.integers() | st.floats() | st.booleans() | st.text() | st.dates() | st.times()
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(), SCALARS, max_size=2)
NAMES = st.sampled_from([key.name for key in KEYS]) | st.text()
SECTIONS = st.sampled_from(["server", "limits"]) | st.text()


@given(content=st.dictionaries(SECTIONS, st.dictionaries(NAMES, ANYTHING, max_size=3) | ANYTHING, max_size=3))
def test_anything_is_taken_or_refused_in_printable_sentences(content: dict[str, Any]) -> None:
    loading = Loading(Settings, PREFIX)

    loading.take_file(Path("/etc/x.toml"), content)

    try:
        loading.finish()
    except SettingsFault as fault:
        assert fault.faults
        for said in fault.faults:
            assert said.startswith("/etc/x.toml: ") and said.endswith(".")
            assert said.isprintable()
