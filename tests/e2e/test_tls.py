"""TLS as operators and users meet it: lines, flags, signals, exit codes, strangers that speak something else."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from chat_core.transport.urls import parse_invitation
from tests.support import starting
from tests.support.commands import assert_one_sentence, run_core
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.secured import Pair, shown_pin
from tests.support.terminal import Terminal
from tests.support.wire import Wire

OTHER_PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"

HASTY = """
import sys
from pathlib import Path
from chat_core.server import tls
from chat_core.server.app import run
from chat_core.server.config import ServeOptions
tls.HANDSHAKE_WITHIN_S = 0.3
sys.exit(run(ServeOptions(data=Path(sys.argv[1]), port=0, tls="on")))
"""
"""A server that waits for a handshake for 0.3 s."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", "--tls", "on") as process:
        yield process


def chat(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the client to its end."""
    command = [sys.executable, "-m", "chat_tui", *arguments]
    return starting.run_text(command, timeout=WAIT_S)


def place(server: ServerProcess) -> str:
    """Return the server's address without its pin."""
    return server.address.partition("?")[0]


def wait_for_log(server: ServerProcess, *texts: str) -> str:
    """Wait until the server has logged all of these; return its log."""
    deadline = time.monotonic() + WAIT_S
    while not all(text in server.log.read_text() for text in texts):
        assert time.monotonic() < deadline, f"{texts} not in {server.log.read_text()}"
        time.sleep(0.02)
    return server.log.read_text()


def own_address() -> str:
    """Return an address of this machine that is not loopback, or skip."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])


def test_serve_prints_one_line_with_address_and_pin_when_it_speaks_tls(server: ServerProcess) -> None:
    pin = shown_pin(server.port)

    assert server.lines == [
        f"listening on chats://127.0.0.1:{server.port}?pin={pin}",
        f"connect with: chat-tui connect 'chats://127.0.0.1:{server.port}?pin={pin}'",
    ]
    assert parse_invitation(server.address).pin == pin


def test_serve_speaks_tls_off_loopback_by_itself_and_names_an_address_that_others_can_reach(home: Path) -> None:
    address = own_address()
    with ServerProcess(home / "data", "--host", "0.0.0.0") as server:
        link = parse_invitation(server.address)

        assert link.address.tls and link.address.host == address
        sent = chat("send", "#ops", "hello", "--server", server.address, "--name", "ann")
        # The handshake was good; a name alone is enough on the server's own loopback only.
        assert (sent.returncode, sent.stdout) == (65, "")
        assert "own machine" in sent.stderr
        with socket.create_connection((address, server.port), 10) as plain:
            plain.sendall(b"\x00\x00\x00\x01\x80")
            assert _end_of(plain) == b""


def test_serve_is_not_encrypted_off_loopback_only_with_a_flag_that_says_so_and_a_warning(home: Path) -> None:
    address = own_address()
    with ServerProcess(home / "data", "--host", address, "--insecure-plaintext") as server:
        assert server.address == f"chat+insecure://{address}:{server.port}"
        log = server.log.read_text()
        assert log.count("NOT ENCRYPTED") == 1 and "level='warning'" in log
        sent = chat("send", "#ops", "hello", "--server", server.address, "--name", "ann")
        assert sent.returncode == 65 and "own machine" in sent.stderr


def test_serve_refuses_contradicting_flags_and_files_that_are_no_certificate(home: Path) -> None:
    assert run_core("serve", "--tls", "on", "--insecure-plaintext", "--data", home / "data").code == 2
    assert run_core("serve", "--tls", "off", "--data", home / "data").code == 2

    (home / "c.pem").write_text("no certificate")
    (home / "c.key").write_text("no key")
    (home / "c.key").chmod(0o600)
    (home / "site.toml").write_text('[server]\ntls = "on"\nport = 0\n[tls]\ncertificate = "c.pem"\nkey = "c.key"\n')
    done = run_core("serve", "--config", home / "site.toml", "--data", home / "data")
    assert done.code == 78
    assert_one_sentence(done.err)


def test_send_tail_and_history_work_over_tls_with_the_link(server: ServerProcess) -> None:
    sent = chat("send", "#link", "hello", "--server", server.address, "--name", "ann")
    assert (sent.returncode, sent.stdout) == (0, "#link:1\n")
    # From now on the server is known, and its address is enough.
    read = chat("history", "#link", "--server", place(server), "--name", "bob")
    assert (read.returncode, read.stderr) == (0, "") and read.stdout.endswith("> hello\n")
    tailed = chat("tail", "#link", "--since", "0", "--count", "1", "--server", place(server), "--name", "bob")
    assert (tailed.returncode, tailed.stderr) == (0, "") and tailed.stdout.endswith("> hello\n")


@pytest.mark.parametrize("command", [("send", "#x", "hello"), ("tail", "#x"), ("history", "#x")])
def test_scriptable_command_refuses_a_server_that_is_not_known(server: ServerProcess, command: tuple[str, ...]) -> None:
    done = chat(*command, "--server", place(server), "--name", "ann")

    assert (done.returncode, done.stdout) == (81, "")
    assert_one_sentence(done.stderr)
    assert f"chat-tui trust {place(server)} --pin {shown_pin(server.port)}" in done.stderr


def test_trust_shows_old_and_new_pin_and_accepts(server: ServerProcess, home: Path) -> None:
    pin = shown_pin(server.port)
    first = chat("trust", place(server))
    assert first.returncode == 0
    assert first.stdout.splitlines() == [place(server), "known:  nothing", f"shows:  {pin}", "trusted from now on"]
    assert chat("send", "#trust", "hello", "--server", place(server), "--name", "ann").returncode == 0

    (file,) = home.rglob("known-servers.json")
    file.write_text(file.read_text().replace(pin, OTHER_PIN))
    stopped = chat("send", "#trust", "hello", "--server", place(server), "--name", "ann")
    assert stopped.returncode == 81 and stopped.stderr.startswith("STOP: the key of ")
    shown = chat("trust", place(server), "--show")
    assert shown.stdout.splitlines() == [place(server), f"known:  {OTHER_PIN}", f"shows:  {pin}"]
    wrong = chat("trust", place(server), "--pin", OTHER_PIN)
    assert wrong.returncode == 81 and "nothing is trusted anew" in wrong.stderr
    assert chat("send", "#trust", "hello", "--server", place(server), "--name", "ann").returncode == 81
    assert chat("trust", place(server), "--pin", pin).returncode == 0
    assert chat("send", "#trust", "hello", "--server", place(server), "--name", "ann").returncode == 0


def test_trust_says_one_sentence_when_there_is_nothing_to_trust(server: ServerProcess) -> None:
    for arguments, code in (
        (("127.0.0.1",), 2),
        ((place(server), "--pin", "short"), 2),
        (("chats://127.0.0.1:1",), 69),
    ):
        done = chat("trust", *arguments)
        assert done.returncode == code
        assert_one_sentence(done.stderr)


def test_serve_takes_a_renewed_certificate_on_sighup_and_keeps_the_old_one_when_it_is_broken(home: Path) -> None:
    pair = Pair(home, trustme.CA())
    with (
        ServerProcess(home / "data", "--tls", "on", env=pair.environment) as server,
        Wire(server.port, tls=True) as before,
    ):
        pin = shown_pin(server.port)
        good = pair.certificate.read_bytes()

        pair.certificate.write_text("broken")
        server.process.send_signal(signal.SIGHUP)
        wait_for_log(server, "the certificate in use stays")
        assert shown_pin(server.port) == pin

        pair.certificate.write_bytes(good)
        pair.renew()
        server.process.send_signal(signal.SIGHUP)
        wait_for_log(server, "certificate reloaded")
        assert shown_pin(server.port) != pin
        # Who was connected before stays so.
        assert before.enter("ann")["epoch"]


def test_serve_without_tls_outlives_sighup_and_ends_with_its_terminal(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        server.process.send_signal(signal.SIGHUP)
        wait_for_log(server, "nothing to reload")
        with Wire(server.port) as ann:
            assert ann.enter("ann")["epoch"]

    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "chat_core", "serve", "--port", "0", "--data", str(home / "d")])
    said = b""
    while b"listening on" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)  # the window is closed
    deadline = time.monotonic() + WAIT_S
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)
    assert os.waitstatus_to_exitcode(ended[1]) == 0


def test_serve_closes_what_speaks_no_tls_without_a_traceback_and_counts_a_flood(server: ServerProcess) -> None:
    before = len(server.log.read_text())
    for number in range(60):
        with socket.create_connection(("127.0.0.1", server.port), 10) as stranger:
            stranger.sendall((b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff", os.urandom(300))[number % 3])
            stranger.shutdown(socket.SHUT_WR)
            assert not _end_of(stranger).startswith(b"HTTP")
    log = wait_for_log(server, "lines left out")[before:]

    assert "Traceback" not in log
    assert 0 < log.count("no TLS handshake") < 60
    assert shown_pin(server.port)


def test_serve_speaks_no_version_of_tls_older_than_1_2(server: ServerProcess) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1

    with socket.create_connection(("127.0.0.1", server.port), 10) as plain, pytest.raises(OSError):
        context.wrap_socket(plain)


def test_serve_gives_up_a_handshake_that_takes_too_long(home: Path) -> None:
    with ServerProcess(home / "data", program=HASTY) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as slow:
            slow.sendall(b"\x16\x03")
            began = time.monotonic()
            assert _end_of(slow) == b""
            assert time.monotonic() - began < 5
        log = wait_for_log(server, "no TLS handshake")
        assert "longer than 0.3 seconds" in log and "Traceback" not in log
        assert shown_pin(server.port)


def test_full_screen_client_asks_about_an_unknown_server_and_goes_there(server: ServerProcess, home: Path) -> None:
    command = [sys.executable, "-m", "chat_tui", "connect", place(server), "--name", "tess"]
    with Terminal(command, width=80, height=24, folder=home) as terminal:
        terminal.wait_for("not known here", shown_pin(server.port), "Y trusts it")
        terminal.press("y")
        terminal.wait_for("#general", "F1")
        terminal.say("over TLS")
        terminal.wait_for("over TLS")
    (file,) = home.rglob("known-servers.json")
    assert shown_pin(server.port) in file.read_text()


def test_service_prints_a_unit_that_systemd_takes(home: Path) -> None:
    done = run_core("service", "--system", "--host", "0.0.0.0", "--port", "443")
    assert done.code == 0
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    unit = home / "chat-core.service"
    unit.write_text(done.out)
    checked = subprocess.run([program, "verify", unit], capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def _end_of(stream: socket.socket) -> bytes:
    """Return what comes until the other side ends the stream."""
    said = b""
    try:
        while chunk := stream.recv(4096):
            said += chunk
    except ConnectionResetError:
        pass
    return said
