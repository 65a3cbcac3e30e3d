"""What happens between two acts: talk, an absence, a reader cut off, a store that goes back."""

from __future__ import annotations

from chat_core.client import LinkStatus
from chat_core.protocol.events import Lagging, MessagePosted
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import Room


def chat(stage: Stage, room: Room, count: int) -> list[str]:
    """Have eve say so many things; return all messages of the room."""
    for _ in range(count):
        stage.world.write(room, "eve", f"{room.name} {room.head + 1}")
    return [message.body for message in room.messages()]


async def away(stage: Stage, actor: Actor) -> None:
    """Take the network away until `back`."""
    stage.network.up = False
    stage.network.cut_all()
    await actor.until(lambda: actor.client.state.link.status is not LinkStatus.ONLINE)


async def back(stage: Stage, actor: Actor) -> None:
    stage.network.up = True
    actor.client.wake()
    await actor.client.online()


def cut_off(stage: Stage, room: Room) -> None:
    """Detach everybody as a server does whose readers are too slow."""
    for session in list(room.listeners):
        room.listeners.remove(session)
        session.push(Lagging(conversation=room.id, head=room.head))


def rewind(stage: Stage, room: Room, head: int) -> None:
    """Put an old copy of the store back: the end of a log is gone, with the cids of what was sent there."""
    lost = {event.cid for event in room.log[head:] if isinstance(event, MessagePosted)}
    del room.log[head:]
    for account, cid in list(stage.world.cids):
        if cid in lost:
            del stage.world.cids[account, cid]
