"""Files over the raw wire: begun, filled, finished, fetched; and what is refused, with nothing of it left."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from tests.support.people import People, settle, unique
from tests.support.wire import Wire

CHUNK = 48 * 1024


def announced(conversation: int | str, data: bytes, **more: Any) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "cid": os.urandom(16),
        "name": "report.bin",
        "size": len(data),
        "sha256": hashlib.sha256(data).digest(),
        **more,
    }


def fill(wire: Wire, upload: int, data: bytes, start: int = 0) -> None:
    for offset in range(start, len(data), CHUNK):
        piece = data[offset : offset + CHUNK]
        moved = wire.call("upload_chunk", upload=upload, offset=offset, data=piece)
        assert moved["offset"] == offset + len(piece)


def send(wire: Wire, room: int, data: bytes, **more: Any) -> dict[str, Any]:
    upload = wire.call("upload_begin", **announced(room, data, **more))["upload"]
    fill(wire, upload, data)
    return wire.call("upload_finish", upload=upload)


def fetched(wire: Wire, room: int, seq: int) -> bytes:
    data = b""
    while True:
        piece = wire.call("fetch", conversation=room, seq=seq, offset=len(data), limit=100_000)
        data += bytes(piece["data"])
        if len(data) >= int(piece["file"]["size"]):
            return data


def test_file_reaches_every_member_whole_when_it_was_sent_in_pieces(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    data = os.urandom(3 * CHUNK + 17)
    posted = send(ann, room, data, type="image/png")
    event = bob.push_of("message_posted")
    told = {"name": "report.bin", "size": len(data), "type": "image/png", "sha256": hashlib.sha256(data).digest()}
    assert event["file"] == told
    assert (event["seq"], event["body"]) == (posted["seq"], "report.bin")
    assert bob.call("history", conversation=room)["messages"][0]["file"] == told
    assert bob.call("read_events", conversation=room, after=0)["events"][0]["file"] == told
    assert fetched(bob, room, posted["seq"]) == data


def test_upload_goes_on_where_it_was_when_its_connection_was_cut(people: People) -> None:
    ann = people.enter("carla")
    room = people.room(ann)
    data = os.urandom(2 * CHUNK)
    wanted = announced(room, data)
    upload = ann.call("upload_begin", **wanted)["upload"]
    fill(ann, upload, data[:CHUNK])
    ann.socket.close()
    again = people.enter("carla")
    begun = again.call("upload_begin", **wanted)
    assert (begun["upload"], begun["offset"]) == (upload, CHUNK)
    fill(again, upload, data, CHUNK)
    posted = again.call("upload_finish", upload=upload)
    begun = again.call("upload_begin", **wanted)
    assert (begun["upload"], begun["seq"], begun["ts"]) == (0, posted["seq"], posted["ts"]), (
        "the answer to the finish may have been lost"
    )
    assert [message["seq"] for message in again.call("history", conversation=room)["messages"]] == [posted["seq"]]


def test_empty_file_is_a_file(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    assert fetched(ann, room, send(ann, room, b"")["seq"]) == b""


def test_upload_is_refused_and_forgotten_when_the_file_is_not_what_was_announced(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    data = os.urandom(100)
    upload = ann.call("upload_begin", **announced(room, data, sha256=bytes(32)))["upload"]
    assert ann.refused("upload_finish", upload=upload) == "bad_file", "it is not whole"
    assert ann.refused("upload_chunk", upload=upload, offset=1, data=data) == "bad_request", "a hole"
    assert ann.refused("upload_chunk", upload=upload, offset=0, data=data + b"x") == "bad_file", "too much"
    fill(ann, upload, data)
    assert ann.refused("upload_finish", upload=upload) == "bad_file", "another hash"
    assert ann.refused("upload_finish", upload=upload) == "no_upload"
    assert ann.call("history", conversation=room)["messages"] == []


def test_upload_is_refused_when_name_or_type_are_none_of_a_file(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    for name in (
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "two\nlines",
        "\x1b[31mred",
        "x\u202etxt.exe",
        ".",
        "..",
        "con",
        " ",
    ):
        assert ann.refused("upload_begin", **announced(room, b"x", name=name)) == "bad_request", name
    for kind in ("text", "text/plain\n", "text/plain; charset=utf-8", "text/\x1b[31m"):
        assert ann.refused("upload_begin", **announced(room, b"x", type=kind)) == "bad_request", kind


def test_upload_is_refused_when_it_is_somebody_elses(people: People) -> None:
    ann, eve = people.enter(), people.enter()
    room = people.room(ann, eve)
    data = os.urandom(10)
    upload = ann.call("upload_begin", **announced(room, data))["upload"]
    assert eve.refused("upload_chunk", upload=upload, offset=0, data=data) == "no_upload"
    assert eve.refused("upload_finish", upload=upload) == "no_upload"
    eve.call("upload_cancel", upload=upload)
    fill(ann, upload, data)
    ann.call("upload_cancel", upload=upload)
    assert ann.refused("upload_finish", upload=upload) == "no_upload"


def test_upload_is_refused_when_it_is_too_large_or_there_are_too_many(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    assert ann.refused("upload_begin", **announced(room, b"", size=26 * 1024 * 1024)) == "too_long"
    uploads = [ann.call("upload_begin", **announced(room, b"x"))["upload"] for _ in range(4)]
    assert ann.refused("upload_begin", **announced(room, b"x")) == "too_many"
    ann.call("upload_cancel", upload=uploads[0])
    wanted = announced(room, b"x")
    ann.call("upload_begin", **wanted)
    assert ann.refused("upload_begin", **{**wanted, "name": "other"}) == "cid_reused"


def test_file_is_refused_to_whoever_may_not_read_its_message(people: People) -> None:
    name = unique("ann")
    ann, eve = people.enter(name), people.enter()
    direct = ann.call("open_direct", account=name)["conversation"]["id"]
    seq = send(ann, direct, b"private")["seq"]
    assert eve.refused("fetch", conversation=direct, seq=seq) == "no_conversation"
    assert eve.refused("upload_begin", **announced(direct, b"x")) == "no_conversation"
    room = people.room(ann)
    assert eve.refused("upload_begin", **announced(room, b"x")) == "not_member"
    assert ann.refused("fetch", conversation=room, seq=99) == "no_message"


def test_file_is_gone_when_its_message_was_deleted(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    data = os.urandom(1000)
    first, second = send(ann, room, data)["seq"], send(bob, room, data)["seq"]
    ann.call("delete", conversation=room, seq=first)
    settle(ann)
    assert ann.refused("fetch", conversation=room, seq=first) == "no_message"
    assert "file" not in ann.call("read_events", conversation=room, after=0)["events"][0]
    assert ann.call("history", conversation=room)["messages"][0]["file"] is None
    assert fetched(ann, room, second) == data, "another message has the same content"
