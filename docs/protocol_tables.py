"""The generated parts of docs/protocol.md: what the code says of limits, codes, envelopes, requests, events, values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from chat_core.base.exit_codes import EXPLAINED
from chat_core.protocol import limits, values
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.codes import GOODBYES, REFUSALS
from chat_core.protocol.envelopes import ENVELOPES, Answer, Call, Envelope
from chat_core.protocol.events import EVENTS, AccountEvent, ConversationEvent, Event, Lagging, Signal
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import Limits, Rates
from chat_core.protocol.reactions import Reaction, Reactor
from chat_core.protocol.requests.base import Reply, Request, reply_type
from chat_core.protocol.requests.catalog import DOMAINS
from chat_core.protocol.requests.marks import BookmarkedMessage, BookmarkedSeqs
from chat_core.protocol.requests.messages import Version
from chat_core.protocol.requests.session import CatchUp, Hello, Welcome
from docs.struct_tables import constants, described, field_table, one_line, table

EXAMPLE_EPOCH: Final = "6f1d2c0a9b3e4f58"


def limit_table() -> str:
    """Return every bound with its value."""
    rows = []
    for name, sentence in constants(limits).items():
        rows.append((f"`{name}`", _amount(name, getattr(limits, name)), sentence))
    return table(("name", "value", "meaning"), rows)


def _amount(name: str, value: float) -> str:
    if value == limits.MAX_NUMBER:
        return "2^53-1"
    if name.endswith("_BYTES") and value >= 1024:
        return (
            f"{value:,.0f} ({value / 1024:g} KiB)" if value < 1 << 20 else f"{value:,.0f} ({value / (1 << 20):g} MiB)"
        )
    return f"{value:g} s" if name.endswith("_S") else f"{value:,.0f}"


def refusal_table() -> str:
    """Return why calls fail."""
    rows = [(f"`{code}`", one_line(why.text), "yes" if why.again else "no") for code, why in REFUSALS.items()]
    return table(("code", "meaning", "again?"), rows)


def goodbye_table() -> str:
    """Return why connections end."""
    rows = [(f"`{code}`", one_line(why.text), "yes" if why.again else "no") for code, why in GOODBYES.items()]
    return table(("code", "meaning", "reconnect?"), rows)


def exit_code_table() -> str:
    """Return what commands end with."""
    return table(("code", "meaning"), [(str(int(code)), text) for code, text in EXPLAINED.items()])


def envelope_tables() -> str:
    """Return each envelope with its fields."""
    return _sections("####", ENVELOPES.values())


def request_tables() -> str:
    """Return each request with its fields and its reply."""
    shown: dict[type[Reply], str] = {}
    sections = []
    for domain, requests in DOMAINS.items():
        sections.append(f"### Requests: {domain}")
        sections.extend(f"{_section('####', request)}\n\n{_reply(request, shown)}" for request in requests)
    return "\n\n".join(sections)


def _reply(request: type[Request[Any]], shown: dict[type[Reply], str]) -> str:
    reply = reply_type(request)
    if reply in shown:
        return f"Reply: `{reply.__name__}`, as for `{shown[reply]}`."
    shown[reply] = _tag(request)
    if reply is CatchUp:
        return "Reply: [CatchUp](#catchup)."
    return f"Reply: `{reply.__name__}`. {described(reply)}\n\n{field_table(reply)}"


def event_tables() -> str:
    """Return each event with its fields, by what is promised of it."""
    groups: dict[str, tuple[type[Event], str]] = {
        "Conversation events": (ConversationEvent, "Durable, numbered by `seq` in their conversation's log."),
        "Account events": (AccountEvent, "Durable, numbered by `seq` in the account's own log, for its devices only."),
        "Signals": (Signal, "Ephemeral: not numbered, not stored, the first to be dropped when a reader is slow."),
        "About this connection": (Lagging, "Not numbered, not stored, never dropped."),
    }
    sections = []
    for title, (root, promise) in groups.items():
        kinds = [kind for kind in EVENTS if issubclass(kind, root)]
        sections.append(f"### {title}\n\n{promise}\n\n{_sections('####', kinds)}")
    return "\n\n".join(sections)


def value_tables() -> str:
    """Return the nouns that requests, replies and events are made of."""
    members = [kind for _, kind in inspect.getmembers(values, inspect.isclass) if issubclass(kind, msgspec.Struct)]
    kinds: list[type[msgspec.Struct]] = [
        *(kind for kind in members if kind.__module__.startswith(values.__name__)),
        Reaction,
        Reactor,
        Version,
        BookmarkedMessage,
        BookmarkedSeqs,
        CatchUp,
        Limits,
        Rates,
    ]
    return "\n\n".join(f"#### {kind.__name__}\n\n{described(kind)}\n\n{field_table(kind)}" for kind in kinds)


def hello_dump() -> str:
    """Return a hello and its answer, byte by byte."""
    return "\n\n".join((_dump("Client to server:", example_hello()), _dump("Server to client:", example_welcome())))


def example_hello() -> bytes:
    """Return the frame of a hello."""
    return frame(pack(Call(id=200, request=to_map(Hello(protocol=1, client="example 1.0")))))


def example_welcome() -> bytes:
    """Return the frame of an answer to it."""
    welcome = Welcome(protocol=1, server="chat-core 1.0", epoch=EXAMPLE_EPOCH, limits=Limits())
    return frame(pack(Answer(id=200, reply=to_map(welcome))))


def _dump(title: str, data: bytes) -> str:
    lines = [title, "", "```text"]
    for start in range(0, len(data), 16):
        piece = data[start : start + 16]
        seen = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        lines.append(f"{start:04x}  {piece.hex(' '):<47}  {seen}")
    return "\n".join([*lines, "```"])


def _sections(level: str, kinds: Iterable[type[Envelope] | type[Event]]) -> str:
    return "\n\n".join(_section(level, kind) for kind in kinds)


def _section(level: str, kind: type[msgspec.Struct]) -> str:
    return f"{level} `{_tag(kind)}`\n\n{described(kind)}\n\n{field_table(kind)}"


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def _parts() -> Iterator[tuple[str, Callable[[], str]]]:
    yield "limits", limit_table
    yield "refusals", refusal_table
    yield "goodbyes", goodbye_table
    yield "envelopes", envelope_tables
    yield "requests", request_tables
    yield "events", event_tables
    yield "values", value_tables
    yield "exit-codes", exit_code_table
    yield "hello", hello_dump


PARTS: Final = dict(_parts())
"""The parts by the name in their marker."""
