"""The tables of mailboxes' use and life, for SQLite and PostgreSQL alike; beside the directory's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are
seconds since the epoch in double precision: an interval's beginning is part of its key, so it comes back bit by bit.
`mailbox` is an address in lower case.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from gateway.directory.dialects import Number

metadata: Final = MetaData()
VERSION_TABLE: Final = "upkeep_version"

polls: Final = Table(  # the last attempt, and what the last good one saw
    "upkeep_polls",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("attempted", Double, nullable=False),
    Column("observed", Double),
    Column("failure", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("quota_used", BigInteger),
    Column("quota_limit", BigInteger),
    Column("old_messages", BigInteger),
    Column("old_counted", Double),
)

baselines: Final = Table(  # apart: a failed poll mostly leaves these bytes alone
    "upkeep_baselines",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("baseline", LargeBinary, nullable=False),
)

evidence: Final = Table(
    "upkeep_evidence",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("sign", Text, primary_key=True),
    Column("not_before", Double, primary_key=True),
    Column("not_after", Double, nullable=False),
    Column("strength", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("coarse", Double, nullable=False),
    Index("ix_upkeep_evidence_not_after", "not_after"),
)

coverage: Final = Table(
    "upkeep_coverage",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("since", Double, primary_key=True),
    Column("until", Double, nullable=False),
    Index("ix_upkeep_coverage_source", "source", "mailbox", "until"),
    Index("ix_upkeep_coverage_until", "until"),
)

records: Final = Table(  # `gateway.lifecycle.subject.Record`
    "upkeep_records",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("warned", Double),
    Column("locked", Double),
    Column("lock", Text, nullable=False),
    Column("held", Integer, nullable=False),
    Column("idle_since", Double),
    Column("rewarned", Double),
    Column("reopened", Double),
    Column("asked", Double),
)

steps: Final = Table(  # `step` is JSON, as `gateway.lifecycle.plan.Step.row` makes it
    "upkeep_steps",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("day", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("ended", Double),
    Column("step", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("mailbox", "day", "act", "way", name="uq_upkeep_steps"),
    Index("ix_upkeep_steps_result", "result"),
    Index("ix_upkeep_steps_day", "day"),
    sqlite_autoincrement=True,
)

passwords: Final = Table(  # when they were changed, as an LDAP server tells it; never anything of the password
    "upkeep_passwords",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("changed", Double),
    Column("must_change", Integer, nullable=False),
    Column("told", Double, nullable=False),
)

absent: Final = Table(  # since when it is in no directory; only while something is kept of it
    "upkeep_absent",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("since", Double, nullable=False),
)
