"""Roles, rules and sanctions in words, for timelines, for `tail`, and for the one concerned."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.client.state.changes import Delivered, PutOut
from chat_core.protocol.events import (
    AccountSanctioned,
    Invited,
    MembersAdded,
    MemberSanctioned,
    RoleChanged,
    RulesChanged,
)
from chat_core.protocol.values import Person, Rules, Sanction
from chat_tui.exports.lines import as_text, of_event
from chat_tui.views.order import news, sanction_words, tell

FACTS: dict[str, Any] = {"conversation": 3, "seq": 7, "eid": bytes(8), "ts": 1_000, "author": 1, "name": "ann"}
BOB: dict[str, Any] = {"account": 2, "account_name": "bob"}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (RoleChanged(**FACTS, **BOB, role="operator"), "ann made bob an operator"),
        (RoleChanged(**FACTS, account=1, account_name="ann", role="member"), "ann made themselves a plain member"),
        (
            RulesChanged(**FACTS, rules=Rules(moderated=True, slow_s=90), changed=("moderated", "slow_s")),
            "ann set the channel to: moderated, a message every 1 minute 30 seconds",
        ),
        (
            RulesChanged(
                **FACTS,
                rules=Rules(locked=True, locked_until=601_000),
                changed=("locked", "locked_until"),
                reason="a raid",
            ),
            "ann set the channel to: locked down for 10 minutes: a raid",
        ),
        (
            RulesChanged(**FACTS, rules=Rules(), changed=("visibility", "moderated", "locked", "archived", "slow_s")),
            "ann set the channel to: public, not moderated, not locked down, not archived, no slow mode",
        ),
        (
            RulesChanged(
                **FACTS, rules=Rules(visibility="invite", topic_by="voice"), changed=("visibility", "topic_by")
            ),
            "ann set the channel to: invite-only, topic by voices and operators",
        ),
        (MemberSanctioned(**FACTS, **BOB, act="kick", reason="off topic"), "ann kicked bob: off topic"),
        (MemberSanctioned(**FACTS, **BOB, act="mute", until=61_000), "ann muted bob for 1 minute"),
        (MemberSanctioned(**FACTS, **BOB, act="unmute"), "ann let bob speak again"),
        (MemberSanctioned(**FACTS, **BOB, act="unban"), "ann let bob in again"),
        (MembersAdded(**FACTS, people=(Person(account=2, name="bob", display=""),)), "ann brought in bob"),
        (MembersAdded(**FACTS, people=(Person(account=1, name="ann", display=""),)), "ann came back into the group"),
        (
            MemberSanctioned(**FACTS, **BOB, act="mute", until=61_000, reason="shouting", automatic=True),
            "bob was muted by a rule for 1 minute: shouting",
        ),
    ],
)
def test_event_is_told_in_one_line(event: Any, words: str) -> None:
    assert tell(event) == words
    assert as_text(of_event("#ops", event)).endswith(f"#ops:7 -- {words}")


def test_event_is_printed_without_what_a_terminal_would_obey() -> None:
    event = MemberSanctioned(**FACTS, **BOB, act="kick", reason="\x1b]52;c;\x07\u202e")
    assert "\x1b" not in as_text(of_event("#ops", event)) and "\u202e" not in as_text(of_event("#ops", event))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            PutOut(conversation=3, target="#ops", reason="kicked", name="ann", text="off topic.", until=None),
            "You were kicked from #ops by ann: off topic.",
        ),
        (
            PutOut(conversation=3, target="#ops", reason="banned", name="", text="", until=3_601_000),
            "You were banned from #ops by a rule of the server for 1 hour.",
        ),
        (
            Delivered(event=Invited(seq=1, conversation=3, channel="ops", name="ann")),
            "ann invites you to #ops: /join #ops goes there.",
        ),
        (
            Delivered(event=AccountSanctioned(seq=1, act="warn", conversation=3, name="ann", reason="be kind")),
            "You were warned by ann: be kind.",
        ),
        (
            Delivered(event=AccountSanctioned(seq=1, act="mute", until=61_000, reason="flood")),
            "You were muted on this server by a rule of the server for 1 minute: flood.",
        ),
        (
            Delivered(event=AccountSanctioned(seq=1, act="mute", until=900, name="ann", reason="flood")),
            "You were muted on this server by ann (over by now): flood.",
        ),
        (Delivered(event=AccountSanctioned(seq=1, act="unmute")), "You may write on this server again."),
    ],
)
def test_news_of_oneself_is_told_in_a_sentence(change: Any, words: str) -> None:
    assert news([change], 1_000) == [words]


def test_sanction_is_listed_with_who_how_long_and_why() -> None:
    sanction = Sanction(id=1, kind="ban", account=2, name="bob", address="198.51.100.7", until=61_000, reason="spam")
    assert sanction_words(sanction, 1_000) == ("@bob 198.51.100.7", "banned by the server, 1 minute left: spam")
