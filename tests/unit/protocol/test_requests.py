"""The catalogue of requests, and how a request knows its reply."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chat_core.protocol.requests.base import Done, Reply, Request, reply_type, request_name
from chat_core.protocol.requests.catalog import DOMAINS, REQUESTS
from chat_core.protocol.requests.messages import Post, Posted


def test_every_request_is_in_the_catalogue_once() -> None:
    # A generic base's subclasses are registered with the base itself, whatever stands in the brackets.
    defined = {kind for kind in Request.__subclasses__() if kind.__module__.startswith("chat_core.protocol.requests.")}
    listed = [kind for domain in DOMAINS.values() for kind in domain]

    assert len(listed) == len(set(listed)) == len(REQUESTS)
    assert set(listed) == defined


@pytest.mark.parametrize(("name", "kind"), REQUESTS.items())
def test_every_request_is_named_on_the_wire_as_in_the_catalogue(name: str, kind: type[Request[Any]]) -> None:
    assert request_name(kind) == name
    assert kind.__struct_config__.tag_field == "do"


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_every_request_names_its_reply(kind: type[Request[Any]]) -> None:
    assert issubclass(reply_type(kind), Reply)
    assert reply_type(kind) is not Reply


def test_reply_type_is_what_stands_in_the_brackets() -> None:
    assert reply_type(Post) is Posted


def test_reply_type_complains_when_a_request_names_none() -> None:
    class Vague(Request, frozen=True, tag="vague"):  # type: ignore[type-arg]
        pass

    with pytest.raises(TypeError, match="Vague does not name its reply"):
        reply_type(Vague)


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_every_field_that_a_request_may_omit_has_a_default_that_it_omits(kind: type[Request[Any]]) -> None:
    assert kind.__struct_config__.omit_defaults


def test_done_is_empty_on_the_wire() -> None:
    assert msgspec.to_builtins(Done()) == {}
