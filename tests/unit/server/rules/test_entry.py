"""How one gets in, from where one is."""

from __future__ import annotations

import pytest

from chat_core.server.rules.entry import Registration, Where, entry


@pytest.mark.parametrize(
    ("registration", "local", "told", "makes"),
    [
        ("open", True, "name", "any"),
        ("open", False, "open", "any"),
        ("invite", True, "name", "any"),
        ("invite", False, "invite", "any"),
        ("allowlist", True, "allowlist", "listed"),
        ("allowlist", False, "allowlist", "listed"),
        ("closed", True, "closed", "none"),
        ("closed", False, "closed", "none"),
    ],
)
def test_name_is_enough_on_the_own_machine_unless_new_accounts_are_held_back(
    registration: Registration, local: bool, told: str, makes: str
) -> None:
    found = entry(registration, "local", "local", local=local)

    assert (found.told, found.makes, found.name_only) == (told, makes, local)


def test_invite_is_for_others_than_those_on_the_own_machine() -> None:
    assert entry("invite", "local", "local", local=True).registration == "open"
    assert entry("invite", "local", "local", local=False).registration == "invite"


@pytest.mark.parametrize(
    ("where", "local", "remote"), [("local", True, False), ("everywhere", True, True), ("nowhere", False, False)]
)
def test_guests_and_bare_names_come_from_where_they_may(where: Where, local: bool, remote: bool) -> None:
    here, there = entry("open", where, where, local=True), entry("open", where, where, local=False)

    assert (here.guests, there.guests) == (here.name_only, there.name_only) == (local, remote)
