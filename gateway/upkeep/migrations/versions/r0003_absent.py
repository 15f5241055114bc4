"""Since when a mailbox of which something is kept is in no directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "upkeep_absent",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("since", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("upkeep_absent")
