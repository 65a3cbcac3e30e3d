"""Tables of accounts: who they are, how they come in, what their own logs tell, and whom they ignore."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from chat_core.server.store.schema.base import PARTIAL, Key, Number, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Key, nullable=False),
    Column("log_head", Number, nullable=False),  # seq of the newest event in the account's own log
    Column("created_ts", Number, nullable=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    Column("display", Text, nullable=False, server_default=text("''")),
    Column("password", Text),  # argon2id in its own notation; NULL: none, a name or a token is enough
    Column("registered_ts", Number),  # NULL: nobody has claimed the name with a password
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("seen_ts", Number, nullable=False, server_default=text("0")),  # last sign-in
    Column("skeleton", Text),  # how a registered name looks (UTS 39); NULL: it is not registered
    Column("dm_policy", Text, nullable=False, server_default=text("'open'")),
    Column("display_looks", Text),  # how the letters of what it is shown as look (UTS 39); NULL: as its name
    Column("bot", Text, nullable=False, server_default=text("''")),  # bot: has a token; hook: a webhook writes as it
    UniqueConstraint("name_key"),
    sqlite_autoincrement=True,  # a number is never given twice
)
Index(
    "ix_accounts_skeleton",
    accounts.c.skeleton,
    unique=True,
    sqlite_where=accounts.c.skeleton.is_not(None),
    info={PARTIAL: accounts.c.skeleton.is_not(None)},
)
Index(
    "ix_accounts_display_looks",
    accounts.c.display_looks,
    sqlite_where=accounts.c.display_looks.is_not(None),
    info={PARTIAL: accounts.c.display_looks.is_not(None)},
)

account_events = Table(
    "account_events",
    metadata,
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("seq", Number, nullable=False),
    Column("kind", Text, nullable=False),
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    PrimaryKeyConstraint("account", "seq"),
    sqlite_with_rowid=False,
)

devices = Table(
    "devices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False),  # SHA-256 of a random token
    Column("label", Text, nullable=False),
    Column("made_ts", Number, nullable=False),
    Column("used_ts", Number, nullable=False),
    UniqueConstraint("token_hash"),
    Index("ix_devices_account", "account"),
    sqlite_autoincrement=True,
)
"""Sign-ins that last: each has a token; a revoked one has no row."""

invites = Table(
    "invites",
    metadata,
    Column("id", Number, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False),  # SHA-256 of a random code
    Column("uses_left", Number),  # NULL: any number
    Column("expires_ts", Number),  # NULL: never
    Column("conversation", Number, ForeignKey("conversations.id")),  # who comes with it joins that, too
    Column("made_by", Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("made_ts", Number, nullable=False),
    UniqueConstraint("code_hash"),
    sqlite_autoincrement=True,
)

allowlist = Table(
    "allowlist",
    metadata,
    Column("name_key", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("added_ts", Number, nullable=False),
)
"""Names that may register, or sign in, where only these may."""

ignores = Table(
    "ignores",
    metadata,
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("ignored", Number, ForeignKey("accounts.id"), nullable=False),
    PrimaryKeyConstraint("account", "ignored"),
    Index("ix_ignores_ignored", "ignored", "account"),
    sqlite_with_rowid=False,
)
