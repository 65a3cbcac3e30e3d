"""Pictures that strangers sent, decoded and made small by Pillow, which is an optional extra (`images`). Pure.

Nothing of a picture is believed: only four formats are tried, one that would be too large when unpacked is refused by
what its head says before any of it is unpacked, only its first frame is looked at, and whatever goes wrong in there is
a sentence. It may take a second of a processor all the same: call it in a thread.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from chat_tui.views.previews import CELLS, ROWS, NoPreview, Picture

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS: Final = 24_000_000
"""Pixels of a picture above which it is not decoded: 100 MB when it is."""
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_ORIENTATION: Final = 0x0112
"""The tag of a photograph that says how the camera was held; from `_SIDEWAYS` on width and height change places."""
_SIDEWAYS: Final = 5


@cache
def available() -> bool:
    """Return whether there is what decodes pictures."""
    return find_spec("PIL") is not None


def picture_of(data: bytes) -> Picture | NoPreview:
    """Return a picture made small, or why there is none.

    Args:
        data: all of the file.
    """
    try:
        pillow = _pillow()
        with pillow.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                return NoPreview(f"no preview: this picture has more than {MOST_PIXELS // 1_000_000} million pixels")
            return _small(image)
    except Exception as fault:  # a decoder has as many ways to fail as there are files
        if "DecompressionBomb" in type(fault).__name__:
            return NoPreview(f"no preview: this picture has more than {MOST_PIXELS // 1_000_000} million pixels")
        return NoPreview("no preview: this picture cannot be read")


def _pillow() -> Any:
    """Return the library, told to refuse by itself what would be twice as large before it makes room for it.

    What is in between it warns of, and `picture_of` refuses.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image


def _small(image: Image.Image) -> Picture:
    from PIL import ImageOps
    from PIL.Image import Resampling

    held = image.getexif().get(_ORIENTATION, 1)
    sideways = isinstance(held, int) and held >= _SIDEWAYS
    box = (2 * ROWS, CELLS) if sideways else (CELLS, 2 * ROWS)
    image.draft("RGB", (2 * box[0], 2 * box[1]))  # of a JPEG only as much is unpacked as is needed
    made = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
    made.thumbnail(box, Resampling.LANCZOS, reducing_gap=3.0)
    made = ImageOps.exif_transpose(made).convert("RGBA")
    return Picture(made.width, made.height, made.tobytes())
