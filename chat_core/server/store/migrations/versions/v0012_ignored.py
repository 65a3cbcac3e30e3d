"""What people write whom an account ignores is counted with its own messages: it is not unread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# In one reading of all messages: one for each who ignores somebody would take minutes where many do. The order of the
# tables is the order in which SQLite reads them, because of CROSS JOIN.
_COUNT = """
UPDATE memberships SET own_unread = own_unread + counted.number FROM (
    SELECT seat.conversation, seat.account, count(*) AS number
    FROM messages CROSS JOIN ignores CROSS JOIN memberships AS seat
    WHERE (messages.thread IS NULL OR messages.in_channel) AND ignores.ignored = messages.author
    AND seat.conversation = messages.id >> 32 AND seat.account = ignores.account AND seat.until_seq IS NULL
    AND seat.read_seq < messages.id & 4294967295
    GROUP BY seat.conversation, seat.account
) AS counted
WHERE memberships.conversation = counted.conversation AND memberships.account = counted.account
AND memberships.until_seq IS NULL
"""


def upgrade() -> None:
    """Add the index, and count what is there."""
    op.create_index("ix_ignores_ignored", "ignores", ["ignored", "account"])
    op.execute(sa.text(_COUNT))
