"""Whom messages mention, what of a log was deleted, quiet conversations. Messages from before mention nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, the table and the indexes."""
    op.add_column("memberships", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    nothing = sa.text("''")
    op.add_column("messages", sa.Column("mentions", sa.Text(), nullable=False, server_default=nothing))
    op.add_column("messages", sa.Column("everyone", sa.Text(), nullable=False, server_default=nothing))
    op.create_table(
        "mentions",
        sa.Column("account", _Number, sa.ForeignKey("accounts.id", name="fk_mentions_account"), nullable=False),
        sa.Column("message", _Number, nullable=False),
        sa.Column("ts", _Number, nullable=False),
        sa.PrimaryKeyConstraint("account", "message", name="pk_mentions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mentions_account_ts", "mentions", ["account", "ts"])
    for name, condition in (
        ("ix_messages_deleted", sa.text("deleted = 1" if op.get_bind().dialect.name == "sqlite" else "deleted")),
        ("ix_messages_everyone", sa.text("everyone != ''")),
    ):
        op.create_index(name, "messages", ["id", "author"], sqlite_where=condition, postgresql_where=condition)
