"""Tokens and invite codes: made of random bytes, told once, stored as digests. Pure: randomness comes as an argument.

Both are random enough (256 and 80 bits) that a plain SHA-256 keeps them: nobody can try all against a stolen store.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

TOKEN_BYTES: Final = 32
"""Random bytes of a device's token."""
CODE_BYTES: Final = 10
"""Random bytes of an invite code."""
_GROUP: Final = 4
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none of I, L, O, U
_STANDARD: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_OURS: Final = str.maketrans(_STANDARD, _ALPHABET)
_READ_AS: Final = str.maketrans("OIL", "011", " -_\t\r\n")


def make_token(chance: bytes) -> str:
    """Make a token of `TOKEN_BYTES` random bytes: 43 characters that need no quotes anywhere."""
    return base64.urlsafe_b64encode(chance).rstrip(b"=").decode()


def token_digest(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(b"device " + token.encode("utf-8", "replace")).digest()


def hook_digest(secret: str) -> bytes:
    """Return what is stored of a webhook's secret, which is made as a token is."""
    return hashlib.sha256(b"hook " + secret.encode("utf-8", "replace")).digest()


def make_code(chance: bytes) -> str:
    """Make an invite code of `CODE_BYTES` random bytes, which can be read out and typed: `7K3M-PQ9A-…`."""
    text = base64.b32encode(chance).decode().translate(_TO_OURS)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def code_digest(code: str) -> bytes:
    """Return what is stored of a code, however it was typed: small, with blanks or without dashes, O for 0, l for 1."""
    return hashlib.sha256(b"invite " + code.upper().translate(_READ_AS).encode("utf-8", "replace")).digest()
