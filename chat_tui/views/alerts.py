"""Which messages are worth a sound, and how a terminal is told. Pure: what is heard and shown, others do.

A message alerts if it is for this person: it names them, has a word of theirs, stands in a conversation of few or in a
thread that they follow; or if the rule of its conversation wants all. Text in a sequence for the terminal is cleaned
here: it was written by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace as replace_fields

from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch, MessagesAppended
from chat_core.client.state.model import ConversationState
from chat_core.client.state.reading import calls
from chat_core.protocol.values import Account, Message
from chat_tui.views.clean import drawable_line
from chat_tui.views.filtering import Hiding
from chat_tui.views.highlighting import is_for
from chat_tui.views.lines import elide
from chat_tui.views.names import title_of

Rule = Literal["all", "mentions", "none"]
"""What of a conversation alerts: every message; those that name one, what few people say to each other, and replies in
threads that one follows; nothing."""
RULES: Final[tuple[Rule, ...]] = get_args(Rule)

Kind = Literal["mention", "direct", "thread", "message"]
"""Why a message alerts, the most urgent first."""

Way = Literal["none", "osc9", "osc777"]
"""How a terminal is asked for a notification."""

TITLE_CELLS: Final = 60
BODY_CELLS: Final = 200

_URGENT: Final[tuple[Kind, ...]] = get_args(Kind)
_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_WAYS: Final[Mapping[str, Way]] = {
    "iterm": "osc9", "wezterm": "osc9", "ghostty": "osc9", "kitty": "osc9", "warp": "osc9",
    "foot": "osc777", "rxvt": "osc777",
}  # fmt: skip
"""What terminals take that are called so; others may print what they do not know."""
_SIGNS: Final[Mapping[str, Way]] = {
    "KITTY_WINDOW_ID": "osc9", "WEZTERM_PANE": "osc9", "GHOSTTY_RESOURCES_DIR": "osc9",
}  # fmt: skip
"""What terminals leave in the environment, where a program in between calls itself the terminal."""


class Alert(Struct, frozen=True):
    """What is told about one message, or about several that came together."""

    kind: Kind
    """Why."""
    title: str
    """Who, and where; safe to draw."""
    body: str
    """What; one line, safe to draw."""


def alert_of(
    batch: Batch,
    rule_of: Callable[[ConversationState], Rule],
    words: str = "",
    hidden: Callable[[ConversationState], Hiding | None] = lambda _: None,
) -> Alert | None:
    """Return what a batch alerts about, if anything: the newest of its most urgent messages.

    Args:
        batch: what came; what is caught up with is not live and alerts nobody.
        rule_of: the rule of a conversation.
        words: those that are for one as if they named one, as a setting has them.
        hidden: returns what somebody does not want to see of a conversation: that alerts nobody.
    """
    from chat_tui.views.formatting import in_one_line

    me = batch.state.me
    found: list[tuple[Kind, ConversationState, Message]] = []
    for change in batch.changes:
        if isinstance(change, MessagesAppended) and change.live:
            conversation = batch.state.conversations.get(change.conversation)
            if conversation is not None and me is not None:
                unseen = hidden(conversation)
                heard = [
                    each
                    for each in change.messages
                    if each.author not in batch.state.ignored
                    and (unseen is None or each.aside or not unseen.hides(each))
                ]
                found += _wanted(conversation, heard, me, rule_of(conversation), words)
    if not found:
        return None
    kind = min((each[0] for each in found), key=_URGENT.index)
    _, conversation, message = [each for each in found if each[0] == kind][-1]
    where = "" if conversation.info.kind == "direct" else f" in {title_of(conversation.info)}"
    if message.aside:
        where = " in a thread" if not where else f" in a thread of {title_of(conversation.info)}"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    title = elide(drawable_line(f"{message.name}{where}{more}"), TITLE_CELLS)
    return Alert(kind, title, elide(drawable_line(in_one_line(message.body, 4 * BODY_CELLS)), BODY_CELLS))


def with_server(alert: Alert, server: str) -> Alert:
    """Return an alert that says on which server it was."""
    return replace_fields(alert, title=elide(drawable_line(f"{alert.title} · {server}"), TITLE_CELLS))


def _wanted(
    conversation: ConversationState, messages: Iterable[Message], me: Account, rule: Rule, words: str
) -> Iterable[tuple[Kind, ConversationState, Message]]:
    for message in messages:
        if message.author == me.id or rule == "none":
            continue
        if message.aside:
            kind = _of_thread(conversation, message, me)
            if kind is not None:
                yield kind, conversation, message
        elif message.seq <= conversation.read:
            continue
        elif is_for(message, me, words):
            yield "mention", conversation, message
        elif conversation.info.quiet:
            continue
        elif conversation.info.personal:
            yield "direct", conversation, message
        elif rule == "all":
            yield "message", conversation, message


def _of_thread(conversation: ConversationState, message: Message, me: Account) -> Kind | None:
    """Return why a message alerts that stands in a thread only; None: it does not.

    Whom it names follows the thread from then on, which this client may not have heard of yet. Everybody, there, is who
    follows it.
    """
    from chat_core.client.state.following import is_news_of_thread

    follows = is_news_of_thread(conversation, message)
    if calls(message, me) and (follows or me.id in message.mentions):
        return "mention"
    return "thread" if follows else None


def quiet_hours(text: str) -> tuple[int, int] | None:
    """Return `22:00-07:30` as two minutes of the day; None for an empty text.

    Raises:
        UsageFault: it is neither.
    """
    if not text:
        return None
    found = _HOURS.fullmatch(text.replace(" ", ""))
    if found is None:
        raise UsageFault(f"'{drawable_line(text[:20])}' are no hours; they are written like 22:00-07:00.")
    first_h, first_m, last_h, last_m = map(int, found.groups())
    return first_h * 60 + first_m, last_h * 60 + last_m


def is_quiet(hours: tuple[int, int] | None, minute: int) -> bool:
    """Return whether a minute of the day lies in the hours, which may go over midnight."""
    if hours is None:
        return False
    first, last = hours
    return first <= minute < last if first <= last else not last <= minute < first


def way_for(environment: Mapping[str, str]) -> Way:
    """Return how this terminal takes notifications, as far as its environment says which it is."""
    for name in ("LC_TERMINAL", "TERM_PROGRAM", "TERM"):
        if (way := way_of(environment.get(name, ""))) != "none":
            return way
    return next((way for sign, way in _SIGNS.items() if sign in environment), "none")


def way_of(terminal: str) -> Way:
    """Return how a terminal takes notifications by what it is called: `xterm-kitty`, `iTerm2 3.5`, `foot(1.16)`."""
    called = terminal.casefold()
    return next((way for name, way in _WAYS.items() if name in called), "none")


def sequence(alert: Alert, way: Way, *, bell: bool, tmux: bool) -> str:
    """Return what is written to the terminal.

    Args:
        alert: what to tell.
        way: how the terminal takes a notification.
        bell: whether it rings, too.
        tmux: whether tmux stands in between, which lets only through what is wrapped for it.
    """
    shown = ""
    match way:
        case "osc9":
            shown = f"\x1b]9;{_harmless(alert.title)}: {_harmless(alert.body)}\x1b\\"
        case "osc777":
            shown = f"\x1b]777;notify;{_harmless(alert.title)};{_harmless(alert.body)}\x1b\\"
        case "none":
            pass
    if shown and tmux:
        shown = "\x1bPtmux;" + shown.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return shown + ("\a" if bell else "")


def _harmless(text: str) -> str:
    """Return a text that ends no sequence and begins no other field."""
    return drawable_line(text).replace(";", ",").strip()
