"""Attacks that want something that is not theirs, or harm others' screens: what each does, and how fast.

What is sent comes from the registry of requests: a new one is sent without a word here.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import Callable, Iterator
from typing import Any, Final

from chat_core.protocol.requests.catalog import REQUESTS
from tests.attack.support.attacker import TALK_WITHIN_S, Attack, Attacker, addresses, call
from tests.support.fields import make, texts_of
from tests.support.hostile import PAYLOADS

CHANNEL: Final = "#bench-0000"
"""Where the honest are."""
OPENING: Final = ("hello", "sign_in", "sign_in_password", "sign_in_token", "sign_in_guest", "register", "resume")
LEAVING: Final = ("sign_out", "leave", "rename", "change_password")
"""What would end or change the attacker's own session."""
SECRET: Final = "what only the two may read"
"""What `guessing_numbers` looks for in all that it is answered."""
Say = Callable[[random.Random], Iterator[dict[str, Any]]]

PAYLOAD_CLIENTS = 10
"""Clients that send payloads, each as fast as its allowance takes it: 60 at once, then 20 a second."""


async def payloads(attacker: Attacker) -> None:
    """Put every payload in every text field of every request; every other one is posted where the honest are."""
    await _all_sign_in(attacker, PAYLOAD_CLIENTS, "painter", _hostile)


TRESPASSERS = 20
"""Clients that try numbers, each as fast as its allowance takes it."""
GUESSED = 60
"""Highest number of a conversation, message, device, invite or private chat that is tried."""


async def guessing_numbers(attacker: Attacker) -> None:
    """Ask for, and act on, conversations and things by number, with every request that takes one."""
    await _all_sign_in(attacker, TRESPASSERS, "trespasser", _guessed)


TOKEN_THIEVES = 40
"""Connections that show tokens, from 10 addresses, and come again when closed; a third of the tokens was good once."""


async def dead_tokens(attacker: Attacker) -> None:
    """Show tokens that were signed out, and random ones."""
    sources, dead = addresses(10), attacker.spent

    async def show() -> None:
        source = next(sources)
        while not attacker.over:
            stream = await attacker.connect(source)
            if stream is None:
                return
            try:
                await attacker.send(stream, call(1, "hello", protocol=1))
                if await attacker.read(stream, 2.0) is None:
                    continue
                for again in range(3):
                    token = dead if dead and again == 0 else os.urandom(32).hex()
                    await attacker.send(stream, call(2 + again, "sign_in_token", token=token))
                    data = await attacker.read(stream, 2.0)
                    if data is None:
                        break
                    attacker.counts["refused unheard"] += data.count(b"rate_limited")
                    attacker.counts["wrong"] += data.count(b"wrong_credentials")
                    attacker.counts["let in"] += data.count(b"answer")
            finally:
                stream.close()

    await asyncio.gather(*(show() for _ in range(TOKEN_THIEVES)))


INTRUDING: Final[dict[str, Attack]] = {
    "payloads": payloads,
    "guessing_numbers": guessing_numbers,
    "dead_tokens": dead_tokens,
}
"""By name."""


# --- how -----------------------------------------------------------------------------------------------------------


async def _all_sign_in(attacker: Attacker, clients: int, name: str, say: Say) -> None:
    """Let so many clients in, from five addresses, and each say what it has to until the time is over."""
    sources, run = addresses(5), os.getpid()

    async def client(number: int) -> None:
        stream = await attacker.enter(next(sources), f"{name}-{run}-{number}")
        if stream is None:
            return
        try:
            await attacker.send(stream, call(4, "join", channel=CHANNEL))
            await _say(attacker, stream, say(random.Random(number)))
        finally:
            stream.close()

    await asyncio.gather(*(client(number) for number in range(clients)))


async def _say(attacker: Attacker, stream: socket.socket, requests: Iterator[dict[str, Any]]) -> None:
    """Make one call after the other, and count the answers."""
    for number, request in enumerate(requests, 5):
        if attacker.over:
            return
        if not await attacker.send(stream, call(number, **request)):
            attacker.counts["closed by the server"] += 1
            return
        attacker.counts["requests"] += 1
        data = await attacker.read(stream, TALK_WITHIN_S if number % 20 == 0 else 0.03)
        if data is None:
            attacker.counts["closed by the server"] += 1
            return
        attacker.counts["not now"] += data.count(b"rate_limited")
        attacker.counts["secrets"] += data.count(SECRET.encode())


def _hostile(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield requests with payloads, without end."""
    kinds = [name for name, kind in REQUESTS.items() if texts_of(kind) and name not in (*OPENING, *LEAVING)]
    texts = [text.encode(errors="replace").decode() for text in PAYLOADS.values()]
    while True:
        chance.shuffle(texts)
        for text in texts:
            yield {"do": "post", "conversation": CHANNEL, "cid": chance.randbytes(16), "body": text or "."}
            name = chance.choice(kinds)
            given = {"cid": chance.randbytes(16)} if "cid" in REQUESTS[name].__struct_fields__ else {}
            yield make(REQUESTS[name], text, given)[0]


def _guessed(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield requests with guessed numbers, without end."""
    kinds = [name for name in REQUESTS if name not in (*OPENING, *LEAVING)]
    while True:
        name = chance.choice(kinds)
        request, _ = make(REQUESTS[name], "x", {})
        number = chance.randrange(1, GUESSED)
        for field in REQUESTS[name].__struct_fields__:
            if field in ("cid", "prev"):
                request[field] = chance.randbytes(16)
            elif field == "conversation":
                request[field] = number
            elif field == "position":
                request[field] = {"conversation": number, "seq": 0}
            elif isinstance(request.get(field), int):
                request[field] = chance.randrange(1, GUESSED)
        yield request
