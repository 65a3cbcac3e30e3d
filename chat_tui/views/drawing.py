"""Items become lines: messages with their time and name, and by way of `between` all the rest. Pure.

Only our own words stand in the gutter, so no text of a user can pass for a notice or for somebody else's line.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from chat_core.base.filenames import file_name, size_in_words
from chat_core.protocol.values import FileInfo, Message
from chat_tui.views.between import gap, ruled, told, welcome
from chat_tui.views.building import QUOTED_CHARS
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.code import SHOWN as CODE_LINES
from chat_tui.views.code import is_cut
from chat_tui.views.columns import Columns
from chat_tui.views.edge import hanging, laid_out
from chat_tui.views.emoji_kinds import Kind
from chat_tui.views.emoji_names import named
from chat_tui.views.folding import folded_words
from chat_tui.views.formatting import Block, Looks, block, formatted, in_one_line, is_fence, ours, with_words
from chat_tui.views.inline import Mark
from chat_tui.views.items import (
    DayItem,
    GapItem,
    Item,
    MessageItem,
    NoticeItem,
    OlderItem,
    Quoted,
    UnreadItem,
    UnsentItem,
    WelcomeItem,
)
from chat_tui.views.lines import Line, Role, Span, cropped, elide, right
from chat_tui.views.names import called, name_role, shown_name, soft_role
from chat_tui.views.previews import Preview, Wish, kind_of, preview_lines
from chat_tui.views.programs import MARK, author_of, marked
from chat_tui.views.reactions import chips
from chat_tui.views.resembling import MARK as ALIKE
from chat_tui.views.resembling import NOBODY, Familiars, resembled
from chat_tui.views.threads import replies_words
from chat_tui.views.when import clock, day_in_words, local, since

MAX_LINES: Final = 60
"""Lines of a message that are drawn; more of one message is not a conversation."""
MAX_CHARS: Final = 4_000
"""Characters of a message that are drawn."""

_ACTION_MARK: Final = "·"
_EDITED: Final = "(edited)"
_PINNED: Final = "(pinned)"
_BOOKMARKED: Final = "(bookmarked)"
_DELETED: Final = "message deleted"
_IGNORED: Final = "somebody whom you ignore"


_NO_MARKS: Final[Mapping[int, str]] = MappingProxyType({})


class Who(Struct, frozen=True):
    """Under whose name a line stands."""

    name: str
    """Not safe to draw."""
    role: Role
    bot: bool = False
    """Whether it is a program."""
    alike: bool = False
    """Whether the name resembles that of somebody else whom one knows."""


class Reader(Struct, frozen=True):
    """Who looks at a timeline."""

    account: int | None
    """Own account."""
    name: str
    """Own name."""
    zone: tzinfo | None
    """Whose clock; None: the computer's own."""
    channels: Container[str] = ()
    """`name_key`s of the channels that are known."""
    display: str = ""
    """What one is shown as; empty: that name."""
    ignored: frozenset[int] = frozenset()
    """Accounts that one ignores."""
    bookmarks: frozenset[int] = frozenset()
    """Seqs of the messages at which one has bookmarks."""
    marks: Mapping[int, str] = _NO_MARKS
    """Names of the marks that one has put, by the seqs of the messages."""
    roomy: bool = False
    """Whether a line is left free above each message that says whose it is."""
    emoji_names: frozenset[Kind] = frozenset()
    """Kinds of emoji that are shown by their names."""
    previews: Wish = Wish()
    """What is shown of files."""
    words: str = ""
    """Words that are for one, as a setting has them."""
    known: Familiars = NOBODY
    """Whom one knows, and by whose name nobody else is to pass."""


_FREE: Final = Line((Span(" "),), tail=1)
"""A line that nobody said: it is not copied."""


def draw(item: Item, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return the lines of an item, one or more, each at most `where.width` cells wide."""
    match item:
        case MessageItem():
            lines = _said(item, where, reader)
            return (_FREE, *lines) if reader.roomy and item.head else lines
        case UnsentItem():
            lines = _unsent(item, where, reader)
            lines = lines if item.quoted is None else (_quoted(item.quoted, where, reader), *lines)
            return (_FREE, *lines) if reader.roomy and item.head else lines
        case DayItem():
            return (ruled(day_in_words(item.day, item.year), where, "rule", "muted"),)
        case UnreadItem():
            since = f" since {item.since}" if item.since else ""
            return (ruled(f"{item.count:,} new{since}", where, "accent", "accent"),)
        case NoticeItem():
            return told(item.notices, where)
        case OlderItem():
            words = "fetching earlier messages…" if item.loading else "earlier messages are not here yet"
            return (ruled(words, where, "rule", "quiet"),)
        case GapItem():
            return (gap(item, where),)
        case WelcomeItem():
            return welcome(item, where)
        case _:
            raise TypeError(item)


def _said(item: MessageItem, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return a message with what it answers above it, and what hangs on it below."""
    message = item.message
    lines = _message(item, where, reader)
    if message.author in reader.ignored:
        return lines
    if (preview := shown_preview(item, reader)) is not None:
        lines = (*lines, *preview_lines(preview, where, len(message.body) + 1))
    lines = (*lines, *chips(message.reactions, where, names=reader.emoji_names))
    if message.replies:
        lines = (*lines, _replies(message, where, reader))
    return lines if item.quoted is None else (_quoted(item.quoted, where, reader), *lines)


def shown_preview(item: MessageItem, reader: Reader | None) -> Preview | None:
    """Return what is shown of a message's file; None: nothing, or there is none."""
    if item.preview is None or reader is None or not may_preview(item.message, reader):
        return None
    return item.preview


def may_preview(message: Message, reader: Reader) -> bool:
    """Return whether a message's file is one of those of which something is to be shown."""
    if message.file is None or message.deleted or message.author in reader.ignored:
        return False
    return kind_of(message.file, reader.previews) is not None


def whole(body: str, where: Columns, looks: Looks) -> list[Line]:
    """Return all lines of a text, whatever their number."""
    return laid_out(formatted(drawable(body), looks), where, ())


def estimated(text: str, cells: int) -> int:
    """Return about how many lines a message's text takes, cheaply."""
    if len(text) <= cells:
        return 1 + text.count("\n")
    return 1 + min(text.count("\n"), MAX_LINES) + min(len(text), MAX_CHARS) // cells


def clipped(text: str) -> tuple[str, str]:
    """Return the part of a text that is drawn, and words for the rest (empty: nothing is missing)."""
    if len(text) <= MAX_CHARS and text.count("\n") < MAX_LINES:
        return text, ""
    cut = -1
    for _ in range(MAX_LINES):
        cut = text.find("\n", cut + 1)
        if cut < 0:
            break
    shown = text[: min(cut if cut >= 0 else len(text), MAX_CHARS)]
    lines = text.count("\n") - shown.count("\n")
    missing = f"+{lines:,} lines" if lines else f"+{len(text) - len(shown):,} characters"
    return shown.rstrip("\n"), f"… {missing}, v to view"


def _shown(body: str, reader: Reader) -> tuple[str, str]:
    """Return what is drawn of a body and words for the rest. Cleaning can make lines and widen tabs: cut again."""
    text, missing = clipped(body)
    text, more = clipped(drawable(text))
    return (named(text, reader.emoji_names) if reader.emoji_names else text), missing or more


def _message(item: MessageItem, where: Columns, reader: Reader) -> tuple[Line, ...]:
    message = item.message
    if message.author in reader.ignored:
        return (_folded(message, where),)
    if message.deleted or not message.body:  # an empty one was deleted: its deletion is still to come from the log
        return _gone(message, item.head, where, reader)
    text, missing = _shown("" if _only_file(message) else message.body, reader)
    mine = message.author == reader.account
    who = _who(message, reader)
    acts = message.style == "action"
    me, words = ("", "") if mine else (reader.name, reader.words)
    blocks = _blocks(text, Looks(me, reader.channels, item.revealed, words), who if acts else None)
    heading = _heading(message.ts, who, acts, where, reader) if item.head else ()
    beyond = 0
    if missing and blocks[-1].kind == "code" and is_cut(blocks[-1].text):
        rest = message.body.split("\n")[text.count("\n") + 1 :]
        beyond, missing = sum(not is_fence(line) for line in rest), ""
    if message.file is not None:
        blocks = [*([] if _only_file(message) and not acts else blocks), _chip(message.file)]
    marks_behind = _marks_behind(message, reader)
    if marks_behind and missing:
        missing = f"{missing} {marks_behind}"
    elif marks_behind:
        blocks = with_words(blocks, marks_behind, "quiet")
    lines = laid_out(blocks, where, heading, code=CODE_LINES, beyond=beyond)
    if missing:
        lines.append(hanging((Span(missing, "quiet"),), where, len(text))._replace(tail=len(missing)))
    return tuple(lines)


def _marks_behind(message: Message, reader: Reader) -> str:
    """Return the words that stand behind a message's text."""
    kept = message.seq in reader.bookmarks
    put = drawable_line(reader.marks.get(message.seq, ""))
    marks = ((_EDITED, message.edits), (_PINNED, message.pinned), (_BOOKMARKED, kept), (f"(mark {put})", put))
    return " ".join(words for words, on in marks if on)


def _only_file(message: Message) -> bool:
    """Return whether nothing was said with a file but its name."""
    return message.file is not None and message.body == message.file.name


def file_chip(file: FileInfo) -> str:
    """Return what is drawn for a file that hangs on a message: `📎 report.pdf · 1.2 MB`."""
    return f"📎 {file_name(file.name)} · {size_in_words(file.size)}"


def _chip(file: FileInfo) -> Block:
    chip = file_chip(file)
    return ours(chip, [Mark(0, len(chip), "link")])


def _blocks(text: str, looks: Looks, acting: Who | None) -> list[Block]:
    """Return the blocks of a text; what somebody does is one, with the name in front."""
    return formatted(text, looks) if acting is None else [_acted(block("text", text, looks), acting)]


def _quoted(quoted: Quoted, where: Columns, reader: Reader) -> Line:
    """Return the line above an answer: what it answers."""
    if not quoted.account:
        spans: tuple[Span, ...] = (Span("↳ an older message", "quiet"),)
    else:
        said = drawable_line(in_one_line(quoted.text, QUOTED_CHARS)) or _DELETED
        said = named(said, reader.emoji_names) if reader.emoji_names else said
        text = _IGNORED if quoted.account in reader.ignored else said
        name = Span(f"↳ {shown_name(quoted.name)}", soft_role(quoted.account, reader.account))
        spans = (name, Span(f"  {text}", "quiet"))
    spans = cropped(spans, where.text)
    # None of it is said here: it is not copied with what is.
    return hanging(spans, where)._replace(tail=sum(len(span.text) for span in spans))


def _folded(message: Message, where: Columns) -> Line:
    """Return the one faint line that stands for whatever somebody says whom one ignores."""
    words = elide(folded_words(message), where.text)
    return hanging((Span(words, "faint"),), where)


def _replies(message: Message, where: Columns, reader: Reader) -> Line:
    """Return the line below a message that has a thread."""

    def moment(ts: int) -> str:
        posted, last = local(message.ts, reader.zone).date(), local(ts, reader.zone).date()
        return clock(ts, reader.zone) if posted == last else since(ts, message.ts, reader.zone)

    spans = cropped((Span(f"[{replies_words(message, moment)}]", "thread", act="thread"),), where.text)
    return hanging(spans, where, len(message.body))._replace(tail=sum(len(span.text) for span in spans))


def _gone(message: Message, head: bool, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return the lines of a message whose text was deleted: when and who stay."""
    who = _who(message, reader)
    heading = _heading(message.ts, who, False, where, reader) if head else ()
    return tuple(laid_out([ours(_DELETED, [Mark(0, len(_DELETED), "quiet")])], where, heading))


def _unsent(item: UnsentItem, where: Columns, reader: Reader) -> tuple[Line, ...]:
    unsent = item.unsent
    text, _ = _shown(unsent.body, reader)
    acts = unsent.style == "action"
    who = Who(called(reader), "own")
    blocks = _blocks(text, Looks("", reader.channels, revealed=True), who if acts else None)
    words, role = _fate(item)
    if words:
        blocks = with_words(blocks, words, role)
    heading = _heading(unsent.ts, who, acts, where, reader) if item.head else ()
    return tuple(laid_out(blocks, where, heading, code=CODE_LINES))


def _fate(item: UnsentItem) -> tuple[str, Role]:
    unsent = item.unsent
    why = drawable_line(unsent.text or unsent.code).removesuffix(".")
    if unsent.status == "failed":
        return f"✕ failed: {why} · /retry or /discard", "error"
    if unsent.status == "sending":
        return ("" if item.fresh else "◌ sending"), "notice"
    return (f"◌ queued: {why}" if why else "◌ queued"), "notice"


def _acted(done: Block, who: Who) -> Block:
    """Put the name in front of what somebody does."""
    name = marked(shown_name(who.name), bot=who.bot) + (f" {ALIKE}" if who.alike else "")
    shift = len(name) + 1
    moved = [mark._replace(start=mark.start + shift, end=mark.end + shift) for mark in done.marks]
    text = f"{name} {done.text}"
    return done._replace(text=text, marks=[Mark(0, len(name), who.role), *moved], said=len(text))


def _who(message: Message, reader: Reader) -> Who:
    name = author_of(message)
    alike = resembled(message.author, name, reader.known) is not None
    return Who(name, name_role(message.author, reader.account), message.bot, alike)


def _heading(ts: int, who: Who, acts: bool, where: Columns, reader: Reader) -> tuple[Span, ...]:
    time = clock(ts, reader.zone)
    if where.stacked:
        if acts:
            return (Span(f" {_ACTION_MARK} ", "quiet"),)
        name, mark = _named(who, where.name)
        return (Span(" "), Span(name, who.role), *mark, Span(f"  {time}", "time"))
    if acts:
        return (Span(f" {time} ", "time"), Span(right(_ACTION_MARK, where.name) + "  ", "quiet"))
    name, mark = _named(who, where.name)
    cells = where.name - sum(len(span.text) for span in mark)
    return (Span(f" {time} ", "time"), Span(right(name, cells), who.role), *mark, Span("  ", who.role))


def _named(who: Who, cells: int) -> tuple[str, tuple[Span, ...]]:
    """Return a name, cut to a number of cells, and the mark behind it, which is never cut."""
    bot = (Span(f" {MARK}", "quiet"),) if who.bot else ()
    spans = (*bot, Span(f" {ALIKE}", "error")) if who.alike else bot
    return elide(shown_name(who.name), max(1, cells - sum(len(span.text) for span in spans))), spans
