"""Files: a lane of their own beside the messages, up to the message that an upload ends in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chat_core.base.filenames import file_name
from chat_core.base.ids import AccountId, Cid
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import FETCHES_PER_CONNECTION, UPLOAD_WINDOW_BYTES
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.files import (
    Fetch,
    FilePiece,
    UploadBegin,
    UploadBegun,
    UploadCancel,
    UploadChunk,
    UploadFinish,
    UploadMoved,
)
from chat_core.protocol.requests.messages import Posted
from chat_core.protocol.values import FileInfo
from chat_core.server.blobs.files import NotTaken
from chat_core.server.blobs.upload import Upload
from chat_core.server.context import Context
from chat_core.server.keeping import kept_by
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Heard, Inside, Permission
from chat_core.server.saying import cleaned, here_now, moderated
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.files import FilesUsed
from chat_core.server.store.messages import AppendMessage


@handles(UploadBegin, needs=Permission.SPEAK, inside=Inside.MEMBER, cost=2, heard=Heard.NEWS)
async def upload_begin(ctx: Context, request: UploadBegin) -> UploadBegun:
    """Begin an upload, or go on with it."""
    account, files = ctx.account, ctx.services.files
    if file_name(request.name) != request.name:
        raise Refused(
            Refusal.BAD_REQUEST, f"name: a file's name may not be that; '{file_name(request.name)}' would do."
        )
    file = FileInfo(name=request.name, size=request.size, type=request.type, sha256=request.sha256)

    def query(reader: Reader) -> tuple[tuple[int, int, int] | None, int, FilesUsed]:
        place = reader.find(account, request.conversation)
        if not place.member:
            raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
        return reader.sent_as(account, request.cid), place.id, reader.files_used(account)

    sent, conversation, used = await ctx.store.read(query)
    if sent is not None:
        where, seq, ts = sent
        return UploadBegun(upload=0, offset=request.size, window=0, conversation=where, seq=seq, ts=ts)
    if why := ctx.hub.bouncer.why_muted(account, conversation, ctx.wall_ms()):
        raise Refused(Refusal.MUTED, why)  # before any of it is kept: its message would be refused
    session = ctx.session

    def has_sender() -> bool:
        return session.driver is not None

    with _taken():
        upload = files.begun(account, request.cid, conversation, file, has_sender)
        if upload is None:
            upload = files.begin(account, request.cid, conversation, file, used.count, used.size_bytes, has_sender)
    return UploadBegun(upload=upload.number, offset=upload.received, window=UPLOAD_WINDOW_BYTES)


@handles(UploadChunk, needs=Permission.SPEAK, cost=0)
async def upload_chunk(ctx: Context, request: UploadChunk) -> UploadMoved:
    """Take a piece of a file; the window bounds what this costs."""
    files = ctx.services.files
    with _taken():
        upload = files.find(ctx.account, request.upload)
        return UploadMoved(offset=await files.take(upload, request.offset, request.data))


@handles(UploadFinish, needs=Permission.SPEAK, cost=2, heard=Heard.NEWS)
async def upload_finish(ctx: Context, request: UploadFinish) -> Posted:
    """Make the file durable, then post its message."""
    files = ctx.services.files
    with _taken():
        upload = files.find(ctx.account, request.upload)
    body = cleaned(request.body or upload.file.name)
    async with upload.lock, files.pinned(upload.file.sha256):
        with _taken():
            await files.finish(upload)
        posted = await _post(ctx, upload, body, request.prev)
    files.drop(upload)
    return posted


@handles(UploadCancel, needs=Permission.SPEAK)
async def upload_cancel(ctx: Context, request: UploadCancel) -> Done:
    """Throw an upload away."""
    files = ctx.services.files
    try:
        upload = files.find(ctx.account, request.upload)
    except NotTaken:
        return Done()
    async with upload.lock:  # what is just being posted is not given up any more
        files.drop(upload)
    if upload.whole:
        _drop_content(ctx, upload)
    return Done()


@handles(Fetch, needs=Permission.READ, inside=Inside.READER)
async def fetch(ctx: Context, request: Fetch) -> FilePiece:
    """Read a piece of a file."""
    session, account = ctx.session, ctx.account
    if session.fetches >= FETCHES_PER_CONNECTION:
        raise Refused(Refusal.BUSY, f"At most {FETCHES_PER_CONNECTION} pieces of files at once.", 0.1)

    def query(reader: Reader) -> FileInfo:
        place = reader.readable(account, request.conversation)
        file = reader.file_of(place.id, request.seq) if readable(place).hold(request.seq) else None
        if file is None:
            raise Refused(Refusal.NO_MESSAGE, "There is no file at a message of that number, or it was deleted.")
        return file

    session.fetches += 1
    try:
        file = await ctx.store.read(query)
        with _taken():
            data = await ctx.services.files.read(file, request.offset, request.limit)
    finally:
        session.fetches -= 1
    return FilePiece(file=file, offset=request.offset, data=data)


async def _post(ctx: Context, upload: Upload, body: str, prev: bytes | None) -> Posted:
    """Store the message of a file; where it is refused for good, the file goes. Raises: Refused."""
    file = upload.file
    op = AppendMessage(
        account=AccountId(upload.account),
        conversation=upload.conversation,
        cid=Cid(upload.cid),
        prev=None if prev is None else Cid(prev),
        body=body,
        raw="\0".join((body, file.name, file.type, file.sha256.hex())),
        style="text",
        reply_to=None,
        ts=ctx.wall_ms(),
        file=file,
        here=here_now(ctx, body),
    )
    try:
        conversation, seq, ts, duplicate = await moderated(ctx, op)
    except Refused as refused:
        if not REFUSALS[refused.code].again:
            ctx.services.files.drop(upload)
            _drop_content(ctx, upload)
        raise
    return Posted(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


def _drop_content(ctx: Context, upload: Upload) -> None:
    """Let what is in its place go, behind the answer, unless a message has it."""
    files, sha256, is_kept = ctx.services.files, upload.file.sha256, kept_by(ctx.store)
    ctx.after.append(lambda: files.dropped([sha256], is_kept))


@contextmanager
def _taken() -> Iterator[None]:
    """Refuse what the files refuse. Raises: Refused."""
    try:
        yield
    except NotTaken as fault:
        raise Refused(fault.code, str(fault), fault.retry_after) from fault
