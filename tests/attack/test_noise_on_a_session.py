"""Arbitrary MessagePack to a session that is signed in, over a real socket: one answer for each call, or a goodbye.

Every request of the registry is filled with values of any type, in fields that it has and that it has not.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.requests.catalog import REQUESTS
from tests.support.people import request
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

ENDING: Final = ("sign_out",)
"""Requests after which the session ends as it should."""
CODES: Final = frozenset(map(str, Refusal))
GOODBYES: Final = frozenset(map(str, Goodbye))

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.binary(max_size=20)
    | st.sampled_from([0, 1, 2, 2**53, "#general", "@noise", b"c" * 16, "x" * 5000])
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner), max_leaves=6
)


def requests_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return requests of one kind with anything in its fields, and perhaps in one more."""
    fields = (*REQUESTS[name].__struct_fields__, "x")
    return st.dictionaries(st.sampled_from(fields), TREES | LEAVES).map(lambda given: {**given, "do": name})


class Session:
    """One connection at a time; a new one when the last was closed."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.wire: Wire | None = None
        self._ids = itertools.count(1_000)
        self._names = itertools.count()

    def take(self, asked: list[dict[str, Any]]) -> int:
        """Make the calls at once; return how many were refused. None may be left without an answer, or a goodbye."""
        if self.wire is None:
            self.wire = Wire(self.server.port)
            self.wire.enter(f"noise-{next(self._names)}")
        waiting = {next(self._ids): each for each in asked}
        after = next(self._ids)
        with contextlib.suppress(ConnectionError):  # it said goodbye meanwhile, which is read below
            for number, each in waiting.items():
                self.wire.send({"t": "call", "id": number, "request": each})
            self.wire.send(request(after, "list_channels", limit=1))
        refused = 0
        while waiting or after:
            envelope = self.wire.receive()
            assert envelope is not None, f"it was closed without a word after {asked}"
            match envelope["t"]:
                case "answer" | "failure":
                    assert envelope["id"] == after or waiting.pop(envelope["id"], None), "one answer for each"
                    after = 0 if envelope["id"] == after else after
                    refused += envelope["t"] == "failure"
                    assert envelope.get("code", "bad_request") in CODES
                case "goodbye":
                    assert envelope["code"] in GOODBYES
                    assert envelope["text"], "and it says why"
                    self.close()
                    return refused
                case _:
                    assert envelope["t"] in ("push", "ping")
        return refused

    def close(self) -> None:
        """End the connection."""
        if self.wire is not None:
            self.wire.socket.close()
            self.wire = None


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with ServerProcess(tmp_path_factory.mktemp("noise") / "data") as server:
        session = Session(server)
        yield session
        session.close()
        assert server.stop() == 0
        said = server.log.read_text()
    assert "Traceback" not in said, said


@pytest.mark.parametrize("name", [name for name in REQUESTS if name not in ENDING])
@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_each_call_of_any_shape_has_one_answer_or_ends_in_a_goodbye(
    session: Session, name: str, data: st.DataObject
) -> None:
    asked = data.draw(st.lists(requests_of(name), min_size=1, max_size=6))

    refused = session.take(asked)

    target(len(asked) - refused, label="accepted")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(envelope=TREES | st.dictionaries(st.sampled_from(["t", "id", "request", "x"]), TREES))
def test_envelope_of_any_shape_is_let_pass_or_ends_in_a_goodbye(session: Session, envelope: Any) -> None:
    if session.wire is None:
        session.take([])
    assert session.wire is not None
    session.wire.send(envelope)

    session.take([])
