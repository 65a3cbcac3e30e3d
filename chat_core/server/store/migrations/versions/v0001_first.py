"""The first version: accounts, conversations, their logs and what is folded from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _people()
    _logs()
    _account_logs()


def _people() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("log_head", NUMBER, nullable=False),
        sa.Column("created_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name_key", name="uq_accounts_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "conversations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("name_key", KEY),
        sa.Column("direct_key", sa.Text()),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("head", NUMBER, nullable=False),
        sa.Column("head_eid", sa.LargeBinary(), nullable=False),
        sa.Column("ordinal", NUMBER, nullable=False),
        sa.Column("member_count", NUMBER, nullable=False),
        sa.Column("created_by", NUMBER),
        sa.Column("created_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("name_key", name="uq_conversations_name_key"),
        sa.UniqueConstraint("direct_key", name="uq_conversations_direct_key"),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name="fk_conversations_created_by"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "memberships",
        sa.Column("conversation", NUMBER, nullable=False),
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("since_seq", NUMBER, nullable=False),
        sa.Column("until_seq", NUMBER),
        sa.Column("read_seq", NUMBER, nullable=False),
        sa.Column("read_ordinal", NUMBER, nullable=False),
        sa.Column("own_unread", NUMBER, nullable=False),
        sa.Column("marker_event", NUMBER, nullable=False),
        sa.Column("joined_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "account", "since_seq", name="pk_memberships"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_memberships_conversation"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_memberships_account"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_memberships_account", "memberships", ["account", "conversation"])


def _logs() -> None:
    op.create_table(
        "events",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("eid", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author", NUMBER, nullable=False),
        sa.Column("ts", NUMBER, nullable=False),
        sa.Column("cid", sa.LargeBinary()),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["author"], ["accounts.id"], name="fk_events_author"),
    )
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ordinal", NUMBER, nullable=False),
        sa.Column("author", NUMBER, nullable=False),
        sa.Column("ts", NUMBER, nullable=False),
        sa.Column("changed", NUMBER, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("reply_to", NUMBER),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(["author"], ["accounts.id"], name="fk_messages_author"),
    )
    op.create_table(
        "cids",
        sa.Column("cid", sa.LargeBinary(), nullable=False),
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("conversation", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("ts", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("cid", "account", name="pk_cids"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_cids_account"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_cids_conversation"),
        sqlite_with_rowid=False,
    )


def _account_logs() -> None:
    op.create_table(
        "account_events",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation", NUMBER, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "seq", name="pk_account_events"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_account_events_account"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_account_events_conversation"),
        sqlite_with_rowid=False,
    )
