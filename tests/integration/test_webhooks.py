"""Webhooks over real HTTP: what other programs POST is a message of their channel, for ever, and once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.support.people import People, unique
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire

PAYLOADS = Path(__file__).parents[1] / "support" / "payloads"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOLD = {
    "CHAT_CORE_WEBHOOKS_LISTEN": "127.0.0.1:0",
    "CHAT_CORE_WEBHOOKS_BURST": "8",
    "CHAT_CORE_WEBHOOKS_PER_MINUTE": "1",
    "CHAT_CORE_WEBHOOKS_BODY_BYTES": "20000",
    "CHAT_CORE_WEBHOOKS_WITHIN_S": "0.5",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run one server for all tests of this file; each uses names of its own."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", env=TOLD) as running:
        yield running


@pytest.fixture
def people(server: ServerProcess) -> Iterator[People]:
    with People(server.port) as all_of_them:
        yield all_of_them


class Answered(NamedTuple):
    status: int
    text: str
    retry_after: str


class Hook(NamedTuple):
    """A webhook of a new channel, and who made it."""

    ann: Wire
    room: int
    number: int
    name: str
    url: str

    def post(self, body: bytes | str, headers: dict[str, str] = JSON) -> Answered:
        return ask(self.url, body, headers)

    def say(self, text: str, **more: str) -> Answered:
        return self.post(json.dumps({"text": text, **more}))

    def messages(self) -> list[dict[str, object]]:
        return list(self.ann.call("history", conversation=self.room)["messages"])


def ask(url: str, body: bytes | str, headers: dict[str, str] = JSON, method: str = "POST") -> Answered:
    """Ask something as any HTTP client does."""
    where = urlsplit(url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=WAIT_S)
    try:
        connection.request(method, where.path, body.encode() if isinstance(body, str) else body, headers)
        answer = connection.getresponse()
        return Answered(answer.status, answer.read().decode(), answer.headers["Retry-After"] or "")
    finally:
        connection.close()


@pytest.fixture
def hook(people: People) -> Hook:
    ann = people.stranger()
    ann.enter(unique("ann"))
    room = ann.call("join", channel=unique("ops"))["conversation"]["id"]
    made = ann.call("make_hook", conversation=room, name=unique("alarms"))
    return Hook(ann, room, made["hook"]["id"], made["hook"]["name"], made["url"])


def test_message_of_a_webhook_says_that_a_program_wrote_it_and_how_it_calls_itself(hook: Hook) -> None:
    answer = hook.say("disk &lt;full&gt;", username="Grafana", icon_emoji=":fire:")
    plain = hook.say("again")

    assert answer == plain == (200, "ok", "")
    first, second = hook.messages()
    assert (first["body"], first["bot"], first["via"], first["name"]) == ("disk <full>", True, "🔥 Grafana", hook.name)
    assert (second["body"], second["bot"], second.get("via", "")) == ("again", True, "")
    told = hook.ann.call("read_events", conversation=hook.room, after=0)["events"]
    assert [(event["bot"], event.get("via", "")) for event in told] == [(True, "🔥 Grafana"), (True, "")]


def test_name_in_a_payload_holds_nothing_that_steers_a_terminal(hook: Hook) -> None:
    hook.say("one", username="\x1b[31mGraf\u202eana\x07\n")

    [message] = hook.messages()
    assert message["via"] == "␛[31mGrafana", "an escape is shown as what it is"


def test_name_in_a_payload_passes_for_nobody_else(hook: Hook, people: People) -> None:
    bobs = unique("bob")
    bob = people.stranger()
    bob.call("hello", protocol=1)
    bob.call("register", name=bobs, password="correct horse battery")
    looks_like_bob = bobs.replace("o", "\N{CYRILLIC SMALL LETTER O}")

    for name in (bobs, looks_like_bob, f"{bobs} ✔\ufe0f", "@here", "-!-"):
        assert hook.say("it is me", username=name) == (200, "ok", "")
    hook.say("fire", username=looks_like_bob, icon_emoji=":fire:")
    hook.say("boxed", username=bobs.removeprefix("b"), icon_emoji=":b:")

    assert [message.get("via", "") for message in hook.messages()] == [""] * 7, "each is shown as the webhook's own"
    assert all(message["bot"] and message["name"] == hook.name for message in hook.messages())


def test_name_in_a_payload_is_held_to_the_rules_of_the_channel(hook: Hook) -> None:
    hook.ann.call("set_moderation", conversation=hook.room, name="words", value="warn")
    hook.ann.call("set_moderation", conversation=hook.room, name="words_list", value="pills")
    refused = hook.say("fine", username="Cheap Pills")
    taken = hook.say("fine", username="Cheap")

    assert (refused.status, taken.status) == (403, 200)
    assert refused.text.startswith("There is a word in it that is not wanted here.")
    assert [message["via"] for message in hook.messages()] == ["Cheap"]


def as_sent(name: str) -> dict[str, str]:
    """Return the headers that the sender of a payload gives."""
    if name.endswith(".form"):
        return FORM
    return {"Content-Type": "application/json; charset=utf-8"} if name.startswith("grafana") else JSON


@pytest.mark.parametrize(
    "name",
    [
        *("grafana.json", "alertmanager.json", "alertmanager_default.json", "alertmanager_blocks.json"),
        *("gitlab_push.form", "gitlab_pipeline.form"),
    ],
)
def test_payload_of_a_real_sender_becomes_one_message(hook: Hook, name: str) -> None:
    assert hook.post((PAYLOADS / name).read_bytes(), as_sent(name)) == (200, "ok", "")
    [message] = hook.messages()
    assert message.get("via", "") in ("📊 Grafana", "Alertmanager", "GitLab", "")
    assert "&amp;" not in str(message["body"]) and "|" not in str(message["body"])


def test_alert_that_calls_everybody_is_taken_from_a_webhook_with_a_voice(hook: Hook) -> None:
    body = (PAYLOADS / "grafana_calling.json").read_bytes()
    refused = hook.post(body, as_sent("grafana"))
    assert (refused.status, "Only operators and voices" in refused.text, hook.messages()) == (403, True, [])

    hook.ann.call("set_role", conversation=hook.room, account=hook.name, role="voice")
    assert hook.post(body, as_sent("grafana")) == (200, "ok", "")
    [message] = hook.messages()
    assert message["everyone"] == "here"


def test_request_that_is_repeated_with_its_key_is_one_message(hook: Hook) -> None:
    keyed = {**JSON, "Idempotency-Key": "alert-17"}
    body = json.dumps({"text": "once"})

    assert [hook.post(body, keyed).status for _ in range(3)] == [200, 200, 200]
    assert hook.post(json.dumps({"text": "other"}), keyed).status == 422
    assert [message["body"] for message in hook.messages()] == ["once"]


def test_secret_that_is_unknown_or_removed_is_answered_alike(hook: Hook) -> None:
    base = hook.url.rpartition("/")[0]
    nothing = [ask(url, "{}") for url in (f"{base}/x", f"{base}/", base.removesuffix("/hooks"), hook.url + "x")]
    hook.ann.call("remove_hook", conversation=hook.room, hook=hook.number)

    gone = hook.say("anybody?")
    assert {*nothing, gone} == {Answered(404, "There is no such webhook.\n", "")}
    assert hook.messages() == []
    assert hook.ann.call("list_hooks", conversation=hook.room).get("hooks", []) == []


def test_webhook_that_sends_too_fast_is_told_when_to_come_again(hook: Hook) -> None:
    answers = [hook.say(f"{number}") for number in range(9)]

    assert [answer.status for answer in answers] == [200] * 8 + [429]
    assert 1 <= int(answers[-1].retry_after) <= 60
    assert len(hook.messages()) == 8


def test_wrong_request_is_refused_with_a_sentence(hook: Hook) -> None:
    wrong = hook.post("{")
    large = hook.post(b"x" * 20_001)
    other = ask(hook.url, "", method="GET")

    assert (wrong.status, large.status, other.status) == (400, 413, 405)
    assert wrong.text.startswith("The payload cannot be read")
    assert large.text == "A body has at most 20000 bytes here.\n"
    assert hook.messages() == []


def test_text_that_is_too_long_is_cut_and_not_lost(hook: Hook) -> None:
    assert hook.post(json.dumps({"text": "é" * 9_500}, ensure_ascii=False)).status == 200

    [message] = hook.messages()
    assert str(message["body"]).endswith("… (cut: it was longer than a message may be)")
    assert len(str(message["body"]).encode()) <= 16 * 1024


def test_text_behind_what_a_message_may_have_is_not_even_looked_at(hook: Hook) -> None:
    assert hook.post(json.dumps({"text": "x" + 17_000 * "\x7f" + "y"}, ensure_ascii=False)).status == 200

    [message] = hook.messages()
    assert message["body"] == "x… (cut: it was longer than a message may be)", "cleaning what is dropped takes time"


def raw(hook: Hook) -> socket.socket:
    where = urlsplit(hook.url)
    return socket.create_connection((where.hostname, where.port), timeout=WAIT_S)


def everything(stream: socket.socket) -> bytes:
    with stream.makefile("rb") as file:
        return file.read()


def test_sender_that_is_slow_or_speaks_no_http_is_told_so_and_let_go(hook: Hook) -> None:
    path = urlsplit(hook.url).path
    with raw(hook) as slow, raw(hook) as odd, raw(hook) as endless, raw(hook) as silent:
        slow.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{".encode())
        odd.sendall(b"\x00\x01\x02\r\n\r\n")
        endless.sendall(b"POST / HTTP/1.1\r\nX: " + b"y" * 20_000)
        silent.shutdown(socket.SHUT_WR)
        assert everything(slow).startswith(b"HTTP/1.1 408 ")
        assert everything(odd).startswith(b"HTTP/1.1 400 ")
        assert everything(endless).startswith(b"HTTP/1.1 431 ")
        assert everything(silent) == b""
    assert hook.say("still there").status == 200


def test_body_in_very_many_pieces_is_refused_before_it_keeps_anybody_busy(hook: Hook) -> None:
    path = urlsplit(hook.url).path
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with raw(hook) as whole, raw(hook) as crumbs:
        whole.sendall(head + b"".join(b"1\r\n%c\r\n" % byte for byte in b'{"text": "whole"}') + b"0\r\n\r\n")
        crumbs.sendall(head + 5_000 * b"1\r\nx\r\n")
        assert everything(whole).startswith(b"HTTP/1.1 200 ")
        assert everything(crumbs).startswith(b"HTTP/1.1 400 ")
    assert [message["body"] for message in hook.messages()] == ["whole"]


def test_webhook_is_bound_by_the_rules_of_its_channel(hook: Hook) -> None:
    hook.ann.call("set_rules", conversation=hook.room, moderated=True)
    moderated = hook.say("one")
    hook.ann.call("set_role", conversation=hook.room, account=hook.name, role="voice")
    voiced = hook.say("two")
    hook.ann.call("sanction_member", conversation=hook.room, account=hook.name, act="kick")
    kicked = hook.say("three")

    assert (moderated.status, voiced.status, kicked.status) == (403, 200, 403)
    assert kicked.text == "The webhook was put out of its channel: make another one.\n"
    assert [message["body"] for message in hook.messages()] == ["two"]


def test_account_of_a_webhook_signs_nobody_in_and_is_used_again(hook: Hook, people: People) -> None:
    mallory = people.stranger()
    mallory.call("hello", protocol=1)
    refused = mallory.refused("sign_in", name=hook.name)
    taken = hook.ann.refused("make_hook", conversation=hook.room, name=hook.name)
    hook.say("before")
    hook.ann.call("remove_hook", conversation=hook.room, hook=hook.number)
    again = hook.ann.call("make_hook", conversation=hook.room, name=hook.name)
    ask(again["url"], '{"text": "behind"}')

    assert (refused, taken) == ("sign_in_refused", "name_taken")
    assert again["hook"]["id"] != hook.number and again["url"] != hook.url
    assert len({message["author"] for message in hook.messages()}) == 1
    assert len(hook.messages()) == 2


def test_secret_is_in_no_file_of_the_server(hook: Hook, server: ServerProcess) -> None:
    hook.say("hello")
    hook.post("{")
    ask(hook.url + "x", "{}")
    secret = hook.url.rpartition("/")[2].encode()

    files = [path for path in (*server.data.rglob("*"), server.log) if path.is_file()]
    assert server.log in files
    assert not [path for path in files if secret in path.read_bytes()]
    assert b"webhook made" in server.log.read_bytes()


def test_server_takes_no_webhooks_unless_it_is_told_to(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server, People(server.port) as people:
        ann = people.stranger()
        ann.enter("ann")
        ann.call("join", channel="ops")

        assert ann.refused("make_hook", conversation="#ops", name="alarms") == "unavailable"
