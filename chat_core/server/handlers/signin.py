"""Getting in, and out again: by name, password, token, as a guest; registering; one's own devices and password.

Nothing here waits between the store's answer and the connection acting for the account: whoever signs a device out
finds every connection that its token opened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from chat_core.base.ids import AccountId
from chat_core.base.names import suggest_account_name
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.session import SignedIn, SignIn
from chat_core.protocol.requests.signin import (
    ChangePassword,
    Devices,
    ListDevices,
    PasswordChanged,
    Register,
    RevokeDevice,
    SignInGuest,
    SignInPassword,
    SignInToken,
    SignOut,
)
from chat_core.protocol.values import Account, Device
from chat_core.server.auth.passwords import fault_of
from chat_core.server.auth.tokens import code_digest, token_digest
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.entry import GUEST, Registration, name_fault, why_not
from chat_core.server.rules.permissions import Permission
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.naming import checked
from chat_core.server.store.people import (
    NO_SUCH_LOGIN,
    DropDevices,
    MakeGuest,
    NewDevice,
    OpenDevice,
    RegisterAccount,
    SetPassword,
    SignInByName,
    SignInByToken,
)

LABEL_CHARS: Final = 64
"""Most characters kept of what a device is called."""
_GUEST_CHARS: Final = 20
ELSEWHERE: Final = "This device was signed out from another one."
PASSWORD_CHANGED: Final = "The password of this account was changed on another device: sign in with the new one."


@handles(SignIn, needs=Permission.OPEN, cost=0, attempt=True)
async def sign_in(ctx: Context, request: SignIn) -> SignedIn:
    """Find or make the account of a name, where a name is enough."""
    _greeted(ctx)
    entry = ctx.services.auth.entry(local=ctx.session.local)
    if not entry.name_only:
        raise Refused(
            Refusal.SIGN_IN_REFUSED,
            "A name alone is enough only on the server's own machine: sign in with your password, or register.",
        )
    name = _own_name(request.name)
    account, created = await _write_noted(ctx, SignInByName(name, ctx.wall_ms(), entry.makes))
    return _entered(ctx, account, None, created=created)


@handles(SignInPassword, needs=Permission.OPEN, cost=0, attempt=True)
async def sign_in_password(ctx: Context, request: SignInPassword) -> SignedIn:
    """Sign in with a password; whatever is wrong, the answer is the same, and as late."""
    _greeted(ctx)
    auth = ctx.services.auth
    known = await ctx.store.read(lambda reader: reader.credentials(request.name))
    stored = None if known is None else known.password
    right = await ctx.computed(auth.passwords.verify(stored, request.password))
    if not right or known is None or stored is None:
        raise Refused(Refusal.WRONG_CREDENTIALS, NO_SUCH_LOGIN)
    rehashed = None
    if auth.passwords.outdated(stored):
        rehashed = await ctx.computed(auth.passwords.hash(request.password))
    token = auth.token()
    op = OpenDevice(AccountId(known.account.id), stored, _device(token, request.device), ctx.wall_ms(), rehashed)
    account, device, evicted = await ctx.store.write(op)
    ctx.hub.sign_out(account.id, evicted, ELSEWHERE)
    return _entered(ctx, account, device, token)


@handles(SignInToken, needs=Permission.OPEN, cost=0, attempt=True)
async def sign_in_token(ctx: Context, request: SignInToken) -> SignedIn:
    """Sign in as a device that is known."""
    _greeted(ctx)
    account, device = await _write_noted(ctx, SignInByToken(token_digest(request.token), ctx.wall_ms()))
    return _entered(ctx, account, device)


@handles(Register, needs=Permission.OPEN, cost=0, attempt=True)
async def register(ctx: Context, request: Register) -> SignedIn:
    """Make an account with a password."""
    _greeted(ctx)
    local = ctx.session.local
    auth = ctx.services.auth
    how = auth.entry(local=local).registration
    name = _own_name(request.name)
    if fault := fault_of(request.password, name):
        raise Refused(Refusal.BAD_PASSWORD, fault)
    invite = code_digest(request.invite) if request.invite.strip() else None
    now = ctx.wall_ms()
    # Who cannot register makes nobody hash anything; what counts is decided again in the store's transaction.
    await ctx.store.read(lambda reader: _may_register(reader, how, name, invite, now))
    hashed = await ctx.computed(auth.passwords.hash(request.password))
    token = auth.token()
    device = _device(token, request.device)
    claims = auth.entry(local=local).name_only
    op = RegisterAccount(name, hashed, device, now, how, invite, may_claim=claims, may_own=local)
    account, number, created = await ctx.store.write(op)
    if not created:
        ctx.hub.sign_out(account.id, None, PASSWORD_CHANGED)
    return _entered(ctx, account, number, token, created=created)


@handles(SignInGuest, needs=Permission.OPEN, cost=0, attempt=True)
async def sign_in_guest(ctx: Context, request: SignInGuest) -> SignedIn:
    """Make a guest."""
    _greeted(ctx)
    auth = ctx.services.auth
    if not auth.entry(local=ctx.session.local).guests:
        raise Refused(Refusal.SIGN_IN_REFUSED, "This server takes no guests: sign in, or register.")
    wanted = suggest_account_name(request.name.strip())[:_GUEST_CHARS] if request.name.strip() else ""
    number = auth.chance(4).hex()
    names = [checked(f"{GUEST}{wanted}-{number}" if wanted else f"{GUEST}{number}")]
    if wanted:
        names.insert(0, checked(f"{GUEST}{wanted}"))
    token = auth.token()
    account, device = await ctx.store.write(MakeGuest(tuple(names), _device(token, request.device), ctx.wall_ms()))
    return _entered(ctx, account, device, token, created=True)


@handles(SignOut, needs=Permission.SELF, cost=5)
async def sign_out(ctx: Context, request: SignOut) -> Done:
    """Forget the device of this connection."""
    account, device = ctx.account, ctx.session.device
    if device is None:
        ctx.after.append(lambda: ctx.session.sign_out("Signed out."))
        return Done()
    dropped = await ctx.store.write(DropDevices(account, device))
    ctx.after.append(lambda: ctx.hub.sign_out(account, dropped, "Signed out."))
    return Done()


@handles(ChangePassword, needs=Permission.PASSWORD, cost=20, attempt=True)
async def change_password(ctx: Context, request: ChangePassword) -> PasswordChanged:
    """Give the caller's account another password; who was let in by name alone becomes a device."""
    auth = ctx.services.auth
    if fault := fault_of(request.new, ctx.session.name):
        raise Refused(Refusal.BAD_PASSWORD, fault)
    account = ctx.account
    known = await ctx.store.read(lambda reader: reader.credentials(account))
    stored = None if known is None else known.password
    if stored is not None and not await ctx.computed(auth.passwords.verify(stored, request.old)):
        raise Refused(Refusal.WRONG_CREDENTIALS, "That is not your password so far.")
    hashed = await ctx.computed(auth.passwords.hash(request.new))
    here, token = ctx.session.device, ""
    if here is None:
        token = auth.token()
    device = _device(token, request.device) if token else None
    op = SetPassword(account, hashed, ctx.wall_ms(), stored, keep=here, device=device)
    _, dropped, made = await ctx.store.write(op)
    for session in ctx.hub.sessions_of(account):
        if session is not ctx.session and (session.device is None or session.device in dropped):
            session.sign_out(PASSWORD_CHANGED)
    if made is not None:
        ctx.session.device = made
    return PasswordChanged(device=ctx.session.device, token=token)


@handles(ListDevices, needs=Permission.SELF, cost=3)
async def list_devices(ctx: Context, request: ListDevices) -> Devices:
    """List the caller's devices."""
    account = ctx.account
    rows = await ctx.store.read(lambda reader: reader.devices_of(account))
    online = {session.device for session in ctx.hub.sessions_of(account)}
    return Devices(
        devices=tuple(
            Device(
                id=row.id,
                label=row.label,
                made=row.made_ts,
                used=row.used_ts,
                here=row.id == ctx.session.device,
                online=row.id in online,
            )
            for row in rows
        )
    )


@handles(RevokeDevice, needs=Permission.SELF, cost=5)
async def revoke_device(ctx: Context, request: RevokeDevice) -> Done:
    """Sign one of the caller's devices out."""
    account = ctx.account
    dropped = await ctx.store.write(DropDevices(account, request.device))
    ctx.after.append(lambda: ctx.hub.sign_out(account, dropped, ELSEWHERE))
    return Done()


def _entered(ctx: Context, account: Account, device: int | None, token: str = "", *, created: bool = False) -> SignedIn:
    """Let the connection act for the account."""
    ctx.session.signed_in(account, device)
    ctx.hub.signed_in(ctx.session)
    banned = ctx.hub.bouncer.why_no_account(ctx.account, ctx.wall_ms())
    if banned:  # since the store let it in
        ctx.session.close(Goodbye.BANNED, banned)
        raise Refused(Refusal.BANNED, banned)
    return SignedIn(account=account, created=created, device=device, token=token)


async def _write_noted(ctx: Context, op: SignInByName | SignInByToken) -> Any:
    """Carry out a sign-in; on a full disk without the note of when: who is known comes in, and reads."""
    try:
        return await ctx.store.write(op)
    except Refused as refused:
        if refused.code is not Refusal.STORE_FULL:
            raise
        return await ctx.store.write(replace(op, noted=False))


def _greeted(ctx: Context) -> None:
    if not ctx.session.greeted:
        raise Refused(Refusal.NOT_SIGNED_IN, "Say hello first.")


def _may_register(reader: Reader, how: Registration, name: str, invite: bytes | None, now: int) -> None:
    """Refuse what will certainly be refused. Raises: Refused."""
    listed = how != "allowlist" or reader.is_allowed(name)
    came = None if invite is None else reader.invite_state(invite, now)
    if refusal := why_not(how, name, listed=listed, invite=came):
        raise Refused(*refusal)
    known = reader.credentials(name)
    if known is not None and known.password is not None:
        raise Refused(Refusal.NAME_TAKEN, f"The name '{known.account.name}' is in use.")


def _own_name(name: str) -> str:
    """Return a name that somebody may choose. Raises: Refused `bad_name`."""
    own = checked(name)
    if fault := name_fault(own, guest=False):
        raise Refused(Refusal.BAD_NAME, fault)
    return own


def _device(token: str, label: str) -> NewDevice:
    return NewDevice(token_digest(token), clean_line(label[:LABEL_CHARS]) or "unnamed")
