"""A line of letters that is typed into something that is no text area: the switcher, the find line. Pure.

The cursor is always at its end: whoever mistypes a few letters takes them back.
"""

from __future__ import annotations

from chat_tui.views.clean import LABEL_MAX, drawable_line


class Letters:
    """What was typed."""

    def __init__(self) -> None:
        self.text = ""
        """It; not safe to draw."""

    @property
    def shown(self) -> str:
        """It, safe to draw."""
        return drawable_line(self.text)

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; return whether it was one for this.

        Args:
            key: its name.
            character: what it types, if it does.
        """
        match key:
            case "backspace":
                self.text = self.text[:-1]
            case "ctrl+w" | "alt+backspace" | "ctrl+backspace":
                self.text = self.text.rstrip().rpartition(" ")[0]
            case "ctrl+u":
                self.text = ""
            case _ if character and character.isprintable() and not key.startswith("alt+"):
                self.add(character)
            case _:
                return False
        return True

    def add(self, text: str) -> None:
        """Put text behind it; of several lines, the first one with anything in it."""
        lines = text.split() and [line for line in text.splitlines() if line.strip()]
        self.text = (self.text + (lines[0] if lines else " "))[:LABEL_MAX]
