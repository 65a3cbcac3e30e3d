"""Messages in threads, and who follows which thread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, which say of every old message that it is in no thread, and the table."""
    op.add_column("messages", sa.Column("thread", _Number))
    op.add_column("messages", sa.Column("in_channel", sa.Boolean()))
    op.add_column("messages", sa.Column("replies", _Number, nullable=False, server_default=sa.text("0")))
    op.add_column("messages", sa.Column("last_reply", _Number, nullable=False, server_default=sa.text("0")))
    in_thread = sa.text("thread IS NOT NULL")
    op.create_index(
        "ix_messages_thread", "messages", ["thread", "id"], sqlite_where=in_thread, postgresql_where=in_thread
    )
    op.create_table(
        "threads",
        sa.Column("account", _Number, nullable=False),
        sa.Column("root", _Number, nullable=False),
        sa.Column("conversation", _Number, nullable=False),
        sa.Column("following", sa.Boolean(), nullable=False),
        sa.Column("read_seq", _Number, nullable=False),
        sa.Column("event", _Number, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_threads_account"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_threads_conversation"),
        sa.PrimaryKeyConstraint("account", "root", name="pk_threads"),
        sqlite_with_rowid=False,
    )
