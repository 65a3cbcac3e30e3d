"""Names that nobody may take, each with the reason. Pure; `names.check_account_name` asks here.

A name is reserved when readers would take its owner for somebody with a right, for the program itself, or for all of
them. Spelling does not help: punctuation is left out before the look-up, so `ad-min` is `admin`. What only looks like
one of these (`аdmin` with a Cyrillic letter, `adm1n`) is `looks.looks_reserved`'s to find, on the server.
"""

from __future__ import annotations

from typing import Final

_POWER: Final = "people would take its owner for somebody who runs this server"
_PROGRAM: Final = "people would take what its owner writes for the program's own words"
_EVERYBODY: Final = "with an @ in front it means everybody, not one person"
_NOBODY: Final = "it stands for accounts that are gone, or were never there"

RESERVED: Final[dict[str, str]] = (
    dict.fromkeys(
        ("admin", "admins", "administrator", "mod", "mods", "moderator", "operator", "owner", "staff", "sysop",
         "support", "security", "abuse"),
        _POWER,
    )
    | dict.fromkeys(
        ("server", "system", "service", "bot", "bots", "webhook", "announcement", "announcements", "chatcore",
         "chattui", "console", "notice"),
        _PROGRAM,
    )
    | dict.fromkeys(("everyone", "everybody", "all", "here", "channel", "online", "anyone", "members"), _EVERYBODY)
    | dict.fromkeys(("nobody", "unknown", "deleted", "anonymous", "null", "none"), _NOBODY)
)  # fmt: skip
"""Reason by name, in the form that names are compared in and without punctuation; completes "… is kept, because"."""
