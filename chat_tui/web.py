"""The full-screen client in a browser: textual-serve, with a door before it. Each page is a client process of its own.

What textual-serve lacks is here: nobody gets in without the key of the link, no other site's page can open the
connection (its `Origin` is another one), nothing is loaded from elsewhere, and the page may be framed by nobody.
What cannot be had without TLS, `WARNING` says in words.
"""

from __future__ import annotations

import asyncio
import copy
import hmac
import re
import secrets
import shlex
import signal
import socket
from collections.abc import Sequence
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server
from typing_extensions import override

from chat_core.base.errors import WorldFault
from chat_core.transport.urls import is_loopback

WARNING: Final = (
    "Whoever has this link reads and writes as you, on this machine: give it to nobody. It holds until Ctrl+C. Your "
    "browser keeps its key in a cookie until then: who can read its cookies, or runs programs as you, can do the same."
)
LOUD_WARNING: Final = (
    "WARNING: this page can be reached from other machines and is not encrypted: whoever is on the way between you and "
    "it reads everything, the link included, and can write as you from then on. An SSH tunnel is the better way: "
    "ssh -L PORT:127.0.0.1:PORT this-machine."
)
_ELSEWHERE: Final = re.compile(r"<link\b[^>]*https://[^>]*>")
_FOCUS: Final = (
    "<script>(function focus() { const field = document.querySelector('.xterm-helper-textarea');"
    " const begun = document.body.classList.contains('-first-byte');"
    " field && begun ? field.focus() : setTimeout(focus, 50); })();</script></body>"
)
"""Lets one type at once, without a click."""
_CLOSED: Final = "Nobody gets in without the key: open the link that chat-tui web has printed.\n"


class Page(Server):
    """It.

    Args:
        command: the client's command line.
        host: name or address to listen at.
        port: 0: any free one.

    Raises:
        WorldFault: there cannot be listened.
    """

    def __init__(self, command: Sequence[str], host: str, port: int) -> None:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            self._socket = socket.create_server((host, port), family=family)
        except OSError as error:
            raise WorldFault(f"There is no listening at {host}, port {port} ({error.strerror or error}).") from error
        super().__init__(shlex.join(command), host, self._socket.getsockname()[1], title="chat")
        self._key = secrets.token_urlsafe(24)
        self._cookie = f"chat-{self.port}"
        named = f"[{host}]" if ":" in host else host
        self.link = f"http://{named}:{self.port}/?key={self._key}"
        """What opens it."""

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM; the clients end with it."""
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            await ended.wait()
        finally:
            await runner.cleanup()

    @override
    async def on_startup(self, app: web.Application) -> None:
        """See Server: nothing is printed here."""

    @override
    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """See Server; addresses in the page are those under which it was reached."""
        if self._is_key(request.query.get("key", "")):
            response = web.HTTPSeeOther("/")  # the key is not to stay in the address
            response.set_cookie(self._cookie, self._key, httponly=True, samesite="Lax")
            return response
        reached = copy.copy(self)
        reached.public_url = f"http://{request.host}"
        page = await Server.handle_index(reached, request)
        assert isinstance(page, web.Response), "textual-serve makes it from a template"
        page.text = _ELSEWHERE.sub("", page.text or "").replace("</body>", _FOCUS)
        page.headers["Content-Security-Policy"] = (
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data:; connect-src 'self' ws://{request.host}; frame-ancestors 'none'"
        )
        return page

    @override
    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._door)
        app.router.add_get("/favicon.ico", _no_icon)
        return app

    @property
    def _door(self) -> Middleware:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            enters = request.path == "/" and self._is_key(request.query.get("key", ""))
            if not enters and not self._is_key(request.cookies.get(self._cookie, "")):
                return web.Response(status=403, text=_CLOSED)
            if request.path == "/ws" and request.headers.get("Origin") != f"http://{request.host}":
                return web.Response(status=403, text="Only the page itself may do that.\n")
            return await handler(request)

        return door

    def _is_key(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._key.encode())


async def _no_icon(_: web.Request) -> web.Response:
    return web.Response(status=204)


def warnings(host: str) -> list[str]:
    """Return what is to be said before somebody uses it."""
    return [WARNING] if is_loopback(host) else [WARNING, LOUD_WARNING]
