"""What is neither a message nor on one - topics, rules, quiet, whom one ignores, bookmarks: the same after a cut.

Messages, threads, marks, files, numbers and searches have tests of their own beside this one.
"""

from __future__ import annotations

from pathlib import Path

from chat_core.client import LinkStatus
from chat_core.protocol.requests.attention import SetQuiet
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.marks import Bookmark, ReadBookmarks
from chat_core.protocol.requests.order import SetRules
from chat_core.protocol.requests.presence import SetPresence
from chat_core.protocol.requests.private import SetIgnored
from tests.integration.test_marks import Between
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
        await way.proxy.stop()
