"""`/metrics` for Prometheus and `/health`, on a port of the loopback interface, from a thread of their own.

The thread asks the event loop for the numbers and waits a moment for them: so nobody who looks can hold the loop up,
and `/health` tells truly whether it still turns. Shows counts; which ones there are, the `gather` it is given knows.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from chat_core.base.errors import WorldFault

ANSWER_WITHIN_S: Final = 2.0
"""Time the loop has to give its numbers, and a client to send, or to take, the next piece, in seconds."""
ASKED_WITHIN_S: Final = 2 * ANSWER_WITHIN_S
"""Time a client has to ask all that it asks, in seconds: who sends a byte now and then holds up all others who look."""
HOST: Final = "127.0.0.1"

Gather = Callable[[], Sequence[Metric]]


class Observed:
    """Serves until `close`.

    Args:
        port: where on the loopback interface; 0: any that is free.
        gather: makes the metrics; called on the event loop, must not block.

    Raises:
        WorldFault: the port is taken.
    """

    def __init__(self, port: int, gather: Gather) -> None:
        self._asking = _Asking(asyncio.get_running_loop(), gather)
        try:
            self._server = _Server((HOST, port), _Handler)
        except OSError as error:
            raise WorldFault(
                f"Cannot serve metrics on {HOST} port {port}: {error.strerror}; choose another [observe] port."
            ) from error
        self._server.asking = self._asking
        self._server.registry.register(self._asking)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Serve no more; an answer under way is finished, which may take `ANSWER_WITHIN_S`."""
        self._asking.closed = True
        threading.Thread(target=self._end, name="metrics end", daemon=True).start()

    def _end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Asking(Collector):
    """Gets the metrics from the loop, in the server's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, gather: Gather) -> None:
        self._loop = loop
        self._gather = gather
        self.closed = False

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand (prometheus_client)."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return the metrics, with how long the loop let us wait (prometheus_client). Raises: TimeoutError."""
        asked = time.monotonic()
        answer: concurrent.futures.Future[Sequence[Metric]] = concurrent.futures.Future()

        def run() -> None:
            try:
                answer.set_result(self._gather())
            except Exception as error:
                answer.set_exception(error)

        if self.closed:
            raise TimeoutError
        self._loop.call_soon_threadsafe(run)
        metrics = answer.result(ANSWER_WITHIN_S)
        waited = time.monotonic() - asked
        return [*metrics, GaugeMetricFamily("chat_loop_wait_seconds", "Until the event loop came to this.", waited)]

    def alive(self) -> bool:
        """Return whether the loop turns."""
        turned = threading.Event()
        try:
            self._loop.call_soon_threadsafe(turned.set)
        except RuntimeError:  # it is closed
            return False
        return turned.wait(ANSWER_WITHIN_S)


class _Server(socketserver.TCPServer):
    """One connection after another: whoever holds one open holds nobody up but others who look."""

    allow_reuse_address = True
    request_queue_size = 16
    asking: _Asking

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        super().__init__(address, handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the peer went away."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    timeout = ANSWER_WITHIN_S
    server: _Server
    _late: threading.Timer

    def setup(self) -> None:
        """Begin to wait for a request (socketserver)."""
        super().setup()
        self._late = threading.Timer(ASKED_WITHIN_S, self._give_up)
        self._late.daemon = True
        self._late.start()

    def finish(self) -> None:
        """Wait no more (socketserver)."""
        self._late.cancel()
        super().finish()

    def _give_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        """Answer (http.server)."""
        self._late.cancel()
        path = self.path.partition("?")[0]
        if path == "/health":
            alive = self.server.asking.alive()
            self._answer(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, b"ok\n" if alive else b"stuck\n")
        elif path == "/metrics":
            try:
                body = generate_latest(self.server.registry)
            except (TimeoutError, RuntimeError):
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, b"the server does not answer\n")
            else:
                self._answer(HTTPStatus.OK, body, CONTENT_TYPE_LATEST)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"there are /metrics and /health\n")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Return what stands in the header `Server` (http.server)."""
        return "chat-core"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: this is asked every few seconds."""
