"""What a payload in Slack's form says, as plain text. Pure: bytes in, a `Said` out; cleaned is it later, as any text.

Of attachments and blocks the text is taken, and of their looks nothing. Fields that are not known are ignored, and so
is the channel that a payload names: the secret alone decides where a message goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

import msgspec

_LINK: Final = re.compile(r"<([^<>|\n]{1,2000})(?:\|([^<>\n]{0,2000}))?>")
_ESCAPES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
MOST_PARTS: Final = 100
"""Attachments, fields or blocks that are read; Slack takes as many."""
_RICH_DEPTH: Final = 2
"""How deep parts of a rich text lie in each other: lists of sections."""


class PayloadFault(Exception):
    """A payload that says nothing; the text is for whoever set the sender up."""


class Said(NamedTuple):
    """What a payload comes to."""

    text: str
    """Not cleaned; never blank."""
    name: str
    """What the sender calls itself; empty: nothing."""
    icon: str
    """An emoji as `:shortcode:`; empty: none."""


class _Field(msgspec.Struct):
    title: str | None = None
    value: str | int | float | None = None


class _Attachment(msgspec.Struct):
    fallback: str | None = None
    pretext: str | None = None
    title: str | None = None
    title_link: str | None = None
    text: str | None = None
    fields: list[_Field] | None = None
    blocks: list[dict[str, Any]] | None = None


class _Payload(msgspec.Struct):
    text: str | None = None
    username: str | None = None
    icon_emoji: str | None = None
    attachments: list[_Attachment] | None = None
    blocks: list[dict[str, Any]] | None = None


_decode = msgspec.json.Decoder(_Payload).decode


def read_payload(kind: str, body: bytes) -> Said:
    """Return what a request says.

    Args:
        kind: its content type; a form has its JSON in the field `payload`, everything else is JSON.
        body: what was sent.

    Raises:
        PayloadFault: it is no such payload, or says nothing.
    """
    if kind.partition(";")[0].strip().casefold() == "application/x-www-form-urlencoded":
        body = _form(body)
    try:
        payload = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadFault(f"The payload cannot be read: {error}.") from error
    # As in Slack: where there are blocks, `text` is for notifications, and says the same in fewer words.
    parts = _blocks(payload.blocks) or [plain(payload.text or "")]
    parts += [_attached(each) for each in (payload.attachments or ())[:MOST_PARTS]]
    text = "\n".join(part for part in parts if part.strip())
    if not text:
        raise PayloadFault("The payload says nothing: it needs `text`, or attachments with a text or a fallback.")
    return Said(text, payload.username or "", payload.icon_emoji or "")


def plain(text: str) -> str:
    """Return a text without Slack's markup of links, and without its escapes."""
    text = _LINK.sub(_linked, text)
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    return text


def _form(body: bytes) -> bytes:
    try:
        fields = parse_qs(body.decode(), max_num_fields=MOST_PARTS)
    except (ValueError, UnicodeDecodeError) as error:
        raise PayloadFault("The form cannot be read.") from error
    if "payload" not in fields:
        raise PayloadFault("The form has no field `payload`.")
    return fields["payload"][0].encode("utf-8", "replace")


def _linked(match: re.Match[str]) -> str:
    target, label = match[1], match[2] or ""
    match target[0]:
        case "!":  # <!here>, <!here|here>, <!subteam^S1|@team>, <!date^…|Monday>
            word, _, of = target[1:].partition("^")
            return label if label and of else "@" + (of or word)
        case "@" | "#":
            return label if label.startswith(target[0]) else target[0] + (label or target[1:])
        case _:
            shown = target.removeprefix("mailto:")
            return shown if not label or label in (target, shown) else f"{label} ({shown})"


def _attached(attachment: _Attachment) -> str:
    """Return the lines of an attachment; its fallback only where it has nothing else."""
    title = plain(attachment.title or "")
    if title and attachment.title_link:
        title = f"{title} ({plain(attachment.title_link)})"
    fields = [_field(field) for field in (attachment.fields or ())[:MOST_PARTS]]
    lines = [plain(attachment.pretext or ""), title, plain(attachment.text or ""), *fields]
    lines += _blocks(attachment.blocks)
    said = "\n".join(line for line in lines if line.strip())
    return said or plain(attachment.fallback or "")


def _field(field: _Field) -> str:
    title = plain(field.title or "")
    value = "" if field.value is None else plain(str(field.value))
    return f"{title}: {value}" if title and value else title or value


def _blocks(blocks: list[dict[str, Any]] | None) -> list[str]:
    return [text for block in (blocks or ())[:MOST_PARTS] for text in _texts(block)]


def _texts(block: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a block: a header, a section with its fields, a context, or the lines of a rich text."""
    for part in (block.get("text"), *_listed(block.get("fields")), *_listed(block.get("elements"))):
        if not isinstance(part, dict):
            continue
        text = part.get("text")
        if isinstance(text, str) and text.strip():
            yield plain(text)
        elif "elements" in part:
            yield from _rich(part)


def _rich(section: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield the lines of a part of a rich text: a section, or a list of them. Its text is not marked up."""
    elements = [each for each in _listed(section.get("elements")) if isinstance(each, dict)]
    line = "".join(_rich_text(each) for each in elements)
    if line.strip():
        yield line
    if depth < _RICH_DEPTH:
        for each in elements:
            yield from _rich(each, depth + 1)


def _rich_text(element: dict[str, Any]) -> str:
    text, url = element.get("text"), element.get("url")
    shown = text if isinstance(text, str) else ""
    if not isinstance(url, str):
        return shown
    return f"{shown} ({url})" if shown and shown != url else url


def _listed(value: Any) -> Iterable[Any]:
    return value[:MOST_PARTS] if isinstance(value, list) else ()
