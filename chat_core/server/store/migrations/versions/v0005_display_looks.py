"""What display names look like, so that nobody passes for another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody could have a display name before."""
    op.add_column("accounts", sa.Column("display_looks", sa.Text()))
    is_shown = sa.text("display_looks IS NOT NULL")
    op.create_index(
        "ix_accounts_display_looks", "accounts", ["display_looks"], sqlite_where=is_shown, postgresql_where=is_shown
    )
