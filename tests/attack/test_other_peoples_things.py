"""Conversations, sends, devices, invites and private chats of others: an outsider learns nothing and changes nothing.

Every request of the registry that names such a thing is tried by everybody, with the number of somebody else's and with
one that nobody has. What is answered must be the same, and the store must be as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from chat_core.protocol.envelopes import Answer, Failure
from chat_core.protocol.requests import (
    conversations,
    files,
    groups,
    hooks,
    marks,
    messages,
    order,
    people,
    private,
    search,
    session,
)
from chat_core.protocol.requests.base import Request, request_name
from chat_core.protocol.requests.catalog import REQUESTS
from chat_core.protocol.values import Position, ServerRole
from chat_core.server.registry import ROUTES
from chat_core.server.rules.permissions import Inside
from tests.integration.test_permissions import EMPTY, SAMPLES, Stage
from tests.support import owned
from tests.support.scenes import Person, Scene, scene_in

NOBODYS: Final = 1_000_000
"""A number that nothing has."""
SECRET, OTHER_NAME = "wintergarten", "sommergarten"
"""Name of a closed channel, and one of the same length that nothing has."""
FIRST, LATER = "first of all", "behind shut doors"
"""What is said while a former member is still there, and after it had to go."""
ROLES: Final[tuple[ServerRole, ...]] = ("guest", "member", "moderator", "owner")
PLACES: Final = ("direct", "group", "unlisted", "invite", "kicked")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_in(tmp_path) as opened:
        yield opened


def test_every_number_in_a_request_is_known_to_be_somebodys_or_harmless() -> None:
    for name, kind in REQUESTS.items():
        known = {*owned.PLACES, *owned.SENDS, *owned.INSIDE, *owned.HARMLESS, owned.THINGS.get(name, ("",))[0]}
        numbered = set(owned.numbered_fields(kind))
        assert numbered <= known, f"{name}: say in tests/support/owned.py whose {numbered - known} are"
        named = {*owned.PLACES, owned.THINGS.get(name, ("",))[0]} & set(kind.__struct_fields__)
        inside = numbered & set(owned.INSIDE) - {owned.OWN_LIST.get(name)}
        assert named or not inside, f"{name}: a number inside of what?"


# --- conversations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", PLACES)
async def test_outsider_cannot_tell_a_conversation_from_none_nor_change_it(
    scene: Scene, place: str, role: ServerRole
) -> None:
    stage = await _stage(scene, place, role)
    requests = {kind: SAMPLES[kind](stage) for kind in REQUESTS.values()}
    before = _dump(scene.path)
    for person in (stage.maker, stage.other):
        await person.heard()

    for field in ("conversation", "position"):
        for kind in owned.of_field(field):
            if place == "kicked" and kind is marks.Bookmark:
                continue  # what one may still read, one may still remember, in one's own account
            request = requests[kind]
            found, nothing = [
                await stage.who.ask(owned.aimed(request, field, number)) for number in (stage.channel, NOBODYS)
            ]
            if place == "kicked" and ROUTES[kind].inside is Inside.READER:
                assert LATER not in repr(found), f"{request_name(kind)} tells what was said since"
                continue
            assert isinstance(found, Failure), f"{request_name(kind)} in {place} as {role}"
            assert found == nothing, f"{request_name(kind)} in {place} as {role}"

    assert _dump(scene.path) == before
    assert [await person.heard() for person in (stage.maker, stage.other)] == [[], []], "nobody is told of a try"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["unlisted", "invite"])
async def test_outsider_who_knows_a_channels_name_is_answered_as_if_it_were_not_there(
    scene: Scene, place: str, role: ServerRole
) -> None:
    stage = await _stage(scene, place, role)
    requests = {kind: SAMPLES[kind](stage) for kind in owned.of_field("conversation")}
    before = _dump(scene.path)

    for kind, request in requests.items():
        found = await stage.who.ask(owned.aimed(request, "conversation", f"#{SECRET}"))
        nothing = await stage.who.ask(owned.aimed(request, "conversation", f"#{OTHER_NAME}"))
        assert isinstance(found, Failure), f"{request_name(kind)} in {place} as {role}"
        assert _said(found) == _said(nothing), f"{request_name(kind)} in {place} as {role}"
    invites = [await stage.who.ask(people.MakeInvite(channel=name)) for name in (SECRET, OTHER_NAME)]

    assert _said(invites[0]) == _said(invites[1])
    assert all(isinstance(answer, Failure) for answer in invites), "an invite would open what is closed"
    assert _dump(scene.path) == before


@pytest.mark.parametrize("role", ROLES)
async def test_channel_that_is_closed_lets_nobody_in_by_its_name(scene: Scene, role: ServerRole) -> None:
    stage = await _stage(scene, "invite", role)
    before = _dump(scene.path)

    code = await stage.who.code(conversations.Join(channel=SECRET))

    assert code == ("not_allowed" if role == "guest" else "name_taken"), "that a name is in use cannot be hidden"
    assert _dump(scene.path) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["direct", "group", "unlisted", "invite"])
async def test_lists_searches_and_resuming_tell_an_outsider_nothing_of_a_conversation(
    scene: Scene, place: str, role: ServerRole
) -> None:
    stage = await _stage(scene, place, role)
    await _until_indexed(stage)
    positions = tuple(Position(conversation=number, seq=1, eid=b"12345678") for number in (stage.channel, NOBODYS))
    resumed = (await stage.who.get(session.Resume(positions=positions)))["catch_ups"]
    gone = [dict(each, conversation=0) for each in resumed if each["conversation"] in (stage.channel, NOBODYS)]
    told = [
        await stage.who.ask(SAMPLES[kind](stage))
        for name, kind in REQUESTS.items()
        if name.startswith(("list_", "whois")) and "conversation" not in kind.__struct_fields__ and name != "list_audit"
    ]
    told += [await stage.who.ask(search.Search(query=query)) for query in ("first", "from:@me", f'"{FIRST}"', "a*")]

    assert len(gone) == 2
    assert gone[0] == gone[1], "a place in the log of what one is not in is a place in nothing"
    assert FIRST not in repr(told) and SECRET not in repr(told)
    found, nothing = [await stage.who.ask(search.Search(query=f"first in:#{name}")) for name in (SECRET, OTHER_NAME)]
    assert _said(found) == _said(nothing)


# --- sends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", owned.of_field("cid"), ids=request_name)
async def test_cid_of_another_account_answers_nothing_of_it_and_stands_in_nobodys_way(
    scene: Scene, kind: type[Any]
) -> None:
    stage = await _stage(scene, "public", "moderator")
    thief, owner = stage.who, await scene.person("moderator")
    await owner.get(conversations.Join(channel=SECRET))
    request = SAMPLES[kind](stage)
    mine, theirs = replace(request, cid=b"m" * 16), replace(request, cid=b"t" * 16)

    first = await owner.get(mine)
    stolen = await thief.get(mine)
    taken = await thief.get(theirs)
    late = await owner.get(theirs)

    answers = (first, stolen, taken, late)
    assert not any(answer.get("duplicate") for answer in answers), "each is a send of its own"
    assert len(set(map(_number, answers))) == 4
    assert _number(await owner.get(mine)) == _number(first), "to its owner it is what it was"


async def test_send_of_another_account_is_no_send_to_come_behind(scene: Scene) -> None:
    stage = await _stage(scene, "public", "member")
    said = messages.Post(conversation=stage.channel, cid=b"o" * 16, body="mine")
    await stage.maker.get(said)

    behind = await stage.who.ask(replace(said, cid=b"a" * 16, prev=b"o" * 16))
    nothing = await stage.who.ask(replace(said, cid=b"a" * 16, prev=b"n" * 16))

    assert isinstance(behind, Failure)
    assert behind == nothing


# --- devices, invites, private chats -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
async def test_number_of_somebody_elses_thing_is_a_number_of_nothing(scene: Scene, role: ServerRole) -> None:
    stage = await _stage(scene, "direct", role)
    chat = (await stage.maker.get(private.RequestChat(account=stage.other.name)))["chat"]["number"]
    upload = scene.files.begin(stage.maker.id, b"u" * 16, stage.channel, EMPTY, 0, 0).number
    numbers = {
        "device": scene.device_of(stage.maker.id),
        "invite": stage.invite,
        "chat": chat,
        "upload": upload,
        "hook": stage.hook,
    }
    if role != "guest":  # of a channel of one's own, in which one may do everything
        stage = stage._replace(channel=(await stage.who.get(conversations.Join(channel="mine")))["conversation"]["id"])
    before = _dump(scene.path)

    for name, (field, thing) in owned.THINGS.items():
        kind = REQUESTS[name]
        if thing == "invite" and role == "owner":
            continue  # all invites are an owner's
        request = SAMPLES[kind](stage)
        found = await stage.who.ask(owned.aimed(request, field, numbers[thing]))
        nothing = await stage.who.ask(owned.aimed(request, field, NOBODYS))
        shown = repr(found)
        for word in ("number", "webhook"):
            shown = shown.replace(f"{word} {numbers[thing]}", f"{word} {NOBODYS}")
        assert shown == repr(nothing), f"{name} as {role}"

    assert _dump(scene.path) == before
    assert (await stage.other.get(private.ListChats()))["chats"][0]["number"] == chat
    assert await stage.maker.get(files.UploadFinish(upload=upload)), "its owner goes on with it"


# --- how -----------------------------------------------------------------------------------------------------------


async def _stage(scene: Scene, place: str, role: ServerRole) -> Stage:
    """Let two talk somewhere, and somebody of a role stand outside; `public`: inside."""
    maker, other, who = await scene.person(), await scene.person(), await scene.person(role)
    for person in (maker, other):
        await person.get(session.Resume())
    opened = await maker.get(await _opening(scene, place, other))
    channel = opened["conversation"]["id"]
    said = await maker.get(messages.Post(conversation=channel, cid=b"1" * 16, body=FIRST))
    if place not in ("direct", "group"):
        await other.get(conversations.Join(channel=SECRET))
    if place in ("kicked", "public"):
        await who.get(conversations.Join(channel=SECRET))
    if place in ("unlisted", "invite", "kicked"):
        visibility: Any = "unlisted" if place == "unlisted" else "invite"
        await maker.get(order.SetRules(conversation=channel, visibility=visibility))
    if place == "kicked":
        await _kick(scene, who, maker, channel)
    await maker.get(messages.Post(conversation=channel, cid=b"2" * 16, body=LATER))
    name, token = await scene.registered()
    device, invite = scene.device_of(maker.id), await scene.invite()
    hooked = (await maker.get(conversations.Join(channel="hooked")))["conversation"]["id"]
    hook = (await maker.get(hooks.MakeHook(conversation=hooked, name="alarms")))["hook"]["id"]
    return Stage(scene, who, maker, other, channel, said["seq"], name, token, device, invite, hook)


async def _opening(scene: Scene, place: str, other: Person) -> Request[conversations.Opened]:
    """Return the request that opens the place."""
    if place == "group":
        return groups.OpenGroup(accounts=(other.name, (await scene.person()).name))
    return conversations.OpenDirect(account=other.name) if place == "direct" else conversations.Join(channel=SECRET)


def _number(answer: dict[str, Any]) -> int:
    """Return which message, or upload, a send was answered with."""
    return int(answer.get("upload") or answer["seq"])


async def _kick(scene: Scene, who: Person, maker: Person, channel: int) -> None:
    """Put somebody out; of a rank that a channel's maker cannot put out, by themselves."""
    if await maker.code(order.SanctionMember(conversation=channel, account=who.name, act="kick")):
        await who.get(conversations.Leave(conversation=channel))


async def _until_indexed(stage: Stage) -> None:
    """Wait until the search knows what the two have said."""
    wanted = search.Search(query="first", conversation=stage.channel)
    while not (await stage.maker.get(wanted)).get("hits"):
        pass


def _dump(path: Path) -> list[str]:
    """Return all that a store holds."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def _said(answer: Answer | Failure) -> str:
    """Return an answer, whichever of the two names was in the question."""
    return repr(answer).replace(SECRET, OTHER_NAME)
