"""How cids are made."""

from __future__ import annotations

import pytest

from chat_core.base.ids import CID_BYTES, keyed_cid, make_cid


def test_make_cid_is_time_then_randomness() -> None:
    cid = make_cid(0x0102_0304_0506, b"0123456789 and more")

    assert cid == b"\x01\x02\x03\x04\x05\x06" + b"0123456789"
    assert len(cid) == CID_BYTES


def test_make_cid_grows_with_time() -> None:
    assert make_cid(1_000, b"\xff" * 10) < make_cid(1_001, b"\x00" * 10)


def test_make_cid_refuses_too_little_randomness() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        make_cid(1, b"short")


def test_keyed_cid_is_the_same_at_each_run() -> None:
    assert keyed_cid("deploy", "#ops", 1).hex() == keyed_cid("deploy", "#ops", 1).hex()
    assert len(keyed_cid("deploy", "#ops", 1)) == CID_BYTES


def test_keyed_cid_stays_the_same_from_version_to_version() -> None:
    # A script that was run with an older version must not send everything again.
    assert keyed_cid("deploy", "#ops", 1).hex() == "0ecab36d58097af5795b2bde95acdcc5"


@pytest.mark.parametrize(
    ("key", "target", "line"), [("deploy2", "#ops", 1), ("deploy", "#dev", 1), ("deploy", "#ops", 2)]
)
def test_keyed_cid_differs_by_key_target_and_line(key: str, target: str, line: int) -> None:
    assert keyed_cid(key, target, line) != keyed_cid("deploy", "#ops", 1)


def test_keyed_cid_takes_a_key_that_is_not_utf8() -> None:
    undecodable = b"\xe9t\xe9".decode("utf-8", "surrogateescape")

    assert keyed_cid(undecodable, "#ops", 1) != keyed_cid("ete", "#ops", 1)
