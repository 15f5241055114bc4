"""What is known of each mailbox's use, and what was done to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _polls()
    _evidence()
    _coverage()
    _records()
    _steps(sa.BigInteger().with_variant(sa.Integer, "sqlite"))


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _moment(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double)


def _polls() -> None:
    op.create_table(
        "upkeep_polls",
        _key("mailbox"),
        sa.Column("attempted", sa.Double, nullable=False),
        _moment("observed"),
        *map(_text, ("failure", "detail")),
        *(sa.Column(name, sa.BigInteger) for name in ("quota_used", "quota_limit", "old_messages")),
        _moment("old_counted"),
    )
    op.create_table("upkeep_baselines", _key("mailbox"), sa.Column("baseline", sa.LargeBinary, nullable=False))


def _evidence() -> None:
    op.create_table(
        "upkeep_evidence",
        *map(_key, ("mailbox", "source", "kind", "sign")),
        sa.Column("not_before", sa.Double, primary_key=True),
        sa.Column("not_after", sa.Double, nullable=False),
        *map(_text, ("strength", "actor")),
        sa.Column("coarse", sa.Double, nullable=False),
    )
    op.create_index("ix_upkeep_evidence_not_after", "upkeep_evidence", ["not_after"])


def _coverage() -> None:
    op.create_table(
        "upkeep_coverage",
        *map(_key, ("mailbox", "source")),
        sa.Column("since", sa.Double, primary_key=True),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_index("ix_upkeep_coverage_source", "upkeep_coverage", ["source", "mailbox", "until"])
    op.create_index("ix_upkeep_coverage_until", "upkeep_coverage", ["until"])


def _records() -> None:
    op.create_table(
        "upkeep_records",
        _key("mailbox"),
        *map(_moment, ("warned", "locked")),
        _text("lock"),
        sa.Column("held", sa.Integer, nullable=False),
        *map(_moment, ("idle_since", "rewarned", "reopened", "asked")),
    )


def _steps(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "upkeep_steps",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        *map(_text, ("day", "mailbox", "act", "way", "result")),
        sa.Column("began", sa.Double, nullable=False),
        _moment("ended"),
        *map(_text, ("step", "detail")),
        sa.UniqueConstraint("mailbox", "day", "act", "way", name="uq_upkeep_steps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_upkeep_steps_result", "upkeep_steps", ["result"])
    op.create_index("ix_upkeep_steps_day", "upkeep_steps", ["day"])


def downgrade() -> None:
    """Take them away."""
    for name in (
        "upkeep_steps",
        "upkeep_records",
        "upkeep_coverage",
        "upkeep_evidence",
        "upkeep_baselines",
        "upkeep_polls",
    ):
        op.drop_table(name)
