"""Chains, decisions and what finds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "journal_chains",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("worker", sa.Integer, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sqlite_autoincrement=True,
    )
    _decisions(number)
    op.create_table(
        "decision_recipients",
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("address", "time", "decision"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decision_findings",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("rule", "time", "clause", "decision"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_decision_findings_clause", "decision_findings", ["clause", "time"])


def _decisions(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "decisions",
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("about", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("reverse_path", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("payload_digest", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    accepted, about = sa.text("action <> 'accept'"), sa.text("about IS NOT NULL")
    op.create_index("ix_decisions_reference", "decisions", ["reference"], unique=True)
    op.create_index("ix_decisions_time", "decisions", ["time", "id"])
    op.create_index("ix_decisions_sender", "decisions", ["reverse_path", "time"])
    op.create_index(
        "ix_decisions_action", "decisions", ["action", "time"], sqlite_where=accepted, postgresql_where=accepted
    )
    op.create_index("ix_decisions_about", "decisions", ["about"], sqlite_where=about, postgresql_where=about)


def downgrade() -> None:
    """Take them away."""
    for name in ("decision_findings", "decision_recipients", "decisions", "journal_chains"):
        op.drop_table(name)
