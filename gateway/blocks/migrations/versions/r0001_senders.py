"""How senders stand, and how they came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _state()
    _standings()
    _history(sa.BigInteger().with_variant(sa.Integer, "sqlite"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _state() -> None:
    made = op.create_table(
        "blocks_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(made, [{"id": 1, "version": 1, "changed": 0}])


def _standings() -> None:
    op.create_table(
        "sender_standings",
        sa.Column("who", sa.Text, primary_key=True),
        _text("standing"),
        sa.Column("since", sa.BigInteger, nullable=False),
        *map(_text, ("actor", "note", "reasons", "evidence")),
    )


def _history(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "sender_history",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        *map(_text, ("who", "before", "standing", "actor", "reason", "confirmation", "reasons", "evidence")),
        sa.Column("told", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sender_history_who", "sender_history", ["who", "number"])
    op.create_index("ix_sender_history_time", "sender_history", ["time"])


def downgrade() -> None:
    """Take them away."""
    for name in ("sender_history", "sender_standings", "blocks_state"):
        op.drop_table(name)
