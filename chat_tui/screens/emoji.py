"""Choosing an emoji over the main screen: some letters of its name lead to it. What becomes of it is the opener's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from typing_extensions import override

from chat_tui.commands.emoji import emoji_of, find_emoji, usual_emoji
from chat_tui.screens.choices import Choice
from chat_tui.screens.switcher import Switcher, SwitcherRows


class EmojiRows(SwitcherRows):
    """What was typed, and what it may mean."""

    what = " react with "
    hint = short_hint = "letters of its name"
    nothing = "no emoji is called so"


class EmojiScreen(Switcher):
    """It.

    Args:
        chosen: told the emoji.
    """

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__(offered, lambda choice: chosen(choice.note), digit=lambda _: None, run=lambda _: None)

    @override
    def make_rows(self, pick: Callable[[int], None]) -> SwitcherRows:
        """See Switcher."""
        return EmojiRows(pick)


def offered(letters: str) -> Sequence[Choice]:
    """Return emoji for some letters of a name, with or without colons; those used most if there are none."""
    itself = emoji_of(letters.strip())
    if itself:
        return [Choice("emoji", letters.strip(), itself)]
    wanted = letters.strip().replace(" ", "_").strip(":")
    found = find_emoji(f":{wanted}") if wanted else usual_emoji()
    return [Choice("emoji", name, char) for char, name in found]
