"""What was done after somebody left, or before somebody came: neither learns it, whatever it was done to.

A former member asks everything again after others went on with what it may read: the answers must be the same, but for
where the log stands. Who comes into a group later hears that an older message was changed, and not what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import pytest

from chat_core.protocol.limits import PAGE_BYTES
from chat_core.protocol.requests import (
    attention,
    conversations,
    files,
    groups,
    marks,
    messages,
    order,
    search,
    session,
    threads,
)
from chat_core.protocol.requests.base import Request
from chat_core.protocol.values import Position
from chat_core.server.registry import ROUTES
from chat_core.server.rules.permissions import Inside
from tests.support.scenes import Person, Scene, scene_in

FIRST, EDITED, LATER = "first of all", "put otherwise", "behind shut doors"
"""What is said at first, what is made of it while everybody is there, and after somebody had to go."""
OLD, NEW = "\N{THUMBS UP SIGN}", "\N{PARTY POPPER}"
WAYS: Final = ("kick", "ban", "leave", "group")
_cids: Final = count(1)


class Gone(NamedTuple):
    """A conversation, somebody who left it, and what is there."""

    way: str
    scene: Scene
    maker: Person
    other: Person
    newcomer: Person
    who: Person
    place: int
    said: int
    """Edited, reacted to, pinned, replied to, and put aside by `who`."""
    plain: int
    """Nothing was done to it."""
    doomed: int
    """Pinned, too."""
    held: int
    """It holds a file."""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_in(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("way", WAYS)
async def test_former_member_reads_a_conversation_as_it_was_when_it_left(scene: Scene, way: str) -> None:
    gone = await _gone(scene, way)
    before = await _all_read(gone)

    await _go_on(gone)

    after = await _all_read(gone)
    assert after == before
    assert EDITED in repr(before) and OLD in repr(before), "what was done while it was there it has"
    assert LATER in repr(await gone.maker.get(messages.History(conversation=gone.place)))


@pytest.mark.parametrize("way", WAYS)
async def test_former_member_loses_what_was_deleted_after_it_left_and_its_marks(scene: Scene, way: str) -> None:
    gone = await _gone(scene, way)
    await _go_on(gone)

    await gone.maker.get(messages.Delete(conversation=gone.place, seq=gone.said))

    page = await gone.who.get(messages.History(conversation=gone.place))
    (message,) = [each for each in page["messages"] if each["seq"] == gone.said]
    assert message["deleted"] and (message["body"], message["reactions"], message["pinned"]) == ("", [], False)
    assert (message["edits"], message["replies"]) == (1, 1), "of its numbers it has those from then"
    told = await gone.who.get(marks.ReadReactions(conversation=gone.place, seq=gone.said))
    assert told.get("reactors", []) == []
    everything = repr(await _all_read(gone))
    assert EDITED not in everything and LATER not in everything


@pytest.mark.parametrize("way", WAYS)
async def test_former_member_finds_a_message_by_the_words_that_it_had_and_by_no_later_ones(
    scene: Scene, way: str
) -> None:
    gone = await _gone(scene, way)
    await _go_on(gone)
    wanted = [search.Search(query=query, conversation=gone.place) for query in ("shut", "otherwise", "first")]
    now = [await _sought(gone.maker, request) for request in wanted]

    then = [await _sought(gone.who, request) for request in wanted]

    assert [len(each["hits"]) for each in now] == [5, 0, 1]
    assert [[hit["message"]["seq"] for hit in each["hits"]] for each in then] == [
        [],
        [gone.said],
        [gone.doomed, gone.plain],
    ]
    assert [hit["spans"] for hit in then[1]["hits"]] == [[[4, 13]]]


def test_what_a_former_member_may_ask_is_compared_all_of_it() -> None:
    asked = {type(request) for request in _asked(Gone(*[cast(Any, 1)] * len(Gone._fields)))}

    compared = {kind for kind, route in ROUTES.items() if route.inside is Inside.READER} - {marks.Bookmark}
    assert compared <= asked


async def test_page_of_a_former_member_holds_no_more_bytes_than_any_other(scene: Scene) -> None:
    gone = await _gone(scene, "kick", extra=14, words="x" * 16_000)
    log = (await gone.who.get(messages.ReadEvents(conversation=gone.place, after=0)))["events"]
    long = [each["seq"] for each in log if len(each.get("body", "")) == 16_000]
    for seq in long:
        await gone.maker.get(messages.Edit(conversation=gone.place, seq=seq, body="short"))

    page = await gone.who.get(messages.History(conversation=gone.place, limit=100))

    sizes = [len(each["body"]) for each in page["messages"]]
    assert set(sizes) == {16_000} and sum(sizes) <= PAGE_BYTES and not page["at_start"]


async def test_latecomer_of_a_group_hears_of_an_edit_of_what_it_may_not_read_without_its_text(scene: Scene) -> None:
    maker, other, late = [await scene.person() for _ in range(3)]
    place = (await maker.get(groups.OpenGroup(accounts=(other.name, (await scene.person()).name))))["conversation"][
        "id"
    ]
    old = await _post(maker, place, FIRST)
    for person in (maker, other, late):
        await person.get(session.Resume())
    added = order.InviteMember(conversation=place, account=late.name)
    await maker.get(added)
    came = [each for each in await late.heard() if each.get("conversation") == place][-1]
    await other.heard()
    new = await _post(maker, place, "welcome")

    for seq, body in ((old, f"{LATER} @{late.name}"), (new, EDITED), (old, f"{LATER} @{other.name}")):
        await maker.get(messages.Edit(conversation=place, seq=seq, body=body))

    heard = _edits(await late.heard(), place)
    assert heard == [(old, "", []), (new, EDITED, []), (old, "", [])]
    assert _edits(await other.heard(), place)[0] == (old, f"{LATER} @{late.name}", [late.id]), "who was there reads it"
    read = await late.get(messages.ReadEvents(conversation=place, after=0))
    assert _edits(read["events"], place) == heard
    here = Position(conversation=place, seq=came["seq"], eid=came["eid"])
    caught_up = await late.get(session.Attach(position=here))
    assert _edits(caught_up["events"], place) == heard
    epoch = (await late.get(session.Resume()))["epoch"]
    resumed = await late.get(session.Resume(epoch=epoch, positions=(here,)))
    (there,) = [each for each in resumed["catch_ups"] if each["conversation"] == place]
    assert _edits(there["events"], place) == heard
    seqs = [each["seq"] for each in read["events"]]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "no gap"


# --- how -----------------------------------------------------------------------------------------------------------


async def _gone(scene: Scene, way: str, *, extra: int = 0, words: str = "") -> Gone:
    """Let three talk in a closed channel or a group, until one is not there any more."""
    maker, other, newcomer, who = [await scene.person() for _ in range(4)]
    if way == "group":
        opened = await maker.get(groups.OpenGroup(accounts=(other.name, who.name)))
    else:
        opened = await maker.get(conversations.Join(channel="wintergarten"))
        for person in (other, who):
            await person.get(conversations.Join(channel="wintergarten"))
        await maker.get(order.SetRules(conversation=opened["conversation"]["id"], visibility="invite"))
    place = opened["conversation"]["id"]
    said, plain, doomed = [await _post(maker, place, FIRST) for _ in range(3)]
    await maker.get(messages.Edit(conversation=place, seq=said, body=EDITED))
    await _post(other, place, "a reply", thread=said)
    for person in (other, who):
        await person.get(marks.React(conversation=place, seq=said, emoji=OLD))
    held = await _send(maker, place, b"held")
    for seq in (said, doomed):
        await maker.get(marks.Pin(conversation=place, seq=seq))
    for seq in (said, plain):
        await who.get(marks.Bookmark(conversation=place, seq=seq))
    for _ in range(extra):
        await _post(maker, place, words)
    if way in ("leave", "group"):
        await who.get(conversations.Leave(conversation=place))
    else:
        act: Any = way
        await maker.get(order.SanctionMember(conversation=place, account=who.name, act=act))
    return Gone(way, scene, maker, other, newcomer, who, place, said, plain, doomed, held)


async def _go_on(gone: Gone) -> None:
    """Do to what somebody may read everything that can be done without deleting it."""
    place = gone.place
    for seq in (gone.said, gone.plain):
        await gone.maker.get(messages.Edit(conversation=place, seq=seq, body=f"{LATER} @{gone.other.name}"))
        for person in (gone.maker, gone.other):
            await person.get(marks.React(conversation=place, seq=seq, emoji=NEW))
        await _post(gone.other, place, LATER, thread=seq)
    await gone.other.get(marks.React(conversation=place, seq=gone.said, emoji=OLD, on=False))
    await gone.maker.get(marks.Pin(conversation=place, seq=gone.plain))
    for seq in (gone.said, gone.doomed):
        await gone.maker.get(marks.Pin(conversation=place, seq=seq, on=False))
    await _send(gone.other, place, LATER.encode())
    await _post(gone.maker, place, f"{LATER} @{gone.who.name} @channel")
    if gone.way == "group":
        await gone.maker.get(order.InviteMember(conversation=place, account=gone.newcomer.name))
        return
    await gone.maker.get(conversations.SetTopic(conversation=place, topic=LATER))
    await gone.maker.get(order.SetRole(conversation=place, account=gone.other.name, role="operator"))
    await gone.maker.get(order.SetRules(conversation=place, moderated=True, slow_s=5, reason=LATER))


def _asked(gone: Gone) -> list[Request[Any]]:
    """Return all that somebody who left can ask about the conversation, and what might tell of it besides."""
    place = gone.place
    return [
        messages.History(conversation=place),
        messages.History(conversation=place, anchor="around", seq=gone.plain, limit=2),
        messages.ReadEvents(conversation=place, after=0),
        *[threads.ReadThread(conversation=place, thread=seq) for seq in (gone.said, gone.plain)],
        marks.ReadPins(conversation=place),
        marks.ReadBookmarks(),
        *[marks.ReadReactions(conversation=place, seq=seq) for seq in (gone.said, gone.plain)],
        *[search.Search(query=query, conversation=place) for query in ("first", "otherwise", "mentions:me OR shut")],
        *[
            search.Search(query="first OR otherwise OR shut", conversation=place, limit=1, ranked=by)
            for by in (False, True)
        ],
        search.Search(query="first OR otherwise OR shut"),
        files.Fetch(conversation=place, seq=gone.held, offset=0),
        attention.ListMentions(),
        attention.ListUnread(),
        conversations.ListChannels(),
        threads.ListThreads(),
        threads.CountThreads(),
        session.Resume(),
    ]


async def _all_read(gone: Gone) -> list[Any]:
    """Return all that somebody who left is told, but for where the log stands."""
    answers = [await _sought(gone.who, request) for request in _asked(gone)]
    return [{name: value for name, value in answer.items() if name != "head"} for answer in answers]


async def _sought(person: Person, request: Request[Any]) -> dict[str, Any]:
    """Ask, a search until the index knows of everything."""
    while (answer := await person.get(request)).get("behind"):
        pass
    return answer


async def _send(person: Person, place: int, data: bytes) -> int:
    """Send a file; return where it is."""
    cid, sha256 = next(_cids).to_bytes(16), hashlib.sha256(data).digest()
    begin = files.UploadBegin(
        conversation=place, cid=cid, name="a.txt", size=len(data), type="text/plain", sha256=sha256
    )
    upload = (await person.get(begin))["upload"]
    await person.get(files.UploadChunk(upload=upload, offset=0, data=data))
    return int((await person.get(files.UploadFinish(upload=upload)))["seq"])


async def _post(person: Person, place: int, body: str, thread: int | None = None) -> int:
    cid = next(_cids).to_bytes(16)
    return int((await person.get(messages.Post(conversation=place, cid=cid, body=body, thread=thread)))["seq"])


def _edits(events: list[dict[str, Any]], place: int) -> list[tuple[int, str, list[int]]]:
    """Return which messages of a place were edited, to what, and whom that calls."""
    edits = [each for each in events if each["kind"] == "message_edited" and each["conversation"] == place]
    return [(each["message"], each["body"], list(each.get("mentions", ()))) for each in edits]
