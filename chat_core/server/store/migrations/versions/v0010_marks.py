"""Reactions, pins and bookmarks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("messages", sa.Column("reactions", sa.LargeBinary(), nullable=False, server_default=sa.text("x''")))
    op.add_column("messages", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    is_pinned = sa.text("pinned")
    op.create_index("ix_messages_pinned", "messages", ["id"], sqlite_where=is_pinned, postgresql_where=is_pinned)
    op.create_table(
        "reactions",
        sa.Column("account", _Number, sa.ForeignKey("accounts.id", name="fk_reactions_account"), nullable=False),
        sa.Column("message", _Number, nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("seq", _Number, nullable=False),
        sa.PrimaryKeyConstraint("account", "message", "emoji", name="pk_reactions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reactions_message", "reactions", ["message", "seq"])
    op.create_table(
        "bookmarks",
        sa.Column("id", _Number, nullable=False),
        sa.Column("account", _Number, sa.ForeignKey("accounts.id", name="fk_bookmarks_account"), nullable=False),
        sa.Column("message", _Number, nullable=False),
        sa.Column("made_ts", _Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookmarks"),
        sa.UniqueConstraint("account", "message", name="uq_bookmarks_account_message"),
        sqlite_autoincrement=True,
    )
