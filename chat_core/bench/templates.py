"""Writes the handshake and the message as templates for `fanout`, a load generator that knows no protocol.

Its language: `send32 TEXT` sends TEXT behind its length, `expect TEXT` waits for TEXT; `%06d` is the connection,
`%04g` its group, `%B` four bytes that count messages, `%06S%010n` sixteen characters that no other message has, `%100P`
the body. All of fixed width, so that the lengths inside MessagePack are constants.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench import frames

BODY_BYTES: Final = 100
_CONNECTION: Final = ("NNNNNN", "%06d")
_GROUP: Final = ("GGGG", "%04g")

Holes = tuple[tuple[bytes, str], ...]


def receiver_script() -> str:
    """Return the handshake of a member: after it the connection is attached to its channel."""
    name, channel = f"u{_CONNECTION[0]}", f"#g{_GROUP[0]}"
    steps = (
        (frames.HELLO_ID, frames.hello(), ()),
        (frames.SIGN_IN_ID, frames.sign_in(name), _texts(_CONNECTION)),
        (frames.JOIN_ID, frames.join(channel), _texts(_GROUP)),
        (frames.RESUME_ID, frames.resume(), ()),
    )
    lines = ["# hello, sign_in, join, resume; each waits for its answer"]
    for call_id, payload, holes in steps:
        lines.append(f"send32 {_template(payload, holes)}")
        lines.append(f"expect {_template(frames.answer_head(call_id), ())}")
    return "\n".join(lines) + "\n"


def message_script() -> str:
    """Return one message: a post of 100 bytes."""
    holes = (
        (frames.ID_HOLE.to_bytes(4, "big"), "%B"),
        (frames.CID_HOLE, "%06S%010n"),
        (frames.body_hole(BODY_BYTES).encode(), f"%{BODY_BYTES}P"),
        *_texts(_GROUP),
    )
    return f"# post\nsend32 {_template(frames.post(f'#g{_GROUP[0]}', BODY_BYTES), holes)}\n"


def write_templates(folder: Path) -> list[Path]:
    """Write `chat.recv` and `chat.msg` into a folder, made if it is missing; return their paths.

    Senders are members here, so there is no `chat.send`.

    Raises:
        WorldFault: they cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, text in (("recv", receiver_script()), ("msg", message_script())):
            path = folder / f"chat.{ending}"
            path.write_text(text, encoding="ascii")
            written.append(path)
    except OSError as error:
        raise WorldFault(f"Cannot write templates into {folder}: {error.strerror}.") from error
    return written


def _texts(*holes: tuple[str, str]) -> Holes:
    return tuple((text.encode(), key) for text, key in holes)


def _template(payload: bytes, holes: Holes) -> str:
    """Return a payload in the generator's language, with a key in place of each hole."""
    if not holes:
        assert b"%" not in payload, "the generator would take it for a key"
        return "".join(map(_escape, payload))
    (hole, key), rest = holes[0], holes[1:]
    pieces = payload.split(hole)
    assert len(pieces) == 2, "a hole stands in its frame once"
    return key.join(_template(piece, _holes_in(piece, rest)) for piece in pieces)


def _holes_in(piece: bytes, holes: Holes) -> Holes:
    return tuple((hole, key) for hole, key in holes if hole in piece)


def _escape(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and char.isprintable() and char not in " \\#" else f"\\x{byte:02x}"
