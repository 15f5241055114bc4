"""The tables of what reports keep, for SQLite and PostgreSQL alike; beside the directory's, with a version apart.

Migrations make the tables; this module and the newest migration must agree, and a test compares them. Times are seconds
since the epoch in double precision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Double, Index, Integer, MetaData, Table

from gateway.directory.dialects import Words
from gateway.journal.migrate import Migrations

metadata: Final = MetaData()
VERSION_TABLE: Final = "reports_version"
HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("record of reports", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")

presence: Final = Table(  # in [since, until] this was so on this node
    "report_presence",
    metadata,
    Column("node", Words(300), primary_key=True),
    Column("what", Words(300), primary_key=True),
    Column("since", Double, primary_key=True),
    Column("until", Double, nullable=False),
    Index("ix_report_presence_until", "until"),
)

mailings: Final = Table(  # reports that were put into the outbox, each once
    "report_mailings",
    metadata,
    Column("key", Words(600), primary_key=True),
    Column("made", Double, nullable=False),
    Column("notices", Integer, nullable=False),
)
