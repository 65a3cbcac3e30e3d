"""What is neither a message nor on one - topics, rules, quiet, whom one ignores, bookmarks: the same after a cut.

Messages, threads, marks, files, numbers and searches have tests of their own beside this one.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from chat_core.client import LinkStatus
from chat_core.client.state.changes import Batch
from chat_core.protocol.requests.attention import SetQuiet
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.hooks import MakeHook
from chat_core.protocol.requests.marks import Bookmark, ReadBookmarks
from chat_core.protocol.requests.messages import History
from chat_core.protocol.requests.order import SetRules
from chat_core.protocol.requests.presence import SetPresence
from chat_core.protocol.requests.private import SetIgnored
from chat_tui.highlighter import Highlighter
from tests.integration.test_webhooks import ask
from tests.support.between import Between
from tests.support.people import unique
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


def seen(one: Watched, name: str, partner: str) -> tuple[object, ...]:
    """Return what a client knows of a channel, of somebody, and of whom it ignores."""
    room, direct = one.room(f"#{name}").info, one.room(f"@{partner}").info
    return room.topic, room.rules.archived, room.rules.slow_s, room.quiet, direct.state, one.client.state.ignored


async def test_what_changed_during_a_cut_is_the_same_on_a_device_that_was_there_and_on_a_new_one(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        way = Between(server.port)
        await way.proxy.start()
        anns, bobs, name = unique("ann"), unique("bob"), unique("room")
        async with (
            Watched(server.address, anns) as ann,
            Watched(f"127.0.0.1:{way.proxy.port}", bobs) as cut,
            Watched(server.address, bobs) as phone,
        ):
            number = await ann.client.join(name)
            await ann.client.sent(ann.client.post(number, "keep this"))
            await phone.client.join(name)
            await phone.client.open_direct(anns)
            await cut.until(
                lambda: {f"#{name}", f"@{anns}"} <= {c.target for c in cut.client.state.conversations.values()}
            )
            me = ann.client.state.me
            assert me is not None

            way.cut()
            await cut.until(lambda: cut.client.state.link.status is not LinkStatus.ONLINE)
            await ann.client.call(SetTopic(conversation=number, topic="new"))
            await ann.client.call(SetRules(conversation=number, slow_s=5, archived=True))
            await ann.client.call(SetPresence(state="busy"))
            await phone.client.call(SetQuiet(conversation=number, quiet=True))
            await phone.client.call(SetIgnored(account=anns, ignored=True))
            await phone.client.call(Bookmark(conversation=number, seq=1))
            way.mend()
            cut.client.wake()
            await cut.client.online(20)

            expected = ("new", True, 5, True, "busy", frozenset({me.id}))
            async with Watched(server.address, bobs) as fresh:
                for one in (cut, phone, fresh):
                    await one.until(lambda one=one: seen(one, name, anns) == expected)  # type: ignore[misc]
                    kept = (await one.client.call(ReadBookmarks())).bookmarks
                    assert [each.message.body for each in kept] == ["keep this"]
                    assert one.client.state.bookmarks == {number: {1}}
        await way.proxy.stop()


async def test_typing_ends_with_a_cut_and_is_seen_in_both_directions_behind_it(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        way = Between(server.port)
        await way.proxy.start()
        async with (
            Watched(server.address, "ann") as ann,
            Watched(f"127.0.0.1:{way.proxy.port}", "bob") as bob,
        ):
            number = ann.room("#general").id

            def typing(one: Watched) -> list[str]:
                return [each.name for each in one.room("#general").typing]

            ann.client.typing(number)
            await bob.until(lambda: typing(bob) == ["ann"])
            way.cut()
            await bob.until(lambda: bob.client.state.link.status is not LinkStatus.ONLINE)
            ann.client.typing(number, active=False)  # which bob does not hear
            way.mend()
            bob.client.wake()
            await bob.client.online(20)
            assert typing(bob) == [], "nobody types for ever"

            bob.client.typing(number)
            await ann.until(lambda: typing(ann) == ["bob"])
            ann.client.typing(number)
            await bob.until(lambda: typing(bob) == ["ann"])
            await ann.client.sent(ann.client.post(number, "that was it"))
            await bob.until(lambda: bob.bodies("#general") == ["that was it"])
            assert typing(bob) == []
        await way.proxy.stop()


async def test_highlight_words_count_what_was_said_during_a_cut(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        way = Between(server.port)
        await way.proxy.start()
        async with (
            Watched(server.address, "ann") as ann,
            Watched(f"127.0.0.1:{way.proxy.port}", "bob") as cut,
            Watched(server.address, "bob") as phone,
        ):
            counting = {one: (Highlighter(lambda: "deploy"), list[int]([0])) for one in (cut, phone)}

            def counted(one: Watched) -> int:
                """Return what a screen that took every change so far would count as mentions."""
                highlighter, (taken,) = counting[one]
                counting[one][1][0] = len(one.changes)
                batch = Batch(state=one.client.state, changes=tuple(one.changes[taken:]))
                shown = highlighter.seen(batch).state.by_target("#general")
                return -1 if shown is None else shown.mentions

            number = ann.room("#general").id
            await ann.client.sent(ann.client.post(number, "deploy one"))
            for one in (cut, phone):
                await one.until(lambda one=one: counted(one) == 1)  # type: ignore[misc]
            way.cut()
            await cut.until(lambda: cut.client.state.link.status is not LinkStatus.ONLINE)
            for body in ("deploy two", "@bob deploy", "redeploy"):
                await ann.client.sent(ann.client.post(number, body))
            await ann.client.edit(number, 1, "done")
            await phone.until(lambda: counted(phone) == 2)
            way.mend()
            cut.client.wake()
            await cut.client.online(20)
            await cut.until(lambda: counted(cut) == 2)
        await way.proxy.stop()


async def test_what_a_webhook_said_during_a_cut_and_a_call_of_everybody_are_there_behind_it(home: Path) -> None:
    with ServerProcess(home / "data", env={"CHAT_CORE_WEBHOOKS_LISTEN": "127.0.0.1:0"}) as server:
        way = Between(server.port)
        await way.proxy.start()
        async with Watched(server.address, "ann") as ann, Watched(f"127.0.0.1:{way.proxy.port}", "bob") as bob:
            number = await ann.client.join("ops")
            await bob.client.join("ops")
            made = await ann.client.call(MakeHook(conversation=number, name="alarms"))
            answer = await asyncio.to_thread(ask, made.url, json.dumps({"text": "one", "username": "Grafana"}))
            assert (answer.status, answer.text) == (200, "ok")
            await bob.until(lambda: bob.bodies("#ops") == ["one"])

            way.cut()
            await bob.until(lambda: bob.client.state.link.status is not LinkStatus.ONLINE)
            await asyncio.to_thread(ask, made.url, json.dumps({"text": "two", "username": "Grafana"}))
            await ann.client.sent(ann.client.post(number, "@channel look", reply_to=2))
            await ann.client.call(SetTopic(conversation=number, topic="alarm"))
            way.mend()
            bob.client.wake()
            await bob.client.online(20)

            for one in (ann, bob):
                page = await one.client.call(History(conversation=number))
                await one.until(lambda one=one, page=page: tuple(one.room("#ops").timeline) == page.messages)  # type: ignore[misc]
            _, two, call = bob.room("#ops").timeline
            assert (two.body, two.bot, two.via, call.reply_to) == ("two", True, "Grafana", 2)
            assert (bob.room("#ops").unread, bob.room("#ops").mentions) == (3, 1)
        await way.proxy.stop()
