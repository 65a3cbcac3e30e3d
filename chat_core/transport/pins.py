"""Pins: SHA-256 of a certificate's public key (its SubjectPublicKeyInfo, RFC 5280), as 43 characters. Pure.

Of the key and not of the certificate, so that a renewal with the same key alarms nobody. Reads just as much of the
certificate's DER as leads to the key, and refuses what is not spelled in the one way that DER allows.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from chat_core.base.errors import WorldFault

PIN_CHARS: Final = 43
"""Length of a pin: 32 bytes in base64url without padding (RFC 4648, section 5)."""

_INTEGER: Final = 0x02
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_BEFORE_THE_KEY: Final = (_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE)
"""Serial number, signature algorithm, issuer, validity, subject."""
_LENGTH_BYTES: Final = 4
"""Most bytes of a length; a certificate has no gigabytes."""


def pin_of(certificate: bytes) -> str:
    """Return the pin of a certificate, given as DER.

    Raises:
        WorldFault: it is no certificate.
    """
    import hashlib  # loads OpenSSL: an address without a pin needs none of it

    digest = hashlib.sha256(public_key_of(certificate)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def is_pin(text: str) -> bool:
    """Return whether a text is a pin, in the one spelling that it has."""
    if len(text) != PIN_CHARS or not text.isascii():
        return False
    try:
        raw = base64.b64decode(f"{text}=", altchars=b"-_", validate=True)
    except binascii.Error:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == text


def public_key_of(certificate: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate, both as DER.

    Raises:
        WorldFault: it is no certificate.
    """
    at, end = _enter(certificate, 0, len(certificate), _SEQUENCE)
    if end != len(certificate):
        raise _bad("something follows it")
    at, end = _enter(certificate, at, end, _SEQUENCE)
    if certificate[at : at + 1] == bytes([_VERSION]):
        _, at = _enter(certificate, at, end, _VERSION)
    for tag in _BEFORE_THE_KEY:
        _, at = _enter(certificate, at, end, tag)
    _, after = _enter(certificate, at, end, _SEQUENCE)
    return certificate[at:after]


def _enter(der: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` begins and ends. Raises: WorldFault."""
    if end - at < 2:
        raise _bad("it ends too early")
    if der[at] != tag:
        raise _bad(f"byte {at} is {der[at]:#04x}, not {tag:#04x}")
    begin, length = at + 2, der[at + 1]
    if length >= 0x80:
        count = length - 0x80
        if not 1 <= count <= _LENGTH_BYTES or end - begin < count:
            raise _bad(f"the length at byte {at + 1} is none")
        length = int.from_bytes(der[begin : begin + count], "big")
        if length < 0x80 or der[begin] == 0:
            raise _bad(f"the length at byte {at + 1} is not in its shortest form")
        begin += count
    if length > end - begin:
        raise _bad("it ends too early")
    return begin, begin + length


def _bad(why: str) -> WorldFault:
    return WorldFault(f"The certificate cannot be read: {why}.")
