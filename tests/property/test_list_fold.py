"""What a list of conversations shows is the same by events as fetched fresh: the real store and resume, the reducer.

Topics, rules, roles, what is read, quiet, ignored, bookmarked. Messages and groups have a test beside this one.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.client.state import inputs
from chat_core.client.state.model import ClientState
from chat_core.client.state.reading import is_exact
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ReadMarkerMoved
from chat_core.protocol.requests.session import Resume, Resumed
from chat_core.protocol.values import Account
from chat_core.server.handlers.session import _resumed
from chat_core.server.store.acts import ChangeRules, GiveRole, InviteToChannel, SanctionInChannel
from chat_core.server.store.attention import MarkEverythingRead, QuietConversation
from chat_core.server.store.base import Committed, Op, Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, SetChannelTopic
from chat_core.server.store.marks import SetBookmark
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage, MoveReadMarker
from chat_core.server.store.people import SignInByName
from chat_core.server.store.private import IgnoreAccount
from chat_core.server.store.sqlite import SqliteStore
from chat_core.server.store.threading import MoveThreadMarker, SetFollowing
from tests.support.examples import examples

ANN, BOB = AccountId(1), AccountId(2)
NAMES: Final = {ANN: "ann", BOB: "bob"}
ROOM: Final = 3
KINDS: Final = (
    *("post", "post", "post", "reply", "edit", "delete", "topic", "join", "leave", "direct", "whisper"),
    *("role", "rules", "archive", "kick", "mute", "invite"),
    *("read", "back", "read all", "quiet", "ignore", "keep", "follow", "read thread"),
)

Step = tuple[str, AccountId, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from([ANN, BOB]), st.integers(1, 8)), min_size=1, max_size=16
)
TEXTS: Final = ("hello", "@ann look", "@bob look", "@channel all of you")


def op_of(step: Step, number: int) -> Op:
    """Return what a step does; odd seqs turn something on, where there are two ways."""
    kind, who, seq = step
    other, on = BOB if who == ANN else ANN, bool(seq % 2)
    text, cid = TEXTS[seq % 4], Cid(number.to_bytes(16, "big"))
    ops: dict[str, Op] = {
        "post": AppendMessage(who, ROOM, cid, None, text, text, "text", None, number),
        "reply": AppendMessage(who, ROOM, cid, None, text, text, "text", None, number, thread=seq, in_channel=on),
        "whisper": AppendMessage(who, f"@{NAMES[other]}", cid, None, text, text, "text", None, number),
        "edit": EditMessage(who, ROOM, seq, text, number),
        "delete": DeleteMessage(who, ROOM, seq, number),
        "topic": SetChannelTopic(who, ROOM, f"topic {seq % 3}", number),
        "join": JoinChannel(who, "room", True, number),
        "leave": LeaveConversation(who, ROOM, number),
        "direct": OpenDirect(who, NAMES[other], number),
        "role": GiveRole(who, ROOM, other, ("member", "voice", "operator")[seq % 3], number),
        "rules": ChangeRules(who, ROOM, number, moderated=on, slow_s=0, topic_by="member" if on else "operator"),
        "archive": ChangeRules(who, ROOM, number, archived=on, visibility="public" if on else "unlisted"),
        "kick": SanctionInChannel(who, ROOM, other, "kick", number),
        "mute": SanctionInChannel(who, ROOM, other, "mute" if on else "unmute", number),
        "invite": InviteToChannel(who, ROOM, other, number),
        "read": MoveReadMarker(who, ROOM, seq),
        "back": MoveReadMarker(who, ROOM, seq, back=True),
        "read all": MarkEverythingRead(who, {ROOM: seq, 1: 1}),
        "quiet": QuietConversation(who, ROOM, on),
        "ignore": IgnoreAccount(who, NAMES[other], on),
        "keep": SetBookmark(who, ROOM, seq, on, number),
        "follow": SetFollowing(who, ROOM, seq, on),
        "read thread": MoveThreadMarker(who, ROOM, seq, seq + 2),
    }
    return ops[kind]


async def told(steps: Sequence[Step]) -> tuple[list[Committed], list[dict[AccountId, Resumed]]]:
    """Return what a store said of each step that did something, and what each account would fetch behind it."""
    commits: list[Committed] = []
    fetched: list[dict[AccountId, Resumed]] = []
    done: list[Committed] = []
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "chat.db", clock=SystemClock(), readers=1)
        await store.open(commits.extend)
        try:
            for account, name in NAMES.items():
                await store.write(SignInByName(name, 1))
                await store.write(JoinChannel(account, "room", True, 1))
            for number, step in enumerate((None, *steps), 1):
                before = len(commits)
                try:
                    if step is not None:
                        await store.write(op_of(step, number))
                except Refused:
                    continue
                if step is None or len(commits) > before:
                    done.append(commits[-1])
                    fetched.append(
                        await store.read(lambda reader: {who: _resumed(reader, who, Resume(), "one") for who in NAMES})
                    )
        finally:
            await store.close()
    return done, fetched


def fresh(account: AccountId, resumed: Resumed) -> ClientState:
    me = Account(id=account, name=NAMES[account])
    return apply(ClientState(me=me), inputs.WasResumed(resumed=resumed))[0]


def followed(state: ClientState, account: AccountId, done: Committed, fetched: Resumed) -> ClientState:
    """Return the state after what the server pushes of an op, and what the client asks it for where it cannot count."""
    if done.events:
        number = done.events[0].conversation
        arrived = inputs.EventsArrived(conversation=number, events=tuple(done.events), live=True)
        state = apply(state, arrived)[0]
    asked = {number for number, each in state.conversations.items() if each.uncounted}
    for who, event in done.account_events:
        if who == account:
            state = apply(state, inputs.AccountEventArrived(event=event))[0]
            if isinstance(event, ReadMarkerMoved) and not is_exact(state.conversations[event.conversation]):
                asked.add(event.conversation)
    asked |= {number for number, each in state.conversations.items() if each.uncounted}
    for info in fetched.conversations:
        if info.id in asked:
            state = apply(state, inputs.Opened(conversation=info))[0]
    return state


def seen(state: ClientState) -> dict[object, object]:
    """Return what a list shows."""
    shown: dict[object, object] = {"ignored": state.ignored, "bookmarks": dict(state.bookmarks)}
    for number, each in state.conversations.items():
        info = each.info
        shown[number] = (info.kind, info.name, info.topic, info.rules, info.role, info.quiet)
        shown["unread", number] = (each.read, each.unread, each.mentions)
    return shown


@given(steps=STEPS)
@example(steps=[("post", BOB, 1), ("post", ANN, 2), ("read", BOB, 2), ("back", BOB, 1), ("delete", ANN, 2)])
@example(steps=[("post", BOB, 1), ("keep", ANN, 1), ("leave", ANN, 1), ("join", ANN, 1), ("keep", ANN, 2)])
@example(steps=[("role", ANN, 2), ("rules", BOB, 2), ("topic", BOB, 1), ("kick", ANN, 1), ("invite", ANN, 1)])
@settings(max_examples=examples(10))
def test_list_is_the_fetched_one_wherever_one_began_to_follow(steps: list[Step]) -> None:
    done, fetched = asyncio.run(told(steps))

    for account in NAMES:
        for began in range(len(done)):
            state = fresh(account, fetched[began][account])
            for step in range(began + 1, len(done)):
                state = followed(state, account, done[step], fetched[step][account])
                assert seen(state) == seen(fresh(account, fetched[step][account])), (account, began, step)
