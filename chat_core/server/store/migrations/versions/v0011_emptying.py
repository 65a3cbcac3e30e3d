"""Indexes by which what hangs on a deleted channel's messages is found."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_threads_root", "threads", ["root"])
    op.create_index("ix_bookmarks_message", "bookmarks", ["message"])
