"""Accounts and sessions."""

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
        "console_users",
        sa.Column("name", sa.Text, primary_key=True),
        *map(_text, ("full_name", "role", "password")),
        sa.Column("disabled", sa.Integer, nullable=False),
        *map(_moment, ("created", "changed")),
        sa.Column("failures", sa.Integer, nullable=False),
        *map(_moment, ("locked_until", "last_login")),
    )
    op.create_table(
        "console_sessions",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        _text("name"),
        *map(_moment, ("began", "seen")),
        _text("client"),
    )
    op.create_index("ix_console_sessions_name", "console_sessions", ["name"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def downgrade() -> None:
    """Take them away."""
    for name in ("console_sessions", "console_users"):
        op.drop_table(name)
