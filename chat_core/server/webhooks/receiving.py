"""What a request to a webhook means: which webhook, whether it may now, and the message that comes of it.

Secrets are in no log and in no answer. Every refusal is a sentence for whoever set the sender up.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import os
from http import HTTPStatus
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.errors import WorldFault
from chat_core.base.ids import CID_BYTES, Cid, make_cid
from chat_core.base.names import letters_of
from chat_core.base.text import clean_body, clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import BODY_BYTES
from chat_core.server.auth.tokens import hook_digest
from chat_core.server.defence.buckets import Buckets
from chat_core.server.hook_settings import WebhooksSection, listen_at
from chat_core.server.observe import get_log
from chat_core.server.store.base import Moderated, Refused, Store, StoreBroken
from chat_core.server.store.hooks import HookFound
from chat_core.server.store.messages import AppendMessage
from chat_core.server.webhooks.http import Answer, Asked, HttpServer
from chat_core.server.webhooks.slack import PayloadFault, Said, read_payload

PREFIX: Final = "/hooks/"
KEY_CHARS: Final = 255
NAME_CHARS: Final = 32
"""Most characters of the name that a sender gives itself."""
_CUT: Final = "… (cut: it was longer than a message may be)"
_NOT_FOUND: Final = Answer(HTTPStatus.NOT_FOUND, "There is no such webhook.")
_STATUS: Final = {
    Refusal.CID_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.SLOW_MODE: HTTPStatus.TOO_MANY_REQUESTS,
    Refusal.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.STORE_FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.STORE_FAILED: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.SHUTTING_DOWN: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TEXTS: Final = {
    Refusal.CID_REUSED: "This Idempotency-Key was used before, for another message.",
    Refusal.NOT_MEMBER: "The webhook was put out of its channel: make another one.",
    Refusal.NO_CONVERSATION: "The webhook was put out of its channel: make another one.",
}

log = get_log(__name__)


class Webhooks:
    """Takes requests from `listen` until `close`.

    Args:
        settings: what holds for it.
        store: where messages go, and webhooks are.
        clock: for times and rates.
    """

    def __init__(self, settings: WebhooksSection, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._buckets: Buckets[int] = Buckets(settings.burst, settings.per_minute / 60)
        self._http = HttpServer(self.answer, body_bytes=settings.body_bytes, within_s=settings.within_s)

    async def listen(self) -> str:
        """Begin, if it is set; return where, as others reach it: a URL without a path, or empty. Raises: WorldFault."""
        where = listen_at(self._settings.listen)
        if where is None:
            return ""
        try:
            port = await self._http.listen(where.host, where.port)
        except OSError as error:
            raise WorldFault(
                f"Cannot take webhooks on {self._settings.listen}: {os.strerror(error.errno or 0)}; "
                "choose another [webhooks] listen."
            ) from error
        host = f"[{where.host}]" if ":" in where.host else where.host
        at = f"http://{host}:{port}"
        log.info("taking webhooks", at=at)
        return self._settings.url.rstrip("/") or at

    async def close(self) -> None:
        """Take no more."""
        await self._http.close()

    async def answer(self, asked: Asked) -> Answer:
        """Carry out one request."""
        if not asked.path.startswith(PREFIX):
            return _NOT_FOUND
        if asked.method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "Webhooks take POST.", (("Allow", "POST"),))
        try:
            return await self._post(asked)
        except Refused as refused:
            return _refusal(refused)
        except StoreBroken:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "The server cannot store anything.")

    async def _post(self, asked: Asked) -> Answer:
        """Raises: Refused, StoreBroken."""
        hook = await self._find(asked.path.removeprefix(PREFIX))
        if hook is None:
            return _NOT_FOUND
        wait_s = self._buckets.of(hook.id, self._clock.monotonic()).take(1, self._clock.monotonic())
        if wait_s:
            return Answer(HTTPStatus.TOO_MANY_REQUESTS, "This webhook sends too fast.", (_retry_after(wait_s),))
        try:
            said = read_payload(asked.headers.get("content-type", ""), asked.body)
            key = _key(asked.headers.get("idempotency-key"))
        except PayloadFault as fault:
            return Answer(HTTPStatus.BAD_REQUEST, clean_line(str(fault)))
        await self._say(hook, said, key)
        return Answer(HTTPStatus.OK, "ok")

    async def _find(self, secret: str) -> HookFound | None:
        digest = hook_digest(secret)
        found = await self._store.read(lambda reader: reader.hook(digest))
        # The index compared digests of secrets, which tells nothing; this does not even take a time that differs.
        return found if found is not None and hmac.compare_digest(found.secret, digest) else None

    async def _say(self, hook: HookFound, said: Said, key: str | None) -> None:
        now = self._clock.wall_ms()
        body = _fitting(said.text)
        if not body:
            raise Refused(Refusal.EMPTY, "Nothing is left of the text once it is cleaned.")
        await self._store.write(
            AppendMessage(
                account=hook.account,
                conversation=hook.conversation,
                cid=make_cid(now, os.urandom(CID_BYTES)) if key is None else _keyed(hook, key),
                prev=None,
                body=body,
                raw=f"{said.name}\0{said.icon}\0{said.text}",
                style="text",
                reply_to=None,
                ts=now,
                via=await self._name_for(said, hook),
            )
        )

    async def _name_for(self, said: Said, hook: HookFound) -> str:
        """Return what a message is shown as said by; empty: the webhook's own name, also instead of somebody else's."""
        name = _shown_name(said, hook.name)
        if not name:
            return ""
        passes = await self._store.read(lambda reader: reader.passes_for_another(name, hook.account))
        return "" if passes else name


def _key(given: str | None) -> str | None:
    """Return what makes a repeated request the same message; None: nothing does. Raises: PayloadFault."""
    if given is not None and not 0 < len(given) <= KEY_CHARS:
        raise PayloadFault(f"An Idempotency-Key has 1 to {KEY_CHARS} characters.")
    return given


def _keyed(hook: HookFound, key: str) -> Cid:
    """Derive the cid of a message, the same each time the request is repeated."""
    text = f"{hook.id}\0{key}".encode()
    return Cid(hashlib.blake2b(text, digest_size=CID_BYTES, person=b"chat webhook cid").digest())


def _fitting(text: str) -> str:
    """Return a body as it is stored, cut to what a message may have: of an alert, the beginning is better than nothing.

    What is behind that is not even cleaned: a long text of the most laborious characters would hold everybody up.
    """
    body = clean_body(text[:BODY_BYTES])
    data = body.encode()
    if not body or (len(text) <= BODY_BYTES and len(data) <= BODY_BYTES):
        return body
    room = BODY_BYTES - len(_CUT.encode())
    return clean_body(data[:room].decode("utf-8", "ignore") + _CUT)


def _shown_name(said: Said, own: str) -> str:
    """Return what the sender calls itself in this message; empty: as its account is called."""
    name = clean_line(said.name[: 8 * NAME_CHARS])[:NAME_CHARS].strip()
    if not letters_of(name):  # signs alone would be taken for the program's own
        name = ""
    icon = _emoji(said.icon)
    shown = f"{icon} {name or own}" if icon else name
    return "" if shown == own else shown


def _emoji(shortcode: str) -> str:
    if not (shortcode.startswith(":") and shortcode.endswith(":") and len(shortcode) <= 64):
        return ""
    from emoji import emojize  # its table is large, and most servers need none of it

    found = emojize(shortcode, language="alias")
    return "" if found == shortcode else clean_line(found)


def _refusal(refused: Refused) -> Answer:
    status = _STATUS.get(refused.code, HTTPStatus.FORBIDDEN)
    if isinstance(refused, Moderated):
        log.info("webhook refused", why=str(refused))
    again = refused.retry_after
    headers = () if again is None else (_retry_after(again),)
    return Answer(status, _TEXTS.get(refused.code, clean_line(str(refused))), headers)


def _retry_after(seconds: float) -> tuple[str, str]:
    return ("Retry-After", str(max(1, math.ceil(seconds))))
