"""The bytecode of a start in one file: what is found in it, and when everything is imported as always."""

from __future__ import annotations

import importlib
import inspect
import os
import py_compile
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from chat_tui.bytecode import Bytecode

PACKAGE = "package_of_a_start"
INNER = f"{PACKAGE}.inner"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a package with a module in it that can be imported; yield its folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "inner.py").write_text('def said():\n    return "first"\n')
    yield folder
    forget()


def forget() -> None:
    """Let Python know nothing of the package."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def kept(package: Path, tmp_path: Path) -> Path:
    """Return the file after a first start, which imported the package."""
    assert package.is_dir()
    bytecode = Bytecode(str(tmp_path / "cache" / "start.bin"))
    bytecode.use()
    importlib.import_module(INNER)
    assert bytecode.end()
    bytecode.keep()
    forget()
    return Path(bytecode.file)


def start(file: Path) -> tuple[str, bool, bool]:
    """Import the module as a start does; return what it says, whether that was kept, whether there is more to keep."""
    bytecode = Bytecode(str(file))
    bytecode.use()
    module = importlib.import_module(INNER)
    assert inspect.getsource(module.said).startswith("def said")
    return module.said(), type(module.__loader__) is not SourceFileLoader, bytecode.end()


def test_module_comes_out_of_the_file_when_its_source_is_as_it_was(kept: Path) -> None:
    assert start(kept) == ("first", True, False)


def test_module_is_what_python_would_have_made_when_it_comes_out_of_the_file(kept: Path, package: Path) -> None:
    start(kept)
    spec = sys.modules[PACKAGE].__spec__
    inner = sys.modules[INNER]

    assert spec is not None and spec.submodule_search_locations == [str(package)]
    assert inner.__file__ == str(package / "inner.py")
    assert inner.__cached__ == importlib.util.cache_from_source(inner.__file__)
    assert inner.__package__ == PACKAGE


def test_module_is_compiled_anew_when_its_source_has_changed(kept: Path, package: Path) -> None:
    (package / "inner.py").write_text('def said():\n    return "second"\n')

    assert start(kept) == ("second", False, True)


def test_module_is_that_of_another_folder_when_its_package_is_another(
    kept: Path, tmp_path: Path, package: Path
) -> None:
    other = tmp_path / "elsewhere" / PACKAGE
    other.parent.mkdir()
    other.mkdir()
    (other / "__init__.py").write_text("")
    (other / "inner.py").write_text('def said():\n    return "elsewhere"\n')
    sys.path.insert(0, str(other.parent))
    importlib.import_module(PACKAGE).__path__ = [str(other)]

    assert start(kept)[0] == "elsewhere"


@pytest.mark.parametrize("mode", [0o620, 0o602], ids=["group", "all"])
def test_file_is_not_used_when_others_can_write_to_it(kept: Path, mode: int) -> None:
    kept.chmod(mode)

    assert start(kept) == ("first", False, True)


@pytest.mark.parametrize("size", [0, 3, 100, -1], ids=["empty", "size", "index", "code"])
def test_file_is_not_used_when_it_is_cut_off(kept: Path, size: int) -> None:
    os.truncate(kept, size if size >= 0 else kept.stat().st_size - 1)

    assert start(kept) == ("first", False, True)


def test_file_is_not_used_when_it_was_written_with_another_search_path(kept: Path) -> None:
    sys.path.append("/nowhere")

    assert start(kept) == ("first", False, True)


def test_module_is_kept_under_the_name_of_its_source_when_it_was_compiled_under_another(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    py_compile.compile(f"{PACKAGE}/inner.py", cfile=importlib.util.cache_from_source(str(package / "inner.py")))
    bytecode = Bytecode(str(tmp_path / "start.bin"))
    bytecode.use()
    importlib.import_module(INNER)
    bytecode.end()
    bytecode.keep()
    forget()

    assert start(Path(bytecode.file)) == ("first", True, False)
    assert sys.modules[INNER].said.__code__.co_filename == str(package / "inner.py")


def test_file_holds_what_another_start_imported_when_one_adds_to_it(kept: Path, package: Path) -> None:
    (package / "further.py").write_text("")
    bytecode = Bytecode(str(kept))
    bytecode.use()
    importlib.import_module(f"{PACKAGE}.further")
    assert bytecode.end()
    bytecode.keep()
    forget()

    assert start(kept) == ("first", True, False)


def test_file_is_made_when_there_is_none(kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
