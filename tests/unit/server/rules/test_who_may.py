"""Refusals for want of a right: each names who has it, out of the table of permissions itself."""

from __future__ import annotations

import pytest

from chat_core.server.rules.permissions import Permission, Role, allowed, only, only_operators


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        (Permission.READ, "people who are signed in"),
        (Permission.TOPIC, "people with an account that lasts"),
        (Permission.BROADCAST, "moderators and owners of this server"),
        (Permission.MODERATE, "moderators and owners of this server"),
        (Permission.ADMINISTER, "owners of this server"),
    ],
)
def test_refusal_names_who_holds_the_permission(permission: Permission, who: str) -> None:
    assert only(permission) == f"Only {who} do that."


@pytest.mark.parametrize("permission", [each for each in Permission if each is not Permission.OPEN])
def test_no_permission_that_somebody_signed_in_can_have_is_said_to_be_nobodys(permission: Permission) -> None:
    assert allowed(Role.OWNER, permission)
    assert only(permission).startswith("Only ")


def test_refusal_in_a_channel_names_the_channel_and_all_who_may() -> None:
    assert only_operators("tea") == "Only operators of #tea and moderators of this server do that."
    assert only_operators("tea", "set its topic", voices=True) == (
        "Only operators and voices of #tea and moderators of this server set its topic."
    )
    assert only_operators(None, "see it") == "Only operators of a channel and moderators of this server see it."
