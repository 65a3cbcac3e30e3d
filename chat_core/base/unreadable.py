"""What decoding bytes raises that are not what they should be: a damaged file, a row that somebody changed.

Not all of it is a fault of msgspec's: bytes that are no UTF-8 are Python's, and so is what lies too deep in itself.
"""

from __future__ import annotations

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""To be caught where bytes are decoded that another run, or another program, has written."""
