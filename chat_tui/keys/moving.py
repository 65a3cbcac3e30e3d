"""Keys for getting about: between conversations, within one, and the window itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat_tui.keys.key import Key


def _slots() -> Iterator[Key]:
    for slot in range(1, 11):
        digit = str(slot % 10)
        yield Key(
            f"conversations.slot.{slot}",
            f"alt+{digit}",
            f"slot({slot})",
            "go to a conversation by its number; /1 does the same",
            "chat",
            shown="Alt+1 … Alt+9, Alt+0",
            listed=slot == 1,
        )


CONVERSATIONS: Final[tuple[Key, ...]] = (
    Key("conversations.next", "ctrl+n,alt+down", "next_conversation", "next conversation", "chat"),
    Key("conversations.previous", "ctrl+p,alt+up", "previous_conversation", "previous conversation", "chat"),
    *_slots(),
    Key(
        "conversations.next_unread",
        "alt+a",
        "next_unread",
        "next one that needs you: mentions, direct ones, threads, news; at last, back to where you were",
        "chat",
    ),
    Key("conversations.unread_down", "alt+shift+down", "unread_below(1)", "next one in the list with news", "chat"),
    Key("conversations.unread_up", "alt+shift+up", "unread_below(-1)", "previous one in the list with news", "chat"),
    Key("conversations.back", "alt+left", "back(-1)", "back to where you were", "chat"),
    Key("conversations.forward", "alt+right", "back(1)", "forward again", "chat"),
    Key("conversations.last", "alt+s,alt+slash", "last_conversation", "to the one before, and back", "chat"),
    Key(
        "conversations.switch",
        "ctrl+k,alt+k,ctrl+g",
        "switch",
        "go to a conversation, or run a command, by a few letters",
        "chat",
    ),
    Key(
        "conversations.next_server", "alt+shift+right", "step_server(1)", "next server, when several are open", "screen"
    ),
    Key("conversations.previous_server", "alt+shift+left", "step_server(-1)", "previous server", "screen"),
    Key("conversations.also", "alt+t", "write_also", "in a thread: say it in the channel, too, or not", "chat"),
    Key("conversations.mark_all", "alt+shift+u", "mark_all", "mark everything everywhere as read; asks first", "chat"),
)
"""Bindings that lead to other conversations."""

READING: Final[tuple[Key, ...]] = (
    Key("reading.page_up", "pageup", "page_up", "a page up", "chat"),
    Key("reading.page_down", "pagedown", "page_down", "a page down", "chat"),
    Key("reading.line_up", "alt+pageup", "line_up", "a line up", "chat"),
    Key("reading.line_down", "alt+pagedown", "line_down", "a line down", "chat"),
    Key("reading.first", "ctrl+home,alt+home", "first", "to the oldest message that is here", "chat"),
    Key(
        "reading.last",
        "ctrl+end,alt+end,end",
        "last",
        "to the newest message",
        "chat",
        shown="Ctrl+End, Alt+End, End",
    ),
    Key("reading.first_unread", "alt+u", "first_unread", "to the first unread message", "chat"),
    Key("reading.mention_up", "alt+p", "mention(-1)", "to the mention of you before", "chat"),
    Key("reading.mention_down", "alt+n", "mention(1)", "to the mention of you after it", "chat"),
    Key("reading.filters", "alt+equals_sign", "filters", "show what your filters hide, or hide it again", "chat"),
    Key("reading.find", "ctrl+f", "find", "find words in this conversation", "chat"),
    Key(
        "reading.links",
        "ctrl+o",
        "links",
        "open the link in the selected or newest message that has one; again: the next one",
        "chat",
    ),
    Key("reading.select", "ctrl+s", "select", "select a message, to do something with it", "chat"),
    Key(
        "reading.escape",
        "escape",
        "escape",
        "close what is open, go to the newest message, mark the conversation as read",
        "chat",
    ),
)
"""Bindings that move within a conversation."""

WINDOW: Final[tuple[Key, ...]] = (
    Key("window.list", "f7,alt+shift+b", "toggle_list", "show or hide the conversations", "chat"),
    Key("window.members", "f8,alt+shift+n", "toggle_members", "show or hide the members", "chat"),
    Key(
        "window.next_part",
        "f6",
        "focus_part(1)",
        "to the next part of the screen: composer, messages, conversations, members",
        "chat",
    ),
    Key("window.previous_part", "shift+f6", "focus_part(-1)", "to the part before", "chat"),
    Key("window.panes", "alt+w", "panes", "panes: go to another one, split, close, resize; a key follows", "chat"),
    Key("window.zoom", "alt+z", "zoom", "let the pane hide the others, or no longer", "chat"),
    Key(
        "window.bare", "alt+l", "bare", "the conversation as plain text, to copy with the terminal's selection", "chat"
    ),
    Key("window.mouse", "alt+m", "mouse", "leave the mouse to the terminal, or take it back", "chat"),
    Key("window.redraw", "ctrl+l", "redraw", "draw the screen again", "screen"),
    Key("window.settings", "f2", "settings", "settings", "chat"),
    Key("program.help", "f1", "help", "help", "screen"),
    Key("program.cancel", "ctrl+c", "cancel", "copy what is selected, or clear what you wrote; twice: quit", "screen"),
    Key("program.suspend", "ctrl+z", "suspend", "back to the shell for a while; fg comes back", "screen"),
    Key("program.quit", "ctrl+q", "quit_asking", "quit", "screen"),
)
"""Bindings about the window and the program."""
