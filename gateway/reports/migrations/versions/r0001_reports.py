"""When the gateway was there, and which reports were mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report_presence",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("since", sa.Double, primary_key=True),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_index("ix_report_presence_until", "report_presence", ["until"])
    op.create_table(
        "report_mailings",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("notices", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("report_mailings", "report_presence"):
        op.drop_table(name)
