"""Who is named in `/group`, and what is said there at once."""

from __future__ import annotations

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments_of_rest import Users


@pytest.mark.parametrize(
    ("line", "names", "text"),
    [
        ("@bob @cid", ("@bob", "@cid"), ""),
        ("bob @cid", ("@bob", "@cid"), ""),
        ("@bob,@cid, @dan", ("@bob", "@cid", "@dan"), ""),
        ("@bob @cid hello  both, and @dan", ("@bob", "@cid"), "hello  both, and @dan"),
        ("@bob @cid\nhello\nboth", ("@bob", "@cid"), "hello\nboth"),
        ("bob cid", ("@bob",), "cid"),
        ("@bob @cid #ops is down", ("@bob", "@cid"), "#ops is down"),
        ("", (), ""),
        (" , ", (), ","),
    ],
)
def test_users_are_those_with_an_at_sign_and_the_rest_is_text(line: str, names: tuple[str, ...], text: str) -> None:
    assert Users(line).parts == (names, text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("@bob @-x hello", "'@-x': A name begins with a letter or a digit"),
        ("#ops @bob", "'#ops': '#ops' is a channel, but a @user is wanted here."),
    ],
)
def test_name_that_is_none_is_named_in_the_refusal(line: str, words: str) -> None:
    with pytest.raises(UsageFault) as refused:
        Users(line).parts  # noqa: B018

    assert words in str(refused.value)
