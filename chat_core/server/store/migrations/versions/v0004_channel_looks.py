"""What channels' names look like, so that no new one passes for another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chat_core.base.looks import skeleton

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it in for the channels there are; two of them may look alike."""
    op.add_column("conversations", sa.Column("skeleton", sa.Text()))
    rows = sa.table("conversations", sa.column("id"), sa.column("kind"), sa.column("name"), sa.column("skeleton"))
    connection = op.get_bind()
    for number, name in connection.execute(sa.select(rows.c.id, rows.c.name).where(rows.c.kind == "channel")).all():
        connection.execute(sa.update(rows).where(rows.c.id == number).values(skeleton=skeleton(name)))
    is_named = sa.text("skeleton IS NOT NULL")
    op.create_index(
        "ix_conversations_skeleton",
        "conversations",
        ["skeleton"],
        sqlite_where=is_named,
        postgresql_where=is_named,
    )
