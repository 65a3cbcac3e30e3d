"""Sign-ins that never stop: the chat goes on beside them, and who signs in honestly is told when to try again."""

from __future__ import annotations

import select
import threading
import time
from pathlib import Path

from tests.support.people import request
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

ATTACKERS = 100
SAYS = 60
PATIENCE_S = 60.0


def flood(wires: list[Wire], stopping: threading.Event, codes: list[str]) -> None:
    """Keep a sign-in under way on every connection."""
    by_socket = {wire.socket: wire for wire in wires}
    for number, wire in enumerate(wires):
        wire.send(request(1, "sign_in_password", name=f"nobody{number}", password="not the password"))
    while not stopping.is_set():
        for socket in select.select(list(by_socket), [], [], 0.1)[0]:
            answer = by_socket[socket].receive()
            assert answer is not None
            codes.append(str(answer["code"]))
            by_socket[socket].send(request(1, "sign_in_password", name="ann", password="not the password"))


def test_chat_goes_on_while_strangers_make_the_server_hash(home: Path) -> None:
    env = {"CHAT_CORE_ACCOUNTS_HASHING_WAITING": "16", "CHAT_CORE_LIMITS_SIGN_IN_WITHIN_S": "60"}
    with ServerProcess(home / "data", env=env) as server, Wire(server.port, 30) as ann, Wire(server.port, 30) as bob:
        ann.call("hello", protocol=1)
        ann.call("register", name="ann", password="correct horse")
        ann.call("resume")
        bob.enter("bob")
        wires = [Wire(server.port, 30) for _ in range(ATTACKERS)]
        for wire in wires:
            wire.call("hello", protocol=1)
        stopping, codes = threading.Event(), list[str]()
        attack = threading.Thread(target=flood, args=(wires, stopping, codes))
        attack.start()
        waits = []
        number, end = 0, time.monotonic() + PATIENCE_S
        while number < SAYS or ("wrong_credentials" not in codes and time.monotonic() < end):
            number += 1
            begun = time.monotonic()
            ann.say("#general", f"line {number}")
            assert bob.push_of("message_posted")["body"] == f"line {number}"
            waits.append(time.monotonic() - begun)
        stopping.set()
        attack.join()
        for wire in wires:
            wire.socket.close()

    assert set(codes) == {"wrong_credentials", "busy"}, "some were computed, and those beyond the queue refused"
    assert sorted(waits)[SAYS // 2] < 0.5, waits
