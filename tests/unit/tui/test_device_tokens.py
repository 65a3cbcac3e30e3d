"""The tokens of this device in an interactive client."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.errors import ChatError, WorldFault
from chat_core.client import FileTokens, parse_address
from chat_tui.device_tokens import DeviceTokens

ADDRESS = parse_address("chat://127.0.0.1:1")


def test_token_that_cannot_be_kept_is_told_and_one_that_goes_is_not(home: Path) -> None:
    (home / "tokens.json.lock").mkdir()
    told: list[ChatError] = []
    tokens = DeviceTokens(FileTokens(home, ADDRESS), told.append, given=False)
    with pytest.raises(WorldFault):
        tokens.keep("ann", "secret")
    assert [str(fault) for fault in told] == [
        f"{home}/tokens.json cannot be written (Is a directory): you will be asked for your password again."
    ]
    with pytest.raises(WorldFault):
        tokens.keep("ann", "")
    assert len(told) == 1


def test_token_of_before_is_not_used_when_something_was_given_and_stays_until_there_is_another(home: Path) -> None:
    kept = FileTokens(home, ADDRESS)
    kept.keep("ann", "old")
    told: list[ChatError] = []
    given = DeviceTokens(kept, told.append, given=True)
    assert given.find("ann") == ""
    assert DeviceTokens(kept, told.append, given=False).find("ann") == "old"
    given.keep("ann", "new")
    assert kept.find("ann") == "new"
    assert not told
