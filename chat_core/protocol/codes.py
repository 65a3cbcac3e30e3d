"""The closed sets of codes: why a call failed, and why a connection ended. Each code is explained beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class Refusal(StrEnum):
    """Why a call was answered with a failure."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_REQUEST = "unknown_request"
    PROTOCOL_VERSION = "protocol_version"
    NOT_SIGNED_IN = "not_signed_in"
    ALREADY_SIGNED_IN = "already_signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    BAD_NAME = "bad_name"
    NAME_TAKEN = "name_taken"
    NO_CONVERSATION = "no_conversation"
    NO_ACCOUNT = "no_account"
    NO_MESSAGE = "no_message"
    BAD_QUERY = "bad_query"
    NO_DEVICE = "no_device"
    NO_UPLOAD = "no_upload"
    BAD_FILE = "bad_file"
    NOT_MEMBER = "not_member"
    NOT_ALLOWED = "not_allowed"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    CID_REUSED = "cid_reused"
    UNKNOWN_PREV = "unknown_prev"
    UNAVAILABLE = "unavailable"
    BUSY = "busy"
    STORE_FULL = "store_full"
    STORE_FAILED = "store_failed"
    SHUTTING_DOWN = "shutting_down"
    PASSWORD_NEEDED = "password_needed"
    WRONG_CREDENTIALS = "wrong_credentials"
    BAD_PASSWORD = "bad_password"
    INVITE_INVALID = "invite_invalid"
    DISABLED = "disabled"
    BANNED = "banned"
    MUTED = "muted"
    MODERATED = "moderated"
    LOCKED = "locked"
    ARCHIVED = "archived"
    SLOW_MODE = "slow_mode"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"


class Goodbye(StrEnum):
    """Why a connection is closed."""

    CLIENT_LEFT = "client_left"
    SHUTDOWN = "shutdown"
    BAD_FRAME = "bad_frame"
    FRAME_TOO_LONG = "frame_too_long"
    BAD_ENVELOPE = "bad_envelope"
    PROTOCOL_VERSION = "protocol_version"
    SIGN_IN_TIMEOUT = "sign_in_timeout"
    PING_TIMEOUT = "ping_timeout"
    SLOW_READER = "slow_reader"
    FLOOD = "flood"
    SIGN_IN_FIRST = "sign_in_first"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    WRONG_USER = "wrong_user"
    KICKED = "kicked"
    BANNED = "banned"
    IDLE = "idle"
    SIGNED_OUT = "signed_out"
    STORE_FAILED = "store_failed"
    INTERNAL = "internal"


class Explained(msgspec.Struct, frozen=True):
    """What a code means, and whether trying again can help."""

    text: str
    """One sentence for people."""
    again: bool
    """Refusal: the same call may succeed later. Goodbye: the client should connect again by itself."""


REFUSALS: Final[dict[Refusal, Explained]] = {
    Refusal.BAD_REQUEST: Explained("A field is missing, of the wrong type or out of range; the text names it.", False),
    Refusal.UNKNOWN_REQUEST: Explained("This server knows no request of that name.", False),
    Refusal.PROTOCOL_VERSION: Explained("The server does not speak the asked version of the protocol.", False),
    Refusal.NOT_SIGNED_IN: Explained("Only `hello` and `sign_in` are answered before sign-in.", False),
    Refusal.ALREADY_SIGNED_IN: Explained("This connection is signed in already; open another one.", False),
    Refusal.SIGN_IN_REFUSED: Explained("This way of signing in is not allowed here.", False),
    Refusal.BAD_NAME: Explained("The name breaks the rule for names; the text says which part.", False),
    Refusal.NAME_TAKEN: Explained("Another account or channel has that name.", False),
    Refusal.NO_CONVERSATION: Explained("There is no such conversation, or not for this account.", False),
    Refusal.NO_ACCOUNT: Explained("There is no account of that name.", False),
    Refusal.NO_MESSAGE: Explained("There is no message of that number.", False),
    Refusal.BAD_QUERY: Explained("A search query that cannot be understood; the text says where and why.", False),
    Refusal.NO_DEVICE: Explained("The account has no device with that number.", False),
    Refusal.NO_UPLOAD: Explained("There is no such upload, or not any more: begin it again.", False),
    Refusal.BAD_FILE: Explained("What there is of a file is not what was announced; the text says in what.", False),
    Refusal.NOT_MEMBER: Explained("The account is not a member of that conversation; join it first.", False),
    Refusal.NOT_ALLOWED: Explained("The account may not do that there.", False),
    Refusal.EMPTY: Explained("Nothing is left of the text once it is cleaned.", False),
    Refusal.TOO_LONG: Explained("The text is longer than the limit told in the welcome.", False),
    Refusal.TOO_MANY: Explained("A limit on the number of things is reached; the text names it.", False),
    Refusal.CID_REUSED: Explained("This cid was used before, for something else.", False),
    Refusal.UNKNOWN_PREV: Explained("The send named as `prev` is not in the log (yet): send that one first.", True),
    Refusal.UNAVAILABLE: Explained("Somebody is not online, or in another private chat; the text says which.", True),
    Refusal.BUSY: Explained("Too much at once; wait `retry_after` seconds.", True),
    Refusal.STORE_FULL: Explained("The server's disk is full; nothing was stored.", True),
    Refusal.STORE_FAILED: Explained("The server's store failed; whether it was stored is unknown, ask again.", True),
    Refusal.SHUTTING_DOWN: Explained("The server is stopping; send again after the reconnect.", True),
    Refusal.PASSWORD_NEEDED: Explained("The name has a password: sign in with it, or with a token.", False),
    Refusal.WRONG_CREDENTIALS: Explained(
        "No account has that name and that password (or that token); which of the two is wrong is not told.", False
    ),
    Refusal.BAD_PASSWORD: Explained("The password breaks the rule for passwords; the text says which part.", False),
    Refusal.INVITE_INVALID: Explained(
        "The invite code is wrong, used up, expired, or of somebody who may not be here; ask for another one.", False
    ),
    Refusal.DISABLED: Explained("The account was disabled by the people who run this server.", False),
    Refusal.BANNED: Explained("The account or its address is banned; the text says why and how long.", False),
    Refusal.MUTED: Explained("The account may not write there at present; the text says why and how long.", False),
    Refusal.MODERATED: Explained("A rule of the server or the channel refused the text, which says which.", False),
    Refusal.LOCKED: Explained("The channel or the server is locked down; the text says why and how long.", False),
    Refusal.ARCHIVED: Explained("The channel is kept for reading only; nobody writes there any more.", False),
    Refusal.SLOW_MODE: Explained("The channel takes a message only now and then; wait `retry_after` seconds.", True),
    Refusal.RATE_LIMITED: Explained("More requests than agreed; wait `retry_after` seconds.", True),
    Refusal.INTERNAL: Explained("A fault in the server, which is in its log.", True),
}

GOODBYES: Final[dict[Goodbye, Explained]] = {
    Goodbye.CLIENT_LEFT: Explained("The client has finished.", False),
    Goodbye.SHUTDOWN: Explained("The server stops; it may be back soon.", True),
    Goodbye.BAD_FRAME: Explained("A frame was not one MessagePack map within the bounds.", False),
    Goodbye.FRAME_TOO_LONG: Explained("A frame announced more bytes than allowed in this phase.", False),
    Goodbye.BAD_ENVELOPE: Explained("A frame was no envelope that this side takes.", False),
    Goodbye.PROTOCOL_VERSION: Explained(
        "Client and server share no version of the protocol; update the older one.", False
    ),
    Goodbye.SIGN_IN_TIMEOUT: Explained("The client did not sign in in time.", True),
    Goodbye.PING_TIMEOUT: Explained("A ping was not answered in time.", True),
    Goodbye.SLOW_READER: Explained("The client took no bytes for too long.", True),
    Goodbye.FLOOD: Explained("The client sent much more than this server takes, and went on.", False),
    Goodbye.SIGN_IN_FIRST: Explained("More was sent before signing in than this server takes then.", False),
    Goodbye.TOO_MANY_CONNECTIONS: Explained("The server has as many connections as it may have.", True),
    Goodbye.WRONG_USER: Explained("This socket belongs to another user of the machine.", False),
    Goodbye.KICKED: Explained("A moderator, or a rule, ended this connection; the text says why.", False),
    Goodbye.BANNED: Explained("The account or its address is banned; the text says why and how long.", False),
    Goodbye.IDLE: Explained("The client asked for nothing for longer than this server allows.", False),
    Goodbye.SIGNED_OUT: Explained("This device was signed out.", False),
    Goodbye.STORE_FAILED: Explained("The server's disk failed; it stops rather than lose a message.", True),
    Goodbye.INTERNAL: Explained("A fault in the server, which is in its log.", True),
}
