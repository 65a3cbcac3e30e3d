"""Webhooks, accounts that are bots, and messages that say that a program wrote them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the columns; nobody was a bot before."""
    empty = sa.text("''")
    op.add_column("accounts", sa.Column("bot", sa.Text(), nullable=False, server_default=empty))
    op.add_column("messages", sa.Column("bot", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("via", sa.Text(), nullable=False, server_default=empty))
    op.create_table(
        "hooks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", NUMBER, nullable=False),
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("made_ts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hooks"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_hooks_conversation"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_hooks_account"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_hooks_made_by"),
        sa.UniqueConstraint("key_hash", name="uq_hooks_key_hash"),
        sa.UniqueConstraint("account", name="uq_hooks_account"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hooks_conversation", "hooks", ["conversation"])
