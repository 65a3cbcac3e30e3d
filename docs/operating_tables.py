"""The generated part of docs/operating.md: what the doctor looks at, as its checks say themselves."""

from __future__ import annotations

from chat_core.server.admin import doctor
from chat_core.server.admin.blobs import check_blobs
from chat_core.server.store.checks.examining import BASIC, MORE
from chat_core.server.store.search.checking import check_search
from docs.struct_tables import Undocumented, one_line, table

_FOLDER = {"files": doctor.check_files, "leftovers": doctor.check_leftovers, "space": doctor.check_space}


def doctor_checks() -> str:
    """Return every check of the doctor, in its order."""
    stored = {check.name: check.run for check in BASIC + MORE}
    checks = {**_FOLDER, **stored, "blobs": check_blobs, "search": check_search}
    return table(("check", "what it does"), [(f"`{name}`", _said(name, run)) for name, run in checks.items()])


def _said(name: str, run: object) -> str:
    """Return the first paragraph of a docstring. Raises: Undocumented."""
    if not run.__doc__:
        raise Undocumented(name)
    return one_line(run.__doc__.partition("\n\n")[0])


PARTS = {"doctor-checks": doctor_checks}
