"""Hand-made client states: short ways to say who said what and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import msgspec

from chat_core.base.mentions import mentions_in
from chat_core.client.state.model import (
    BLOCK,
    ClientState,
    ConversationState,
    LinkState,
    LinkStatus,
    MemberList,
    Notice,
    Timeline,
    Typist,
    Unsent,
)
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import Account, Conversation, ConversationKind, FileInfo, Member, Message, Position

ZONE = timezone(timedelta(hours=1))
"""The time zone of all hand-made states."""

ME = Account(id=2, name="you")
PEOPLE = {"marija": 1, "you": 2, "peter": 3, "ann": 5, "joe": 6, "bob": 7}

NOW = datetime(2023, 11, 21, 13, 2, tzinfo=ZONE)


class StoppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        """See Clock."""
        return self.seconds

    def wall_ms(self) -> int:
        """See Clock."""
        return ms(self.moment)


def ms(moment: datetime) -> int:
    """Return milliseconds since 1970."""
    return int(moment.astimezone(UTC).timestamp() * 1000)


def at(clock: str, day: int = 21) -> int:
    """Return `HH:MM` of a day of November 2023 in milliseconds."""
    hour, minute = clock.split(":")
    return ms(datetime(2023, 11, day, int(hour), int(minute), tzinfo=ZONE))


def said(seq: int, clock: str, who: str, body: str, *, day: int = 21, **more: Any) -> Message:
    """Make a message, which mentions the reader where it says so."""
    account = PEOPLE.get(who) or 100 + sum(map(ord, who))
    if ME.name in mentions_in(body).names and account != ME.id:
        more.setdefault("mentions", (ME.id,))
    return Message(seq=seq, changed=seq, ts=at(clock, day), author=account, name=who, body=body, **more)


def timeline(messages: Iterable[Message], *, at_start: bool = False, block: int = BLOCK) -> Timeline:
    """Make a timeline."""
    listed = list(messages)
    blocks = tuple(tuple(listed[start : start + block]) for start in range(0, len(listed), block))
    known_from = listed[0].seq if listed and not at_start else 1
    return Timeline(blocks=blocks, count=len(listed), at_start=at_start, known_from=known_from)


def conversation(
    number: int = 1,
    name: str = "general",
    messages: Iterable[Message] = (),
    *,
    kind: ConversationKind = "channel",
    at_start: bool = False,
    topic: str = "",
    online: int = 0,
    partner: int | None = None,
    **more: Any,
) -> ConversationState:
    """Make a conversation; a direct one is with somebody else."""
    line = timeline(messages, at_start=at_start)
    members = 2 if kind == "direct" else online
    info = Conversation(id=number, kind=kind, name=name, topic=topic, online=online, members=members, partner=partner)
    position = Position(conversation=number, seq=line.last_seq)
    more.setdefault("read", line.last_seq)
    return ConversationState(info=info, position=position, timeline=line, **more)


def client(*conversations: ConversationState, **more: Any) -> ClientState:
    """Make a client's state, online."""
    more.setdefault("me", ME)
    more.setdefault("link", LinkState(status=LinkStatus.ONLINE, latency_ms=8.2))
    return ClientState(conversations=MappingProxyType({each.id: each for each in conversations}), **more)


def with_more(state: ConversationState, *messages: Message) -> ConversationState:
    """Return a conversation with further messages at the end, in blocks as the library makes them."""
    line = state.timeline
    blocks = list(line.blocks)
    if blocks and len(blocks[-1]) < BLOCK:
        blocks[-1] = (*blocks[-1], *messages)
    else:
        blocks.append(messages)
    new = msgspec.structs.replace(line, blocks=tuple(blocks), count=line.count + len(messages))
    return msgspec.structs.replace(state, timeline=new)


def with_older(state: ConversationState, messages: Sequence[Message], *, at_start: bool = False) -> ConversationState:
    """Return a conversation with a page of older messages in front."""
    line = state.timeline
    blocks = (tuple(messages), *line.blocks) if messages else line.blocks
    known_from = messages[0].seq if messages and not at_start else 1
    count = line.count + len(messages)
    new = msgspec.structs.replace(line, blocks=blocks, count=count, at_start=at_start, known_from=known_from)
    return msgspec.structs.replace(state, timeline=new)


def with_changed(state: ConversationState, seq: int, **changes: Any) -> ConversationState:
    """Return a conversation in which one message was changed, in a copy of its block only."""
    line = state.timeline
    newest = max(message.changed for message in line)
    blocks = tuple(
        tuple(
            msgspec.structs.replace(message, changed=newest + 1, **changes) if message.seq == seq else message
            for message in block
        )
        if block[0].seq <= seq <= block[-1].seq
        else block
        for block in line.blocks
    )
    return msgspec.structs.replace(state, timeline=msgspec.structs.replace(line, blocks=blocks))


def chatter(first: int, count: int, *, words: int = 7) -> list[Message]:
    """Make messages of several people, some of them several lines long, a minute apart."""
    names = list(PEOPLE)
    start = at("08:00")
    made: list[Message] = []
    for seq in range(first, first + count):
        who = names[seq * 7 % 5]
        body = f"message {seq} " + " ".join(f"word{seq % (n + 2)}" for n in range(seq * 5 % (words * 4)))
        if seq % 11 == 0:
            body += "\nsecond line"
        made.append(
            Message(seq=seq, changed=seq, ts=start + seq * 60_000, author=PEOPLE[who], name=who, body=body.strip())
        )
    return made


def drawing() -> ClientState:
    """Make the state that the drawings of the default look show, as far as it can be had yet."""
    messages = [
        said(1, "17:20", "ann", "friday demo is moved to 15:00, same room", day=20),
        said(2, "17:21", "bob", "fine with me", day=20),
        said(3, "17:24", "marija", "I will show the importer and the new search", day=20),
        said(4, "17:31", "joe", "then I take the migration, five minutes, no slides", day=20),
        said(5, "17:32", "peter", "that is a first", day=20),
        said(6, "17:40", "ann", "see you all tomorrow", day=20),
        said(9, "12:52", "peter", "has anyone tried the new build?"),
        said(10, "12:53", "joe", "works here, cold start went from 900 to 310 ms"),
        said(11, "12:54", "joe", "also fixed the crash from #dev yesterday"),
        said(
            12,
            "12:54",
            "marija",
            "the migration script, please review before Friday:\n"
            "  def migrate(store, *, dry_run=True):\n"
            "      return store.copy(verify=True)",
        ),
        said(13, "12:58", "marija", "@you can you review?"),
        said(14, "12:59", "peter", "logs are at https://ci.example.org/482"),
        said(15, "13:01", "you", "on it, ten minutes"),
        said(16, "13:01", "you", "approved ✓ shipping after lunch"),
    ]
    notices = (
        Notice(after=7, ts=at("12:50"), kind="joined", names=("ann",)),
        Notice(after=7, ts=at("12:50"), kind="left", names=("bob",)),
        Notice(after=8, ts=at("12:51"), kind="joined", names=("carl", "dora", "emil")),
    )
    members = tuple(Member(account=number, name=name, online=name != "bob") for name, number in PEOPLE.items())
    general = conversation(
        1,
        "general",
        messages,
        topic="Release planning: 2.4 freeze on Friday",
        online=12,
        notices=notices,
        read=12,
        unread=2,
        mentions=1,
        unsent=(
            Unsent(cid=b"c" * 16, conversation=1, body="and the changelog is ready", ts=at("13:02"), status="sending"),
        ),
        typing=(Typist(account=3, name="peter", until=5_000.0),),
        members=MemberList(members=members, total=12, online=12, stale=False),
    )
    return client(
        general,
        conversation(2, "dev", unread=5),
        conversation(3, "ops", unread=4, mentions=1),
        conversation(4, "random"),
        conversation(5, "design", unread=12),
        conversation(6, "ann", kind="direct", partner=5, online=2, unread=2),
        conversation(7, "bob", kind="direct", partner=7, online=1),
    )


def gallery() -> ClientState:
    """Make a state with a message of each kind, the richest ones last: the smallest screens have room for few."""
    report = FileInfo(name="report.pdf", size=1_200_000, type="application/pdf", sha256=b"s" * 32)
    liked = (Reaction(emoji="👍", count=3, mine=True), Reaction(emoji="👀"))
    thread: dict[str, Any] = {"replies": 3, "last_reply": at("12:57")}
    messages = [
        said(
            1, "12:40", "ann", "a long one that goes on and on, so that it is broken where there is a space in it, " * 2
        ),
        said(2, "12:41", "ann", "and a list:\n- **bold**, *italic*, ~~gone~~\n- `code` and #dev"),
        said(3, "12:43", "bob", "> what was said\nindeed"),
        said(4, "12:44", "joe", "leaves for lunch", style="action"),
        said(5, "12:45", "peter", "", deleted=True),
        said(6, "12:46", "joe", "back again, 字 wide 🎉", edits=1),
        said(7, "12:50", "marija", "who reviews the release notes?", **thread),
        said(8, "12:51", "grafana", "disk is 91 % full on db-2", bot=True, via="Grafana"),
        said(9, "12:52", "ann", "report.pdf", file=report),
        said(10, "12:53", "bob", "I do, after lunch", reply_to=7, reactions=liked),
        said(11, "12:54", "peter", "the ending: ||they ship it||"),
        said(12, "12:58", "marija", "@you this one:\n```python\ndef f(x):\n    return x + 1\n```"),
        said(13, "13:00", "you", "see https://ci.example.org/482"),
    ]
    return client(conversation(1, "general", messages, topic="Every kind of message", online=6), conversation(2, "dev"))
