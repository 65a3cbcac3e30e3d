"""What holds for every file of the project, whatever is in it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

from tests.support.requirements import need_program

ROOT = Path(__file__).parents[2]

# Where somebody installs from, and where a clone lies, is theirs to say.
# One letter of each stands in brackets, so that this file does not name them either.
FOREIGN = re.compile(
    rb"pyp[i]\.org|pythonhoste[d]\.org|deb\.[d]ebian\.org|registry\.npmj[s]|(?<![\w.~-])/(?:wor[k]|roo[t])/"
)


def files(pattern: str = "*") -> list[Path]:
    """Return the project's files: those that git tracks, and new ones that it does not ignore."""
    # A clone owned by another user, as in a container, is read all the same.
    git = [need_program("git"), "-c", "safe.directory=*"]
    command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", pattern]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.decode(errors='replace').strip()[:120]}"
        for path in files()
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if FOREIGN.search(line)
    ]

    assert not found, "\n".join(found)


def test_every_module_says_what_it_owns() -> None:
    modules = files("*.py")

    silent = [str(path.relative_to(ROOT)) for path in modules if not ast.get_docstring(ast.parse(path.read_text()))]

    assert modules
    assert not silent
