"""Sessions without a stream: what the hub queues for them can be read back."""

from __future__ import annotations

from typing import Any

from chat_core.base.ids import AccountId
from chat_core.protocol.codec import unpack
from chat_core.protocol.envelopes import Push
from chat_core.protocol.framing import FrameReader
from chat_core.server.sessions.session import Session


def stranger_session(*, local: bool = True) -> Session:
    """Make a session that has not signed in; nothing writes its queue."""
    return Session(
        mark=lambda _: None,
        peer="test",
        local=local,
        on_open=lambda _: None,
        on_call=lambda _session, _call: None,
        on_closed=lambda _session, _why: None,
    )


def quiet_session(account: int = 1, name: str = "ann") -> Session:
    """Make a session of an account; nothing writes its queue."""
    session = stranger_session()
    session.account = AccountId(account)
    session.name = name
    return session


def pushed(session: Session) -> list[dict[str, Any]]:
    """Take what is queued, and return the events of its pushes."""
    events = []
    for payload in FrameReader(2**24).feed(session.outbox.take()):
        envelope = unpack(payload)
        assert isinstance(envelope, Push)
        events.append(envelope.event)
    return events
