"""What accounts and channels may be called: one rule, used by client and server alike. Pure.

A name is short, made of letters, digits and three signs, and what PRECIS (RFC 8264, RFC 8265) calls an identifier.
Names are compared by `name_key`. Who looks like whom is `looks`' question.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, Final

from chat_core.base.errors import UsageFault
from chat_core.base.numbers import number_in
from chat_core.base.reserved import RESERVED
from chat_core.base.text import clean_line

MAX_ACCOUNT: Final = 32
"""Longest account name, in characters."""
MAX_CHANNEL: Final = 48
"""Longest channel name, in characters, without the `#`."""
MAX_DISPLAY: Final = 48
"""Longest display name, in characters."""
MAX_MARKS: Final = 4
"""Most combining marks in a row: a name is drawn beside other people's lines."""

_PUNCTUATION = "-_."
_BLANKS = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a line break"}
_LETTERS = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")
_MARKS = ("Mn", "Mc")
_HIDDEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks, by Unicode's book, of which nothing is seen: with one, two names look the same."""


def name_key(name: str) -> str:
    """Return the form in which two names are compared: compatibility-composed and case-folded (Unicode, D146)."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


def spell_account_name(name: str) -> str:
    """Return the name of an account that is spoken of, in its stored form; it may be a kept one, which nobody has.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    return _check(name, "A name", MAX_ACCOUNT)


def check_account_name(name: str) -> str:
    """Return a name that somebody wants to have, in its stored form.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    name = spell_account_name(name)
    if reason := RESERVED.get(without_punctuation(name_key(name))):
        raise UsageFault(f"The name '{name}' is kept, because {reason}; take another one.")
    return name


def check_display_name(text: str) -> str:
    """Return a display name, which is decoration beside the account's name, in its stored form; empty: none.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    shown = clean_line(text[: 8 * MAX_DISPLAY])
    if len(shown) > MAX_DISPLAY:
        raise UsageFault(f"A display name has at most {MAX_DISPLAY} characters, this one has {len(shown)}.")
    if shown and not letters_of(shown):
        raise UsageFault("A display name has at least one letter or digit.")
    if reason := RESERVED.get(without_punctuation(name_key(shown))):
        raise UsageFault(f"The display name '{shown}' is kept, because {reason}; take another one.")
    return shown


def check_channel_name(name: str) -> str:
    """Return a channel's name, given with or without its `#`, in its stored form, which is without.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    return _check(name.removeprefix("#"), "A channel's name", MAX_CHANNEL)


def without_punctuation(name: str) -> str:
    """Return a name without the signs that may be in it: `ad-min` is read as `admin`."""
    return "".join(char for char in name if char not in _PUNCTUATION)


def letters_of(name: str, *, punctuated: bool = False) -> str:
    """Return the letters and digits of a name, what is left when decoration is taken away.

    Args:
        name: any.
        punctuated: whether the signs stay that can be in the name of an account.
    """
    kept = _PUNCTUATION if punctuated else ""
    return "".join(char for char in name if char in kept or (_is_letter(char) and _HIDDEN.match(char) is None))


def suggest_account_name(raw: str) -> str:
    """Make an allowed account name of anything, for instance of the operating system's user name."""
    kept = ""
    for char in unicodedata.normalize("NFC", raw[: 8 * MAX_ACCOUNT]):
        if _allowed(char) and (kept or _begins(char)):
            kept += char
    try:
        return check_account_name(kept[:MAX_ACCOUNT])
    except UsageFault:
        return "guest"


def parse_target(text: str) -> tuple[str, str]:
    """Split a TARGET (`#channel`, `@user`, or `&12`: a group) into its sigil and its checked name.

    Raises:
        UsageFault: when it is neither, or the name is ill-formed.
    """
    if text.startswith("#"):
        return "#", _check(text[1:], "A channel's name", MAX_CHANNEL)
    if text.startswith("@"):
        return "@", spell_account_name(text[1:])
    if text.startswith("&"):
        return "&", _check_group(text[1:])
    shown = clean_line(text[:40])
    raise UsageFault(f"'{shown}' is no target: write #channel or @user, or &12 for a group; in a shell with quotes.")


def _check_group(number: str) -> str:
    if group := number_in(number):
        return str(group)
    raise UsageFault(f"'&{clean_line(number[:40])}' is no group: a group goes by its number, as in &12.")


def parse_message(text: str) -> tuple[str, int]:
    """Split the address of a message (`#ops:17`) into its TARGET, as it is spelled, and its seq.

    Raises:
        UsageFault: when it is none.
    """
    target, _, digits = text.rpartition(":")
    seq = number_in(digits)
    if not target or not seq:
        raise UsageFault(f"'{clean_line(text[:80])}' is no message: write '#channel:17' or '@user:17', with quotes.")
    return "".join(parse_target(target)), seq


def _check(name: str, what: str, longest: int) -> str:
    if len(name) <= 8 * longest:  # composing a monster takes long, and it is too long in any case
        name = unicodedata.normalize("NFC", name)
    if not name:
        raise UsageFault(f"{what} must not be empty.")
    if len(name) > longest:
        raise UsageFault(f"{what} has at most {longest} characters, this one has {len(name)}.")
    for char in name:
        if not _allowed(char):
            raise UsageFault(f"{what} is made of letters, digits and {_PUNCTUATION}; {_called(char)} is none of them.")
    if not _begins(name[0]):
        raise UsageFault(f"{what} begins with a letter or a digit.")
    if _longest_run_of_marks(name) > MAX_MARKS or clean_line(name) != name:
        raise UsageFault(f"{what} has at most {MAX_MARKS} accents or vowel signs on one letter.")
    if not name.isascii():
        _check_identifier(name_key(name), what)
    return name


def _check_identifier(key: str, what: str) -> None:
    """Refuse what is no identifier by PRECIS, as names are compared: the spelling of a letter does not matter."""
    try:
        _profile().enforce(key)
    except UnicodeEncodeError as fault:
        if fault.reason.endswith("bidi_rule"):
            raise UsageFault(
                f"{what} is written in one direction: from right to left without Latin or other letters among its own, "
                "and with a letter first."
            ) from fault
        shown = _called(key[fault.start])
        raise UsageFault(f"{what} is made of letters that are in use; {shown} is none of them there.") from fault


@cache
def _profile() -> Any:
    from precis_i18n import get_profile  # 10 ms, which a start without such a name must not pay

    return get_profile("UsernameCaseMapped")


def _called(char: str) -> str:
    """Return in words which character it is: as it looks, if anything of it can be seen."""
    if char in _BLANKS:
        return _BLANKS[char]
    if clean_line(char) == char:
        return f"'{char}'"
    nameless = "a control character" if unicodedata.category(char) == "Cc" else "no character"
    return f"U+{ord(char):04X} ({unicodedata.name(char, nameless).lower()})"


def _allowed(char: str) -> bool:
    if char in _PUNCTUATION:
        return True
    return _is_letter(char) and _HIDDEN.match(char) is None


def _is_letter(char: str) -> bool:
    return unicodedata.category(char) in _LETTERS + _MARKS


def _begins(char: str) -> bool:
    # A vowel or final jamo is a letter by its category, but is drawn over the cell before it.
    return unicodedata.category(char) in _LETTERS and clean_line(char) == char


def _longest_run_of_marks(name: str) -> int:
    longest = run = 0
    for char in name:
        run = run + 1 if unicodedata.category(char) in _MARKS else 0
        longest = max(longest, run)
    return longest
