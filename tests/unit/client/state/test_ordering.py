"""Roles, rules and being put out, as the reducer knows them."""

from __future__ import annotations

from typing import Any

from chat_core.client.state import inputs
from chat_core.client.state.changes import ListChanged, MembersListed, NoticeAdded, PutOut
from chat_core.client.state.model import ClientState, MemberList
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ConversationLeft, MemberSanctioned, RoleChanged, RulesChanged
from chat_core.protocol.requests.conversations import Members
from chat_core.protocol.requests.session import CatchUp, Resumed
from chat_core.protocol.values import Account, Conversation, Member, Rules

ANN = Account(id=1, name="ann")
FACTS: dict[str, Any] = {"conversation": 3, "eid": bytes(8), "ts": 1_000, "author": 2, "name": "bob"}


def opened(head: int = 0, **info: Any) -> ClientState:
    """Return the state of ann, who is in #ops."""
    state, _ = apply(ClientState(), inputs.SignedInAs(me=ANN, server="test"))
    conversation = Conversation(id=3, kind="channel", name="ops", head=head, **info)
    return apply(state, inputs.Opened(conversation=conversation))[0]


def test_own_role_and_rules_follow_the_log() -> None:
    state = opened()
    role = RoleChanged(**FACTS, seq=1, account=1, account_name="ann", role="voice")
    rules = RulesChanged(**FACTS, seq=2, rules=Rules(moderated=True), changed=("moderated",))
    state, changes = apply(state, inputs.EventsArrived(conversation=3, events=(role, rules), live=True))
    known = state.conversations[3]
    assert (known.info.role, known.info.rules) == ("voice", Rules(moderated=True))
    assert [notice.event for notice in known.notices] == [role, rules]
    assert sum(isinstance(change, NoticeAdded) for change in changes) == 2
    assert any(isinstance(change, ListChanged) and change.changed == (3,) for change in changes)


def test_what_the_list_knew_already_is_not_set_back_while_catching_up() -> None:
    state = opened(head=2, role="operator", rules=Rules(slow_s=5))
    position = inputs.Placed(position=state.conversations[3].position.__class__(conversation=3, seq=0))
    state, _ = apply(state, position)
    old_role = RoleChanged(**FACTS, seq=1, account=1, account_name="ann", role="voice")
    old_rules = RulesChanged(**FACTS, seq=2, rules=Rules(moderated=True), changed=("moderated",))
    state, _ = apply(state, inputs.EventsArrived(conversation=3, events=(old_role, old_rules), live=False))
    assert (state.conversations[3].info.role, state.conversations[3].info.rules) == ("operator", Rules(slow_s=5))


def test_role_of_a_listed_member_changes_in_the_list() -> None:
    state = opened()
    members = Members(members=(Member(account=2, name="bob"),), rev=1, total=1, online=0)
    state, _ = apply(state, inputs.MembersRead(conversation=3, members=members, wall_ms=1))
    event = RoleChanged(**FACTS, seq=1, account=2, account_name="bob", role="operator")
    state, changes = apply(state, inputs.EventsArrived(conversation=3, events=(event,), live=True))
    listed: MemberList = state.conversations[3].members
    assert [member.channel_role for member in listed.members] == ["operator"]
    assert MembersListed(conversation=3) in changes


def test_sanction_of_somebody_is_a_line_and_nothing_else() -> None:
    state = opened()
    event = MemberSanctioned(**FACTS, seq=1, act="mute", account=9, account_name="eve")
    now, _ = apply(state, inputs.EventsArrived(conversation=3, events=(event,), live=True))
    assert now.conversations[3].info == state.conversations[3].info
    assert [notice.event for notice in now.conversations[3].notices] == [event]


def test_being_put_out_is_told_with_its_reason() -> None:
    left = ConversationLeft(seq=1, conversation=3, last=0, reason="banned", name="bob", text="spam", until=9)
    state, changes = apply(opened(), inputs.AccountEventArrived(event=left))
    out = PutOut(conversation=3, target="#ops", reason="banned", name="bob", text="spam", until=9)
    assert state.conversations == {} and out in changes


def test_leaving_by_oneself_is_not_being_put_out() -> None:
    left = ConversationLeft(seq=1, conversation=3, last=0)
    _, changes = apply(opened(), inputs.AccountEventArrived(event=left))
    assert not any(isinstance(change, PutOut) for change in changes)


def test_being_put_out_while_away_is_told_by_the_resume() -> None:
    gone = CatchUp(conversation=3, gone="kicked", name="bob", text="off topic")
    resumed = Resumed(epoch="", seq=1, conversations=(), catch_ups=(gone,))
    state, changes = apply(opened(), inputs.WasResumed(resumed=resumed))
    out = PutOut(conversation=3, target="#ops", reason="kicked", name="bob", text="off topic", until=None)
    assert state.conversations == {} and out in changes
