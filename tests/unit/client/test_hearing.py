"""What of the messages that come is for a handler of a bot."""

from __future__ import annotations

import re

from msgspec.structs import replace

from chat_core.client.hearing import Heard, Listener, for_command
from chat_core.protocol.events import MessagePosted

SAID = MessagePosted(
    conversation=1, seq=2, eid=b"12345678", ts=0, author=3, name="ann", cid=b"c" * 16, body="hello", style="text"
)


async def nothing(_: Heard) -> str | None:
    return None


def test_handler_of_everything_hears_no_message_that_was_deleted_before() -> None:
    listener = Listener("all", re.compile(""), nothing, bots=True)

    assert listener.hears(SAID) is not None
    assert listener.hears(replace(SAID, body="")) is None


def test_handler_hears_programs_only_if_it_wants_to() -> None:
    deaf, keen = (Listener("roll", for_command("!", "roll"), nothing, bots=bots) for bots in (False, True))
    rolled = replace(SAID, body="!ROLL 2d6")

    assert deaf.hears(rolled) is not None
    assert deaf.hears(replace(rolled, bot=True)) is None
    assert keen.hears(replace(rolled, bot=True)) is not None
