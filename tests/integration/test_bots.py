"""Bots over a real server: they answer once, whatever happens to them or to the connection; and the examples work."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chat_core.base.errors import ChatError
from chat_core.base.tasks import spawn
from chat_core.client import Bot, Client, Disconnected, Heard, Joined, parse_address
from chat_core.client.bot import ENVIRONMENT
from chat_core.client.hearing import answer_cid
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.requests.hooks import MakeHook
from tests.integration.test_webhooks import TOLD, ask
from tests.support.commands import run_core
from tests.support.people import unique
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.watching import Watched

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run one server for all tests of this file; each uses names of its own."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", env=TOLD) as running:
        yield running


def token_of(server: ServerProcess, name: str) -> str:
    """Make the account of a bot, or another token for it."""
    done = run_core("users", "add", "--bot", name, "--data", server.data)
    assert (done.code, done.err) == (0, "")
    return done.out.strip()


def client_of(server: ServerProcess, name: str, token: str) -> Client:
    return Client(parse_address(server.address), name, token=token, far_behind=0)


def bot_for(server: ServerProcess, name: str, channel: str) -> Bot:
    return Bot(client_of(server, name, token_of(server, name)), channels=[channel])


@asynccontextmanager
async def serving(*bots: Bot) -> AsyncIterator[None]:
    """Run bots; stop them in the way that a signal does."""
    tasks = [spawn("bot", bot.serve()) for bot in bots]
    try:
        async with asyncio.timeout(WAIT_S):
            for bot in bots:
                await bot.ready()
        yield
    finally:
        for bot in bots:
            bot.stop()
        await asyncio.gather(*tasks)


def said(one: Watched, channel: str) -> list[tuple[str, str]]:
    """Return who said what in a channel, in order."""
    return [(message.name, message.body) for message in one.room(f"#{channel}").timeline]


async def test_bot_answers_what_its_patterns_and_commands_hear(server: ServerProcess) -> None:
    channel, name = unique("games"), unique("dice")
    bot = bot_for(server, name, channel)

    @bot.command("roll")
    async def roll(heard: Heard, rest: str) -> str:
        return f"{heard.name} rolls {rest or 'a die'} at {heard.address}"

    @bot.on_message(r"deploy (\w+)")
    async def deploy(heard: Heard) -> None:
        await heard.answer(f"one {heard.groups[0]}", quote=True)
        await heard.answer("two")

    @bot.on_join
    async def welcome(joined: Joined) -> None:
        joined.say(f"welcome to {joined.target}, {joined.name}")

    async with serving(bot), Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        await ann.until(lambda: len(said(ann, channel)) == 1)
        me = str(ann.client.state.me and ann.client.state.me.name)
        for text in ("!roll", "!ROLL 2d6", "!rolls", "please deploy main"):
            await ann.client.sent(ann.client.post(number, text))
        await ann.until(lambda: len(said(ann, channel)) == 9)
        by_bot = [message for message in ann.room(f"#{channel}").timeline if message.name == name]
        assert all(message.bot and not message.via for message in by_bot)
        assert {message.body for message in by_bot} == {
            f"welcome to #{channel}, {me}",
            f"{me} rolls a die at #{channel}:2",
            f"{me} rolls 2d6 at #{channel}:{next(m.seq for m in ann.room(f'#{channel}').timeline if '2d6' in m.body)}",
            "one main",
            "two",
        }
        [quoting] = [message for message in by_bot if message.reply_to]
        assert quoting.body == "one main"


async def test_bots_hear_neither_themselves_nor_each_other_unless_they_want_to(server: ServerProcess) -> None:
    channel = unique("echo")
    one, two = bot_for(server, unique("one"), channel), bot_for(server, unique("two"), channel)
    heard_bots: list[str] = []

    async def echo(heard: Heard) -> str:
        return f"echo {heard.text}"

    one.on_message()(echo)
    two.on_message()(echo)

    @two.on_message(bots=True)
    async def all_of_it(heard: Heard) -> None:
        heard_bots.append(heard.text)

    async with serving(one, two), Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        await ann.client.sent(ann.client.post(number, "hello"))
        await ann.until(lambda: len(said(ann, channel)) == 3)
        await ann.client.sent(ann.client.post(number, "bye"))
        await ann.until(lambda: len(said(ann, channel)) == 6)
        bodies = sorted(body for _, body in said(ann, channel))
        assert bodies == ["bye", "echo bye", "echo bye", "echo hello", "echo hello", "hello"]
    assert sorted(heard_bots) == ["bye", "echo bye", "echo hello", "hello"]


async def test_fault_in_a_handler_is_logged_and_stops_nothing(
    server: ServerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    channel = unique("faulty")
    bot = bot_for(server, unique("bot"), channel)

    @bot.on_message("go")
    async def fails(heard: Heard) -> str:
        raise ValueError(heard.text)

    @bot.on_message("go")
    async def works(heard: Heard) -> str:
        return "done"

    with caplog.at_level(logging.ERROR):
        async with serving(bot), Watched(server.address, unique("ann")) as ann:
            number = await ann.client.join(channel)
            for count in (2, 4):
                await ann.client.sent(ann.client.post(number, "go"))
                await ann.until(lambda count=count: len(said(ann, channel)) == count)  # type: ignore[misc]
    failed = [record for record in caplog.records if "fails failed" in record.message]
    assert len(failed) == 2 and all(record.exc_info for record in failed)


async def test_bot_answers_once_what_was_said_during_a_cut(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data").start()
    try:
        bot = bot_for(server, "echo", "room")
        gate = asyncio.Event()

        @bot.on_message(r"\d+")
        async def echo(heard: Heard) -> str:
            await gate.wait()
            return f"echo {heard.text}"

        async with serving(bot), Watched(server.address, "ann") as ann:
            number = await ann.client.join("room")
            await ann.client.sent(ann.client.post(number, "1"))
            server.kill()
            for count in range(2, 6):
                ann.client.post(number, str(count))
            gate.set()
            server.start()
            await ann.until(lambda: len(said(ann, "room")) == 10)
            answers = sorted(body for name, body in said(ann, "room") if name == "echo")
            assert answers == [f"echo {count}" for count in range(1, 6)]
    finally:
        server.kill()


async def test_answer_to_one_message_is_one_message_also_from_a_second_process(server: ServerProcess) -> None:
    channel, name = unique("twice"), unique("bot")
    token = token_of(server, name)
    bot = Bot(client_of(server, name, token), channels=[channel])
    heards: list[Heard] = []

    @bot.on_message("hello")
    async def greet(heard: Heard) -> str:
        heards.append(heard)
        return "hello"

    async with serving(bot), Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        await ann.client.sent(ann.client.post(number, "hello"))
        await ann.until(lambda: len(said(ann, channel)) == 2)
        [heard] = heards
        async with client_of(server, name, token) as again:
            await again.online(WAIT_S)
            cid = answer_cid(heard.event, heard.handler, 0)
            sent = await again.sent(again.post(number, "hello", cid=cid))
            assert (sent.seq, sent.duplicate) == (2, True)


async def test_bot_stops_when_it_was_given_another_token(server: ServerProcess) -> None:
    channel, name = unique("room"), unique("bot")
    bot = bot_for(server, name, channel)
    task = spawn("bot", bot.serve())
    async with asyncio.timeout(WAIT_S):
        await bot.ready()
        await asyncio.to_thread(token_of, server, name)
        with pytest.raises(Disconnected, match="another token"):
            await task


def test_account_of_a_bot_signs_in_with_its_token_only(server: ServerProcess) -> None:
    name = unique("bot")
    token_of(server, name)
    done = run_core("users", "passwd", name, "--password-stdin", "--data", server.data)

    assert done.code != 0
    both = run_core("users", "add", "--bot", "--role", "owner", unique("bot"), "--data", server.data)
    assert both.code == 2


def test_cid_of_an_answer_depends_on_everything_that_it_answers() -> None:
    def event(**more: object) -> MessagePosted:
        fields = {"conversation": 1, "seq": 2, "eid": b"e" * 8, "ts": 3, "author": 4, "name": "ann", "cid": b"c" * 16}
        return MessagePosted(**{**fields, "body": "x", **more})  # type: ignore[arg-type]

    others = (event(seq=3), event(conversation=2), event(eid=b"f" * 8))
    cids = {answer_cid(event(), *rest) for rest in (("f", 0), ("f", 1), ("g", 0))}
    cids |= {answer_cid(other, "f", 0) for other in others}

    assert len(cids) == 6
    assert answer_cid(event(), "f", 0) == answer_cid(event(body="y", name="bob"), "f", 0)


# --- the examples ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def example(server: ServerProcess, file: str, name: str) -> AsyncIterator[None]:
    """Run an example as whoever tries it does; it ends well at SIGTERM."""
    token = await asyncio.to_thread(token_of, server, name)
    told = {"CHAT_BOT_SERVER": server.address, "CHAT_BOT_NAME": name, "CHAT_BOT_TOKEN": token}
    with subprocess.Popen(
        [sys.executable, str(EXAMPLES / file)], env={**os.environ, **told}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield
            process.send_signal(signal.SIGTERM)
            _, complaints = await asyncio.to_thread(process.communicate, timeout=WAIT_S)
            assert (process.returncode, complaints) == (0, "")
        finally:
            process.kill()


async def test_example_of_dice_throws_them(server: ServerProcess) -> None:
    async with Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join("games")
        async with example(server, "dice_bot.py", "dice"):
            await ann.until(lambda: ann.room("#games").info.members == 2)
            for text in ("!roll 2d6", "!roll much"):
                await ann.client.sent(ann.client.post(number, text))

            def answers() -> list[str]:
                # Joins are told in groups, so that the greeting of ann may come too, if she came just before the bot.
                return sorted(
                    body for name, body in said(ann, "games") if name == "dice" and not body.startswith("Welcome")
                )

            await ann.until(lambda: len(answers()) == 2)
            assert answers()[0] == "Say how many and which: !roll 2d6"
            assert re.fullmatch(r"ann-\S+ throws [1-6] \+ [1-6] = \d+", answers()[1])


async def test_example_of_reminders_reminds(server: ServerProcess) -> None:
    async with Watched(server.address, unique("ann")) as ann, example(server, "reminder_bot.py", "clock"):
        me = str(ann.client.state.me and ann.client.state.me.name)
        number = await ann.client.open_direct("clock")

        def answers() -> list[str]:
            return [message.body for message in ann.room("@clock").timeline if message.name == "clock"]

        # It hears what is said from its start on, which is when its presence is told.
        await ann.client.load_members(number)
        await ann.until(lambda: ann.room("@clock").info.online == 2)
        for text in ("!remind 1s tea", "!remind tea"):
            await ann.client.sent(ann.client.post(number, text))
        await ann.until(lambda: len(answers()) == 3)
        assert answers()[-1] == f"@{me}: tea"
        assert set(answers()[:2]) == {"In 1 second, then.", "Say when and of what: !remind 10m tea"}


async def test_example_of_alerts_asks_who_takes_what_a_webhook_says(server: ServerProcess) -> None:
    async with Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join("ops")
        made = await ann.client.call(MakeHook(conversation=number, name=unique("alarms")))
        async with example(server, "ack_bot.py", "oncall"):
            await ann.until(lambda: ann.room("#ops").info.members == 3)
            await asyncio.to_thread(ask, made.url, '{"text": "[FIRING:1] DiskFull", "username": "Grafana"}')
            await ann.until(lambda: len(said(ann, "ops")) == 2)
            await ann.client.sent(ann.client.post(number, "ack"))
            await ann.until(lambda: len(said(ann, "ops")) == 4)
            me = str(ann.client.state.me and ann.client.state.me.name)
            assert [body for name, body in said(ann, "ops") if name == "oncall"] == [
                "Who takes this? Say ack.",
                f"{me} takes #ops:1.",
            ]


async def test_bot_knows_an_encrypted_server_by_the_pin_in_its_link(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ServerProcess(home / "data", "--tls", "on") as server:

        def of_environment(name: str, link: str) -> Bot:
            for variable, value in zip(ENVIRONMENT, (link, name, token_of(server, name)), strict=True):
                monkeypatch.setenv(variable, value)
            return Bot.of_environment(channels=["dev"])

        echo, asker = of_environment("echo", server.address), of_environment("asker", server.address)
        heard = asyncio.Event()

        @echo.on_message("^ping$", bots=True)
        async def pong(_: Heard) -> str:
            return "pong"

        @asker.on_message("^pong$", bots=True)
        async def end(_: Heard) -> None:
            heard.set()

        async with serving(echo, asker), asyncio.timeout(WAIT_S):
            asker.client.post(await asker.client.join("dev"), "ping")
            await heard.wait()

        pin = server.address.partition("pin=")[2]
        stranger = of_environment("stranger", server.address.replace(pin, pin[::-1][1:] + pin[-1]))
        with pytest.raises(ChatError, match="STOP"):
            await stranger.serve()
