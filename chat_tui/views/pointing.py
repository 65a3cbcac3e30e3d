"""Which item of a timeline is pointed at, and which one comes next: for selecting, mentions and finding. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence

from chat_core.base.names import name_key
from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Account, Message
from chat_tui.views.highlighting import is_for
from chat_tui.views.items import Item, MessageItem, UnsentItem

Test = Callable[[Item], bool]


def message_of(item: Item) -> Message | Unsent | None:
    """Return the message that an item is, if it is one."""
    if isinstance(item, MessageItem):
        return item.message
    return item.unsent if isinstance(item, UnsentItem) else None


def is_message(item: Item) -> bool:
    """Whether something can be done with an item."""
    return isinstance(item, MessageItem | UnsentItem)


def names_me(me: Account | None, words: str = "", ignored: Collection[int] = ()) -> Test:
    """Return a test for messages by others that name oneself, or have one of the words of a setting.

    Args:
        me: own account.
        words: the setting.
        ignored: accounts whose words are folded away.
    """

    def test(item: Item) -> bool:
        return isinstance(item, MessageItem) and item.message.author not in ignored and is_for(item.message, me, words)

    return test


def has_words(text: str) -> Test:
    """Return a test for messages with all the words of a text in them, or in the name of who said it; in any case."""
    words = [name_key(word) for word in text.split()]

    def test(item: Item) -> bool:
        message = message_of(item)
        if message is None or not words:
            return False
        name = message.name if isinstance(message, Message) else ""
        said = name_key(f"{name} {message.body}")
        return all(word in said for word in words)

    return test


def index_of(items: Sequence[Item], identity: Hashable) -> int | None:
    """Return the index of an item by its identity, the newest first; None: it is gone."""
    return next((at for at in range(len(items) - 1, -1, -1) if items[at].identity == identity), None)


def nearest(items: Sequence[Item], start: int, by: int, test: Test) -> int | None:
    """Return the index of the next item that passes a test.

    Args:
        items: all of them.
        start: index to begin beside; it is not looked at itself.
        by: +1 downwards, -1 upwards.
        test: it.
    """
    at = start + by
    while 0 <= at < len(items):
        if test(items[at]):
            return at
        at += by
    return None
