"""Every bound of the protocol, with its unit. What a client must know travels in `Limits`, in the welcome."""

from __future__ import annotations

from typing import Final

import msgspec

PROTOCOL_VERSION: Final = 1
"""Raised when an old client could no longer understand a server at all; everything else is added compatibly."""

FRAME_HEADER_BYTES: Final = 4
"""Length of the big-endian unsigned length in front of each frame."""
FRAME_BEFORE_SIGN_IN_BYTES: Final = 8 * 1024
"""Longest frame a server takes from a stranger."""
FRAME_TO_SERVER_BYTES: Final = 64 * 1024
"""Longest frame a server takes after sign-in."""
FRAME_TO_CLIENT_BYTES: Final = 1024 * 1024
"""Longest frame a client must take. Pages stay far below; the answer to a `resume` has all conversations in it."""

BODY_BYTES: Final = 16 * 1024
"""Longest message body, in bytes of UTF-8, as received."""
MOTD_CHARS: Final = 500
"""Longest message of the day, in characters."""
TOPIC_BYTES: Final = 512
"""Longest topic, in bytes of UTF-8."""
PAGE_ITEMS: Final = 200
"""Most messages, events or members in one page."""
PAGE_BYTES: Final = 192 * 1024
"""Bytes of bodies after which a page ends early, so that it fits into a frame with its envelope."""
CALLS_IN_FLIGHT: Final = 256
"""Unanswered calls a connection may have; the server stops reading from it beyond that."""
CATCH_UPS_PER_CONNECTION: Final = 16
"""Unanswered `resume`, `attach` and `read_events` a connection may have; more are refused with `busy`."""
CONVERSATIONS_PER_ACCOUNT: Final = 500
"""Conversations one account can be in, so that their list fits into one frame."""
GROUPS_BY_OTHERS: Final = 100
"""Groups that others began which one account can be in; they take no room from what it joins or opens itself."""
CONVERSATIONS_OF_ONES_OWN: Final = CONVERSATIONS_PER_ACCOUNT - GROUPS_BY_OTHERS
"""All other conversations that one account can be in: channels, direct conversations, groups it began."""
LEFT_BY_OTHERS: Final = 100
"""The last ones of these, which only the account itself takes: who opens a direct conversation with it leaves them."""
GROUPS_PER_DAY: Final = 20
"""Groups that one account can begin within 24 hours."""
GROUP_LEAST: Final = 3
"""Fewest people with whom a group is begun; some may leave it later."""
GROUP_MOST: Final = 20
"""Most people in a group."""
GROUP_PEOPLE_BYTES: Final = 512
"""Bytes of names up to which a conversation tells who is in a group, so that the list of all fits into one frame."""
DEVICES_PER_ACCOUNT: Final = 32
"""Devices one account can have; one more, and the one that was unused for longest is signed out."""
PASSWORD_LEAST: Final = 8
"""Fewest characters of a password."""
PASSWORD_MOST: Final = 256
"""Most characters of a password."""
EMOJI_CHARS: Final = 32
"""Longest emoji of a reaction, in characters: some are made of ten."""
REACTIONS_PER_MESSAGE: Final = 20
"""Different emoji with which people can have reacted to one message."""
PINS_PER_CONVERSATION: Final = 50
"""Messages that can be pinned in one conversation, so that their list fits into one frame."""
BOOKMARKS_PER_ACCOUNT: Final = 1000
"""Bookmarks that one account can have."""
POSITIONS_PER_RESUME: Final = 500
"""Positions one resume can hold."""
FRAME_WEIGHT_BYTES: Final = 256
"""Bytes that each frame counts for beyond its own, where bytes are counted: a small one is work, too."""
SEARCHES_PER_CONNECTION: Final = 4
"""Unanswered `search` a connection may have; more are refused with `busy`."""
SEARCHES_PER_ACCOUNT: Final = 8
"""The same for all connections of an account together: whoever has many makes nobody else wait."""
QUERY_CHARACTERS: Final = 500
"""Longest search query, in characters."""
SEARCH_CURSOR_BYTES: Final = 64
"""Longest cursor of a search, in bytes."""
UPLOAD_CHUNK_BYTES: Final = 48 * 1024
"""Most of a file in one `upload_chunk`, in bytes, so that it fits into a frame."""
UPLOAD_WINDOW_BYTES: Final = 8 * UPLOAD_CHUNK_BYTES
"""What of an upload may be on its way and not on the server's disk yet, in bytes; more is refused with `busy`."""
UPLOADS_PER_ACCOUNT: Final = 4
"""Uploads of one account that are not finished; one that was abandoned gives its place to the next one."""
FETCH_BYTES: Final = 128 * 1024
"""Most of a file in the answer to one `fetch`, in bytes."""
FETCHES_PER_CONNECTION: Final = 4
"""Unanswered `fetch` a connection may have; more are refused with `busy`."""
FILE_BYTES: Final = 25 * 1024 * 1024
"""Largest file a server takes unless it was told otherwise, in bytes."""
FILE_NAME_CHARS: Final = 200
"""Longest name of a file, in characters."""
FILE_TYPE_CHARS: Final = 100
"""Longest media type of a file, in characters."""
OUTBOX_BYTES: Final = 1024 * 1024
"""Bytes waiting for one reader before it is detached and told `lagging`."""
MAX_ARRAY_ITEMS: Final = 4096
"""Longest array in a frame."""
MAX_MAP_ITEMS: Final = 256
"""Most entries of a map in a frame."""
MAX_DEPTH: Final = 16
"""Deepest nesting of maps and arrays in a frame; what is defined today needs 7."""
MAX_NUMBER: Final = 2**53 - 1
"""Largest integer in a request: every language and every database can hold it."""

PING_EVERY_S: Final = 25.0
"""Silence after which a side asks whether the other is still there, in seconds."""
PONG_WITHIN_S: Final = 10.0
"""Time to answer a ping, in seconds."""
PROBE_WITHIN_S: Final = 3.0
"""Time to answer a ping that a person waits for (a key was pressed, the machine woke), in seconds."""
SIGN_IN_WITHIN_S: Final = 10.0
"""Time from the connect to a finished sign-in, in seconds."""
NO_PROGRESS_S: Final = 30.0
"""Time after which a reader that takes nothing is disconnected, in seconds."""
TYPING_EVERY_S: Final = 3.0
"""Shortest distance of two `typing` requests about one conversation, in seconds."""
TYPING_FADES_S: Final = 6.0
"""Time after which a reader forgets that somebody is typing, in seconds."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds a client needs to know, told in the welcome."""

    frame_bytes: int = FRAME_TO_SERVER_BYTES
    """Longest frame the server takes after sign-in, in bytes."""
    body_bytes: int = BODY_BYTES
    """Longest message body, in bytes of UTF-8."""
    topic_bytes: int = TOPIC_BYTES
    """Longest topic, in bytes of UTF-8."""
    file_bytes: int = FILE_BYTES
    """Largest file the server takes, in bytes; 0: it takes none."""
    page_items: int = PAGE_ITEMS
    """Most items in one page."""
    calls_in_flight: int = CALLS_IN_FLIGHT
    """Unanswered calls a connection may have."""
    ping_every_s: float = PING_EVERY_S
    """Silence after which the server pings, in seconds."""
    pong_within_s: float = PONG_WITHIN_S
    """Time to answer a ping, in seconds."""
    typing_every_s: float = TYPING_EVERY_S
    """Shortest distance of two `typing` requests about one conversation, in seconds."""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a client may ask, where the server counts: so much at once, and so much more each second."""

    request_burst: int = 0
    """What requests may cost at once."""
    request_rate: float = 0.0
    """What of that comes back each second; 0: requests are not counted."""
    byte_burst: int = 0
    """Bytes that all connections of an account may send at once, and 256 more for each frame."""
    byte_rate: float = 0.0
    """Bytes of that which come back each second; 0: bytes are not counted. Who sends faster is read slower."""
    costs: dict[str, int] = {}
    """Requests by their `do` that do not cost 1, with what they cost."""
