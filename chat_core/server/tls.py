"""The server's proof of who it is: key and certificate, made at the first run or given by path, and loaded again.

Clients pin the public key, so the key that was made is made once and kept. Knows files and OpenSSL; which listener
needs it, others decide.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat_core.base.disk import sync_folder
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.transport.pins import pin_of
from chat_core.transport.urls import is_host

HANDSHAKE_WITHIN_S: Final = 10.0
"""Time a client has for the handshake, in seconds."""
KEY_FILE: Final = "tls-key.pem"
CERTIFICATE_FILE: Final = "tls-certificate.pem"
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_UNFINISHED: Final = ".unfinished"


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where key and certificate are, in PEM."""

    certificate: Path
    """The server's certificate, first of its chain."""
    key: Path
    """Its private key, not encrypted."""


class Identity:
    """A key and its certificate, ready for handshakes; `reload` takes what the files hold by then.

    Args:
        files: where they are.

    Raises:
        UsageFault: they cannot be used; the text says why and what to do.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self.context: ssl.SSLContext
        """For handshakes that begin now."""
        self.pin: str
        """Of the public key; see `pins.pin_of`."""
        self.reload()

    def reload(self) -> None:
        """Load the files again; if they cannot be used, what was loaded before stays.

        Raises:
            UsageFault: they cannot be used.
        """
        self.context, self.pin = _load(self._files)


async def accept_tls(
    loop: asyncio.AbstractEventLoop, driver: asyncio.Protocol, stream: socket.socket, identity: Identity
) -> None:
    """Shake hands on an accepted stream, and give it to its driver.

    Raises:
        OSError: the other side does not speak TLS, or not in time.
    """
    await loop.connect_accepted_socket(
        lambda: driver, stream, ssl=identity.context, ssl_handshake_timeout=HANDSHAKE_WITHIN_S
    )


def own_files(folder: Path) -> TlsFiles:
    """Return key and certificate of a data folder, made now if they are missing. The folder must be locked.

    Raises:
        UsageFault: there is a certificate without its key.
        WorldFault: they cannot be written.
    """
    files = TlsFiles(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    if not files.key.exists() and files.certificate.exists():
        raise UsageFault(
            f"{files.certificate} is there, but its key {files.key} is not: bring the key back from where you keep it, "
            "or remove the certificate to have a new pair, which every client will be warned of."
        )
    try:
        if not files.key.exists():
            _create(files.key, _new_key())
        if not files.certificate.exists():
            _create(files.certificate, _new_certificate(files.key.read_bytes()))
    except OSError as error:
        raise WorldFault(
            f"Key and certificate cannot be written to {folder} ({error.strerror}); mend its permissions, "
            "or name your own in [tls]."
        ) from error
    except ValueError as error:
        raise UsageFault(f"{files.key} holds no key that can be used; bring back the one that was there.") from error
    return files


def _load(files: TlsFiles) -> tuple[ssl.SSLContext, str]:
    """Return a context for handshakes, and the pin. Raises: UsageFault."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    # Our clients resume no session, so that tickets would only cost. Those of TLS 1.2 stay: without them OpenSSL would
    # keep the sessions of strangers in memory.
    context.num_tickets = 0
    try:
        if stat.S_IMODE(files.key.stat().st_mode) & stat.S_IRWXO:
            raise UsageFault(f"Every user of this machine can get at the key {files.key}: chmod 600 it first.")
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
        return context, pin_of(_first(files.certificate.read_bytes()))
    except ssl.SSLError as error:
        why = (error.reason or "not readable").replace("_", " ").lower()
        raise UsageFault(f"{files.certificate} and {files.key} are no certificate with its key ({why}).") from error
    except OSError as error:
        missing = error.filename or f"{files.certificate} or {files.key}"
        raise UsageFault(f"{missing} cannot be read ({error.strerror}).") from error
    except (WorldFault, ValueError) as error:
        raise UsageFault(f"{files.certificate} cannot be used: {str(error).rstrip('.')}.") from error


def _no_password() -> str:
    """Keep OpenSSL from asking a terminal for one, which a server may not have."""
    raise ValueError("its key is encrypted; a server needs one that is not")


def _first(pem: bytes) -> bytes:
    """Return the first certificate of a chain, as DER. Raises: ValueError."""
    begin, end = pem.find(_BEGIN), pem.find(_END)
    if not 0 <= begin < end:
        raise ValueError("there is no certificate in it")
    return ssl.PEM_cert_to_DER_cert(pem[begin : end + len(_END)].decode("ascii") + "\n")


def _create(path: Path, content: bytes) -> None:
    """Make a file that is not there yet, for its owner only, whole or not at all. Raises: OSError."""
    temporary = path.with_name(path.name + _UNFINISHED)
    temporary.unlink(missing_ok=True)  # of a server that was killed: the lock says that none is left
    number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    sync_folder(path.parent)


# cryptography takes tenths of a second to load, and only a first run needs it.


def _new_key() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_certificate(key_pem: bytes) -> bytes:
    """Return a certificate that a key signs for itself. Raises: ValueError: that is no key for it."""
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = serialization.load_pem_private_key(key_pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not of the kind that is made here")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat-core")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # RFC 5280's "no end", and a beginning before any clock: clients pin the key, and no date would add to that.
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_host_name())]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _host_name() -> str:
    """Return a name for the certificate that every reader takes; nobody relies on it."""
    name = socket.gethostname()
    return name if is_host(name) and "_" not in name else "localhost"
