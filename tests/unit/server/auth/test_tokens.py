"""Tokens and invite codes."""

from __future__ import annotations

import re

import pytest

from chat_core.server.auth.tokens import CODE_BYTES, TOKEN_BYTES, code_digest, make_code, make_token, token_digest


def test_token_is_text_that_needs_no_quotes_and_is_stored_as_a_digest() -> None:
    token = make_token(bytes(range(TOKEN_BYTES)))

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert len(token_digest(token)) == 32
    assert token_digest(token) != token_digest(token[:-1])


def test_code_is_four_groups_of_letters_that_cannot_be_mistaken() -> None:
    codes = {make_code(bytes([value] * CODE_BYTES)) for value in range(256)}

    assert len(codes) == 256
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


@pytest.mark.parametrize(
    "typed",
    ["7K3M-PQ9A-0011-VXYZ", "7k3m-pq9a-0011-vxyz", " 7K3MPQ9A0011VXYZ\n", "7K3M PQ9A OO1l VXYZ", "7k3m_pq9a-oOiI-vxyz"],
)
def test_code_is_the_same_however_it_was_typed(typed: str) -> None:
    assert code_digest(typed) == code_digest("7K3M-PQ9A-0011-VXYZ")


def test_code_and_token_of_the_same_text_have_nothing_in_common() -> None:
    assert code_digest("ABCD") != token_digest("ABCD")
    assert code_digest("7K3M-PQ9A-0011-VXYZ") != code_digest("7K3M-PQ9A-0011-VXY0")
