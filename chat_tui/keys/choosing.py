"""Keys for a selected message, while finding, and in the switcher. Those of actions come from their registry."""

from __future__ import annotations

from typing import Final

from chat_tui.actions.registry import ALL
from chat_tui.keys.key import Key, read_keys

SELECTING: Final[tuple[Key, ...]] = (
    Key("selecting.up", "up,k", "screen.select_by(-1)", "the message above", "select"),
    Key("selecting.down", "down,j", "screen.select_by(1)", "the message below; from the last one back", "select"),
    Key("selecting.first", "g,home", "screen.select_end(-1)", "the oldest one that is here", "select"),
    Key("selecting.last", "G,end", "screen.select_end(1)", "the newest one", "select"),
    Key("selecting.page_up", "K,pageup", "screen.select_page(-1)", "a page up", "select"),
    Key("selecting.page_down", "J,pagedown", "screen.select_page(1)", "a page down", "select"),
    *(
        Key(f"selecting.{each.name}", read_keys(each.key), f"screen.act('{each.name}')", each.summary, "select")
        for each in ALL
    ),
    Key("selecting.marks", "apostrophe", "screen.marks", "list your marks, to go to one", "select"),
    Key("selecting.find", "slash", "screen.find", "find words", "select"),
    Key("selecting.help", "question_mark", "screen.help('selecting')", "help", "select"),
    Key("selecting.leave", "escape,q", "screen.stop_selecting", "go on writing", "select"),
)
"""Bindings while a message is selected."""

FINDING: Final[tuple[Key, ...]] = (
    Key(
        "finding.older",
        "enter,up",
        "screen.find_next(-1)",
        "the match before; at the top: fetch older messages",
        "find",
    ),
    Key("finding.newer", "down,shift+enter", "screen.find_next(1)", "the match after it", "find"),
    Key("finding.server", "tab", "screen.find_on_server", "search on the server, where there is more", "find"),
    Key("finding.select", "ctrl+s", "screen.select_found", "select the message that was found", "find"),
    Key("finding.close", "escape,ctrl+f", "screen.stop_finding", "go on writing", "find"),
)
"""Bindings of the line that finds."""

SWITCHING: Final[tuple[Key, ...]] = (
    Key("switching.up", "up,ctrl+p", "move(-1)", "the one above", "switcher"),
    Key("switching.down", "down,ctrl+n", "move(1)", "the one below", "switcher"),
    Key("switching.choose", "enter", "choose", "go there, or run it", "switcher"),
    Key("switching.complete", "tab", "complete", "write out the one that is marked", "switcher"),
    Key("switching.close", "escape,ctrl+k,alt+k,ctrl+g", "close", "stay here", "switcher"),
)
"""Bindings of the switcher."""
