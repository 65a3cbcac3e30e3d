"""What the library told, as records: beginnings, resets, deliveries, in the order in which P4 needs them."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.check.history import Delivered, Left, Placed, Record, Settled
from chat_core.check.recording import Recorder
from chat_core.client.state import inputs
from chat_core.client.state.changes import Batch, Change
from chat_core.client.state.coalesce import coalesce
from chat_core.client.state.model import ClientState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ConversationEvent, MessagePosted
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.values import Conversation, Position

ROOM = 3


def room(head: int = 0) -> Conversation:
    return Conversation(id=ROOM, kind="channel", name="room", head=head)


def posted(seq: int) -> MessagePosted:
    return MessagePosted(
        conversation=ROOM, seq=seq, eid=seq.to_bytes(8, "big"), ts=0, author=1, name="ann", cid=bytes(16), body="text"
    )


def arrived(*seqs: int) -> inputs.EventsArrived:
    events: tuple[ConversationEvent, ...] = tuple(posted(seq) for seq in seqs)
    return inputs.EventsArrived(conversation=ROOM, events=events, live=True)


def resumed(*conversations: Conversation, epoch: str = "e1") -> inputs.WasResumed:
    return inputs.WasResumed(resumed=Resumed(epoch=epoch, seq=0, conversations=conversations, catch_ups=()))


def was_reset(seq: int, reason: str = "rewound") -> inputs.WasReset:
    return inputs.WasReset(position=Position(conversation=ROOM, seq=seq), reason=reason, wall_ms=0)


class Life:
    """A recorder behind a real reducer."""

    def __init__(self) -> None:
        self.recorder = Recorder("ann")
        self.state = ClientState()

    def batch(self, *steps: inputs.Input) -> list[Record]:
        """Return what is recorded of inputs that come in one batch."""
        changes: list[Change] = []
        for step in steps:
            self.state, more = apply(self.state, step)
            changes += more
        return self.recorder.take(Batch(state=self.state, changes=coalesce(changes)), 1.0)


def told(records: list[Record]) -> list[tuple[str, int]]:
    """Return records in short."""
    short: list[tuple[str, int]] = []
    for record in records:
        match record:
            case Placed():
                short.append((record.reason, record.seq))
            case Delivered():
                short.append(("delivered", record.seq))
            case Left():
                short.append(("left", record.conversation))
            case _:
                raise AssertionError(record)
    return short


def test_recorder_places_a_conversation_when_it_comes_into_the_list() -> None:
    assert told(Life().batch(resumed(room(head=7)))) == [("began", 7)]


def test_recorder_tells_deliveries_behind_the_beginning_when_both_come_in_one_batch() -> None:
    assert told(Life().batch(resumed(room(head=7)), arrived(8, 9))) == [
        ("began", 7),
        ("delivered", 8),
        ("delivered", 9),
    ]


def test_recorder_keeps_a_hole_when_the_first_event_is_missing() -> None:
    assert told(Life().batch(resumed(room(head=7)), arrived(9))) == [("began", 7), ("delivered", 9)]


def test_recorder_places_a_conversation_where_its_reset_says_when_events_follow_in_the_batch() -> None:
    life = Life()
    life.batch(resumed(room(head=7)))
    assert told(life.batch(arrived(8), was_reset(4), arrived(5))) == [
        ("delivered", 8),
        ("rewound", 4),
        ("delivered", 5),
    ]


def test_recorder_does_not_excuse_a_hole_when_it_follows_a_reset() -> None:
    life = Life()
    life.batch(resumed(room(head=7)))
    assert told(life.batch(was_reset(4), arrived(6))) == [("rewound", 4), ("delivered", 6)]


def test_recorder_says_left_and_began_when_a_conversation_goes_and_comes() -> None:
    life = Life()
    life.batch(resumed(room(head=7)))
    assert told(life.batch(inputs.Gone(conversation=ROOM))) == [("left", ROOM)]
    assert told(life.batch(inputs.Opened(conversation=room(head=9)))) == [("began", 9)]
    both = life.batch(inputs.Gone(conversation=ROOM), inputs.Opened(conversation=room(head=12)))
    assert told(both) == [("left", ROOM), ("began", 12)]


def test_recorder_gives_deliveries_the_epoch_of_their_store() -> None:
    life = Life()
    life.batch(resumed(room()))
    records = life.batch(resumed(room(), epoch="e2"), was_reset(0, "epoch"), arrived(1))
    assert [record.epoch for record in records if isinstance(record, (Placed, Delivered))] == ["e2", "e2"]


def test_recorder_settles_what_the_state_shows() -> None:
    life = Life()
    life.batch(resumed(room()), arrived(1, 2))
    (settled,) = life.recorder.settled(2.0)
    assert isinstance(settled, Settled)
    assert (settled.seq, [message.seq for message in settled.messages]) == (2, [1, 2])
    assert replace(settled.messages[0], seq=2, changed=2) == settled.messages[1]
