"""Orders about rules: modes and exemptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BEFORE = ("kind", "rule", "place", "mode", "sender", "recipient", "network", "until", "actor", "reason", "reference")


def upgrade() -> None:
    """Make the tables."""
    made = op.create_table(
        "orders_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(made, [{"id": 1, "version": 1}])
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "rule_orders",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        *map(_text, _BEFORE),
        sa.Column("ended", sa.BigInteger, nullable=False),
        *map(_text, ("ended_by", "ended_why")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_orders_ended", "rule_orders", ["ended", "number"])


def downgrade() -> None:
    """Take them away."""
    for name in ("rule_orders", "orders_state"):
        op.drop_table(name)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)
