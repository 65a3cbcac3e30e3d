"""Every payload in every text field of every request, to a real server: what it sends on, and its log, are harmless.

The requests and their fields are the registry's: a new one is tried without a word here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.catalog import REQUESTS
from tests.support.fields import make, texts_of
from tests.support.hostile import PAYLOADS, is_safe
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

OPENING = ("hello", "sign_in")
WITH_TEXT = {name: kind for name, kind in REQUESTS.items() if texts_of(kind)}
SAYABLE = [text.encode(errors="replace").decode() for text in PAYLOADS.values()]  # a lone surrogate cannot travel


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


def strings(value: Any) -> Iterator[str]:
    """Yield every text in an envelope."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def check(envelopes: list[dict[str, Any]]) -> None:
    for text in strings(envelopes):
        assert is_safe(text.replace("\t", "")), ascii(text)


def tried(kind: type[Request[Any]], text: str) -> Iterator[dict[str, Any]]:
    """Yield a request with the text in every field, and again with a conversation that there is."""
    request, _ = make(kind, text, {"cid": os.urandom(16)} if "cid" in kind.__struct_fields__ else {})
    yield request
    if "conversation" in request:
        yield request | {"conversation": 1, **({"cid": os.urandom(16)} if "cid" in request else {})}


@pytest.mark.parametrize("name", [name for name in WITH_TEXT if name not in OPENING])
def test_no_text_of_a_request_comes_out_of_the_server_as_it_went_in(server: ServerProcess, name: str) -> None:
    with Wire(server.port) as witness, Wire(server.port) as hostile:
        witness.enter("witness")
        hostile.enter(f"mallory.{name}"[:32])  # a request may give its account a password
        answers = [hostile.ask(**request) for text in SAYABLE for request in tried(WITH_TEXT[name], text)]
        witness.call("history", conversation=1)

        check(answers + hostile.pushes + witness.pushes)
        check([witness.call("history", conversation=1, limit=200), witness.call("list_channels")])
        check([witness.call("list_users"), witness.call("list_members", conversation=1)])


def test_opening_with_every_payload_is_answered_and_logged_harmlessly(server: ServerProcess) -> None:
    for text in SAYABLE:
        with Wire(server.port) as hostile:
            check([hostile.ask("hello", protocol=1, client=text[:64], capabilities=[text[:32]])])
            check([hostile.ask("sign_in", name=text[:128]), *hostile.pushes])


def test_log_of_a_server_under_attack_has_no_line_that_steers_or_was_written_by_a_stranger(home: Path) -> None:
    with ServerProcess(home / "data", "--log-level", "debug") as server:
        for number, text in enumerate(SAYABLE):
            with Wire(server.port) as hostile:
                hostile.ask("hello", protocol=1, client=text[:64])
                hostile.call("sign_in", name=f"mallory{number}")
                kind = list(WITH_TEXT.values())[number % len(WITH_TEXT)]
                for request in tried(kind, text):
                    hostile.ask(**request)
        with Wire(server.port) as hostile:
            hostile.send({"t": SAYABLE[0], "\x1b]0;pwned\x07": 1})
            hostile.goodbye()
        log = server.log.read_text()

    assert log.count("\n") > len(SAYABLE)
    for line in log.splitlines():
        assert line.startswith("timestamp='20"), line
        assert is_safe(line), ascii(line)
