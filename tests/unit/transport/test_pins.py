"""Pins of certificates that other programs have made, and everything that is none."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.errors import WorldFault
from chat_core.transport.pins import PIN_CHARS, is_pin, pin_of, public_key_of

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
KEYS: dict[str, Key] = {
    "p-256": ec.generate_private_key(ec.SECP256R1()),
    "p-521": ec.generate_private_key(ec.SECP521R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}


def certificate(key: Key, name: str = "chat.example.org") -> bytes:
    """Make a certificate that signs itself, as DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


SAMPLE = certificate(KEYS["p-256"])


@pytest.mark.parametrize("kind", KEYS)
def test_pin_is_the_hash_of_the_public_key_whatever_its_kind(kind: str) -> None:
    key = KEYS[kind]
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    assert public_key_of(certificate(key)) == spki
    assert pin_of(certificate(key)) == base64.urlsafe_b64encode(hashlib.sha256(spki).digest()).decode().rstrip("=")
    assert is_pin(pin_of(certificate(key)))


def test_pin_stays_when_a_certificate_is_renewed_with_the_same_key() -> None:
    key = KEYS["p-256"]
    renewed = certificate(key, "another.example.org")

    assert renewed != SAMPLE
    assert pin_of(renewed) == pin_of(SAMPLE)
    assert pin_of(certificate(ec.generate_private_key(ec.SECP256R1()))) != pin_of(SAMPLE)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x31\x00",
        b"\x30\x80\x00\x00",  # a length without end belongs to BER
        b"\x30\x81\x05" + b"\x00" * 5,  # a short length in a long form
        b"\x30\x85" + b"\x00" * 10,
        SAMPLE + b"\x00",
        SAMPLE[:-1],
    ],
    ids=["empty", "tag", "set", "endless", "long form", "five bytes", "tail", "cut"],
)
def test_pin_is_refused_when_the_bytes_are_no_certificate(der: bytes) -> None:
    with pytest.raises(WorldFault, match="cannot be read"):
        pin_of(der)


@given(st.binary(max_size=80))
def test_pin_is_made_or_refused_whatever_the_bytes_are(der: bytes) -> None:
    try:
        pin = pin_of(der)
    except WorldFault:
        return
    assert is_pin(pin)


@given(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255))
def test_pin_is_made_or_refused_when_a_byte_of_a_certificate_is_another(at: int, byte: int) -> None:
    spoilt = SAMPLE[:at] + bytes([byte]) + SAMPLE[at + 1 :]
    try:
        assert is_pin(pin_of(spoilt))
    except WorldFault as fault:
        assert "certificate" in str(fault)


def test_pin_has_one_spelling() -> None:
    pin = pin_of(SAMPLE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = pin[:-1] + alphabet[alphabet.index(pin[-1]) ^ 1]  # the same 32 bytes to a decoder that is not strict

    assert len(pin) == PIN_CHARS
    assert is_pin(pin)
    assert not any(
        map(is_pin, (twin, pin + "=", pin[:-1], "", "ü" * PIN_CHARS, "+" * PIN_CHARS, f" {pin}", f"{pin}\n"))
    )
