"""Searching in the whole application on a real server: the list of what was found, a visit to a hit, and back."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import Client
from chat_core.protocol.requests.search import SearchResults
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.found import FoundScreen
from chat_tui.screens.passage import PassageScreen
from tests.support.hostile import PAYLOADS, is_safe
from tests.tui.support.visiting import Sitting, other, say, sitting, unique


async def can_be_found(client: Client, query: str, count: int) -> None:
    """Wait until so many messages are found."""
    while len((await client.search(query, limit=200)).hits) < count:
        pass


async def arrives(me: Sitting, screen: type[object]) -> None:
    await me.until(lambda: isinstance(me.app.screen, screen), f"{screen.__name__}")


async def test_search_shows_hits_and_enter_leads_to_the_place_and_escape_back(server: str, home: Path) -> None:
    channel, word = unique("#room"), unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, *(f"before {number}" for number in range(130)), f"here the {word} is")
        await say(friend, channel, *(f"behind {number}" for number in range(130)), f"{word} again")
        await can_be_found(friend, word, 2)
        await me.enter(f"/join {channel}")
        await me.is_at(channel)

        await me.enter(f"/search {word}")
        await arrives(me, FoundScreen)
        await me.sees("2 found, newest first", f"{word} again", f"here the {word} is", channel)

        await me.press("down", "enter")
        await arrives(me, PassageScreen)
        await me.sees("as it was said", "before 129", f"here the {word} is", "behind 0")

        # Scrolling on reads what is beyond the first page, in both directions.
        await me.press("home")
        await me.until(lambda: passage(me).pane.history is not None and "before 0" in texts(me), "older ones")
        await me.press("end")
        await me.until(lambda: f"{word} again" in texts(me), "newer ones")
        await me.press("end")
        await me.sees(f"{word} again")

        await me.press("escape")
        await arrives(me, FoundScreen)
        await me.press("escape")
        await arrives(me, ChatScreen)
        await me.is_at(channel)


def passage(me: Sitting) -> PassageScreen:
    assert isinstance(me.app.screen, PassageScreen)
    return me.app.screen


def texts(me: Sitting) -> list[str]:
    """Return what the passage has, in view or not."""
    history = passage(me).pane.history
    assert history is not None
    return [message.body for message in history.conversation.timeline]


async def test_visit_leads_on_to_the_conversation_itself(server: str, home: Path) -> None:
    channel, word = unique("#room"), unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, f"a {word}")
        await can_be_found(friend, word, 1)
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/join general")
        await me.is_at("#general")

        await me.enter(f"/search {word}")
        await arrives(me, FoundScreen)
        await me.press("enter")
        await arrives(me, PassageScreen)
        await me.press("enter")

        await arrives(me, ChatScreen)
        await me.is_at(channel)


async def test_visit_to_a_channel_one_is_not_in_says_how_to_get_in(server: str, home: Path) -> None:
    channel, word = unique("#room"), unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, f"a {word}")
        await can_be_found(friend, word, 1)

        await me.enter(f"/search {word} in:{channel}")
        await arrives(me, FoundScreen)
        await me.press("enter")
        await arrives(me, PassageScreen)
        await me.press("enter")

        await me.sees(f"You are not in {channel}")
        await me.press("escape", "escape")
        await arrives(me, ChatScreen)


async def test_search_fetches_more_at_the_end_and_ranks_on_a_key(server: str, home: Path) -> None:
    word = unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, "#general", f"{word} {word} {word}", *(f"{word} and other words {n}" for n in range(24)))
        await can_be_found(friend, word, 25)
        await me.enter(f"/search {word}")
        await arrives(me, FoundScreen)
        await me.sees("20+ found, newest first")

        await me.press("end")
        await me.sees("25 found, newest first")
        await me.press("r")
        await me.sees("20+ found, best first", f"{word} {word} {word}")


async def test_list_of_hits_asks_for_the_same_page_again_on_the_same_key_where_time_ran_out(
    server: str, home: Path
) -> None:
    word = unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, "#general", f"{word} older", f"{word} newer")
        await can_be_found(friend, word, 2)
        first = await friend.search(word, limit=1)
        late = iter([SearchResults(hits=(), partial=True)])
        asked: list[bytes] = []

        async def more(cursor: bytes) -> SearchResults:
            asked.append(cursor)
            return next(late, None) or await friend.search(word, limit=1, cursor=cursor)

        await me.app.push_screen(FoundScreen(me.chat.bridge, word, first, lambda _: None, more))
        await me.sees("1+ found, newest first", f"{word} newer")
        await me.press("down")
        await me.sees("1+ found, newest first, not everything was looked at")
        await me.press("down")
        await me.sees("2 found, newest first", f"{word} older")

    assert asked == [first.cursor] * 2


async def test_search_that_finds_nothing_or_means_nothing_is_answered_where_one_writes(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter(f"/search {unique('nowhere')}")
        await me.until(lambda: me.answer.startswith("Nothing was found"))
        await me.enter('/search an "open quote')
        await me.until(lambda: me.answer.startswith("The quote at character 4 is not closed"))
        assert isinstance(me.app.screen, ChatScreen)


async def test_search_never_draws_what_a_terminal_would_obey(server: str, home: Path) -> None:
    word = unique("word")
    async with sitting(server, home) as me, other(server) as friend:
        payloads = [payload for payload in PAYLOADS.values() if payload.strip() and "\n" not in payload][:12]
        await say(friend, "#general", *(f"{word} {payload[:200]} {word}" for payload in payloads))
        await can_be_found(friend, word, len(payloads))
        await me.enter(f"/search {word}")
        await arrives(me, FoundScreen)
        await me.sees("found, newest first")

        for _ in payloads:
            assert is_safe(me.screen.replace("\n", "")), me.screen
            await me.press("down")
        await me.press("enter")
        await arrives(me, PassageScreen)
        await me.sees("as it was said")
        assert is_safe(me.screen.replace("\n", ""))
