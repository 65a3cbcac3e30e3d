"""A whole client, written from docs/protocol.md alone: signs in, joins, says something, and prints what arrives.

python docs/example_client.py HOST PORT NAME '#channel' TEXT [COUNT]     (ends after COUNT messages, or at a goodbye)
"""

import os
import socket
import sys
from typing import Any

import msgpack


class Client:
    """One connection."""

    def __init__(self, host: str, port: int) -> None:
        self.stream = socket.create_connection((host, port), timeout=40)  # the server pings after 25 silent seconds
        self.reader = self.stream.makefile("rb")
        self.calls = 0
        self.messages = 0

    def send(self, envelope: dict[str, Any]) -> None:
        """Write one frame: the length, then the map."""
        payload = msgpack.packb(envelope)
        self.stream.sendall(len(payload).to_bytes(4, "big") + payload)

    def receive(self) -> dict[str, Any]:
        """Return the next envelope; what concerns no call is dealt with here."""
        length = int.from_bytes(self.reader.read(4), "big")
        envelope: dict[str, Any] = msgpack.unpackb(self.reader.read(length)) if length else sys.exit("it broke")
        if envelope["t"] == "ping":
            self.send({"t": "pong"})
        elif envelope["t"] == "goodbye":
            sys.exit(f"goodbye: {envelope['code']}")
        elif envelope["t"] == "push" and envelope["event"]["kind"] == "message_posted":
            event = envelope["event"]  # repr() keeps a stranger's control characters away from the terminal
            print(f"{event['conversation']}:{event['seq']} <{event['name']}> {event['body']!r}", flush=True)
            self.messages += 1
        return envelope

    def call(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send a request, and return its reply."""
        self.calls += 1
        self.send({"t": "call", "id": self.calls, "request": {"do": do, **fields}})
        while (envelope := self.receive()).get("id") != self.calls:
            pass
        reply: dict[str, Any] = envelope["reply"] if envelope["t"] == "answer" else sys.exit(envelope["text"])
        return reply


def main(host: str, port: str, name: str, channel: str, text: str, count: str = "0") -> None:
    """Do what the head of this file says."""
    client = Client(host, int(port))
    client.call("hello", protocol=1, client="example 1.0")
    client.call("sign_in", name=name)
    client.call("resume")
    number = client.call("join", channel=channel)["conversation"]["id"]
    client.call("post", conversation=number, cid=os.urandom(16), body=text)
    while count == "0" or client.messages < int(count):
        client.receive()
    client.send({"t": "goodbye", "code": "client_left"})


if __name__ == "__main__":
    main(*sys.argv[1:]) if 6 <= len(sys.argv) <= 7 else sys.exit(__doc__)
