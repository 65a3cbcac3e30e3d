"""Accounts with passwords, devices and roles; channels with rules; what moderation needs to remember."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns in place, then the new tables: no row of the large tables is written again."""
    _accounts()
    _channels()
    _ways_in()
    _order()
    _between_two()
    _audit()


def _accounts() -> None:
    for column in (
        sa.Column("role", sa.Text(), nullable=False, server_default=sa.text("'member'")),
        sa.Column("display", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("password", sa.Text()),
        sa.Column("registered_ts", NUMBER),
        sa.Column("disabled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("seen_ts", NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("skeleton", sa.Text()),
        sa.Column("dm_policy", sa.Text(), nullable=False, server_default=sa.text("'open'")),
    ):
        op.add_column("accounts", column)
    is_registered = sa.text("skeleton IS NOT NULL")
    op.create_index(
        "ix_accounts_skeleton",
        "accounts",
        ["skeleton"],
        unique=True,
        sqlite_where=is_registered,
        postgresql_where=is_registered,
    )


def _channels() -> None:
    for column in (
        sa.Column("visibility", sa.Text(), nullable=False, server_default=sa.text("'public'")),
        sa.Column("moderated", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("slow_s", NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("settings", sa.LargeBinary(), nullable=False, server_default=sa.text("x''")),
    ):
        op.add_column("conversations", column)
    op.add_column("memberships", sa.Column("role", sa.Text(), nullable=False, server_default=sa.text("'member'")))


def _ways_in() -> None:
    op.create_table(
        "devices",
        sa.Column("id", NUMBER, nullable=False),
        _account(nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_ts", NUMBER, nullable=False),
        sa.Column("used_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("token_hash", name="uq_devices_token_hash"),
        _to_account("devices", "account"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_devices_account", "devices", ["account"])
    op.create_table(
        "invites",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("uses_left", NUMBER),
        sa.Column("expires_ts", NUMBER),
        sa.Column("conversation", NUMBER),
        sa.Column("made_by", NUMBER),
        sa.Column("made_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invites"),
        sa.UniqueConstraint("code_hash", name="uq_invites_code_hash"),
        _to_conversation("invites"),
        _to_account("invites", "made_by"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "allowlist",
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_allowlist"),
    )
    op.create_table(
        "channel_invites",
        sa.Column("conversation", NUMBER, nullable=False),
        _account(nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("made_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "account", name="pk_channel_invites"),
        _to_conversation("channel_invites"),
        _to_account("channel_invites", "account"),
        _to_account("channel_invites", "made_by"),
        sqlite_with_rowid=False,
    )


def _order() -> None:
    op.create_table(
        "sanctions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation", NUMBER),
        _account(nullable=True),
        sa.Column("address", sa.Text()),
        sa.Column("until_ts", NUMBER),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", NUMBER),
        sa.Column("made_ts", NUMBER, nullable=False),
        sa.Column("lifted_ts", NUMBER),
        sa.Column("lifted_by", NUMBER),
        sa.PrimaryKeyConstraint("id", name="pk_sanctions"),
        _to_conversation("sanctions"),
        _to_account("sanctions", "account"),
        _to_account("sanctions", "made_by"),
        _to_account("sanctions", "lifted_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sanctions_account", "sanctions", ["account"])


def _between_two() -> None:
    op.create_table(
        "ignores",
        _account(nullable=False),
        sa.Column("ignored", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("account", "ignored", name="pk_ignores"),
        _to_account("ignores", "account"),
        _to_account("ignores", "ignored"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "private_chats",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("conversation", NUMBER, nullable=False),
        sa.Column("asked_by", NUMBER, nullable=False),
        sa.Column("asked_ts", NUMBER, nullable=False),
        sa.Column("begun_ts", NUMBER),
        sa.Column("ended_ts", NUMBER),
        sa.Column("ended_by", NUMBER),
        sa.PrimaryKeyConstraint("number", name="pk_private_chats"),
        _to_conversation("private_chats"),
        _to_account("private_chats", "asked_by"),
        _to_account("private_chats", "ended_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_private_chats_conversation", "private_chats", ["conversation"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ts", NUMBER, nullable=False),
        sa.Column("actor", NUMBER),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )


def _account(*, nullable: bool) -> sa.Column[Any]:
    return sa.Column("account", NUMBER, nullable=nullable)


def _to_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["accounts.id"], name=f"fk_{table}_{column}")


def _to_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=f"fk_{table}_conversation")
