"""What an action on a message is, and the decorator that makes one of a function. Knows no action by itself.

    @action("pin", key="p", label="pin", when=sent)
    def pin(acting: Acting) -> None:
        \"\"\"Pin the message.\"\"\"
        acting.hands.call(Pin(conversation=acting.subject.conversation.id, seq=acting.subject.seq), "Pinned.")

That is all: the key (which anybody can change, by the id `selecting.pin`), the footer, help and docs read it off.
A function does its work at once or hands it to `Hands`: what is typed behind the key must find things as they are then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from chat_core.client.state.model import ConversationState, Unsent
from chat_core.protocol.values import Account, Message
from chat_tui.commands.context import Answer
from chat_tui.views.programs import author_of

if TYPE_CHECKING:
    from chat_core.protocol.requests.base import Request
    from chat_tui.views.source import Source


class Subject(Struct, frozen=True):
    """What an action is about."""

    conversation: ConversationState
    """Where it stands."""
    message: Message | Unsent
    """It."""
    me: Account | None
    """Who acts."""
    others: Mapping[int, ConversationState] = MappingProxyType({})
    """All conversations, by their numbers."""

    @property
    def seq(self) -> int:
        """Its number in the conversation; 0: it is not acknowledged yet."""
        return self.message.seq if isinstance(self.message, Message) else 0

    @property
    def mine(self) -> bool:
        """Whether it is one's own."""
        return not isinstance(self.message, Message) or (self.me is not None and self.message.author == self.me.id)

    @property
    def keeps_order(self) -> bool:
        """Whether one may do there what operators do; the server has the last word."""
        info = self.conversation.info
        moderates = self.me is not None and self.me.role in ("moderator", "owner")
        return not info.personal and (info.role == "operator" or moderates)

    @property
    def name(self) -> str:
        """Who wrote it; not safe to draw."""
        if isinstance(self.message, Message):
            return author_of(self.message)
        return self.me.name if self.me is not None else ""

    @property
    def address(self) -> str:
        """Where it can be found again: `#dev:17`."""
        return f"{self.conversation.target}:{self.seq}"


class Hands(Protocol):
    """The screen as actions use it."""

    def answer(self, answer: Answer) -> None:
        """Show something to this person only."""
        ...

    def copy(self, text: str, what: str) -> None:
        """Put a text into the clipboard, as a terminal may have it, and say so in a few words."""
        ...

    def open_link(self, url: str) -> None:
        """Show an address in a browser if there can be one here, else copy it."""
        ...

    def save(self, conversation: int, seq: int) -> None:
        """Save the file of a message in the folder for downloads, and say where it is."""
        ...

    def reveal(self, seq: int) -> None:
        """Show what is hidden in a message, or hide it again."""
        ...

    def show_whole(self, message: Message | Unsent) -> None:
        """Show all of a message, whatever its length."""
        ...

    def show_source(self, source: Source) -> None:
        """Show a message's text as it was sent, and what else is known of it."""
        ...

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        """Ask; act if the same topic is asked about again within a few seconds."""
        ...

    def call(self, request: Request[Any], done: str) -> None:
        """Ask the server for something; say `done` (if it is not empty) when it was done, or what went wrong."""
        ...

    def look_up(self, requests: Sequence[Request[Any]], tell: Callable[[Sequence[Any]], Answer]) -> None:
        """Ask the server for some things, and show what their answers come to."""
        ...

    def run(self, line: str) -> None:
        """Do what a command line does."""
        ...

    def choose_emoji(self, chosen: Callable[[str], None]) -> None:
        """Let an emoji be chosen."""
        ...

    def write_edit(self, seq: int) -> None:
        """Let the text of one's own message be written anew."""
        ...

    def write_reply(self, seq: int) -> None:
        """Let an answer to a message be written."""
        ...

    def open_thread(self, conversation: int, seq: int) -> None:
        """Show the thread that hangs on a message, or that a message is in."""
        ...

    def go_to_message(self, seq: int) -> None:
        """Select another message of the same conversation, wherever it is."""
        ...

    def write_privately(self, name: str, text: str) -> None:
        """Go to the direct conversation with somebody, and let what is written there begin with a text."""
        ...

    def write_quote(self, text: str) -> None:
        """Put lines into what is being written, and go on writing."""
        ...

    def retry(self, cid: bytes) -> None:
        """Send a refused message again."""
        ...

    def discard(self, cid: bytes) -> None:
        """Forget a refused message."""
        ...


class Acting(Struct, frozen=True):
    """What an action is given."""

    subject: Subject
    """The message."""
    hands: Hands
    """The screen."""
    again: int = 0
    """How often the same was done to the same message just before."""


class Action(Struct, frozen=True):
    """Everything about an action."""

    name: str
    """Its name, for ever."""
    key: str
    """What is pressed, as people write it; separated by commas if there are several."""
    label: str
    """One or two words for the footer."""
    summary: str
    """What it does, for help and docs."""
    when: Callable[[Subject], str]
    """Returns why it cannot be done, a sentence; empty: it can."""
    function: Callable[[Acting], None]
    """What it does."""
    domain: str
    """The file it stands in."""

    def run(self, acting: Acting) -> None:
        """Do it, or say why not."""
        if refusal := self.when(acting.subject):
            acting.hands.answer(Answer(refusal, fault=True))
        else:
            self.function(acting)


def always(subject: Subject) -> str:
    """Any message will do."""
    return ""


def sent(subject: Subject) -> str:
    """It has to be on the server."""
    return "" if subject.seq else "This message is not sent yet."


def has_text(subject: Subject) -> str:
    """It has to have a text."""
    return "" if subject.message.body else "This message was deleted; there is no text any more."


def sent_text(subject: Subject) -> str:
    """It has to be on the server, and to have a text."""
    return sent(subject) or has_text(subject)


def own_text(subject: Subject) -> str:
    """It has to be one's own, besides."""
    return sent_text(subject) or ("" if subject.mine else f"This is {subject.name}'s message, not yours.")


DECLARED: Final[list[Action]] = []
"""Actions in the order in which their files were imported; `registry.ALL` is what to use."""

Function = Callable[[Acting], None]


def action(
    name: str, *, key: str, label: str, when: Callable[[Subject], str] = always
) -> Callable[[Function], Function]:
    """Declare the decorated function to be an action on a message; its docstring is the help.

    Args:
        name: for ids and the footer's clicks.
        key: what is pressed, as people write it.
        label: one or two words.
        when: returns why it cannot be done to a message; such an action is not in the footer.
    """

    def declare(function: Function) -> Function:
        summary = inspect.cleandoc(function.__doc__ or "").partition("\n")[0].rstrip(".")
        summary = summary[:1].lower() + summary[1:]
        domain = function.__module__.rpartition(".")[2]
        DECLARED.append(Action(name, key, label, summary, when, function, domain))
        return function

    return declare
