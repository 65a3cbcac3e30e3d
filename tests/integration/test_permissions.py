"""Every request as everybody: what the registry says of it is what happens, and nobody forgot to say anything.

The requests come from the registry. One that is new has no way to be tried here yet, and so fails, until somebody has
decided who may make it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import msgspec
import pytest

from chat_core.protocol.requests import (
    accounts,
    attention,
    conversations,
    files,
    groups,
    hooks,
    marks,
    messages,
    moderation,
    order,
    people,
    presence,
    private,
    search,
    session,
    signin,
    threads,
)
from chat_core.protocol.requests.base import Request, request_name
from chat_core.protocol.requests.catalog import REQUESTS
from chat_core.protocol.values import ConversationRef, FileInfo, Position, ServerRole
from chat_core.server.registry import ROUTES
from chat_core.server.rules.permissions import Heard, Inside, Permission, Role, allowed
from chat_core.server.store.acts import SanctionOnServer
from chat_core.server.store.keys import row_id
from docs.permission_tables import may_inside
from tests.support.scenes import PASSWORD, Person, Scene, scene_in
from tests.support.stores import change

PLACES: Final = ("no member", "member", "voice", "operator")


class Stage(NamedTuple):
    """What requests are about."""

    scene: Scene
    who: Person
    """Who asks."""
    maker: Person
    """Who made the channel."""
    other: Person
    """A member of the channel of the lowest rank."""
    channel: int
    """One that `who` is in, or tries to get into."""
    own: int
    """seq of a message there by `who`, or of any where `who` has none."""
    registered: str
    """Name of an account with `PASSWORD`."""
    token: str
    """Of a device of that account."""
    device: int
    """Of `who`, or of `maker` where `who` is no account."""
    invite: int
    """One that can be used."""
    hook: int
    """One of the channel."""


EMPTY: Final = FileInfo(name="empty", size=0, type="text/plain", sha256=hashlib.sha256(b"").digest())


def _upload(stage: Stage, size: int = 0) -> int:
    file = msgspec.structs.replace(EMPTY, size=size)
    return stage.scene.files.begin(stage.who.id, _cid(stage), stage.channel, file, 0, 0).number


def _with_file(stage: Stage) -> int:
    key, account = row_id(stage.channel, stage.own), stage.maker.id
    values = f"{key}, {account}, x'{EMPTY.sha256.hex()}', {EMPTY.size}, '{EMPTY.name}', '{EMPTY.type}'"
    change(stage.scene.path, f"INSERT OR REPLACE INTO files VALUES ({values})")
    return stage.own


def _name_of(stage: Stage) -> str:
    with closing(sqlite3.connect(stage.scene.path)) as database:
        found = database.execute("SELECT name FROM conversations WHERE id = ?", (stage.channel,)).fetchone()
        return str(found[0]) if found else "nowhere"


def _cid(stage: Stage) -> bytes:
    return int(stage.scene.name("")).to_bytes(16, "big")


def _renamed(who: Person) -> str:
    return "guest.renamed" if who.session.role is Role.GUEST else "renamed"


SAMPLES: Final[dict[type[Request[Any]], Callable[[Stage], Request[Any]]]] = {
    session.Hello: lambda stage: session.Hello(protocol=1),
    session.SignIn: lambda stage: session.SignIn(name=stage.scene.name("new")),
    session.Resume: lambda stage: session.Resume(),
    session.Attach: lambda stage: session.Attach(position=Position(conversation=stage.channel, seq=0)),
    accounts.Rename: lambda stage: accounts.Rename(name=stage.scene.name(_renamed(stage.who))),
    accounts.SetDisplay: lambda stage: accounts.SetDisplay(display=""),
    accounts.ListUsers: lambda stage: accounts.ListUsers(limit=1),
    conversations.Join: lambda stage: conversations.Join(channel="general"),
    conversations.OpenDirect: lambda stage: conversations.OpenDirect(account=stage.other.name),
    groups.OpenGroup: lambda stage: groups.OpenGroup(accounts=(stage.other.name, stage.maker.name, stage.registered)),
    conversations.Leave: lambda stage: conversations.Leave(conversation=stage.channel),
    conversations.Find: lambda stage: conversations.Find(conversation=stage.channel),
    conversations.ListChannels: lambda stage: conversations.ListChannels(limit=1),
    conversations.ListMembers: lambda stage: conversations.ListMembers(conversation=stage.channel, limit=1),
    conversations.SetTopic: lambda stage: conversations.SetTopic(conversation=stage.channel, topic="news"),
    conversations.MarkRead: lambda stage: conversations.MarkRead(conversation=stage.channel, seq=1),
    conversations.SetTyping: lambda stage: conversations.SetTyping(conversation=stage.channel),
    messages.Post: lambda stage: messages.Post(conversation=stage.channel, cid=_cid(stage), body="hello"),
    messages.Broadcast: lambda stage: messages.Broadcast(cid=_cid(stage), body="hello"),
    messages.Edit: lambda stage: messages.Edit(conversation=stage.channel, seq=stage.own, body="changed"),
    messages.Delete: lambda stage: messages.Delete(conversation=stage.channel, seq=stage.own),
    messages.History: lambda stage: messages.History(conversation=stage.channel),
    messages.ReadVersions: lambda stage: messages.ReadVersions(conversation=stage.channel, seq=stage.own),
    marks.React: lambda stage: marks.React(conversation=stage.channel, seq=stage.own, emoji="👍"),
    marks.ReadReactions: lambda stage: marks.ReadReactions(conversation=stage.channel, seq=stage.own),
    marks.Pin: lambda stage: marks.Pin(conversation=stage.channel, seq=stage.own),
    marks.ReadPins: lambda stage: marks.ReadPins(conversation=stage.channel),
    marks.Bookmark: lambda stage: marks.Bookmark(conversation=stage.channel, seq=stage.own),
    marks.ReadBookmarks: lambda stage: marks.ReadBookmarks(),
    messages.ReadEvents: lambda stage: messages.ReadEvents(conversation=stage.channel, after=0),
    files.UploadBegin: lambda stage: files.UploadBegin(
        conversation=stage.channel, cid=_cid(stage), name="empty", size=0, sha256=EMPTY.sha256
    ),
    files.UploadChunk: lambda stage: files.UploadChunk(upload=_upload(stage, size=1), offset=0, data=b"x"),
    files.UploadFinish: lambda stage: files.UploadFinish(upload=_upload(stage)),
    files.UploadCancel: lambda stage: files.UploadCancel(upload=_upload(stage)),
    files.Fetch: lambda stage: files.Fetch(conversation=stage.channel, seq=_with_file(stage)),
    signin.SignInPassword: lambda stage: signin.SignInPassword(name=stage.registered, password=PASSWORD),
    signin.SignInToken: lambda stage: signin.SignInToken(token=stage.token),
    signin.Register: lambda stage: signin.Register(name=stage.scene.name("new"), password=PASSWORD),
    signin.SignInGuest: lambda stage: signin.SignInGuest(),
    signin.SignOut: lambda stage: signin.SignOut(),
    signin.ChangePassword: lambda stage: signin.ChangePassword(old=PASSWORD, new=PASSWORD),
    signin.ListDevices: lambda stage: signin.ListDevices(),
    signin.RevokeDevice: lambda stage: signin.RevokeDevice(device=stage.device),
    people.MakeInvite: lambda stage: people.MakeInvite(),
    people.ListInvites: lambda stage: people.ListInvites(),
    people.RevokeInvite: lambda stage: people.RevokeInvite(invite=stage.invite),
    people.ListAccounts: lambda stage: people.ListAccounts(limit=1),
    people.AddAccount: lambda stage: people.AddAccount(name=stage.scene.name("new")),
    people.SetAccountPassword: lambda stage: people.SetAccountPassword(name=stage.maker.name, password=PASSWORD),
    people.DisableAccount: lambda stage: people.DisableAccount(name=stage.maker.name, disabled=False),
    people.SetServerRole: lambda stage: people.SetServerRole(name=stage.maker.name, role="member"),
    people.AllowName: lambda stage: people.AllowName(name=stage.scene.name("new")),
    people.ListAllowed: lambda stage: people.ListAllowed(),
    people.ListAudit: lambda stage: people.ListAudit(),
    presence.SetPresence: lambda stage: presence.SetPresence(state="away", text="lunch"),
    presence.Whois: lambda stage: presence.Whois(account=stage.other.name),
    attention.ListMentions: lambda stage: attention.ListMentions(),
    attention.ListUnread: lambda stage: attention.ListUnread(),
    attention.MarkAllRead: lambda stage: attention.MarkAllRead(positions=()),
    attention.SetQuiet: lambda stage: attention.SetQuiet(conversation=stage.channel, quiet=True),
    private.RequestChat: lambda stage: private.RequestChat(account=stage.other.name),
    private.AnswerChat: lambda stage: private.AnswerChat(account=stage.other.name, accept=False),
    private.EndChat: lambda stage: private.EndChat(),
    private.ListChats: lambda stage: private.ListChats(),
    private.SetDmPolicy: lambda stage: private.SetDmPolicy(policy="request"),
    private.SetIgnored: lambda stage: private.SetIgnored(account=stage.other.name, ignored=True),
    private.ListIgnored: lambda stage: private.ListIgnored(),
    threads.ReadThread: lambda stage: threads.ReadThread(conversation=stage.channel, thread=stage.own),
    threads.FollowThread: lambda stage: threads.FollowThread(conversation=stage.channel, thread=stage.own),
    threads.UnfollowThread: lambda stage: threads.UnfollowThread(conversation=stage.channel, thread=stage.own),
    threads.MarkThreadRead: lambda stage: threads.MarkThreadRead(conversation=stage.channel, thread=stage.own, seq=1),
    threads.ListThreads: lambda stage: threads.ListThreads(),
    threads.CountThreads: lambda stage: threads.CountThreads(conversation=stage.channel),
    search.Search: lambda stage: search.Search(query="first", conversation=stage.channel),
    moderation.ListModeration: lambda stage: moderation.ListModeration(conversation=stage.channel),
    moderation.SetModeration: lambda stage: moderation.SetModeration(
        conversation=stage.channel, name="links", value="warn"
    ),
    order.SetRole: lambda stage: order.SetRole(conversation=stage.channel, account=stage.other.name, role="voice"),
    order.DeleteChannel: lambda stage: order.DeleteChannel(conversation=stage.channel, name=_name_of(stage)),
    order.SetRules: lambda stage: order.SetRules(conversation=stage.channel, slow_s=5),
    order.InviteMember: lambda stage: order.InviteMember(conversation=stage.channel, account=stage.other.name),
    order.SanctionMember: lambda stage: order.SanctionMember(
        conversation=stage.channel, account=stage.other.name, act="mute"
    ),
    order.ListMemberSanctions: lambda stage: order.ListMemberSanctions(conversation=stage.channel),
    order.SanctionAccount: lambda stage: order.SanctionAccount(account=stage.other.name, act="warn"),
    order.ListSanctions: lambda stage: order.ListSanctions(),
    hooks.MakeHook: lambda stage: hooks.MakeHook(conversation=stage.channel, name=stage.scene.name("alarms")),
    hooks.ListHooks: lambda stage: hooks.ListHooks(conversation=stage.channel),
    hooks.RemoveHook: lambda stage: hooks.RemoveHook(conversation=stage.channel, hook=stage.hook),
    order.Lockdown: lambda stage: order.Lockdown(locked=False),
}
"""How each request is tried: as it is here, it succeeds for whoever may make it."""

BEGINNINGS: Final[dict[type[Request[Any]], Callable[[Stage], Request[Any]]]] = {
    conversations.Join: lambda stage: conversations.Join(channel=stage.scene.name("new")),
    conversations.OpenDirect: lambda stage: conversations.OpenDirect(account=stage.registered),
}
"""Where a sample finds what is there already: the same, beginning something."""
NAMES: Final = sorted(REQUESTS)
IN_CHANNELS: Final = sorted(request_name(request) for request, route in ROUTES.items() if route.inside is not None)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_in(tmp_path) as opened:
        yield opened


def test_registry_says_of_every_request_who_may_make_it() -> None:
    assert set(ROUTES) == set(REQUESTS.values()), "a request without a handler, or the other way round"
    assert set(SAMPLES) == set(REQUESTS.values()), "a new request: say above how it is tried"
    for request, route in ROUTES.items():
        names_one = any(
            field.type in (ConversationRef, ConversationRef | None, Position)
            for field in msgspec.structs.fields(request)
        )
        assert names_one == (route.inside is not None), f"{request.__name__} must say what it needs inside"


@pytest.mark.parametrize("role", list(Role))
async def test_request_is_refused_to_every_role_that_lacks_its_permission(scene: Scene, role: Role) -> None:
    for name in NAMES:
        request = REQUESTS[name]
        place = "maker" if ROUTES[request].inside is Inside.MAKER else "operator"
        stage = await _stage(scene, role, "member" if role is Role.GUEST else place)
        if ROUTES[request].needs is Permission.OPEN and role is Role.STRANGER:  # comes behind a hello
            stage.who.session.greeted = True
            stage.who.session.local = True
        code = await stage.who.code(SAMPLES[request](stage))
        if allowed(role, ROUTES[request].needs):
            assert code == "", f"{name} as {role}: {code}"
        else:
            assert code in ("not_signed_in", "already_signed_in", "not_allowed"), f"{name} as {role}: {code!r}"


@pytest.mark.parametrize("place", PLACES)
async def test_request_is_refused_inside_a_moderated_channel_to_whom_the_table_says(scene: Scene, place: str) -> None:
    for name in IN_CHANNELS:
        request = REQUESTS[name]
        inside = ROUTES[request].inside
        assert inside is not None
        stage = await _stage(scene, Role.MEMBER, place)
        await _moderate(stage)
        code = await stage.who.code(SAMPLES[request](stage))
        if place in may_inside(inside):
            assert code == "", f"{name} as {place}: {code}"
        elif place == "no member" and inside not in (Inside.OPERATOR, Inside.MAKER):
            assert code == "not_member", f"{name} as {place}: {code!r}"
        else:
            assert code == "not_allowed", f"{name} as {place}: {code!r}"


@pytest.mark.parametrize("visibility", ["unlisted", "invite"])
async def test_closed_channel_answers_no_member_as_if_it_were_not_there(scene: Scene, visibility: Any) -> None:
    for name in IN_CHANNELS:
        request = REQUESTS[name]
        stage = await _stage(scene, Role.MEMBER, "no member")
        await _close(stage, visibility)
        here = await stage.who.ask(SAMPLES[request](stage))
        nowhere = await stage.who.ask(SAMPLES[request](stage._replace(channel=1_000_000)))
        assert here == nowhere, name
        assert getattr(here, "code", "") == "no_conversation", name


@pytest.mark.parametrize("visibility", ["unlisted", "invite"])
async def test_closed_channel_is_hidden_from_moderators_too(scene: Scene, visibility: Any) -> None:
    for name in IN_CHANNELS:
        stage = await _stage(scene, Role.MODERATOR, "no member")
        await _close(stage, visibility)
        assert await stage.who.code(SAMPLES[REQUESTS[name]](stage)) == "no_conversation", name


@pytest.mark.parametrize(("role", "code"), [(Role.MODERATOR, "not_allowed"), (Role.OWNER, "")])
async def test_owner_does_in_public_channels_what_their_makers_do_and_no_moderator(
    scene: Scene, role: Role, code: str
) -> None:
    for name in IN_CHANNELS:
        if ROUTES[REQUESTS[name]].inside is Inside.MAKER:
            stage = await _stage(scene, role, "no member")
            assert await stage.who.code(SAMPLES[REQUESTS[name]](stage)) == code, name


async def test_moderator_does_in_public_channels_what_operators_do(scene: Scene) -> None:
    for name in IN_CHANNELS:
        if ROUTES[REQUESTS[name]].inside is Inside.OPERATOR:
            stage = await _stage(scene, Role.MODERATOR, "no member")
            assert await stage.who.code(SAMPLES[REQUESTS[name]](stage)) == "", name


async def test_who_is_muted_on_the_server_is_refused_whatever_others_would_hear_of(scene: Scene) -> None:
    role = Role.MODERATOR
    for name in NAMES:
        request, route = REQUESTS[name], ROUTES[REQUESTS[name]]
        if not allowed(role, route.needs):
            continue
        stage = await _stage(scene, role, "maker" if route.inside is Inside.MAKER else "operator")
        asked = BEGINNINGS.get(request, SAMPLES[request])(stage)
        await scene.store.write(SanctionOnServer(None, stage.who.id, "mute", scene.clock.wall_ms()))
        code = await stage.who.code(asked)
        await scene.store.write(SanctionOnServer(None, stage.who.id, "unmute", scene.clock.wall_ms()))
        told = route.heard is not Heard.NO or (route.words and getattr(asked, route.words))
        assert code == ("muted" if told else ""), name


@pytest.mark.parametrize("request_", [order.SetRules, order.SanctionMember, order.SanctionAccount, order.Lockdown])
async def test_who_is_muted_on_the_server_keeps_order_without_a_word(scene: Scene, request_: Any) -> None:
    stage = await _stage(scene, Role.MODERATOR, "operator")
    await scene.store.write(SanctionOnServer(None, stage.who.id, "mute", scene.clock.wall_ms()))
    asked = SAMPLES[request_](stage)

    assert await stage.who.code(msgspec.structs.replace(asked, reason="buy this")) == "muted"
    assert await stage.who.code(asked) == ""


# --- how --------------------------------------------------------------------------------------------------------


async def _stage(scene: Scene, role: Role, place: str) -> Stage:
    """Make a channel, and somebody of a role who is in it as something."""
    maker = await scene.once("maker", "member")
    other = await scene.once("other", "guest")
    await other.get(session.Resume())  # only who follows is online
    who = await _who(scene, role)
    inside = who.session.account is not None and place != "no member"
    keeper = who if inside and place == "maker" else maker
    opened = await keeper.get(conversations.Join(channel=scene.name("c")))
    channel = opened["conversation"]["id"]
    await other.get(conversations.Join(channel=opened["conversation"]["name"]))
    author = maker
    if inside:
        await who.get(conversations.Join(channel=opened["conversation"]["name"]))
        author = who
        if place not in ("member", "maker"):
            await maker.get(order.SetRole(conversation=channel, account=who.name, role=cast(Any, place)))
    name, token = await scene.registered()
    device = scene.device_of(who.id or maker.id)
    hook = await keeper.get(hooks.MakeHook(conversation=channel, name=scene.name("alarms")))
    stage = Stage(scene, who, maker, other, channel, 0, name, token, device, await scene.invite(), hook["hook"]["id"])
    said = await author.get(messages.Post(conversation=channel, cid=_cid(stage), body="first"))
    return stage._replace(own=said["seq"])


async def _who(scene: Scene, role: Role) -> Person:
    if role is Role.STRANGER:
        return scene.stranger()
    return scene.console() if role is Role.CONSOLE else await scene.once("who", _server_role(role))


async def _moderate(stage: Stage) -> None:
    await stage.maker.get(order.SetRules(conversation=stage.channel, moderated=True))


async def _close(stage: Stage, visibility: Any) -> None:
    await stage.maker.get(order.SetRules(conversation=stage.channel, visibility=visibility))


def _server_role(role: Role) -> ServerRole:
    roles: dict[Role, ServerRole] = {
        Role.GUEST: "guest",
        Role.MEMBER: "member",
        Role.MODERATOR: "moderator",
        Role.OWNER: "owner",
    }
    return roles[role]
