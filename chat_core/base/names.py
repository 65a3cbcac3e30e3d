"""What accounts and channels may be called: one rule, used by client and server alike. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.text import clean_line

MAX_ACCOUNT: Final = 32
"""Longest account name, in characters."""
MAX_CHANNEL: Final = 48
"""Longest channel name, in characters, without the `#`."""

_PUNCTUATION = "-_."


def name_key(name: str) -> str:
    """Return the form in which two names are compared: compatibility-composed and case-folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def check_account_name(name: str) -> str:
    """Return `name` in its stored form.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    return _check(name, "A name", MAX_ACCOUNT)


def check_channel_name(name: str) -> str:
    """Return a channel's name, without its `#`, in its stored form.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    return _check(name.removeprefix("#"), "A channel's name", MAX_CHANNEL)


def suggest_account_name(raw: str) -> str:
    """Make an allowed account name of anything, for instance of the operating system's user name."""
    kept = "".join(char for char in unicodedata.normalize("NFC", raw) if _allowed(char)).lstrip(_PUNCTUATION)
    return kept[:MAX_ACCOUNT] or "guest"


def parse_target(text: str) -> tuple[str, str]:
    """Split a TARGET (`#channel` or `@user`) into its sigil and its checked name.

    Raises:
        UsageFault: when it is neither, or the name is ill-formed.
    """
    if text.startswith("#"):
        return "#", check_channel_name(text[1:])
    if text.startswith("@"):
        return "@", check_account_name(text[1:])
    shown = clean_line(text)[:40]
    raise UsageFault(f"'{shown}' is no target: write #channel or @user (in a shell: '#channel', with quotes).")


def _check(name: str, what: str, longest: int) -> str:
    name = unicodedata.normalize("NFC", name)
    if not name:
        raise UsageFault(f"{what} must not be empty.")
    if len(name) > longest:
        raise UsageFault(f"{what} has at most {longest} characters, this one has {len(name)}.")
    for char in name:
        if not _allowed(char):
            shown = char if char.isprintable() and char != " " else f"U+{ord(char):04X}"
            raise UsageFault(f"{what} is made of letters, digits and {_PUNCTUATION}; '{shown}' is none of them.")
    if name[0] in _PUNCTUATION:
        raise UsageFault(f"{what} begins with a letter or a digit.")
    return name


def _allowed(char: str) -> bool:
    return char in _PUNCTUATION or unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc")
