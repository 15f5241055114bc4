"""When passwords were changed, as an LDAP server tells it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "upkeep_passwords",
        sa.Column("mailbox", sa.Text, primary_key=True),
        sa.Column("changed", sa.Double),
        sa.Column("must_change", sa.Integer, nullable=False),
        sa.Column("told", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("upkeep_passwords")
