"""What people do to each other in a check: all of it comes up, where one may, and the same for the same seed."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from chat_core.check.keeping import Keeping
from chat_core.client.state.model import ClientState
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.order import SanctionMember, SetRules
from tests.tui.support.states import client, conversation

NAMES = ("you", "ann", "bob")


def operating() -> ClientState:
    """Return the state of somebody who operates one of two channels."""
    own = conversation(4, "tea")
    return client(conversation(1, "general"), replace(own, info=replace(own.info, role="operator")))


def asked(seed: int, state: ClientState, count: int = 300) -> list[Request[Any]]:
    keeping = Keeping(NAMES, ("tea", "ops"), Random(seed))
    requests = (keeping.request(state) for _ in range(count))
    return [request for request in requests if request is not None]


def test_every_kind_of_act_comes_up() -> None:
    requests = asked(1, operating())

    kinds = {str(request.__struct_config__.tag) for request in requests}
    sanctions = [request for request in requests if isinstance(request, SanctionMember)]
    assert kinds == {
        "set_role",
        "sanction_member",
        "set_rules",
        "invite_member",
        "join",
        "request_chat",
        "answer_chat",
        "end_chat",
        "set_dm_policy",
    }
    assert {request.act for request in sanctions} == {"warn", "mute", "unmute", "kick", "ban", "unban"}
    assert all(request.seconds for request in sanctions if request.act in ("mute", "ban")), "they end by themselves"
    assert {request.visibility for request in requests if isinstance(request, SetRules)} >= {"public", "invite"}


def test_sanctions_are_mostly_where_one_may() -> None:
    places = [request.conversation for request in asked(2, operating()) if isinstance(request, SanctionMember)]

    assert places.count(4) > 4 * places.count(1)


def test_same_seed_asks_for_the_same() -> None:
    assert asked(3, operating()) == asked(3, operating())
    assert asked(3, operating()) != asked(4, operating())


def test_nobody_does_anything_in_a_channel_where_there_is_none() -> None:
    assert not [request for request in asked(5, client()) if isinstance(request, SanctionMember | SetRules)]
