"""Messages that are edited and deleted: what an event is about, and what became of a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns in place: no row of the large tables is written again."""
    op.add_column("events", sa.Column("target", NUMBER))
    is_about_one = sa.text("target IS NOT NULL")
    op.create_index("ix_events_target", "events", ["target"], sqlite_where=is_about_one, postgresql_where=is_about_one)
    op.add_column("messages", sa.Column("edits", NUMBER, nullable=False, server_default=sa.text("0")))
    op.add_column("messages", sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()))
