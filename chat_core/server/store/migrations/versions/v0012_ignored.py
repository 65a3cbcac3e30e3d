"""What people write whom an account ignores is counted with its own messages: it is not unread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COUNT = """
UPDATE memberships SET own_unread = own_unread + (
    SELECT count(*) FROM messages, ignores
    WHERE ignores.account = memberships.account AND messages.author = ignores.ignored
    AND messages.id > (memberships.conversation << 32 | memberships.read_seq)
    AND messages.id <= (memberships.conversation << 32 | 4294967295)
    AND (messages.thread IS NULL OR messages.in_channel)
) WHERE until_seq IS NULL AND account IN (SELECT account FROM ignores)
"""


def upgrade() -> None:
    """Add the index, and count what is there."""
    op.create_index("ix_ignores_ignored", "ignores", ["ignored", "account"])
    op.execute(sa.text(_COUNT))
