"""The registry of requests is whole."""

from __future__ import annotations

import pytest

from chat_core.protocol.requests.accounts import Rename, Renamed
from chat_core.protocol.requests.catalog import REQUESTS
from chat_core.protocol.values import Account
from chat_core.server import handlers
from chat_core.server.context import Context
from chat_core.server.registry import ROUTES, handles
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
def test_permissions_strangers_may_only_open_and_members_all_the_rest(permission: Permission) -> None:
    assert allowed(Role.STRANGER, permission) is (permission is Permission.OPEN)
    assert allowed(Role.MEMBER, permission) is (permission is not Permission.OPEN)
