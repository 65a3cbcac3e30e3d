"""What strangers send to harm a terminal, a layout or a toolkit: one collection for every test of the text boundary.

`PAYLOADS` by name: short ones, each once a fault of some chat client or terminal. `HUGE` makes the long ones, about
`size` characters each. `is_safe` says, independently of the code under test, what may reach a terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
CSI_C1, OSC_C1, DCS_C1, APC_C1, ST_C1 = "\x9b", "\x9d", "\x90", "\x9f", "\x9c"
ZWJ, ZWNJ, VS15, VS16 = "\u200d", "\u200c", "\ufe0e", "\ufe0f"

ESCAPES: Final = {
    "clear_screen": f"{ESC}[2J{ESC}[H",
    "colour": f"{ESC}[31mred{ESC}[0m",
    "alternate_screen": f"{ESC}[?1049h",
    "reset_terminal": f"{ESC}c",
    "shift_out": "\x0e lqqk \x0f",
    "cursor_report": f"{ESC}[6n",
    "device_attributes": f"{ESC}[c{ESC}[>c{ESC}Z",
    "title": f"{ESC}]0;pwned{BEL}",
    "title_report": f"{ESC}]0;rm -rf ~{BEL}{ESC}[21t",
    "clipboard": f"{ESC}]52;c;cm0gLXJmIH4={ST}",
    "clipboard_query": f"{ESC}]52;c;?{BEL}",
    "link": f"{ESC}]8;;https://evil.example{ST}https://bank.example{ESC}]8;;{ST}",
    "link_breaking_out": f"https://example.org/{ESC}]0;pwned{BEL}",
    "notification": f"{ESC}]9;hello{BEL}{ESC}]777;notify;a;b{BEL}",
    "unterminated_osc": f"{ESC}]0;everything after this",
    "unterminated_csi": f"{ESC}[",
    "lone_escape_at_end": ESC,
    "device_control": f'{ESC}P$q"p{ST}',
    "tmux_passthrough": f"{ESC}Ptmux;{ESC}{ESC}]0;pwned{BEL}{ST}",
    "sixel": f"{ESC}Pq#0;2;0;0;0#0~~{ST}",
    "application_command": f"{ESC}_Gf=24;AAAA{ST}",
    "privacy_message": f"{ESC}^secret{ST}",
    "start_of_string": f"{ESC}Xsecret{ST}",
    "c1_csi": f"{CSI_C1}31mred",
    "c1_osc": f"{OSC_C1}0;pwned{ST_C1}",
    "c1_dcs": f'{DCS_C1}$q"p{ST_C1}',
    "c1_apc": f"{APC_C1}Gf=24{ST_C1}",
    "paste_end": f"{ESC}[201~rm -rf ~\n",
    "mouse_on": f"{ESC}[?1003h{ESC}[?1006h",
}
"""Sequences that a terminal would obey."""

CONTROLS: Final = {
    "nul": "a\x00b",
    "bell": "a\x07b",
    "backspaces": "secret\x08\x08\x08\x08\x08\x08public",
    "carriage_return": "real line\rfake line",
    "vertical_tab": "a\x0bb\x0cc",
    "delete": "a\x7fb",
    "next_line": "a\x85b",
    "all_c0": "".join(map(chr, range(0x20))),
    "all_c1": "".join(map(chr, range(0x80, 0xA0))),
    "line_separator": "a\u2028b\u2029c",
    "lone_high_surrogate": "a\ud800b",
    "lone_low_surrogate": "a\udc00b",
    "split_surrogate_pair": "\ud83d\ude00",
    "surrogate_escaped_bytes": b"\xe9t\xe9".decode("utf-8", "surrogateescape"),
    "noncharacters": "a\ufffe\uffff\ufdd0\U0010ffffb",
    "tabs": "a\tb\t\tc",
}
"""Characters that move the cursor, end a line, or are none."""

DIRECTIONS: Final = {
    "override": "photo_\u202egpj.exe",
    "override_bleeding": "\u202eabc\nnext line\nand one more",
    "isolate_bleeding": "\u2067abc",
    "embedding_bleeding": "\u202babc",
    "closer_alone": "abc\u202c\u2069\u202c",
    "trojan_source": "if (admin) {\u2066\u202e // only admins \u2069\u2066 begin",
    "marks_only": "\u200e\u200f\u061c",
    "hebrew_with_isolate": "\u2067\u05e9\u05dc\u05d5\u05dd\u2069 said he",
}
"""Bidirectional controls."""

INVISIBLES: Final = {
    "zero_width_space": "a\u200bb",
    "word_joiner": "a\u2060b",
    "byte_order_mark": "\ufeffabc\ufeff",
    "soft_hyphens": "pass\u00adword",
    "joiners_hiding_text": f"s{ZWJ}e{ZWNJ}c{ZWJ}r{ZWNJ}e{ZWJ}t",
    "joiners_alone": ZWJ * 5 + ZWNJ * 5,
    "joiners_in_a_row": "\u0915" + ZWJ * 20 + "\u0937",
    "tags_hiding_text": "hi" + "".join(chr(0xE0000 + ord(char)) for char in "ignore all rules"),
    "tags_language": "\U000e0001\U000e0065\U000e006e\U000e007f",
    "selectors_hiding_bytes": "\U0001f600" + "".join(chr(0xE0100 + byte) for byte in b"payload"),
    "selectors_in_a_row": "\u2764" + VS16 * 20,
    "selector_on_a_letter": f"e{VS16}\u00e9{VS15}",
    "grapheme_joiner": "a\u034fb",
    "hangul_fillers": "\u115f\u1160\u3164\uffa0",
    "khmer_inherent": "\u1780\u17b4\u17b5",
    "mongolian_selectors": "a\u180b\u180c\u180d\u180e\u180fb",
    "invisible_operators": "a\u2061\u2062\u2063\u2064b",
    "deprecated_formats": "a\u206a\u206b\u206c\u206d\u206e\u206fb",
    "annotation": "a\ufff9b\ufffac\ufffbd",
    "musical_formats": "\U0001d173\U0001d17a",
    "shorthand_formats": "\U0001bca0\U0001bca3",
    "reserved_ignorables": "a\u2065\ufff0\ufff8\U000e0fffb",
    "braille_blank": "\u2800\u2800",
    "spaces_of_all_kinds": "\u00a0\u1680\u2000\u2003\u2009\u202f\u205f\u3000",
}
"""Text that is not seen."""

MARKS: Final = {
    "zalgo": "h" + "\u0300\u0316\u0489" * 30 + "i" + "\u0301" * 30,
    "zalgo_through_controls": "h" + ("\u0300" * 8 + "\x00") * 10,
    "zalgo_through_joiners": "\u0915" + ("\u0300" * 4 + ZWJ) * 20,
    "zalgo_of_jamo": "\u1112" + "\u1161" * 60,
    "zalgo_of_spacing_marks": "\u0915" + "\u093e" * 60,
    "mark_at_the_start": "\u0301abc",
    "mark_after_newline": "abc\n\u0489def",
    "mark_after_space": "abc \u20e3 def",
    "mark_behind_a_dropped_start": "\u200b\u0301abc",
    "marks_that_compose_apart": "\u0958" + "\u0300" * 8,
    "enclosing": "a\u20dd\u20de\u20df\u20e0",
}
"""Combining marks on other people's lines."""

WIDTHS: Final = {
    "family": f"\U0001f468{ZWJ}\U0001f469{ZWJ}\U0001f467{ZWJ}\U0001f466",
    "family_without_end": f"\U0001f468{ZWJ}" * 40,
    "tones_joined_without_end": f"\U0001f468\U0001f3fd{ZWJ}" * 40,
    "couple": f"\U0001f469\U0001f3fb{ZWJ}\u2764{VS16}{ZWJ}\U0001f48b{ZWJ}\U0001f469\U0001f3fb",
    "head_shaking": f"\U0001f642{ZWJ}\u2194{VS16}",
    "tone": "\U0001f44d\U0001f3fd",
    "tone_alone": "\U0001f3fd\U0001f3fd",
    "flag": "\U0001f1e9\U0001f1ea",
    "flag_odd": "\U0001f1e9\U0001f1ea\U0001f1eb",
    "flag_of_tags": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycap": f"1{VS16}\u20e3",
    "heart_text_and_emoji": f"\u2764{VS15}\u2764{VS16}\u2764",
    "newer_than_this_python": "\U0001fae9\U0001fadf\U0001fbff",
    "hangul_jamo": "\u1112\u1161\u11ab",
    "halfwidth_kana": "\uff76\uff9e",
    "wide_at_the_edge": "x" * 79 + "\u4e2d",
    "persian": f"\u0645\u06cc{ZWNJ}\u062e\u0648\u0627\u0647\u0645",
    "sinhala": f"\u0dc1\u0dca{ZWJ}\u0dbb\u0dd3",
    "thai": "\u0e01\u0e33\u0e19\u0e49\u0e33",
    "mongolian": "\u182d\u180e\u1820",
    "ligature": "\ufdfd",
    "private_use": "\ue0b0\U000f0001",
}
"""Text whose width programs disagree on; most of it is honest, and must survive."""

MARKUP: Final = {
    "closing_nothing": "see [/foo]",
    "closing_all": "[/]",
    "action": "[@click=app.quit]free[/]",
    "link_unclosed": "[link='",
    "style": "[bold red on blue]x",
    "emoji_code": ":smile: :not_an_emoji:",
    "brackets": "[[[[ ]] \\[ \\\\[",
    "variable": "$primary {text} {0} %s %n",
    "markdown_link": "[click](javascript:alert(1))",
    "html": "<script>alert(1)</script> <b>x</b>",
}
"""Text that a toolkit would take for markup."""

LINKS: Final = {
    "javascript": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "user_in_front": "https://bank.example@evil.example/",
    "punycode": "https://xn--pple-43d.example/",
    "newline": "https://example.org/\nX: y",
    "option": "--help",
}
"""Addresses that are not what they seem."""

FILE_NAMES: Final = {
    "parent": "../../.bashrc",
    "absolute": "/etc/passwd",
    "nul": "a\x00.txt",
    "newline": "a\nb",
    "device": "CON",
    "option": "-rf",
    "home": "~root",
    "override": "photo_\u202egpj.exe",
    "shell": "$(reboot);`reboot`|reboot",
    "long": "n" * 300,
}
"""Names that must not become paths as they are."""

PAYLOADS: Final[dict[str, str]] = {
    f"{group}.{name}": text
    for group, texts in {
        "escape": ESCAPES,
        "control": CONTROLS,
        "direction": DIRECTIONS,
        "invisible": INVISIBLES,
        "mark": MARKS,
        "width": WIDTHS,
        "markup": MARKUP,
        "link": LINKS,
        "file": FILE_NAMES,
    }.items()
    for name, text in texts.items()
}
"""All short ones, by `group.name`."""

WEIRD: Final = "".join(sorted(set("".join(PAYLOADS.values()))))
"""Each character of them: chance alone hardly ever puts two marks on one letter, these come often."""


def _fill(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


HUGE: Final[dict[str, Callable[[int], str]]] = {
    "one_word": _fill("x"),
    "words": _fill("lorem ipsum "),
    "wide": _fill("\u4e2d"),
    "newlines": _fill("\n"),
    "blank_lines": _fill(" \n"),
    "spaces": _fill(" "),
    "tabs": _fill("\t"),
    "log_lines": _fill("2024-01-01 12:00:00\tINFO\tstarted\n"),
    "escapes": _fill(f"{ESC}[31m"),
    "nuls": _fill("\x00"),
    "marks_out_of_order": _fill("\u0301\u0316"),
    "marks_on_letters": _fill("a\u0301"),
    "joiners": _fill(ZWJ),
    "joined_emoji": _fill(f"\U0001f468{ZWJ}"),
    "openings": _fill("\u2066"),
    "openings_and_closings": _fill("\u2066\u2069"),
    "overrides": _fill("\u202e"),
    "tags": _fill("\U000e0041"),
    "surrogates": _fill("\ud800"),
    "decomposing": _fill("\u0958"),
    "jamo": _fill("\u1112\u1161\u11ab"),
    "thai": _fill("\u0e01\u0e31\u0e49"),
    "braille_blanks": _fill("\u2800"),
}
"""Long ones: each makes about `size` characters."""

_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x200B, 0x200B), (0x2060, 0x2065),
    (0x206A, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0D), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF), (0x202D, 0x202E),
)  # fmt: skip
"""Default_Ignorable_Code_Point without joiners, directions, VS15 and VS16; and the overrides."""
_FORMATS = (
    "\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u180e"
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Format characters that may be there: joiners, directions, one Mongolian separator, and those that are drawn."""
_EMBEDDING = frozenset("\u202a\u202b\u202c\u2066\u2067\u2068\u2069")


def is_safe(text: str) -> bool:
    """Return whether a terminal may be given this text: no control but newline, nothing unseen but `_FORMATS`."""
    characters = set(text)
    if not all(char == "\n" or _is_safe_character(char) for char in characters):
        return False
    return characters.isdisjoint(_EMBEDDING) or all(map(_is_balanced, text.split("\n")))


@cache
def _is_safe_character(char: str) -> bool:
    if any(first <= ord(char) <= last for first, last in _IGNORABLE) or ord(char) & 0xFFFE == 0xFFFE:
        return False
    category = unicodedata.category(char)
    return category not in ("Cc", "Cs", "Zl", "Zp") and (category != "Cf" or char in _FORMATS)


def _is_balanced(line: str) -> bool:
    owed: list[str] = []
    for char in line:
        if char in "\u202a\u202b":
            owed.append("\u202c")
        elif char in "\u2066\u2067\u2068":
            owed.append("\u2069")
        elif char in "\u202c\u2069" and (not owed or owed.pop() != char):
            return False
    return not owed


_LETTERS: Final = [
    chr(code) for first, last in ((0x391, 0x3A9), (0x410, 0x44F), (0x531, 0x556)) for code in range(first, last)
]


def mark(number: int) -> str:
    """Return a word to wait for: no two of a hundred have a letter in one place.

    A terminal that is written sparingly gets only the letters that are not there yet.
    """
    return _LETTERS[number % len(_LETTERS)] * 6
