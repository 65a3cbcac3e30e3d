"""Groups as values: ops of the store. Knows no SQL.

Adding somebody is an `InviteToChannel`, leaving a `LeaveConversation`: see there.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat_core.base.ids import AccountId


@dataclass(frozen=True, slots=True)
class MakeGroup:
    """Find the group of an account and some others, or make it.

    Outcome: `reply` is `(Conversation as `account` sees it, created)`; when made, one `MembersAdded`, and for each of
    them a `ConversationJoined` and a membership. If the account has left the group that the others are in, it is a
    member again: the same for it alone.
    Refused: `no_account`, `too_many` (people, conversations, groups begun of late), `not_allowed` (too few; one of them
    does not want it), `locked`.
    """

    account: AccountId
    other_names: tuple[str, ...]
    ts: int


GroupOp = MakeGroup
