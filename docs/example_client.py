"""A whole client, written from docs/protocol.md alone: signs in, joins, says something, prints what arrives.

python docs/example_client.py HOST PORT NAME '#channel' TEXT [COUNT]      (ends after COUNT messages, or at a goodbye)
"""

import os
import socket
import sys

import msgpack


class Client:
    """One connection; calls are answered one after another, pushes in between are printed."""

    def __init__(self, host, port):
        self.stream = socket.create_connection((host, port), 40)  # the server pings each 25 seconds
        self.buffer, self.calls, self.printed = b"", 0, 0

    def send(self, envelope):
        """Write one frame: a length, then a MessagePack map."""
        payload = msgpack.packb(envelope)
        self.stream.sendall(len(payload).to_bytes(4, "big") + payload)

    def read(self, size):
        """Return exactly so many bytes."""
        while len(self.buffer) < size:
            data = self.stream.recv(65536)
            if not data:
                sys.exit("the connection broke")
            self.buffer += data
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def receive(self):
        """Return the next envelope that is no push, ping or goodbye: those are dealt with here."""
        envelope = msgpack.unpackb(self.read(int.from_bytes(self.read(4), "big")))
        if envelope["t"] == "ping":
            self.send({"t": "pong"})
        elif envelope["t"] == "goodbye":
            sys.exit(f"goodbye: {envelope['code']}")
        elif envelope["t"] == "push":
            self.show(envelope["event"])
        else:
            return envelope

    def show(self, event):
        """Print a message; repr() keeps a stranger's control characters from the terminal."""
        if event["kind"] == "message_posted":
            print(f"{event['conversation']}:{event['seq']} <{event['name']}> {event['body']!r}", flush=True)
            self.printed += 1

    def call(self, do, **fields):
        """Send a request and return its reply."""
        self.calls += 1
        self.send({"t": "call", "id": self.calls, "request": {"do": do, **fields}})
        while (envelope := self.receive()) is None or envelope["id"] != self.calls:
            pass
        return envelope["reply"] if envelope["t"] == "answer" else sys.exit(f"{do}: {envelope['text']}")


def main(host, port, name, channel, text, count="0"):
    """Do what the head of this file says."""
    client = Client(host, int(port))
    client.call("hello", protocol=1, client="example 1.0")
    client.call("sign_in", name=name)
    client.call("resume")
    number = client.call("join", channel=channel)["conversation"]["id"]
    client.call("post", conversation=number, cid=os.urandom(16), body=text)
    while count == "0" or client.printed < int(count):
        client.receive()
    client.send({"t": "goodbye", "code": "client_left"})


if __name__ == "__main__":
    main(*sys.argv[1:])
