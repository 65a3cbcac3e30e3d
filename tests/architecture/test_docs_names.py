"""What the documents name is there: commands, options, settings, keys, targets of make, files, sections of documents.

The generated tables are made of the registries; this is for the sentences around them, the README and the changelog.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from typer.main import get_command

from chat_core.base.settings import keys_of
from chat_core.cli import app
from chat_core.server import config as of_server
from chat_tui import config as of_client
from chat_tui.cli import parser
from chat_tui.commands.elsewhere import WAYS
from chat_tui.commands.registry import ALL
from chat_tui.keys import KEYS, keymap, spelled
from chat_tui.keys.keymap import PRESETS
from chat_tui.plain.verbs import VERBS

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NO_COMMANDS: Final = {"metrics", "health", "to"}
"""What is written like a command and is another thing: addresses of the server's numbers, the beginning of a path."""
EXTRAS: Final = {"images", "keyring", "web"}
"""Names in brackets that pip is told, not a file of settings."""
OTHERS_VARIABLES: Final = {"CHAT_CORE_SERVER_PROT"}
"""Named for being wrong."""

_BLOCK: Final = re.compile(r"```.*?\n(.*?)```", re.DOTALL)
_SPAN: Final = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_INDENTED: Final = re.compile(r"(?m)^ {4}(\S.*)$")
_PRESSED: Final = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Za-z]+\d*|\d|[=.,'])|\bF\d{1,2}\b")
_FILE: Final = re.compile(
    r"(?:chat_core|chat_tui|tests|docs|examples|server|client|screens|views|widgets|store)/[\w/.-]+"
)
_FOLDERS: Final = ("", "chat_core", "chat_core/server", "chat_core/client", "chat_tui")
"""From where a document may name a file."""

Tree = dict[tuple[str, ...], tuple[set[str], set[str]]]
"""Options and further commands of each command."""


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    """Return one document after the other."""
    path: Path = request.param
    return path


def spans(document: Path) -> list[str]:
    """Return what stands between backticks in its sentences, each in one line."""
    text = _BLOCK.sub("", document.read_text())
    return [" ".join(match[2].split()) for match in _SPAN.finditer(text)]


def lines(document: Path) -> list[str]:
    """Return that and what stands in blocks, line by line."""
    text = document.read_text()
    blocks = [line for block in _BLOCK.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return [*spans(document), *blocks, *_INDENTED.findall(text)]


def test_slash_commands_in_documents_are_there(document: Path) -> None:
    known = {name for command in ALL for name in (command.name, *command.aliases)} | {verb.name for verb in VERBS}
    named = {match[1] for span in spans(document) if (match := re.match(r"/([a-z]+)(?= |$)", span))}

    of_others = set(WAYS) if document.name == "CHANGELOG.md" else set()  # it tells that they lead to ours

    assert named - known - of_others <= NO_COMMANDS


@pytest.mark.parametrize("program", ["chat-core", "chat-tui"])
def test_commands_and_options_in_documents_are_there(document: Path, program: str) -> None:
    tree = _core() if program == "chat-core" else _tui()
    wrong = [
        (line, word)
        for line in lines(document)
        for call in re.finditer(rf"(?<![\w./:-]){program}((?: [^|;&\"]*)?)", line)
        for word in _unknown(tree, call[1].split())
    ]

    assert wrong == []


def test_settings_in_documents_are_there(document: Path) -> None:
    known = {(key.section, key.name) for schema in _settings() for key in keys_of(schema)}
    sections = {section for section, _ in known} | EXTRAS
    for span in spans(document):
        found = re.match(r"\[([a-z_]+)\](?: ([a-z_]+))?(?= |$)", span)
        if found and found[2]:
            assert (found[1], found[2]) in known, span
        elif found:
            assert found[1] in sections, span


def test_variables_in_documents_are_there(document: Path) -> None:
    of_settings = {
        f"CHAT_{program}_{key.section}_{key.name}".upper()
        for program, schema in zip(("CORE", "TUI"), _settings(), strict=True)
        for key in keys_of(schema)
    }
    named = {name for line in lines(document) for name in re.findall(r"\bCHAT_[A-Z_]+[A-Z]\b", line)}

    assert named - of_settings - _variables() <= OTHERS_VARIABLES


def test_bindings_and_keys_in_documents_are_there(document: Path) -> None:
    ids = {key.id for key in KEYS}
    groups = {id.partition(".")[0] for id in ids}
    pressed = {spelled(each).lower() for name in PRESETS for key in keymap(name).keys for each in key.keys.split(",")}
    shown = {each.strip().lower() for key in KEYS for each in key.label.split(",")}
    for span in spans(document):
        if re.fullmatch(r"[a-z]+\.[a-z_]+", span) and span.partition(".")[0] in groups:
            assert span in ids

    assert {match[0].lower() for match in _PRESSED.finditer(document.read_text())} <= pressed | shown


def test_targets_of_make_in_documents_are_there(document: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    named = {match[1] for line in lines(document) if (match := re.match(r"make ([a-z][a-z-]*)", line))}

    assert named <= targets


def test_links_in_documents_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        name, _, section = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = document.parent / name if name else document
        assert target.exists(), link
        if section:
            assert section in _sections(target), link


def test_files_in_documents_are_there(document: Path) -> None:
    for span in spans(document):
        if re.fullmatch(
            r"(chat_core|chat_tui|tests|docs|examples|server|client|screens|views|widgets|store)/[\w/.-]+", span
        ):
            there = [ROOT / folder / span for folder in _FOLDERS]
            assert any(path.exists() or path.with_suffix(".py").exists() for path in there), span


# --- the registries ------------------------------------------------------------------------------------------------


def _settings() -> tuple[type[msgspec.Struct], type[msgspec.Struct]]:
    return of_server.Settings, of_client.Settings


@cache
def _variables() -> frozenset[str]:
    """Return all that the programs and their tests ask the environment for."""
    return frozenset(
        name
        for folder in ("chat_core", "chat_tui", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
        for name in re.findall(r"\bCHAT_[A-Z_]+[A-Z]\b", path.read_text())
    )


@cache
def _sections(document: Path) -> frozenset[str]:
    headings = (line.lstrip("#").strip().lower() for line in document.read_text().splitlines() if line.startswith("#"))
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings)


@cache
def _core() -> Tree:
    return dict(_of_click(get_command(app), ()))


def _of_click(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[set[str], set[str]]]]:
    inner = getattr(command, "commands", {})
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    yield path, (options | {"--help"}, set(inner))
    for name, each in inner.items():
        yield from _of_click(each, (*path, name))


@cache
def _tui() -> Tree:
    return dict(_of_argparse(parser(), ()))


def _of_argparse(
    command: argparse.ArgumentParser, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[set[str], set[str]]]]:
    kinds = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    inner: dict[str, argparse.ArgumentParser] = {name: each for kind in kinds for name, each in kind.choices.items()}
    yield path, ({name for action in command._actions for name in action.option_strings}, set(inner))
    for name, each in inner.items():
        yield from _of_argparse(each, (*path, name))


def _unknown(tree: Tree, words: list[str]) -> Iterator[str]:
    """Yield what is no command and no option in the words behind a program's name; `...` and names end the commands."""
    path: tuple[str, ...] = ()
    for word in words:
        options, inner = tree[path]
        word = word.strip("`'()[],.:")
        if word in inner:
            path = (*path, word)
        elif word.startswith("--"):
            above = [tree[path[:length]][0] for length in range(len(path))]
            if not any(word.partition("=")[0] in known for known in (options, *above)):
                yield word
        elif inner and re.fullmatch(r"[a-z]+", word):
            yield word
            return
        elif inner and not word.startswith("-"):
            return


FINDERS: Final[dict[str, Callable[[Path], None]]] = {
    "`/flee`": test_slash_commands_in_documents_are_there,
    "`chat-core flee`": lambda path: test_commands_and_options_in_documents_are_there(path, "chat-core"),
    "`chat-tui tail --flee`": lambda path: test_commands_and_options_in_documents_are_there(path, "chat-tui"),
    "`[server] flee`": test_settings_in_documents_are_there,
    "`[flee]`": test_settings_in_documents_are_there,
    "`CHAT_CORE_SERVER_FLEE`": test_variables_in_documents_are_there,
    "`window.flee`": test_bindings_and_keys_in_documents_are_there,
    "Ctrl+Alt+Shift+F11": test_bindings_and_keys_in_documents_are_there,
    "`make flee`": test_targets_of_make_in_documents_are_there,
    "[there](flee.md)": test_links_in_documents_lead_somewhere,
    "[there](#flee)": test_links_in_documents_lead_somewhere,
    "`screens/flee.py`": test_files_in_documents_are_there,
}
"""What is nowhere, and who has to say so."""


@pytest.mark.parametrize("text", FINDERS)
def test_what_is_named_and_is_not_there_is_found(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "wrong.md"
    wrong.write_text(f"# Wrong\n\nSee {text} for it.\n")

    with pytest.raises(AssertionError):
        FINDERS[text](wrong)
