"""What the folder is called in which something is kept for one server. Touches no disk."""

from __future__ import annotations

import re
from pathlib import Path


def folder_for(root: Path, address: str) -> Path:
    """Return the folder for a server: readable, and different for each address."""
    import hashlib  # loads OpenSSL, which a start can do without

    readable = re.sub(r"[^A-Za-z0-9.-]+", "_", address).strip("_")[-40:]
    return root / f"{readable}-{hashlib.blake2b(address.encode(), digest_size=4).hexdigest()}"
