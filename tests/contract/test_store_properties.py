"""Every store, under any mixture of ops: the log has no hole, and everything folded from it agrees with it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import (
    AccountEvent,
    ConversationEvent,
    MemberLeft,
    MembersAdded,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReadMarkerMoved,
    RulesChanged,
    ThreadMarked,
    TopicChanged,
)
from chat_core.protocol.values import Message, Rules, SanctionAct, ThreadSummary
from chat_core.server.store.acts import (
    ChangeManners,
    ChangeRules,
    DeleteChannel,
    EmptyChannel,
    GiveRole,
    InviteToChannel,
    LockServer,
    SanctionInChannel,
    SanctionOnServer,
)
from chat_core.server.store.attention import MarkEverythingRead, QuietConversation
from chat_core.server.store.base import Op, Reader, Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, SetChannelTopic
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import SetBookmark
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage, MoveReadMarker
from chat_core.server.store.ops import emptying
from chat_core.server.store.people import RenameAccount, SignInByName
from chat_core.server.store.private import IgnoreAccount
from chat_core.server.store.threading import MoveThreadMarker, SetFollowing
from tests.contract.world import MakeWorld, World
from tests.support.examples import examples

NAMES = ("ann", "bob", "eve")
PEOPLE = st.sampled_from([AccountId(1), AccountId(2), AccountId(3)])
ROOMS = st.sampled_from(["#general", "#ops", "#dev", "@ann", "@bob", "&3", "&4", 1, 2, 3, 4, 5])
CHANNELS = st.sampled_from(["general", "ops", "dev"])
NUMBERS = st.integers(1, 6).map(ConversationId)
TIMES = st.integers(1, 9_000)
ACTS: st.SearchStrategy[SanctionAct] = st.sampled_from(["warn", "mute", "unmute", "kick", "ban", "unban"])
CIDS = st.integers(1, 12).map(lambda number: Cid(number.to_bytes(16, "big")))


def posts(person: AccountId, room: int | str, cid: Cid, prev: Cid | None, body: str, reply: int | None) -> Op:
    return AppendMessage(person, room, cid, prev, body, body, "text", reply, 1)


POSTS = st.builds(
    posts, PEOPLE, ROOMS, CIDS, st.none() | CIDS, st.sampled_from(["a", "b"]), st.none() | st.integers(1, 5)
)
# Most of what is done is allowed, or little would happen.
FRESH = st.builds(
    posts,
    PEOPLE,
    st.sampled_from(["#general", 1]) | ROOMS,
    st.binary(min_size=16, max_size=16).map(Cid),
    st.none(),
    st.sampled_from(["new", "new", "@bob @eve!", "@channel", "`@bob` @EVE @here"]),
    st.none(),
)


def replies(person: AccountId, cid: bytes, text: str, thread: int, in_channel: bool) -> Op:
    return AppendMessage(person, 1, Cid(cid), None, text, text, "text", None, 7, thread=thread, in_channel=in_channel)


REPLIES = st.builds(
    replies,
    PEOPLE,
    st.binary(min_size=16, max_size=16),
    st.sampled_from(["re", "re", "re @bob", "@channel re"]),
    st.integers(1, 12),
    st.booleans(),
)


def deletion(person: AccountId, name: str) -> Op:
    return DeleteChannel(person, f"#{name}", name, 1)


OPS: st.SearchStrategy[Op] = st.one_of(
    FRESH,
    FRESH,
    POSTS,
    REPLIES,
    REPLIES,
    st.builds(SetFollowing, PEOPLE, st.just(1), st.integers(1, 9), st.booleans()),
    st.builds(MoveThreadMarker, PEOPLE, st.just(1), st.integers(1, 9), st.integers(1, 20)),
    st.builds(
        EditMessage,
        PEOPLE,
        st.just(1) | ROOMS,
        st.integers(1, 9),
        st.sampled_from(["new", "b", "@ann and @bob"]),
        st.just(1),
    ),
    st.builds(DeleteMessage, PEOPLE, st.just(1) | ROOMS, st.integers(1, 9), st.just(1)),
    st.builds(DeleteMessage, PEOPLE, st.just(1), st.integers(1, 20), st.just(1)),
    st.builds(MarkEverythingRead, PEOPLE, st.dictionaries(st.integers(1, 5), st.integers(0, 9))),
    st.builds(QuietConversation, PEOPLE, ROOMS, st.booleans()),
    st.builds(IgnoreAccount, PEOPLE, st.sampled_from(NAMES), st.booleans()),
    st.builds(JoinChannel, PEOPLE, CHANNELS, st.booleans(), st.just(1)),
    st.builds(OpenDirect, PEOPLE, st.sampled_from(NAMES), st.just(1)),
    st.builds(MakeGroup, PEOPLE, st.just(NAMES), TIMES),
    st.builds(MakeGroup, PEOPLE, st.just(NAMES), TIMES),
    st.builds(LeaveConversation, PEOPLE, ROOMS, st.just(1)),
    st.builds(SetBookmark, PEOPLE, ROOMS, st.integers(1, 5), st.booleans(), st.just(1)),
    st.builds(deletion, PEOPLE, CHANNELS),
    st.builds(EmptyChannel, NUMBERS),
    st.builds(SetChannelTopic, PEOPLE, ROOMS, st.sampled_from(["x", "y"]), st.just(1)),
    st.builds(MoveReadMarker, PEOPLE, ROOMS, st.integers(0, 12), st.booleans()),
    st.builds(MoveReadMarker, PEOPLE, st.just(1), st.integers(1, 20)),
    st.builds(RenameAccount, PEOPLE, st.sampled_from([*NAMES, "Bob", "zoe"])),
    st.builds(GiveRole, PEOPLE, ROOMS, st.sampled_from(NAMES), st.sampled_from(["member", "voice", "operator"]), TIMES),
    st.builds(
        ChangeRules,
        PEOPLE,
        ROOMS,
        TIMES,
        visibility=st.sampled_from([None, "public", "unlisted", "invite"]),
        moderated=st.none() | st.booleans(),
        locked=st.none() | st.booleans(),
        locked_until=st.none() | TIMES,
        archived=st.sampled_from([None, None, None, False, True]),
        slow_s=st.sampled_from([None, 0, 2]),
    ),
    st.builds(ChangeManners, PEOPLE, ROOMS, st.just("links"), st.sampled_from([None, "warn", "kick"]), TIMES),
    st.builds(InviteToChannel, PEOPLE, ROOMS, st.sampled_from(NAMES), TIMES),
    st.builds(
        SanctionInChannel, st.none() | PEOPLE, ROOMS, st.sampled_from(NAMES), ACTS, TIMES, until_ts=st.none() | TIMES
    ),
    st.builds(SanctionOnServer, st.none(), st.sampled_from(NAMES), ACTS, TIMES, until_ts=st.none() | TIMES),
    st.builds(LockServer, st.none(), st.sampled_from([False, False, True]), TIMES, st.none() | TIMES),
)
BATCHES = st.lists(st.lists(OPS, min_size=1, max_size=12), min_size=1, max_size=6)


# Luck seldom makes a thread that somebody follows.
THREAD = [
    [posts(AccountId(1), 1, Cid(bytes(16)), None, "a", None), posts(AccountId(2), 1, Cid(b"b" * 16), None, "b", None)],
    [replies(AccountId(1), b"c" * 16, "c", 1, False), replies(AccountId(2), b"d" * 16, "d", 2, True)],
]
# Nor a channel that somebody deletes who may, with all that can be left of it; its name and cids are used again then.
ANN, BOB, OLD = AccountId(1), AccountId(2), 3
DELETED: list[list[Op]] = [
    [
        *(JoinChannel(person, "ops", True, 1) for person in (ANN, BOB)),
        posts(ANN, OLD, Cid(b"1" * 16), None, "@bob", None),
        AppendMessage(BOB, OLD, Cid(b"2" * 16), None, "re", "re", "text", None, 7, thread=1, in_channel=True),
        AppendMessage(ANN, OLD, Cid(b"3" * 16), None, "@bob", "@bob", "text", None, 7, thread=1),
        EditMessage(ANN, OLD, 1, "@channel", 1),
        *(SetBookmark(person, OLD, 1, True, 1) for person in (ANN, BOB)),
        MoveReadMarker(BOB, OLD, 2),
    ],
    [deletion(ANN, "ops"), posts(BOB, "#general", Cid(b"2" * 16), Cid(b"1" * 16), "again", None)],
    [
        EmptyChannel(ConversationId(OLD)),
        JoinChannel(BOB, "ops", True, 1),
        posts(BOB, "#ops", Cid(b"1" * 16), None, "anew", None),
        posts(BOB, "#ops", Cid(b"2" * 16), None, "re", None),
    ],
]


@given(batches=BATCHES)
@example(batches=THREAD)
@example(batches=DELETED)
@example(batches=[*DELETED[:1], [deletion(ANN, "ops")]])
@example(batches=[*THREAD, [DeleteMessage(AccountId(2), 1, seq, 1) for seq in range(1, 9)]])
@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_store_agrees_with_itself_after_any_ops(make_world: MakeWorld, batches: list[list[Op]]) -> None:
    asyncio.run(_live(make_world, batches))


async def _live(make_world: MakeWorld, batches: list[list[Op]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(emptying, "PIECE_ROWS", 2)  # so that there are pieces
        await _lived(make_world, batches)


async def _lived(make_world: MakeWorld, batches: list[list[Op]]) -> None:
    async with make_world() as world:
        await world.together(*(SignInByName(name, 1) for name in NAMES))
        for number, batch in enumerate(batches):
            for reply in await world.together(*batch):
                assert not isinstance(reply, Exception) or isinstance(reply, Refused)
                assert getattr(reply, "code", None) is not Refusal.STORE_FAILED
            if number == 2:
                await world.reopen()
        await world.reopen()
        gone = {number for outcome in world.committed for number in outcome.removed}
        half_empty = [await _seen(world, AccountId(number), gone) for number in (1, 2, 3)]
        await world.empty()
        assert [await _seen(world, AccountId(number), gone) for number in (1, 2, 3)] == half_empty
        for head in world.boot.heads:
            if head.conversation in gone:
                assert (head.seq, await world.log(head.conversation)) == (0, [])
                assert await world.messages(head.conversation) == []
            else:
                await _check_log(world, head.conversation, head.seq)
        for number in (1, 2, 3):
            await _check_account(world, AccountId(number))
            await _check_threads(world, AccountId(number))


async def _seen(world: World, account: AccountId, gone: set[ConversationId]) -> list[Any]:
    """Return all that an account is shown that is not asked of one conversation; nothing of those that are gone."""

    def query(reader: Reader) -> list[Any]:
        channels, _ = reader.channels(account, "", 50)
        bookmarks, _ = reader.bookmarks(account, None, 50)
        mentions, _ = reader.mentions_of(account, None, 50)
        threads, _ = reader.threads_of(account, 50, unread=False)
        counts, _ = reader.thread_counts(account, None, 50)
        placed: list[Sequence[Any]] = [bookmarks, reader.bookmarked_seqs(account), mentions, threads, counts]
        places = {each.conversation for found in placed for each in found}
        shown: list[Sequence[Any]] = [reader.conversations_of(account), reader.unread_of(account), channels]
        places |= {each.id for found in shown for each in found}
        assert not places & gone
        return [*placed, *shown, reader.account_events(account, 0), reader.find(account, 1)]

    for number in gone:
        with pytest.raises(Refused) as refused:
            await world.find(account, number)
        assert refused.value.code is Refusal.NO_CONVERSATION
    return await world.read(query)


async def _check_log(world: World, conversation: ConversationId, head: int) -> None:
    log = await world.log(conversation)
    assert [event.seq for event in log] == list(range(1, head + 1))
    pushed = [event for event in world.events() if event.conversation == conversation]
    names = {account.id: account.name for account in (await world.read(lambda r: r.users("", 10)))[0]}
    shown = [_renamed(event, names) for event in pushed]
    messages = await world.messages(conversation)
    assert messages == fold(shown), "what was pushed"
    assert messages == fold(log), "what is kept"
    assert erased(shown, {message.seq for message in messages if message.deleted}) == list(log)
    sends = [(event.author, event.cid) for event in log if isinstance(event, MessagePosted)]
    assert len(set(sends)) == len(sends)


async def _check_threads(world: World, account: AccountId) -> None:
    """The threads of an account are those that its log tells of, with what is unread in them."""
    marked = {
        (event.conversation, event.thread): (event.read, event.following)
        for event in world.account_events(account)
        if isinstance(event, ThreadMarked)
    }
    mine = {shown.id for shown in await world.list_of(account)}
    expected = {place: read for place, (read, following) in marked.items() if following and place[0] in mine}
    shown, more = await world.read(lambda reader: reader.threads_of(account, 50, unread=False))
    assert {(each.conversation, each.root.seq): each.read for each in shown} == expected and not more
    assert [each.root.last_reply for each in shown] == sorted((each.root.last_reply for each in shown), reverse=True)
    told, _ = await world.read(lambda reader: reader.thread_counts(account, None, 50))
    counts = {(count.conversation, count.thread): count for count in told}
    assert list(counts) == [(each.conversation, each.root.seq) for each in shown]
    silent = {account, *await world.read(lambda reader: reader.ignored_numbers(account))}
    for each in shown:
        everything = await world.messages(ConversationId(each.conversation))
        inside = [message for message in everything if message.thread == each.root.seq]
        assert each.root in everything
        new = [
            message
            for message in inside
            if message.author not in silent and message.seq > each.read and not message.deleted
        ]
        assert each.unread == len(new)
        calls = [message for message in new if message.everyone or account in message.mentions]
        count = counts[each.conversation, each.root.seq]
        assert (count.read, count.unread) == (each.read, each.unread)
        assert count.mentions == sum(not message.in_channel for message in calls)
        assert await _in_thread(world, each, account) == inside
    unread, _ = await world.read(lambda reader: reader.threads_of(account, 50, unread=True))
    assert list(unread) == [each for each in shown if each.unread]


async def _in_thread(world: World, thread: ThreadSummary, asker: AccountId) -> list[Message]:
    page = await world.read(lambda reader: reader.thread_page(thread, "latest", 0, 50, None, asker))
    return list(page.messages)


async def _check_account(world: World, account: AccountId) -> None:
    pushed = world.account_events(account)
    assert [event.seq for event in pushed] == list(range(1, len(pushed) + 1))
    kept = await world.account_log(account)
    assert [event.seq for event in kept] == surviving(pushed)
    silent = {account, *await world.read(lambda reader: reader.ignored_numbers(account))}
    for shown in await world.list_of(account):
        number = ConversationId(shown.id)
        log = await world.log(number)
        messages = await world.messages(number)
        behind = [each for each in messages if each.author not in silent and each.seq > shown.read]
        behind = [each for each in behind if not each.deleted and not each.aside]
        assert shown.unread == len(behind)
        assert shown.mentions == sum(bool(each.everyone) or account in each.mentions for each in behind)
        assert shown.head == len(log)
        assert shown.eid == (log[-1].eid if log else b"")
        topics = [event.topic for event in log if isinstance(event, TopicChanged)]
        assert shown.topic == (topics[-1] if topics else "")
        rules = [event.rules for event in log if isinstance(event, RulesChanged)]
        assert shown.rules == (rules[-1] if rules else Rules())
        members, total, _ = await world.members(number)
        assert len(members) == total == shown.members
        assert account in {member.account for member in members}
        if shown.kind == "group":
            others = {member.account for member in members} - {account}
            assert {person.account for person in shown.people} == others == peopled(log) - {account}


def fold(log: Sequence[ConversationEvent]) -> list[Message]:
    """Make messages of a log, as a client would."""
    found: dict[int, Message] = {}
    for event in log:
        match event:
            case MessagePosted():
                found[event.seq] = Message(
                    seq=event.seq,
                    changed=event.seq,
                    ts=event.ts,
                    author=event.author,
                    name=event.name,
                    body=event.body,
                    style=event.style,
                    reply_to=event.reply_to,
                    thread=event.thread,
                    in_channel=event.in_channel,
                    mentions=event.mentions,
                    everyone=event.everyone,
                )
                if event.thread is not None:
                    root = found[event.thread]
                    assert root.thread is None
                    found[root.seq] = replace(root, changed=event.seq, replies=root.replies + 1, last_reply=event.ts)
            case MessageEdited():
                old = found[event.message]
                assert event.author == old.author and not old.deleted
                found[old.seq] = replace(old, changed=event.seq, body=event.body, edits=old.edits + 1)
                found[old.seq] = replace(found[old.seq], mentions=event.mentions, everyone=event.everyone)
            case MessageDeleted():
                old = found[event.message]
                assert event.author == old.author and not old.deleted
                found[old.seq] = replace(old, changed=event.seq, body="", deleted=True)
                found[old.seq] = replace(found[old.seq], mentions=(), everyone="")
            case _:
                pass
    return list(found.values())


def peopled(log: Sequence[ConversationEvent]) -> set[int]:
    """Return who is in a group, by its log."""
    there: set[int] = {log[0].author}
    for event in log:
        match event:
            case MembersAdded():
                there |= {person.account for person in event.people}
            case MemberLeft():
                there.discard(event.author)
            case _:
                pass
    return there


def erased(log: Sequence[ConversationEvent], deleted: set[int]) -> list[ConversationEvent]:
    """Return events as the log keeps them when some messages were deleted."""
    kept: list[ConversationEvent] = []
    for event in log:
        if isinstance(event, MessagePosted | MessageEdited):
            about = event.message if isinstance(event, MessageEdited) else event.seq
            kept.append(replace(event, body="", mentions=(), everyone="") if about in deleted else event)
        else:
            kept.append(event)
    return kept


def surviving(pushed: Sequence[AccountEvent]) -> list[int]:
    """Return the seqs that an account's log keeps: of the markers of one conversation or thread, the newest."""
    newest: dict[tuple[int, int], int] = defaultdict(int)
    for event in pushed:
        if isinstance(event, ReadMarkerMoved | ThreadMarked):
            newest[_marked(event)] = event.seq
    return [
        event.seq
        for event in pushed
        if not isinstance(event, ReadMarkerMoved | ThreadMarked) or newest[_marked(event)] == event.seq
    ]


def _marked(event: ReadMarkerMoved | ThreadMarked) -> tuple[int, int]:
    return event.conversation, event.thread if isinstance(event, ThreadMarked) else 0


def _renamed(event: ConversationEvent, names: dict[int, str]) -> ConversationEvent:
    """Return a pushed event as a later read shows it: with its author's name of today."""
    return type(event)(
        **{field: getattr(event, field) for field in event.__struct_fields__} | {"name": names[event.author]}
    )
