"""Finds what was said later about decisions, and what people did, by its kind and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index: it holds notes only, so decisions pay nothing for it."""
    about = sa.text("about IS NOT NULL")
    op.create_index("ix_decisions_kind", "decisions", ["kind", "time"], sqlite_where=about, postgresql_where=about)


def downgrade() -> None:
    """Take it away: it is found again in the rows."""
    op.drop_index("ix_decisions_kind", "decisions")
