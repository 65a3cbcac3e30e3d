"""How settings are found, checked and complained about, with a schema of the test's own."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from chat_core.base.settings import (
    FilePath,
    Loaded,
    Loading,
    Origin,
    SettingsFault,
    as_toml,
    keys_of,
    read_toml,
)
from chat_core.base.settings_words import in_words, quoted


class Kitchen(msgspec.Struct, frozen=True, kw_only=True):
    ovens: Annotated[int, Meta(ge=0, le=9)] = 1
    boil_within_s: Annotated[float, Meta(ge=0.5)] = 3.0
    gas: bool = False
    fuel: Literal["wood", "oil"] = "wood"
    label: Annotated[str, Meta(min_length=1)] = "k"
    book: FilePath = ""


class Cellar(msgspec.Struct, frozen=True, kw_only=True):
    barrel_bytes: int = 7


class House(msgspec.Struct, frozen=True, kw_only=True):
    kitchen: Kitchen = Kitchen()
    cellar: Cellar = Cellar()


class Tools(msgspec.Struct, frozen=True):
    saws: tuple[int, ...] = ()


class Shed(msgspec.Struct, frozen=True):
    tools: Tools = Tools()


FILE = Path("/etc/house.toml")


def load(text: str = "", environment: dict[str, str] | None = None, **options: Any) -> Loaded[House]:
    """Load from a file's text, an environment, and options of the kitchen."""
    loading = Loading(House, "HOUSE_")
    loading.take_options({("kitchen", name): value for name, value in options.items()})
    loading.take_environment(environment or {})
    loading.take_file(FILE, tomllib.loads(text))
    return loading.finish()


def faults(text: str = "", environment: dict[str, str] | None = None, **options: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        load(text, environment, **options)
    return caught.value.faults


def test_nothing_gives_the_defaults() -> None:
    loaded = load()

    assert loaded.settings == House()
    assert {entry.origin for entry in loaded.entries} == {Origin.DEFAULT}


def test_file_gives_values_of_every_type() -> None:
    text = '[kitchen]\novens = 9\nboil_within_s = 5\ngas = true\nfuel = "oil"\nlabel = "é"\n[cellar]\nbarrel_bytes = -1'

    settings = load(text).settings

    assert settings.kitchen == Kitchen(ovens=9, boil_within_s=5.0, gas=True, fuel="oil", label="é")
    assert isinstance(settings.kitchen.boil_within_s, float)
    assert settings.cellar == Cellar(barrel_bytes=-1)


def test_environment_gives_values_of_every_type() -> None:
    variables = {"OVENS": "9", "BOIL_WITHIN_S": "0.5", "GAS": "true", "FUEL": "oil", "LABEL": "9", "BOOK": "/b"}

    loaded = load("", {f"HOUSE_KITCHEN_{name}": value for name, value in variables.items()})

    assert loaded.settings.kitchen == Kitchen(ovens=9, boil_within_s=0.5, gas=True, fuel="oil", label="9", book="/b")


def test_later_places_win_and_say_so_whatever_the_order_they_are_read_in() -> None:
    text = '[kitchen]\novens = 2\nlabel = "file"\nfuel = "oil"\n'
    environment = {"HOUSE_KITCHEN_OVENS": "3", "HOUSE_KITCHEN_LABEL": "environment"}

    loaded = load(text, environment, ovens=4, gas=None)

    assert loaded.settings.kitchen == Kitchen(ovens=4, label="environment", fuel="oil")
    found = {entry.key.name: (entry.origin, entry.where) for entry in loaded.entries}
    assert found["ovens"] == (Origin.OPTION, "--ovens")
    assert found["label"] == (Origin.ENVIRONMENT, "HOUSE_KITCHEN_LABEL")
    assert found["fuel"] == (Origin.FILE, "/etc/house.toml")
    assert found["gas"] == (Origin.DEFAULT, "default")
    assert loaded.origin("kitchen", "ovens") is Origin.OPTION


WRONG_VALUES = [
    ("ovens = 10", "[kitchen] ovens is 10; expected a whole number, 0 to 9."),
    ("ovens = -1", "[kitchen] ovens is -1; expected a whole number, 0 to 9."),
    ('ovens = "2"', '[kitchen] ovens is "2"; expected a whole number, 0 to 9.'),
    ("ovens = 2.0", "[kitchen] ovens is 2.0; expected a whole number, 0 to 9."),
    ("ovens = true", "[kitchen] ovens is true; expected a whole number, 0 to 9."),
    ("ovens = [1]", "[kitchen] ovens is an array; expected a whole number, 0 to 9."),
    ("ovens = {a = 1}", "[kitchen] ovens is a table; expected a whole number, 0 to 9."),
    ("ovens = 1979-05-27", "[kitchen] ovens is a date or a time; expected a whole number, 0 to 9."),
    (f"ovens = 0x{'f' * 5000}", "[kitchen] ovens is a number that is too large; expected a whole number, 0 to 9."),
    ("boil_within_s = 0.4", "[kitchen] boil_within_s is 0.4; expected a number, at least 0.5."),
    ("boil_within_s = nan", "[kitchen] boil_within_s is nan; expected a number, at least 0.5."),
    ("boil_within_s = inf", "[kitchen] boil_within_s is inf; expected a number, at least 0.5."),
    ("boil_within_s = true", "[kitchen] boil_within_s is true; expected a number, at least 0.5."),
    ("gas = 1", "[kitchen] gas is 1; expected true or false."),
    ('gas = "true"', '[kitchen] gas is "true"; expected true or false.'),
    ('fuel = "oils"', '[kitchen] fuel is "oils"; expected one of "oil", "wood".'),
    ("fuel = 1", '[kitchen] fuel is 1; expected one of "oil", "wood".'),
    ('label = ""', '[kitchen] label is ""; expected text that is not empty.'),
    ('label = "\\u001b[2J"', '[kitchen] label is "\\u001b[2J"; expected text that is not empty.'),
    (f'label = "{"x" * 99}\\u0007"', f'[kitchen] label is "{"x" * 59}…"; expected text that is not empty.'),
    ('book = "\\u0000"', '[kitchen] book is "\\u0000"; expected a path.'),
    ("book = 1", "[kitchen] book is 1; expected a path."),
    ("oven = 1", "[kitchen] has no key oven; the nearest one is ovens."),
    (
        '"\\u001b]0;x" = 1',
        '[kitchen] has no key "\\u001b]0;x"; there are ovens, boil_within_s, gas, fuel, label, book.',
    ),
]


@pytest.mark.parametrize(("line", "said"), WRONG_VALUES, ids=lambda text: text[:24])
def test_wrong_line_of_a_file_is_refused_with_file_key_finding_and_expectation(line: str, said: str) -> None:
    assert faults(f"[kitchen]\n{line}") == (f"/etc/house.toml: {said}",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[kichen]", "there is no section kichen; the nearest one is kitchen."),
        ("[zzz]", "there is no section zzz; there are kitchen, cellar."),
        ("ovens = 1", "there is no section ovens; ovens belongs below [kitchen]."),
        ("kitchen = 1", "kitchen is 1; expected a section [kitchen]."),
        ("[[kitchen]]", "kitchen is an array; expected a section [kitchen]."),
    ],
)
def test_wrong_section_of_a_file_is_refused(text: str, said: str) -> None:
    assert faults(text) == (f"/etc/house.toml: {said}",)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("KITCHEN_OVENS", "", 'is ""; expected a whole number, 0 to 9.'),
        ("KITCHEN_OVENS", "ten", 'is "ten"; expected a whole number, 0 to 9.'),
        ("KITCHEN_OVENS", "10", 'is "10"; expected a whole number, 0 to 9.'),
        ("KITCHEN_OVENS", "9" * 5000, f'is "{"9" * 59}…"; expected a whole number, 0 to 9.'),
        ("KITCHEN_BOIL_WITHIN_S", "nan", 'is "nan"; expected a number, at least 0.5.'),
        ("KITCHEN_BOIL_WITHIN_S", "inf", 'is "inf"; expected a number, at least 0.5.'),
        ("KITCHEN_GAS", "perhaps", 'is "perhaps"; expected true or false.'),
        ("KITCHEN_FUEL", "OIL", 'is "OIL"; expected one of "oil", "wood".'),
        ("KITCHEN_LABEL", "\udcff", 'is "\\udcff"; expected text that is not empty.'),
        ("KITCHEN_OVEN", "1", "is no setting; the nearest one is HOUSE_KITCHEN_OVENS."),
    ],
    ids=lambda text: text[:24],
)
def test_wrong_variable_is_refused_with_its_name_finding_and_expectation(variable: str, value: str, said: str) -> None:
    assert faults("", {f"HOUSE_{variable}": value}) == (f"HOUSE_{variable} {said}",)


def test_wrong_option_is_refused() -> None:
    assert faults(ovens=10) == ("--ovens is 10; expected a whole number, 0 to 9.",)


def test_everything_that_is_wrong_is_told_also_where_something_stronger_would_win() -> None:
    found = faults("[kitchen]\novens = 10\noven = 1\n[attic]", {"HOUSE_KITCHEN_GAS": "?"}, ovens=3)

    assert len(found) == 4
    assert all(fault.endswith(".") for fault in found)


def test_variables_of_no_section_are_left_alone_and_named() -> None:
    environment = {"HOUSE_SERVICE_HOST": "10.0.0.1", "HOUSE_\x1b[2J": "x", "HOUSES": "1", "house_kitchen_ovens": "99"}

    loaded = load("", environment)

    assert loaded.settings == House()
    assert len(loaded.ignored) == 2 and "HOUSE_SERVICE_HOST" in loaded.ignored
    assert all(name.isprintable() for name in loaded.ignored)


def test_paths_begin_at_the_folder_of_the_file_or_at_home(home: Path) -> None:
    assert load('[kitchen]\nbook = "a/b"').settings.kitchen.book == "/etc/a/b"
    assert load('[kitchen]\nbook = "~/b"').settings.kitchen.book == f"{home}/b"
    assert load('[kitchen]\nbook = "/b"').settings.kitchen.book == "/b"
    assert load('[kitchen]\nbook = ""').settings.kitchen.book == ""
    assert load("", {"HOUSE_KITCHEN_BOOK": "a/b"}).settings.kitchen.book == "a/b"
    assert load("", {"HOUSE_KITCHEN_BOOK": "~/b"}).settings.kitchen.book == f"{home}/b"
    assert load(book="~/b").settings.kitchen.book == "~/b"


def test_path_that_is_no_unicode_is_taken_as_the_system_gives_it() -> None:
    assert load(book=os.fsdecode(b"/b\xff")).settings.kitchen.book == os.fsdecode(b"/b\xff")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[kitchen\n", "is no TOML"),
        (b"a = 1\na = 2", "is no TOML"),
        (b"a = " + b"9" * 5000, "is no TOML"),
        (b"a = " + b"[" * 100_000, "is no TOML"),
        (b"# caf\xe9", "is not UTF-8 text (byte 5)"),
        (None, "cannot be read (No such file or directory)"),
    ],
    ids=["section", "twice", "digits", "deep", "latin", "missing"],
)
def test_file_that_is_no_toml_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "house.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsFault) as caught:
        read_toml(file)

    (said,) = caught.value.faults
    assert said.startswith(f"{file} {words}") and said.endswith(".")
    assert isinstance(caught.value.__cause__, FileNotFoundError) is (content is None)


def test_name_of_a_file_cannot_write_to_the_terminal_either() -> None:
    loading = Loading(House, "HOUSE_")
    loading.take_file(Path("/x\x1b[2J\n.toml"), {"attic": {}})

    with pytest.raises(SettingsFault) as caught:
        loading.finish()

    assert all(said.isprintable() for said in caught.value.faults)
    assert len(str(caught.value).splitlines()) == 1


def test_toml_says_where_each_value_comes_from_and_reads_back_the_same() -> None:
    loaded = load('[kitchen]\nlabel = "a\\"b\\\\c"\n', {"HOUSE_KITCHEN_GAS": "true"})

    text = as_toml(loaded)

    assert load(text).settings == loaded.settings
    assert "gas = true " in text and "# HOUSE_KITCHEN_GAS" in text
    assert "# /etc/house.toml" in text and "# default" in text


def test_quoted_text_has_nothing_a_terminal_obeys() -> None:
    text = '\x1b[2J\u202e\x7f\n"\\\U000e0001'

    assert quoted(text).isprintable()
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


def test_keys_know_their_unit_and_their_variable() -> None:
    units = {key.name: key.unit for key in keys_of(House)}

    assert (units["boil_within_s"], units["barrel_bytes"], units["gas"], units["ovens"]) == ("seconds", "bytes", "", "")
    assert keys_of(House)[1].variable("HOUSE_") == "HOUSE_KITCHEN_BOIL_WITHIN_S"


def test_type_that_no_sentence_names_is_refused() -> None:
    with pytest.raises(TypeError, match="settings cannot be of the type"):
        in_words(keys_of(Shed)[0].type)
