"""The registry of requests is whole."""

from __future__ import annotations

import pytest

from chat_core.protocol.requests.accounts import Rename, Renamed
from chat_core.protocol.requests.catalog import REQUESTS
from chat_core.protocol.requests.files import UploadChunk
from chat_core.protocol.values import Account
from chat_core.server import handlers
from chat_core.server.context import Context
from chat_core.server.registry import ROUTES, costs, handles
from chat_core.server.rules.permissions import Permission, Role, allowed


def test_registry_has_exactly_one_handler_for_every_request() -> None:
    assert handlers.__all__
    assert set(ROUTES) == set(REQUESTS.values())


def test_registry_refuses_a_second_handler() -> None:
    async def again(_ctx: Context, _request: Rename) -> Renamed:
        return Renamed(account=Account(id=1, name="ann"))

    with pytest.raises(TypeError, match="two handlers"):
        handles(Rename, needs=Permission.SELF)(again)


@pytest.mark.parametrize("permission", Permission)
def test_permissions_strangers_may_only_open_and_owners_all_the_rest(permission: Permission) -> None:
    assert allowed(Role.STRANGER, permission) is (permission is Permission.OPEN)
    assert allowed(Role.OWNER, permission) is (permission is not Permission.OPEN)


@pytest.mark.parametrize("permission", list(Permission))
def test_permissions_grow_with_the_role(permission: Permission) -> None:
    ranks = [Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.OWNER]
    held = [allowed(role, permission) for role in ranks]
    assert held == sorted(held)


@pytest.mark.parametrize("permission", list(Permission))
def test_permissions_connection_of_the_own_machine_may_invite_and_broadcast_besides(permission: Permission) -> None:
    gained = {role for role in Role if allowed(role, permission, local=True) and not allowed(role, permission)}
    assert gained == ({Role.MEMBER} if permission in (Permission.INVITE, Permission.BROADCAST) else set())


def test_every_request_has_a_cost_that_the_smallest_burst_can_pay() -> None:
    assert all(0 <= route.cost <= 20 for route in ROUTES.values())
    assert all(0 <= cost <= 20 and cost != 1 for cost in costs().values())
    free = {str(kind.__struct_config__.tag) for kind, route in ROUTES.items() if not route.cost} - {"upload_chunk"}
    assert ROUTES[UploadChunk].cost == 0, "its window bounds it, and bytes are counted"
    assert all(ROUTES[REQUESTS[name]].needs is Permission.OPEN for name in free), "a stranger's are bounded otherwise"


def test_every_way_in_is_counted_as_an_attempt() -> None:
    openings = {str(kind.__struct_config__.tag) for kind, route in ROUTES.items() if route.needs is Permission.OPEN}

    assert {str(kind.__struct_config__.tag) for kind, route in ROUTES.items() if route.attempt} == {
        *openings - {"hello"},
        "change_password",  # whoever has somebody's open screen could guess on
    }
