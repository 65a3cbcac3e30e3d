"""Keys while writing: those of a shell's line, and a few that chats have."""

from __future__ import annotations

from typing import Final

from chat_tui.keys.key import Key

WRITING: Final[tuple[Key, ...]] = (
    Key("writing.send", "enter", "send", "send, or run a command", "composer"),
    Key(
        "writing.newline",
        "ctrl+j,shift+enter,alt+enter,ctrl+enter",
        "newline",
        "begin a new line; Shift+Enter, Alt+Enter and Ctrl+Enter too where the terminal tells them apart",
        "composer",
        shown="Ctrl+J",
    ),
    Key(
        "writing.complete",
        "tab",
        "complete",
        "complete a command, #channel, @name or :emoji; again: the next one",
        "composer",
    ),
    Key("writing.complete_back", "shift+tab", "complete(-1)", "the completion before", "composer"),
    Key(
        "writing.up",
        "up",
        "up",
        "in an empty line: edit your last message, or have it again (compose.up); else a line up",
        "composer",
        leaves=True,
    ),
    Key("writing.recall", "ctrl+up", "recall(-1)", "the line you sent before", "composer"),
    Key("writing.recall_back", "ctrl+down", "recall(1)", "the line you sent after it", "composer"),
    Key("writing.search", "ctrl+r", "search_recall", "look for a line you sent; again: an older one", "composer"),
    Key("writing.line_start", "home,ctrl+a", "cursor_line_start", "to the beginning of the line", "composer"),
    Key("writing.line_end", "end,ctrl+e", "cursor_line_end", "to the end of the line", "composer", leaves=True),
    Key("writing.word_left", "ctrl+left,alt+b", "cursor_word_left", "a word back", "composer"),
    Key("writing.word_right", "ctrl+right,alt+f", "cursor_word_right", "a word forward", "composer"),
    Key("writing.delete_to_start", "ctrl+u", "kill_to_start", "cut to the beginning of the line", "composer"),
    Key(
        "writing.delete_to_end",
        "ctrl+k",
        "kill_to_end",
        "cut to the end of the line; at the very end: go to another conversation",
        "composer",
        leaves=True,
    ),
    Key(
        "writing.delete_word",
        "ctrl+w,ctrl+backspace,alt+backspace",
        "kill_word_left",
        "cut the word before",
        "composer",
        shown="Ctrl+W, Alt+Backspace",
    ),
    Key("writing.delete_word_right", "alt+d,alt+delete", "kill_word_right", "cut the word behind", "composer"),
    Key("writing.yank", "ctrl+y", "yank", "put in what was cut last", "composer"),
    Key("writing.yank_older", "alt+y", "yank_older", "and instead of it what was cut before", "composer"),
    Key("writing.transpose", "ctrl+t", "transpose", "swap the two characters at the cursor", "composer"),
    Key("writing.undo", "ctrl+underscore", "undo", "undo", "composer"),
    Key("writing.redo", "alt+shift+z", "redo", "do again what was undone", "composer"),
    Key("writing.attach", "ctrl+x", "attach", "in an empty line: send a file; else cut what is selected", "composer"),
    Key("writing.editor", "alt+e", "edit_outside", "go on writing in $VISUAL or $EDITOR", "composer"),
)
"""Bindings of the composer."""
