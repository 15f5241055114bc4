"""Letters about refusals that were written lately."""

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
        "refusal_notices",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, primary_key=True),
        sa.Column("time", sa.Double, nullable=False),
    )
    op.create_index("ix_refusal_notices_time", "refusal_notices", ["time"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("refusal_notices")
