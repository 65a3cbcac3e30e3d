"""The tree of errors."""

from __future__ import annotations

import pytest

from chat_core.base.errors import ChatError, ProtocolFault, UsageFault, WorldFault


@pytest.mark.parametrize("fault", [UsageFault("x"), WorldFault("x"), ProtocolFault("bad_frame", "x")])
def test_every_error_can_be_caught_as_one_of_ours(fault: ChatError) -> None:
    assert isinstance(fault, ChatError)
    assert str(fault) == "x"


def test_protocol_fault_carries_its_code_beside_the_sentence() -> None:
    assert ProtocolFault("bad_frame", "A sentence.").code == "bad_frame"
