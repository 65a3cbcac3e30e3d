"""Names that resemble those of people whom one knows: who that is, and where it is said."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chat_core.client.state.model import ConversationState, MemberList
from chat_core.protocol.values import Account, Member
from chat_tui.plain.hearing import message_line
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader, draw
from chat_tui.views.items import MessageItem
from chat_tui.views.resembling import NOBODY, familiar, in_words, resembled
from tests.tui.support.states import ME, ZONE, conversation, said

FAKE = "\u0430nna"
"""With a Cyrillic letter in front."""
ANNA = Member(account=2, name="anna", role="owner")


def channel(*members: Member, **more: Any) -> ConversationState:
    here = conversation(1, "ops", [said(1, "12:53", "joe", "hi")], **more)
    return msgspec.structs.replace(here, members=MemberList(members=members, total=len(members), stale=False))


KNOWN = familiar(ME, [channel(ANNA)])


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (ANNA, "who is an owner of this server"),
        (Member(account=2, name="anna", role="moderator"), "who keeps order on this server"),
        (Member(account=2, name="anna", channel_role="operator"), "who is an operator of #ops"),
        (Member(account=2, name="zed", display="Anna \u2714", role="owner"), "who is an owner of this server"),
    ],
)
def test_name_resembles_that_of_whoever_has_a_word_to_say(member: Member, words: str) -> None:
    other = resembled(9, FAKE, familiar(ME, [channel(member)]))

    assert other is not None
    assert in_words(FAKE, other) == f"{FAKE} is not @{member.name}, {words}: the names only look alike"


def test_name_resembles_one_s_own_and_that_of_a_partner() -> None:
    me = Account(id=1, name="Bill")
    direct = conversation(3, "mona", kind="direct", partner=5)
    known = familiar(me, [direct])

    assert [other.words for name in ("bi11", "rnona") if (other := resembled(9, name, known)) is not None] == [
        "which is you",
        "with whom you have a direct conversation",
    ]


def test_name_resembles_nobody_when_it_is_their_own_or_another_or_that_of_somebody_who_is_not_known() -> None:
    assert resembled(2, FAKE, KNOWN) is None
    assert resembled(9, "joanna", KNOWN) is None
    assert resembled(9, FAKE, familiar(ME, [channel(Member(account=2, name="anna"))])) is None
    assert resembled(9, FAKE, NOBODY) is None


def test_gutter_marks_a_name_that_resembles_another_however_narrow_it_is() -> None:
    message = said(1, "12:53", FAKE, "pay here")
    reader = Reader(ME.id, ME.name, ZONE, known=KNOWN)

    for where in (columns(60, 80, 6), columns(39, 40, 6), columns(60, 80, 3)):
        lines = draw(MessageItem(message, True, message.ts), where, reader)
        assert " \u2248" in lines[0].text
        genuine = msgspec.structs.replace(message, author=2, name="anna")
        assert "\u2248" not in draw(MessageItem(genuine, True, message.ts), where, reader)[0].text


def test_what_somebody_does_has_the_mark_behind_the_name() -> None:
    message = said(1, "12:53", FAKE, "waves", style="action")
    lines = draw(MessageItem(message, True, message.ts), columns(60, 80, 6), Reader(ME.id, ME.name, ZONE, known=KNOWN))

    assert f"{FAKE} \u2248 waves" in lines[0].text


def test_line_mode_says_in_words_who_somebody_is_not() -> None:
    here = channel(ANNA)

    assert message_line(said(1, "12:53", FAKE, "hi"), here, ME, known=KNOWN) == f"{FAKE}, who is not @anna: hi"
    assert message_line(said(1, "12:53", "joe", "hi"), here, ME, known=KNOWN) == "joe: hi"
