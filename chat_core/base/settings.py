"""Settings of any program: a schema of sections, filled from defaults, a TOML file, the environment and options.

A schema is a frozen msgspec struct whose fields are sections, each again a frozen struct of plain values with defaults
and bounds. This module knows how values are found, checked and complained about; which there are, it must not know.
Later places win over earlier ones, but a wrong value is a fault wherever it stands, also where another one would win.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from msgspec import inspect as types

from chat_core.base.errors import UsageFault
from chat_core.base.settings_words import NUMBER_BITS, in_words, key_in_words, nearest_of, quoted, value_in_words
from chat_core.base.text import line_for_terminal

FilePath = Annotated[str, msgspec.Meta(extra={"path": True})]
"""Type of a setting that is a path: a leading `~` is the home folder; in a file, relative ones begin at its folder."""

LIVE = msgspec.Meta(extra={"live": True})
"""Mark of a setting that a running process can take up: `Annotated[int, Meta(ge=0), LIVE]`."""

_HERE: Final = Path()

S = TypeVar("S", bound=msgspec.Struct)


class Origin(IntEnum):
    """Where a value came from; the greater wins."""

    DEFAULT = 0
    PRESET = 1
    FILE = 2
    ENVIRONMENT = 3
    OPTION = 4


class SettingsFault(UsageFault):
    """Something is wrong with the settings.

    Args:
        faults: a sentence for each thing that is wrong; `str()` is all of them, one to a line.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(line_for_terminal(fault) for fault in faults)
        super().__init__("\n".join(self.faults))


class Key(msgspec.Struct, frozen=True):
    """One setting of a schema."""

    section: str
    """Name of its section, as in the file."""
    name: str
    """Its name within the section, as in the file."""
    kind: type[msgspec.Struct]
    """The section's struct."""
    type: types.Type
    """What it can be, as msgspec describes it."""
    default: Any
    """Its value when nobody sets it."""

    @property
    def is_path(self) -> bool:
        """Whether it is a `FilePath`."""
        return isinstance(self.type, types.Metadata) and bool((self.type.extra or {}).get("path"))

    @property
    def is_live(self) -> bool:
        """Whether a running process can take it up."""
        return isinstance(self.type, types.Metadata) and bool((self.type.extra or {}).get("live"))

    @property
    def unit(self) -> str:
        """Its unit, which its name ends with; empty if it has none."""
        ending = self.name.rpartition("_")[2] if "_" in self.name else ""
        return {"s": "seconds", "bytes": "bytes", "rate": "a second"}.get(ending, "")

    @property
    def path(self) -> str:
        """How a sentence names it: `[section] name`."""
        return f"[{self.section}] {self.name}"

    @property
    def option(self) -> str:
        """How the command line spells it, if it does."""
        return "--" + self.name.removesuffix("_s").replace("_", "-")

    def variable(self, prefix: str) -> str:
        """Return the name of its environment variable."""
        return f"{prefix}{self.section}_{self.name}".upper()


class Entry(msgspec.Struct, frozen=True):
    """A setting with the value it has."""

    key: Key
    value: Any
    origin: Origin
    where: str
    """The file, the variable or the option that set it; `default` if none did."""


class Loaded(msgspec.Struct, Generic[S], frozen=True):
    """All settings, and how they came about."""

    settings: S
    entries: tuple[Entry, ...]
    """Every setting, in the schema's order."""
    ignored: tuple[str, ...]
    """Environment variables that look like settings of a section that is not in the schema."""

    def origin(self, section: str, name: str) -> Origin:
        """Return where a setting came from."""
        return next(each.origin for each in self.entries if (each.key.section, each.key.name) == (section, name))


def keys_of(schema: type[msgspec.Struct]) -> tuple[Key, ...]:
    """Return every setting of a schema, in its order."""
    return tuple(
        # A section can have defaults of its own, so that two of them can share a struct.
        Key(section.encode_name, field.encode_name, kind.cls, field.type, getattr(section.default, field.name))
        for section, kind in _sections(schema)
        for field in kind.fields
    )


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        SettingsFault: it cannot be read, or is no TOML; if it is missing, `__cause__` is a `FileNotFoundError`.
    """
    try:
        content = file.read_bytes()
        import tomllib  # most have no file

        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsFault([f"{file} cannot be read ({error.strerror}); expected a TOML file."]) from error
    except UnicodeDecodeError as error:
        raise SettingsFault([f"{file} is not UTF-8 text (byte {error.start}); expected a TOML file."]) from error
    except (ValueError, RecursionError) as error:
        raise SettingsFault([f"{file} is no TOML: {str(error).rstrip('.')}."]) from error


class Loading(Generic[S]):
    """Gathers values and faults from place after place; `finish` gives the settings or all the faults.

    Args:
        schema: the struct of sections.
        prefix: what the names of environment variables begin with.
    """

    def __init__(self, schema: type[S], prefix: str) -> None:
        self._schema = schema
        self._prefix = prefix
        self._keys = {(key.section, key.name): key for key in keys_of(schema)}
        self._sections = tuple(dict.fromkeys(section for section, _ in self._keys))
        self._found = {at: Entry(key, key.default, Origin.DEFAULT, "default") for at, key in self._keys.items()}
        self._ignored: list[str] = []
        self._faults: list[str] = []

    def value(self, section: str, name: str) -> Any:
        """Return what a setting is so far."""
        return self._found[section, name].value

    def origin(self, section: str, name: str) -> Origin:
        """Return where that came from."""
        return self._found[section, name].origin

    def complain(self, faults: Iterable[str]) -> None:
        """Add faults that were found elsewhere."""
        self._faults.extend(faults)

    def take_preset(self, name: str, values: Mapping[tuple[str, str], Any]) -> None:
        """Take a named set of values that are better than the defaults only; what is no setting is left out."""
        for at, value in values.items():
            if at in self._keys:
                self._take(self._keys[at], value, Origin.PRESET, f"preset {name}", said=f"The preset {name}: {at[1]}")

    def take_file(self, file: Path, content: Mapping[str, Any]) -> None:
        """Take what a TOML file holds.

        Args:
            file: for sentences, and as the place where relative paths begin.
            content: what `read_toml` returned.
        """
        for section, table in content.items():
            if section not in self._sections:
                self._complain_of_section(file, section)
            elif not isinstance(table, dict):
                self._faults.append(f"{file}: {section} is {value_in_words(table)}; expected a section [{section}].")
            else:
                for name, raw in table.items():
                    self._take_from_file(file, section, name, raw)

    def take_environment(self, environment: Mapping[str, str]) -> None:
        """Take the variables that are named after settings; all others whose name begins with a section are faults."""
        variables = {key.variable(self._prefix): key for key in self._keys.values()}
        ours = tuple(f"{self._prefix}{section}_".upper() for section in self._sections)
        for variable, raw in sorted(environment.items()):
            if (key := variables.get(variable)) is not None:
                self._take(key, raw, Origin.ENVIRONMENT, variable, said=variable)
            elif variable.startswith(ours):
                self._faults.append(f"{variable} is no setting; {nearest_of(variable, variables)}.")
            elif variable.startswith(self._prefix.upper()):
                # Others may own it: Kubernetes makes CHAT_CORE_SERVICE_HOST for a service named chat-core.
                self._ignored.append(line_for_terminal(variable))

    def take_options(self, options: Mapping[tuple[str, str], Any]) -> None:
        """Take options of the command line, by section and name; None: not given."""
        for at, value in options.items():
            if value is not None:
                key = self._keys[at]
                self._take(key, value, Origin.OPTION, key.option, said=key.option)

    def finish(self) -> Loaded[S]:
        """Return the settings.

        Raises:
            SettingsFault: anything was wrong anywhere.
        """
        if self._faults:
            raise SettingsFault(self._faults)
        sections = {
            section: kind.cls(**{field.name: self.value(section, field.encode_name) for field in kind.fields})
            for section, kind in ((info.encode_name, kind) for info, kind in _sections(self._schema))
        }
        return Loaded(self._schema(**sections), tuple(self._found.values()), tuple(self._ignored))

    def _complain_of_section(self, file: Path, section: str) -> None:
        homes = [at[0] for at in self._keys if at[1] == section]
        instead = f"{section} belongs below [{homes[0]}]" if homes else nearest_of(section, self._sections)
        self._faults.append(f"{file}: there is no section {key_in_words(section)}; {instead}.")

    def _take_from_file(self, file: Path, section: str, name: str, raw: Any) -> None:
        key = self._keys.get((section, name))
        if key is None:
            names = [each.name for each in self._keys.values() if each.section == section]
            self._faults.append(f"{file}: [{section}] has no key {key_in_words(name)}; {nearest_of(name, names)}.")
            return
        said = f"{file}: [{section}] {name}"
        self._take(key, raw, Origin.FILE, str(file), said=said, folder=file.absolute().parent)

    def _take(self, key: Key, raw: Any, origin: Origin, where: str, *, said: str, folder: Path = _HERE) -> None:
        """Check a value and keep it if nothing stronger is there.

        Args:
            key: what it is for.
            raw: the value, as text if it is from the environment.
            origin: the kind of place.
            where: the place.
            said: how a sentence about it begins.
            folder: where relative paths begin.
        """
        try:
            value = _checked(key, raw, strict=origin is not Origin.ENVIRONMENT)
        except ValueError:
            self._faults.append(f"{said} is {value_in_words(raw)}; expected {in_words(key.type)}.")
            return
        if key.is_path and value and origin is not Origin.OPTION:  # in options the shell has expanded what is to be
            value = str(folder / os.path.expanduser(value))  # noqa: PTH111  # unlike Path's, it never raises
        at = (key.section, key.name)
        if origin >= self._found[at].origin:
            self._found[at] = Entry(key, value, origin, where)


def as_typed(key: Key, text: str) -> Any:
    """Return one setting's value from what somebody wrote. Raises: SettingsFault."""
    try:
        return _checked(key, text, strict=False)
    except ValueError:
        raise SettingsFault([f"{key.name} is {value_in_words(text)}; expected {in_words(key.type)}."]) from None


def as_toml(loaded: Loaded[Any]) -> str:
    """Return all settings as a TOML file, with a comment of where each came from."""
    lines: list[str] = []
    section = ""
    settings = [(f"{entry.key.name} = {quoted(entry.value)}", entry) for entry in loaded.entries]
    width = max(len(line) for line, _ in settings)
    for line, entry in settings:
        if entry.key.section != section:
            section = entry.key.section
            lines += ["", f"[{section}]"] if lines else [f"[{section}]"]
        lines.append(f"{line:<{width}}  # {line_for_terminal(entry.where)}")
    return "\n".join(lines)


@cache
def _sections(schema: type[msgspec.Struct]) -> tuple[tuple[types.Field, types.StructType], ...]:
    info = types.type_info(schema)
    assert isinstance(info, types.StructType)
    return tuple((field, field.type) for field in info.fields if isinstance(field.type, types.StructType))


def _checked(key: Key, raw: Any, *, strict: bool) -> Any:
    """Return a value in the setting's type. Raises: ValueError (msgspec's fault is one)."""
    if isinstance(raw, int) and raw.bit_length() > NUMBER_BITS:
        raise ValueError("too large")
    # All fields have defaults, so that one alone can be checked, with the bounds that stand in the schema.
    value = getattr(msgspec.convert({key.name: raw}, key.kind, strict=strict), key.name)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not finite")
    if isinstance(value, str) and not (value.isprintable() or (key.is_path and _is_path(value))):
        raise ValueError("not to be shown")
    return value


def _is_path(text: str) -> bool:
    """Return whether a text can name a file; on this system that need not be Unicode."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
