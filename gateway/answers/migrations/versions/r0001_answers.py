"""Messages that wait for an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answer_items",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("came", sa.Double, nullable=False),
        sa.Column("answered", sa.Double),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_index("ix_answer_items_key", "answer_items", ["key"])
    op.create_index("ix_answer_items_mailbox", "answer_items", ["mailbox", "came"])
    op.create_index("ix_answer_items_came", "answer_items", ["came"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("answer_items")
