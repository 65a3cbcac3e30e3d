"""What widgets say when the user did something: the only way from a widget to the rest of the application.

They carry numbers and names, never widgets, so that whoever answers needs to know nothing about who asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from chat_core.protocol.values import FileInfo
from chat_core.protocol.values import Message as Said
from chat_tui.views.alerts import Alert


class ConversationChosen(Message):
    """The user wants to see a conversation."""

    def __init__(self, conversation: int) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation."""


class ThreadsChosen(Message):
    """The user wants to see the threads that they follow."""


class ServerChosen(Message):
    """The user wants to see another server that is open."""

    def __init__(self, server: int, conversation: int | None = None) -> None:
        super().__init__()
        self.server = server
        """Number of the server."""
        self.conversation = conversation
        """Number of the conversation there; None: where one was last."""


class MemberChosen(Message):
    """The user picked somebody in the list of members."""

    def __init__(self, account: int, name: str) -> None:
        super().__init__()
        self.account = account
        """Number of the account."""
        self.name = name
        """Its name."""


class OlderWanted(Message):
    """The view came within a page of the oldest known message, and older ones exist."""

    def __init__(self, conversation: int) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation."""


class ReadUpTo(Message):
    """Messages were really shown, in a window that has the focus; or somebody said that they are read."""

    def __init__(self, conversation: int, seq: int, *, asked: bool = False) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation."""
        self.seq = seq
        """seq of the newest message that was wholly visible."""
        self.asked = asked
        """Whether somebody said so."""


class ReadingOlder(Message):
    """Somebody scrolled up, or is back at the end."""

    def __init__(self, conversation: int | None) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation of which older messages are in view; None: none are."""


class PartClicked(Message):
    """The user clicked something on a message that does something."""

    def __init__(self, conversation: int, message: Said, act: str) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation."""
        self.message = message
        """The message, as it is shown."""
        self.act = act
        """See `Span.act`."""


class PreviewWanted(Message):
    """A message came into view of whose file something is to be shown."""

    def __init__(self, conversation: int, seq: int, file: FileInfo) -> None:
        super().__init__()
        self.conversation = conversation
        """Number of the conversation."""
        self.seq = seq
        """Number of the message there."""
        self.file = file
        """The file, as its message tells it."""


class LinkChosen(Message):
    """The user clicked a link."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        """http, https or mailto; ASCII without control characters."""


class AlertWanted(Message):
    """Something came that may be worth a sound."""

    def __init__(self, alert: Alert, server: str) -> None:
        super().__init__()
        self.alert = alert
        """It."""
        self.server = server
        """What the server is called where it came; not safe to draw."""


class WidthsMeasured(Message):
    """The terminal said how wide it draws what it was asked for."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.widths = widths
        """In cells, in the order of the question."""
