"""The server's key and certificate on disk: made once, kept, refused when they cannot be used."""

from __future__ import annotations

import os
import shutil
import ssl
import stat
import subprocess
from pathlib import Path

import pytest
import trustme

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.server.tls import CERTIFICATE_FILE, KEY_FILE, Identity, TlsFiles, own_files
from tests.support.requirements import need_program


def given(folder: Path, name: str = "localhost") -> TlsFiles:
    """Write a certificate of some authority, with its key."""
    made = trustme.CA().issue_cert(name)
    files = TlsFiles(folder / f"{name}.pem", folder / f"{name}.key")
    made.private_key_pem.write_to_path(files.key)
    files.key.chmod(0o600)
    for number, part in enumerate(made.cert_chain_pems):
        part.write_to_path(files.certificate, append=number > 0)
    return files


def test_own_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        files = own_files(tmp_path)
    finally:
        os.umask(old)
    pin = Identity(files).pin

    assert {path.name for path in tmp_path.iterdir()} == {KEY_FILE, CERTIFICATE_FILE}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
    assert Identity(own_files(tmp_path)).pin == pin


def test_own_certificate_is_made_for_the_key_that_is_there(tmp_path: Path) -> None:
    files = own_files(tmp_path)
    pin = Identity(files).pin
    before = files.certificate.read_bytes()
    files.certificate.unlink()
    (tmp_path / f"{CERTIFICATE_FILE}.unfinished").write_text("of a server that was killed")

    assert Identity(own_files(tmp_path)).pin == pin
    assert files.certificate.read_bytes() != before
    assert len(list(tmp_path.iterdir())) == 2


def test_own_certificate_is_a_p_256_one_without_end(tmp_path: Path) -> None:
    openssl = need_program("openssl")
    files = own_files(tmp_path)
    said = subprocess.run(
        [openssl, "x509", "-in", files.certificate, "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout

    assert "prime256v1" in said and "9999 GMT" in said and "CA:FALSE" in said


def test_own_files_are_refused_when_the_key_is_missing_or_none(tmp_path: Path) -> None:
    files = own_files(tmp_path)
    files.key.unlink()
    with pytest.raises(UsageFault, match="bring the key back"):
        own_files(tmp_path)

    files.certificate.unlink()
    files.key.write_text("no key")
    with pytest.raises(UsageFault, match="holds no key"):
        own_files(tmp_path)


def test_own_files_say_so_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WorldFault, match="cannot be written"):
        own_files(tmp_path / "missing")


def test_identity_takes_a_renewed_certificate_and_keeps_the_old_one_when_it_is_broken(tmp_path: Path) -> None:
    files, other = given(tmp_path), given(tmp_path, "other.example")
    identity = Identity(files)
    first, pin = identity.context, identity.pin

    shutil.copy(other.certificate, files.certificate)  # the key is not this one's yet
    with pytest.raises(UsageFault, match="no certificate with its key"):
        identity.reload()
    assert (identity.context, identity.pin) == (first, pin)

    shutil.copy(other.key, files.key)
    identity.reload()
    assert identity.context is not first
    assert identity.pin == Identity(other).pin != pin


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no certificate with its key"),
        ("hello", "no certificate with its key"),
        (None, "cannot be read"),
    ],
)
def test_identity_is_refused_when_a_file_is_no_good(tmp_path: Path, content: str | None, says: str) -> None:
    files = given(tmp_path)
    if content is None:
        files.certificate.unlink()
    else:
        files.certificate.write_text(content)

    with pytest.raises(UsageFault, match=says):
        Identity(files)


def test_identity_is_refused_when_everybody_can_read_the_key(tmp_path: Path) -> None:
    files = given(tmp_path)
    files.key.chmod(0o604)

    with pytest.raises(UsageFault, match="chmod 600"):
        Identity(files)


def test_identity_asks_nobody_for_a_password_when_the_key_is_encrypted(tmp_path: Path) -> None:
    openssl = need_program("openssl")
    files = given(tmp_path)
    subprocess.run(
        [openssl, "pkey", "-in", files.key, "-aes256", "-passout", "pass:secret", "-out", tmp_path / "locked.key"],
        check=True,
    )

    with pytest.raises(UsageFault, match="is encrypted"):
        Identity(TlsFiles(files.certificate, tmp_path / "locked.key"))


def test_identity_speaks_no_old_version_of_tls(tmp_path: Path) -> None:
    context = Identity(own_files(tmp_path)).context

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.num_tickets == 0
