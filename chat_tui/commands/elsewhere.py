"""Words that people bring along from other chats and that are no commands here: which way leads there instead. Pure.

One table for two readers: who types such a word behind a slash is told the way, and the switcher finds the commands
that it names. It knows words and sentences only; which commands there are is the registry's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chat_core.base.names import name_key

_WAYS: Final = (
    # IRC
    ("say", "What begins with no slash is said; of two slashes at the beginning one is."),
    ("quote", "To quote somebody, begin a line with >, or answer with /reply; /raw shows a message as it was sent."),
    ("notice ctcp action", "/msg @name TEXT writes to one person, /me TEXT says what you do."),
    ("ping lag", "How long the server takes stands in the status line; /reconnect looks whether it is there."),
    ("mode umode chanmode", "Who may do what: /op, /voice, /ban; the rules of a channel: /channel."),
    ("halfop admin owner oper role roles promote", "/op makes an operator of a channel, /accounts a moderator."),
    ("gag shun silence timeout", "/mute @name lets somebody read but not write."),
    ("whowas userinfo userhost ison finger profile", "/whois @name tells whether somebody is there, /users who is."),
    ("cycle hop rejoin", "/leave and then /join do that."),
    ("knock", "Somebody who is in a closed channel can /invite you; /list shows the open ones."),
    ("amsg ame allchan allserv foreach announce wallops", "/broadcast TEXT is for everybody, if you run the server."),
    ("dcc send file files image picture", "/upload PATH sends a file, /download saves one."),
    ("unquery", "/close puts the tab of a direct conversation away."),
    ("dehilight dehighlight unhighlight", "/highlight remove WORD ends that."),
    ("unalias", "/alias off shows you by your name again."),
    ("bind unbind keymap hotkeys", "/keys shows the keys; the settings file gives them others, in its part [keys]."),
    ("save", "Settings are kept as soon as they change; /bookmark keeps a message, /export a conversation."),
    ("unset reload rehash config preferences prefs", "/settings shows all settings; Del sets one back."),
    ("layout statusbar sidebar bar pane", "/split, /zoom and /unsplit place panes; they stay as you leave them."),
    ("script load unload python perl plugin bot bots", "Programs take part by a /webhook, or as a bot: docs/bots.md."),
    ("exec shell", "Nothing runs in your shell from here; `chat-tui send` and `chat-tui tail` serve scripts."),
    ("log logger logs transcript", "The server keeps everything; /export writes it into a file, /search finds it."),
    ("motd rules", "What a channel is about is its /topic; announcements stand in #announcements."),
    ("chanserv cs", "/channel shows and changes the rules of a channel, /op makes operators."),
    ("nickserv ns identify auth", "/register NAME makes an account, /login NAME signs in, /password changes it."),
    # Slack, Discord, Zulip
    ("new create make add", "/join #name makes a channel, /group @ann @bob a group, /invite a link for a friend."),
    ("direct message whisper tell pm", "/msg @name TEXT writes to one person, /group to some."),
    ("status afk brb active online", "/away TEXT or /busy say that you are not there, /back that you are."),
    ("block unblock", "/ignore @name does that, /unignore ends it."),
    ("remind reminder later star favourite favorite", "/bookmark and /mark keep a message; nothing reminds you."),
    ("collapse expand preview previews", "/set look.previews off shows no pictures and texts of files."),
    ("people friends directory", "/users lists who is here, /whois @name tells of one."),
    ("dark light colour colours color colors appearance", "/theme NAME changes the colours."),
    ("rename username displayname", "/nick NAME takes another name, /alias NAME shows you as something else."),
    ("purpose description subject", "/topic TEXT says what a channel is about."),
    ("remove", "/kick @name puts somebody out, /delete deletes a message."),
    ("emoji smiley gif giphy", "/react lets you choose an emoji; in a text, type : and some letters of its name."),
    ("tableflip unflip", "/shrug says something and shrugs."),
    ("signin", "/login NAME signs in, /register NAME makes an account."),
    ("signout logoff", "/logout signs out."),
    ("team workspace network proxy", "/connect ADDRESS opens another server, /server lists those that are open."),
    ("notification notifications alerts sound", "/notify says what alerts you here, /settings in which way."),
    ("call huddle video voicechat", "There are no calls; /msg @name writes to somebody."),
)  # fmt: skip

WAYS: Final[Mapping[str, str]] = {word: way for words, way in _WAYS for word in words.split()}
"""The sentence for each word."""

WINDOWS: Final = frozenset(
    [
        "new",
        "close",
        "kill",
        "list",
        "show",
        "hide",
        "split",
        "move",
        "grow",
        "shrink",
        "balance",
        "stick",
        "clear",
        "add",
        "del",
        "merge",
    ]
)
"""What IRC's programs do with windows, as in `/window new`; no conversation is meant."""
WINDOWS_WAY: Final = "Panes come with /split and go with /unsplit; /close puts a tab away, /leave leaves a channel."

_NAMED: Final = r"(?<![\w/])/([a-z]+)"


def commands_in(way: str) -> tuple[str, ...]:
    """Return the names of the commands in a sentence, without their slashes."""
    return tuple(re.findall(_NAMED, way))


def words_for() -> dict[str, set[str]]:
    """Return for the name of each command the words from elsewhere that lead to it."""
    found: dict[str, set[str]] = {}
    for word, way in WAYS.items():
        for name in commands_in(way):
            found.setdefault(name, set()).add(name_key(word))
    return found
