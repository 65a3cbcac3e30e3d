"""What is in a file, drawn below its message: short, safe, and in place."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO

import msgspec
import pytest
from msgspec.structs import replace as replace_fields
from PIL import Image
from rich.cells import cell_len

from chat_core.protocol.values import FileInfo
from chat_tui.views.building import Setting, build
from chat_tui.views.columns import Columns, columns
from chat_tui.views.drawing import Reader, draw
from chat_tui.views.history import History
from chat_tui.views.items import MessageItem
from chat_tui.views.lines import Line
from chat_tui.views.pictures import picture_of
from chat_tui.views.previews import (
    CELLS,
    ROWS,
    Excerpt,
    NoPreview,
    Picture,
    Preview,
    Wish,
    excerpt_of,
    kind_of,
    lines_of,
    preview_lines,
)
from tests.support.hostile import PAYLOADS
from tests.tui.support.states import ME, ZONE, chatter, conversation

WIDE, NARROW, TINY = columns(80, 120, 6), columns(60, 80, 6), columns(24, 40, 6)
ALL = Wish(texts=True, pictures=True, most_bytes=1_000)


def info(name: str, type: str = "application/octet-stream", size: int = 10) -> FileInfo:
    return FileInfo(name=name, size=size, type=type, sha256=b"s" * 32)


def encoded(image: Image.Image, format: str = "PNG", **more: object) -> bytes:
    into = BytesIO()
    image.save(into, format, **more)
    return into.getvalue()


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text[line.gutter :].rstrip() for line in lines]


def picture(data: bytes) -> Picture:
    made = picture_of(data)
    assert isinstance(made, Picture), made
    return made


@pytest.mark.parametrize(
    ("name", "type", "size", "wish", "kind"),
    [
        ("a.py", "text/x-python", 10, ALL, "text"),
        ("deploy.yaml", "application/octet-stream", 10, ALL, "text"),
        ("Dockerfile", "application/octet-stream", 10, ALL, "text"),
        ("main.ts", "video/mp2t", 10, ALL, "text"),
        ("a.png", "image/png", 10, ALL, "picture"),
        ("a.png", "image/png", 1_001, ALL, None),
        ("a.png", "image/png", 10, replace_fields(ALL, pictures=False), None),
        ("a.py", "image/png", 10, replace_fields(ALL, pictures=False), None),
        ("a.txt", "text/plain", 0, ALL, None),
        ("a.svg", "image/svg+xml", 10, ALL, None),
        ("a.tiff", "image/tiff", 10, ALL, None),
        ("a.zip", "application/zip", 10, ALL, None),
        ("a.txt", "text/plain", 10, Wish(), None),
    ],
)
def test_file_has_a_preview_when_it_is_small_and_of_a_kind_that_is_wished_for(
    name: str, type: str, size: int, wish: Wish, kind: str | None
) -> None:
    assert kind_of(info(name, type, size), wish) == kind


def test_excerpt_is_the_beginning_and_says_how_much_there_is_when_a_text_is_long() -> None:
    excerpt = excerpt_of("".join(f"line {at}\n" for at in range(1, 401)).encode(), "a.log")
    assert isinstance(excerpt, Excerpt)

    lines = preview_lines(excerpt, WIDE, 7)

    assert texts(lines) == [*(f" line {at}" for at in range(1, 9)), "8 of 400 lines"]
    assert len(lines) == lines_of(excerpt, WIDE.text)
    assert [line.offset for line in lines] == list(range(7, 16))


def test_excerpt_is_all_of_a_text_when_it_is_short() -> None:
    excerpt = excerpt_of(b"\xef\xbb\xbfone\r\n\r\ntwo\r\n\r\n\r\n", "a.txt")

    assert texts(preview_lines(excerpt, WIDE, 0))[:3] == [" one", "", " two"]


def test_excerpt_is_highlighted_when_the_name_says_what_it_is_written_in() -> None:
    lines = preview_lines(excerpt_of(b"def f():\n    return 'x'\n", "f.py"), WIDE, 0)

    roles = {span.text: span.role for line in lines for span in line.spans}
    assert roles["def"] == "code-keyword" and roles["f"] == "code-name"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\0b", bytes(range(256))])
def test_excerpt_is_a_sentence_when_the_file_is_no_text(data: bytes) -> None:
    assert isinstance(excerpt_of(data, "a.txt"), NoPreview)


@pytest.mark.parametrize("where", [WIDE, NARROW, TINY])
def test_excerpt_is_harmless_and_fits_when_its_file_is_not(where: Columns) -> None:
    for data in (each for it in PAYLOADS.values() for each in (it, f"x{it}" * 200, f"{it}\n" * 20)):
        for line in preview_lines(excerpt_of(data.encode("utf-8", "replace"), "a.py"), where, 0):
            assert "\x1b" not in line.text and "\n" not in line.text and "\t" not in line.text
            assert cell_len(line.text) <= where.width


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_picture_keeps_its_shape_when_it_is_made_small(format: str) -> None:
    made = picture(encoded(Image.new("RGB", (800, 400), "#ff0000"), format))

    assert (made.width, made.height) == (CELLS, CELLS // 2)
    red, green, blue, opacity = made.pixels[:4]
    assert red > 240 and green < 15 and blue < 15 and opacity == 255
    lines = preview_lines(made, WIDE, 0)
    assert texts(lines) == ["▀" * CELLS] * 10 and lines_of(made, WIDE.text) == 10


def test_picture_is_no_higher_than_its_lines_and_never_blown_up() -> None:
    high, small = picture(encoded(Image.new("L", (100, 9_000)))), picture(encoded(Image.new("P", (5, 3))))

    assert high.height == 2 * ROWS and high.width == 1
    assert (small.width, small.height) == (5, 3)
    assert texts(preview_lines(small, WIDE, 0)) == ["▀" * 5, "▀" * 5]


def test_picture_is_upright_when_the_camera_was_held_sideways() -> None:
    image = Image.new("RGB", (400, 200), "#00ff00")
    exif = Image.Exif()
    exif[0x0112] = 6
    made = picture(encoded(image, "JPEG", exif=exif))

    assert (made.width, made.height) == (12, 24)


def test_picture_shows_the_ground_where_one_sees_through_it() -> None:
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    image.putpixel((0, 0), (255, 0, 0, 255))
    image.putpixel((1, 1), (0, 0, 255, 255))
    (line,) = preview_lines(picture(encoded(image)), WIDE, 0)

    assert [(span.text, span.colours) for span in line.spans[1:]] == [("▀", (0xFF0000, -1)), ("▄", (0x0000FF, -1))]


def test_picture_is_narrower_when_there_is_less_room() -> None:
    made = picture(encoded(Image.new("RGB", (800, 400))))
    lines = preview_lines(made, TINY, 0)

    assert {len(text) for text in texts(lines)} == {TINY.text} and len(lines) == lines_of(made, TINY.text)


def png_of_size(width: int, height: int) -> bytes:
    """Return a few bytes that say that they are a very large picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(3 * 1000) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6_000, 6_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_picture_is_refused_in_a_sentence_when_it_would_fill_the_memory(size: tuple[int, int]) -> None:
    made = picture_of(png_of_size(*size))

    assert isinstance(made, NoPreview)
    assert "24 million pixels" in made.sentence or size[0] > 10**9


def test_what_python_warns_of_is_the_programs_own_business_when_a_picture_is_looked_at() -> None:
    before = list(warnings.filters)
    picture_of(encoded(Image.new("RGB", (16, 16))))

    assert list(warnings.filters) == before


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_picture_is_a_sentence_or_a_picture_whatever_was_done_to_it(format: str) -> None:
    whole = encoded(Image.effect_noise((60, 40), 80).convert("RGB"), format)
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        for data in (whole[:at], bytes(broken), whole[at:]):
            assert isinstance(picture_of(data), NoPreview | Picture)


@pytest.mark.parametrize("format", ["TIFF", "BMP", "ICO", "PPM"])
def test_picture_is_a_sentence_when_it_is_of_another_format(format: str) -> None:
    assert isinstance(picture_of(encoded(Image.new("RGB", (16, 16)), format)), NoPreview)


# --- in the timeline

READER = Reader(ME.id, ME.name, ZONE, previews=ALL)
FILE = info("notes.txt", "text/plain", 100)
EXCERPT = Excerpt(tuple(f"note {at}" for at in range(8)), 20, "txt")


def with_files(count: int, *every: int) -> History:
    """Return a history of messages, some of which bring the same file, in a window of 20 lines."""
    messages = [
        msgspec.structs.replace(message, file=FILE) if message.seq in every else message
        for message in chatter(1, count)
    ]
    made = History(conversation(messages=messages, at_start=True), me=ME.id, zone=ZONE, now_ms=0)
    made.view.lay_out(NARROW, 20, READER)
    return made


def seen(history: History) -> list[str]:
    return [history.view.lines(index)[line].text.rstrip() for index, line in history.view.visible()]


def arrive(history: History, preview: Preview = EXCERPT) -> None:
    history.show_preview(FILE.sha256, preview)


def test_preview_stands_below_its_file_and_its_height_is_known_without_drawing_it() -> None:
    history = with_files(10, 10)
    assert [message.seq for message in history.wanted_previews()] == [10]
    arrive(history)

    assert seen(history)[-9:] == [*(f"{' ' * (NARROW.text_at + 1)}note {at}" for at in range(8)), seen(history)[-1]]
    assert seen(history)[-1].strip() == "8 of 20 lines"
    assert history.wanted_previews() == [] and history.view.follow


def first_item(history: History) -> tuple[int, object]:
    """Return the first row of the window that an item begins in, and which it is."""
    rows = list(history.view.visible())
    row = next(row for row, (_, line) in enumerate(rows) if line == 0)
    return row, history.view.items[rows[row][0]].identity


def test_line_that_is_read_stays_where_it_is_when_previews_come_around_it() -> None:
    begun_above = 0
    for up in range(40):
        history = with_files(300, *range(1, 301, 3))
        history.view.scroll(history.view.total // 2 + up)
        row, identity = first_item(history)
        begun_above += row > 0
        before, shifted = seen(history), history.view.shifted - history.view.top
        arrive(history)

        if row <= 3:
            assert first_item(history) == (row, identity)
            assert seen(history)[row] == before[row]
        else:
            assert seen(history)[0] == before[0]
        assert row or history.view.shifted - history.view.top == shifted, "a selection stays on its line"
    assert 0 < begun_above < 40, "messages that began above the window were among them, and others"


def test_what_is_below_a_file_stays_when_its_preview_comes_and_its_beginning_has_left_the_window() -> None:
    history = with_files(300, 150)
    items = history.view.items
    index = next(at for at, item in enumerate(items) if isinstance(item, MessageItem) and item.message.seq == 150)
    history.view.go_below(index, 0)
    history.view.scroll(history.view.top + history.view.heights[index] - 1)
    before = seen(history)
    assert "notes.txt" in before[0], before[0]
    arrive(history)

    assert seen(history)[1:] == before[1:], "what was read is where it was"
    assert seen(history)[0].strip() == "8 of 20 lines"
    numbers = history.view.top
    history.view.scroll(numbers - 9)
    assert "notes.txt" in seen(history)[0]


def test_nothing_is_shown_of_a_file_when_its_author_is_ignored_or_previews_are_off() -> None:
    history = with_files(10, 10)
    arrive(history)
    item = history.view.items[-1]
    assert isinstance(item, MessageItem) and "note 1" in str(draw(item, NARROW, READER))

    for reader in (
        replace_fields(READER, previews=Wish()),
        replace_fields(READER, ignored=frozenset({item.message.author})),
    ):
        assert "note 1" not in str(draw(item, NARROW, reader))
        other = with_files(10, 10)
        other.view.lay_out(NARROW, 20, reader)
        assert other.wanted_previews() == []


def test_preview_is_drawn_of_what_is_built_later_when_the_file_is_known() -> None:
    (message,) = (msgspec.structs.replace(each, file=FILE) for each in chatter(1, 1))
    setting = Setting(ME.id, ZONE, 2023, preview=lambda file: EXCERPT if file == FILE else None)
    item = build([message], setting, ())[-1]

    assert isinstance(item, MessageItem) and item.preview is EXCERPT
    gone = msgspec.structs.replace(message, deleted=True)
    assert setting.item(gone, True, 0).preview is None
