"""How scripts name the message that they change."""

from __future__ import annotations

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.plain.changing import message_at


def test_message_is_named_by_its_address() -> None:
    assert message_at("#ops:17") == ("#ops", 17)
    assert message_at("@ann:1") == ("@ann", 1)
    assert message_at("#ops:999999999999999")[1] == 999999999999999


@pytest.mark.parametrize(
    "address", ["", "17", ":17", "#ops", "#ops:", "#ops:0", "#ops:x", "#ops:-1", "#ops:1e3", "#ops:²"]
)
def test_what_is_no_address_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(UsageFault):
        message_at(address)
