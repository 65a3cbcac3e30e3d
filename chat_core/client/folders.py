"""What the folder is called in which something is kept for one server. Touches no disk."""

from __future__ import annotations

import re
from pathlib import Path

try:
    from _blake2 import blake2b  # hashlib's own, without the OpenSSL that this loads: a start can do without that
except ImportError:
    from hashlib import blake2b


def folder_for(root: Path, address: str) -> Path:
    """Return the folder for a server: readable, and different for each address."""
    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", address).strip("_")[-40:]
    return root / f"{readable}-{blake2b(address.encode(), digest_size=4).hexdigest()}"
