"""Who is put out and comes back while the server still reads for an answer of before."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from chat_core.base.ids import make_cid
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import Join, Leave
from chat_core.protocol.requests.messages import Post
from chat_core.protocol.requests.session import Attach, Resume
from chat_core.protocol.values import Account, Position
from chat_core.server.store.base import Reader, Refused
from tests.support.scenes import Person, scene_in

T = TypeVar("T")


async def test_attach_that_is_refused_leaves_alone_what_coming_back_has_attached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene_in(tmp_path) as scene:
        bob, ann = await scene.person(), await scene.person()
        desk = Person(scene, Account(id=ann.id, name=ann.name))
        room = (await bob.get(Join(channel="tea")))["conversation"]["id"]
        await ann.get(Join(channel="tea"))
        await ann.get(Resume())
        await ann.heard()
        read, reads = scene.store.read, itertools.count(1)

        async def slow_read(query: Callable[[Reader], T]) -> T:
            """Read what an attach is answered with while the account is out of the conversation, and tell it later."""
            if next(reads) != 2:  # the first one of the attach finds a member
                return await read(query)
            await desk.get(Leave(conversation=room))
            try:
                return await read(query)
            except Refused:
                await desk.get(Join(channel="tea"))
                raise

        monkeypatch.setattr(scene.store, "read", slow_read)
        assert await ann.code(Attach(position=Position(conversation=room, seq=0))) == Refusal.NOT_MEMBER

        await bob.get(Post(conversation=room, cid=make_cid(1, bytes(10)), body="still there?"))
        assert [event["kind"] for event in await ann.heard()] == [
            "conversation_left",
            "conversation_joined",
            "message_posted",
        ]
