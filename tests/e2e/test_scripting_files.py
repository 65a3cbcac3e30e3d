"""`upload` and `download` as scripts use them: real processes, real disks that end, and nothing left half done."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess

QUOTA = {"CHAT_CORE_FILES_ACCOUNT_FILES": "2", "CHAT_CORE_FILES_MAX_BYTES": "9000000"}
DATA = os.urandom(300_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", env=QUOTA) as process:
        yield process


def command(server: ServerProcess, name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "chat_tui", *arguments, "--server", server.address, "--name", name]


def chat(server: ServerProcess, name: str, *arguments: str, file_bytes: int = -1) -> tuple[int, str, str]:
    """Run a command to its end, perhaps one that may write no larger file; return exit code, stdout and stderr."""

    def limit() -> None:
        if file_bytes >= 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    line = command(server, name, *arguments)
    if file_bytes < 0:
        done = starting.run(line, timeout=WAIT_S)
    else:
        done = subprocess.run(line, capture_output=True, timeout=WAIT_S, check=False, preexec_fn=limit)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def kept(server: ServerProcess) -> dict[str, int]:
    """Return the files that the server holds, whole ones or not, and their sizes."""
    return {path.name: path.stat().st_size for path in (server.data / "blobs").rglob("*") if path.is_file()}


def test_file_is_saved_under_a_harmless_name_when_its_own_one_is_not(server: ServerProcess, home: Path) -> None:
    source, saved = home / "up" / "a\nb\x1b[31m\u202efdp.txt", home / "down"
    source.parent.mkdir()
    saved.mkdir()
    source.write_bytes(DATA)

    code, address, told = chat(server, "ann", "upload", "#general", str(source))
    assert (code, told) == (0, "") and address.startswith("#general:")
    code, path, told = chat(server, "bob", "download", address.strip(), "--to", str(saved))

    assert (code, told) == (0, "")
    (there,) = saved.iterdir()
    assert path == f"{there}\n" and there.read_bytes() == DATA
    assert there.name.isprintable() and there.name.endswith(".txt") and "\u202e" not in there.name


def test_file_is_refused_and_nothing_of_it_stays_when_somebody_writes_to_it(server: ServerProcess, home: Path) -> None:
    before, source = kept(server), home / "growing.log"
    source.write_bytes(DATA * 20)
    process = subprocess.Popen(
        command(server, "carl", "upload", "#general", str(source)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with source.open("r+b", buffering=0) as file:
        while process.poll() is None:
            file.seek(0)
            file.write(os.urandom(16))
    out, err = process.communicate(timeout=WAIT_S)

    assert (process.returncode, out) == (ExitCode.USAGE, b"")
    assert b"growing.log changed while it was read" in err and err.count(b"\n") == 1
    assert kept(server) == before


def test_upload_is_refused_when_the_quota_is_reached_or_the_servers_disk_is_full(
    server: ServerProcess, home: Path
) -> None:
    small, large = home / "small.bin", home / "large.bin"
    small.write_bytes(b"small")
    large.write_bytes(os.urandom(8_000_000))
    before = kept(server)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (6_000_000, resource.RLIM_INFINITY))
    code, out, err = chat(server, "dora", "upload", "#general", str(large))
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (code, out) == (ExitCode.REFUSED, "")
    assert err == "The server's disk is full; nothing of the file was kept.\n"
    assert kept(server) == before

    for _ in range(2):
        assert chat(server, "dora", "upload", "#general", str(small))[0] == 0
    code, out, err = chat(server, "dora", "upload", "#general", str(small))
    assert (code, out) == (ExitCode.REFUSED, "")
    assert err == "You have 2 files here, which is all you may: delete a message with one.\n"
    assert len(kept(server)) == len(before) + 1, "the same content lies there once"


def test_download_saves_nothing_when_the_bytes_are_others_or_the_disk_is_full(
    server: ServerProcess, home: Path
) -> None:
    source, saved = home / "report.pdf", home / "saved"
    source.write_bytes(data := os.urandom(2_000_000))
    saved.mkdir()
    before = kept(server)
    code, address, _ = chat(server, "emma", "upload", "#general", str(source))
    assert code == 0

    code, out, err = chat(server, "fred", "download", address.strip(), "--to", str(saved), file_bytes=1_000_000)
    assert (code, out) == (ExitCode.FAILED, "") and "report.pdf cannot be saved" in err
    assert list(saved.iterdir()) == []

    (name,) = kept(server).keys() - before.keys()
    (blob,) = (server.data / "blobs").rglob(name)
    blob.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    code, out, err = chat(server, "fred", "download", address.strip(), "--to", str(saved))
    assert (code, out) == (ExitCode.FAILED, "")
    assert err == "report.pdf did not come as it was sent (its SHA-256 differs); nothing was saved.\n"
    assert list(saved.iterdir()) == []
