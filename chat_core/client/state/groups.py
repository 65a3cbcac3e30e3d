"""Who came into a group and who left it, from its log into a conversation's state. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chat_core.client.state.changes import Change, ListChanged, MembersListed, NoticeAdded
from chat_core.client.state.model import ConversationState, Notice
from chat_core.client.state.notices import add_notice
from chat_core.protocol.events import ConversationEvent, GroupEvent, MemberLeft
from chat_core.protocol.groups import with_people
from chat_core.protocol.values import Account, Conversation


def peopled(
    conversation: ConversationState, events: Sequence[ConversationEvent], me: Account | None
) -> tuple[ConversationState, list[Change]]:
    """Fold events about who is in a group in; the others change nothing."""
    changes: list[Change] = []
    for event in events:
        if not isinstance(event, GroupEvent):
            continue
        notice = Notice(after=event.seq, ts=event.ts, kind="order", names=(event.name,), event=event)
        conversation = add_notice(conversation, notice)
        changes.append(NoticeAdded(conversation=conversation.id, notice=notice))
        # While catching up, the list of conversations has those who are in it now already.
        if event.seq > conversation.info.head:
            info = _with(conversation.info, event, me)
            members = replace(conversation.members, total=info.members, stale=True)
            conversation = replace(conversation, info=info, members=members)
            changes += [ListChanged(changed=(conversation.id,)), MembersListed(conversation=conversation.id)]
    return conversation, changes


def _with(group: Conversation, event: GroupEvent, me: Account | None) -> Conversation:
    if isinstance(event, MemberLeft):
        rest = [person for person in group.people if person.account != event.author]
        return with_people(group, rest, group.members - 1)
    there = {person.account: person for person in group.people}
    came = {each.account: each for each in event.people if me is None or each.account != me.id}
    return with_people(group, {**there, **came}.values(), group.members + len(came.keys() - there.keys()))
