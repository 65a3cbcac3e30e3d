"""One peer's connection, as plays: at this time it is fed this, and what it does then is expected."""

from __future__ import annotations

import pytest

from chat_core.base.errors import ProtocolFault
from chat_core.protocol import limits
from chat_core.protocol.codec import pack, unpack
from chat_core.protocol.codes import GOODBYES, Goodbye
from chat_core.protocol.connection import Connection, Phase, Role, farewell
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Ping, Pong, Push
from chat_core.protocol.framing import FrameReader, frame

HELLO = Call(id=1, request={"do": "hello", "protocol": 1})
WELCOME = Answer(id=1, reply={"epoch": "e"})
REFUSED = Failure(id=1, code="bad_request", text="No.")
NEWS = Push(event={"kind": "typing"})


class Play:
    """Feeds a connection and reads back what it says; times are seconds from its beginning."""

    def __init__(self, role: Role, **times: float) -> None:
        self.connection = Connection(role, 1000.0, **times)

    def feed(self, *envelopes: Envelope, at: float = 0.0) -> list[Envelope]:
        return self.feed_bytes(b"".join(frame(pack(envelope)) for envelope in envelopes), at=at)

    def feed_bytes(self, data: bytes, at: float = 0.0) -> list[Envelope]:
        return list(self.connection.receive(data, 1000.0 + at))

    def says(self) -> list[Envelope]:
        return [unpack(payload) for payload in FrameReader(1 << 20).feed(self.connection.outgoing())]

    def tick(self, at: float) -> Goodbye | None:
        return self.connection.tick(1000.0 + at)

    def due(self) -> float:
        return self.connection.deadline() - 1000.0


# --- what goes through ------------------------------------------------------------------------------------------------


def test_server_yields_calls_and_sends_answers() -> None:
    play = Play(Role.SERVER)

    assert play.feed(HELLO) == [HELLO]
    play.connection.send(WELCOME)
    play.connection.send(NEWS)

    assert play.says() == [WELCOME, NEWS]
    assert play.says() == []


def test_client_yields_answers_failures_and_pushes() -> None:
    play = Play(Role.CLIENT)

    assert play.feed(WELCOME, REFUSED, NEWS) == [WELCOME, REFUSED, NEWS]
    assert play.says() == []


@pytest.mark.parametrize("role", Role)
def test_ping_is_answered_and_never_yielded(role: Role) -> None:
    play = Play(role)

    assert play.feed(Ping()) == []
    assert play.says() == [Pong()]


@pytest.mark.parametrize("role", Role)
def test_pong_is_taken_and_never_yielded(role: Role) -> None:
    play = Play(role)

    assert play.feed(Pong()) == []
    assert play.says() == []


def test_a_flood_of_pings_is_answered_once() -> None:
    play = Play(Role.SERVER)

    assert play.feed(*[Ping()] * 5000) == []

    assert play.says() == [Pong()]


def test_pongs_stand_between_answers_in_the_order_of_the_pings() -> None:
    play = Play(Role.SERVER)
    for call in play.connection.receive(frame(pack(HELLO)) + frame(pack(Ping())) + frame(pack(HELLO)), 1000.0):
        assert isinstance(call, Call)
        play.connection.send(WELCOME)

    assert play.says() == [WELCOME, Pong(), WELCOME]


# --- what does not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "envelope"),
    [
        (Role.SERVER, WELCOME),
        (Role.SERVER, REFUSED),
        (Role.SERVER, NEWS),
        (Role.CLIENT, HELLO),
    ],
    ids=["server-answer", "server-failure", "server-push", "client-call"],
)
def test_an_envelope_in_the_wrong_direction_closes_with_a_goodbye(role: Role, envelope: Envelope) -> None:
    play = Play(role)

    with pytest.raises(ProtocolFault, match=f"A {role.value} takes no '") as caught:
        play.feed(envelope)

    assert caught.value.code == Goodbye.BAD_ENVELOPE
    assert play.connection.phase is Phase.CLOSED
    assert play.says() == [Farewell(code="bad_envelope", text=str(caught.value))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x00\x00\x20\x01", Goodbye.FRAME_TOO_LONG),
        (b"\xff\xff\xff\xff", Goodbye.FRAME_TOO_LONG),
        (b"GET / HTTP/1.1\r\n\r\n", Goodbye.FRAME_TOO_LONG),
        (frame(b""), Goodbye.BAD_FRAME),
        (frame(b"\xc1"), Goodbye.BAD_FRAME),
        (frame(b"\x80"), Goodbye.BAD_ENVELOPE),
    ],
    ids=["above-limit", "forged-length", "another-protocol", "empty", "not-messagepack", "no-envelope"],
)
def test_a_bad_frame_closes_with_the_code_that_fits(data: bytes, code: Goodbye) -> None:
    play = Play(Role.SERVER)

    with pytest.raises(ProtocolFault):
        play.feed_bytes(data)

    (said,) = play.says()
    assert isinstance(said, Farewell)
    assert said.code == code
    assert not said.reconnect
    assert play.connection.buffered == 0


def test_calls_in_front_of_a_bad_frame_are_yielded_before_the_fault() -> None:
    play = Play(Role.SERVER)
    envelopes = play.connection.receive(frame(pack(HELLO)) + frame(b"\xc1") + frame(pack(HELLO)), 1000.0)

    assert next(envelopes) == HELLO
    with pytest.raises(ProtocolFault):
        next(envelopes)
    assert play.connection.buffered == 0


# --- phases and limits ------------------------------------------------------------------------------------------------


def test_server_takes_longer_frames_after_sign_in_only() -> None:
    call = Call(id=1, request={"do": "post", "body": "x" * limits.FRAME_BEFORE_SIGN_IN_BYTES})
    signed_in = Play(Role.SERVER)
    signed_in.connection.signed_in()

    assert signed_in.feed(call) == [call]
    with pytest.raises(ProtocolFault, match="at most 8192 are taken here"):
        Play(Role.SERVER).feed(call)
    with pytest.raises(ProtocolFault, match="at most 65536 are taken here"):
        signed_in.feed_bytes((limits.FRAME_TO_SERVER_BYTES + 1).to_bytes(4, "big"))


def test_client_takes_long_frames_from_the_beginning() -> None:
    page = Answer(id=1, reply={"x": "x" * 200_000})
    play = Play(Role.CLIENT)

    assert play.feed(page) == [page]
    play.connection.signed_in()
    assert play.connection.phase is Phase.READY
    with pytest.raises(ProtocolFault, match="at most 1048576 are taken here"):
        play.feed_bytes((limits.FRAME_TO_CLIENT_BYTES + 1).to_bytes(4, "big"))


def test_signed_in_does_not_open_a_closed_connection_again() -> None:
    play = Play(Role.SERVER)
    play.connection.close(Goodbye.SHUTDOWN)

    play.connection.signed_in()

    assert play.connection.phase is Phase.CLOSED


def test_a_sign_in_between_two_frames_of_one_chunk_counts_for_the_second() -> None:
    long_call = Call(id=2, request={"x": "x" * 10_000})
    play = Play(Role.SERVER)
    calls = play.connection.receive(frame(pack(HELLO)) + frame(pack(long_call)), 1000.0)

    assert next(calls) == HELLO
    play.connection.signed_in()
    assert list(calls) == [long_call]


def test_buffered_counts_an_unfinished_frame() -> None:
    play = Play(Role.SERVER)

    play.feed_bytes(frame(pack(HELLO))[:-1])

    assert play.connection.buffered == len(frame(pack(HELLO))) - 1


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", Goodbye)
def test_farewell_explains_the_code_and_advises_on_reconnecting(code: Goodbye) -> None:
    assert farewell(code) == Farewell(code=code.value, text=GOODBYES[code].text, reconnect=GOODBYES[code].again)
    assert farewell(code, "Why.", 2.5) == Farewell(
        code=code.value, text="Why.", reconnect=GOODBYES[code].again, retry_after=2.5
    )


def test_close_says_goodbye_once_behind_what_was_queued() -> None:
    play = Play(Role.SERVER)
    play.connection.send(WELCOME)

    play.connection.close(Goodbye.SHUTDOWN, retry_after=1.0)
    play.connection.close(Goodbye.INTERNAL)

    assert play.says() == [WELCOME, farewell(Goodbye.SHUTDOWN, retry_after=1.0)]
    assert play.connection.phase is Phase.CLOSED


def test_nothing_goes_out_behind_a_goodbye() -> None:
    play = Play(Role.SERVER)
    play.connection.close(Goodbye.SHUTDOWN)

    play.connection.send(NEWS)
    play.connection.probe(1001.0)

    assert play.says() == [farewell(Goodbye.SHUTDOWN)]


def test_a_goodbye_of_the_peer_is_the_last_envelope() -> None:
    play = Play(Role.SERVER)

    assert play.feed(HELLO, farewell(Goodbye.CLIENT_LEFT), HELLO, HELLO) == [HELLO, farewell(Goodbye.CLIENT_LEFT)]
    assert play.connection.phase is Phase.CLOSED
    assert play.feed(HELLO) == []
    assert play.connection.buffered == 0
    assert play.says() == []


def test_nothing_is_taken_after_closing_within_a_chunk() -> None:
    play = Play(Role.SERVER)
    calls = play.connection.receive(frame(pack(HELLO)) * 3, 1000.0)

    assert next(calls) == HELLO
    play.connection.close(Goodbye.SHUTDOWN)

    assert list(calls) == []
    assert play.connection.buffered == 0


def test_a_closed_connection_wants_nothing_of_time() -> None:
    play = Play(Role.SERVER)
    play.connection.close(Goodbye.SHUTDOWN)

    assert play.tick(at=1000) is None
    assert len(play.says()) == 1


# --- time -------------------------------------------------------------------------------------------------------------


def test_server_closes_when_nobody_signs_in_in_time() -> None:
    play = Play(Role.SERVER, sign_in_within_s=10)

    assert play.due() == 10
    assert play.tick(at=9.9) is None
    play.feed(HELLO, at=9.9)
    assert play.due() == 10

    assert play.tick(at=10) is Goodbye.SIGN_IN_TIMEOUT
    assert play.says() == [farewell(Goodbye.SIGN_IN_TIMEOUT)]


def test_server_forgets_the_sign_in_time_after_sign_in() -> None:
    play = Play(Role.SERVER, sign_in_within_s=10, ping_every_s=25)
    play.connection.signed_in()

    assert play.due() == 25
    assert play.tick(at=10) is None
    assert play.says() == []


def test_client_knows_no_sign_in_time() -> None:
    play = Play(Role.CLIENT, sign_in_within_s=10, ping_every_s=25)

    assert play.due() == 25
    assert play.tick(at=24.9) is None
    assert play.says() == []


@pytest.mark.parametrize("role", Role)
def test_silence_is_answered_with_a_ping_and_then_with_a_goodbye(role: Role) -> None:
    play = Play(role, ping_every_s=25, pong_within_s=10)
    play.connection.signed_in()

    assert play.tick(at=25) is None
    assert play.says() == [Ping()]
    assert play.due() == 35
    assert play.tick(at=34.9) is None
    assert play.says() == []
    assert play.tick(at=35) is Goodbye.PING_TIMEOUT
    assert play.says() == [farewell(Goodbye.PING_TIMEOUT)]


@pytest.mark.parametrize("data", [frame(pack(Pong())), frame(pack(HELLO)), b"\x00"], ids=["pong", "call", "one-byte"])
def test_any_byte_is_a_sign_of_life(data: bytes) -> None:
    play = Play(Role.SERVER, ping_every_s=25, pong_within_s=10)
    play.connection.signed_in()
    play.tick(at=25)

    play.feed_bytes(data, at=30)

    assert play.due() == 55
    assert play.tick(at=54.9) is None
    assert play.says() == [Ping()]
    assert play.tick(at=55) is None
    assert play.says() == [Ping()]


def test_probe_asks_at_once_and_once() -> None:
    play = Play(Role.CLIENT, ping_every_s=25, pong_within_s=10)

    play.connection.probe(1003.0)
    play.connection.probe(1005.0)

    assert play.says() == [Ping()]
    assert play.due() == 13
    assert play.tick(at=13) is Goodbye.PING_TIMEOUT


def test_probe_that_somebody_waits_for_has_less_time_also_behind_a_ping() -> None:
    play = Play(Role.CLIENT, ping_every_s=25, pong_within_s=10)

    play.connection.probe(1003.0)
    play.connection.probe(1004.0, 3.0)
    assert play.due() == 7
    play.connection.probe(1005.0, 60.0)
    assert play.due() == 7, "never later than what was asked first"

    assert play.says() == [Ping()]
    assert play.tick(at=7) is Goodbye.PING_TIMEOUT


def test_times_are_those_of_the_protocol_unless_said_otherwise() -> None:
    assert Play(Role.SERVER).due() == limits.SIGN_IN_WITHIN_S
    assert Play(Role.CLIENT).due() == limits.PING_EVERY_S


# --- both sides -------------------------------------------------------------------------------------------------------


def carry(sender: Connection, receiver: Connection, now: float, chunk: int = 1 << 20) -> list[Envelope]:
    """Move what one side wants to say to the other, in chunks."""
    data = sender.outgoing()
    pieces = [data[start : start + chunk] for start in range(0, len(data), chunk)]
    return [envelope for piece in pieces for envelope in receiver.receive(piece, now)]


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
def test_a_joined_pair_opens_talks_and_parts(chunk: int) -> None:
    client, server = Connection(Role.CLIENT, 0.0), Connection(Role.SERVER, 0.0)

    client.send(HELLO)
    assert carry(client, server, 0.1, chunk) == [HELLO]
    server.send(WELCOME)
    assert carry(server, client, 0.2, chunk) == [WELCOME]
    client.signed_in()
    server.signed_in()
    server.send(NEWS)
    assert carry(server, client, 1.0, chunk) == [NEWS]
    client.close(Goodbye.CLIENT_LEFT)
    assert carry(client, server, 2.0, chunk) == [farewell(Goodbye.CLIENT_LEFT)]

    assert client.phase is server.phase is Phase.CLOSED
    assert server.outgoing() == client.outgoing() == b""


def test_a_joined_pair_stays_alive_on_pings_alone() -> None:
    client, server = Connection(Role.CLIENT, 0.0), Connection(Role.SERVER, 0.0)
    server.signed_in()
    client.signed_in()

    now = 0.0
    while now < 1000.0:
        now = min(client.deadline(), server.deadline())
        assert client.tick(now) is None
        assert server.tick(now) is None
        for sender, receiver in [(client, server), (server, client), (client, server)]:
            assert carry(sender, receiver, now + 0.01) == []

    assert client.phase is server.phase is Phase.READY


def test_each_side_of_a_joined_pair_notices_that_the_other_has_gone() -> None:
    client, server = Connection(Role.CLIENT, 0.0), Connection(Role.SERVER, 0.0)
    server.signed_in()

    for side in (client, server):
        assert side.tick(side.deadline()) is None
        assert side.tick(side.deadline()) is Goodbye.PING_TIMEOUT


def test_connection_does_not_time_out_when_the_silence_was_excused() -> None:
    connection = Connection(Role.SERVER, 0.0, ping_every_s=25.0, pong_within_s=10.0)
    connection.signed_in()
    assert connection.tick(25.0) is None
    assert connection.outgoing()

    connection.excuse(34.0)

    assert connection.tick(36.0) is None
    assert connection.deadline() == 34.0 + 25.0


# --- before sign-in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("frames", "size", "fails_at"), [(4, 10_000, 5), (100, 90, 3), (100, 10_000, None)])
def test_server_takes_only_so_much_before_sign_in(frames: int, size: int, fails_at: int | None) -> None:
    client, server = (
        Connection(Role.CLIENT, 0.0),
        Connection(Role.SERVER, 0.0, opening_frames=frames, opening_bytes=size),
    )
    for number in range(1, 8):
        client.send(HELLO)
        if number == fails_at:
            with pytest.raises(ProtocolFault):
                carry(client, server, 1.0)
            break
        assert carry(client, server, 1.0) == [HELLO]

    assert (server.phase is Phase.CLOSED) is (fails_at is not None)
    if fails_at is not None:
        assert carry(server, client, 1.0) == [farewell(Goodbye.SIGN_IN_FIRST)]


def test_server_takes_any_number_of_frames_after_sign_in() -> None:
    client, server = Connection(Role.CLIENT, 0.0), Connection(Role.SERVER, 0.0, opening_frames=2, opening_bytes=200)
    client.send(HELLO)
    carry(client, server, 1.0)
    server.signed_in()

    for _ in range(100):
        client.send(HELLO)
    assert carry(client, server, 1.0) == [HELLO] * 100
    assert server.frames == 101
