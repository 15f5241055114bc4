"""The table of letters that were written lately, for SQLite and PostgreSQL alike; with a version of its own.

It holds mailboxes and digests, no text. Times are seconds since the epoch. The letters stand in the outbox.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Double, Index, MetaData, Table

from gateway.directory.dialects import Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "refusal_notices_version"

told: Final = Table(
    "refusal_notices",
    metadata,
    Column("mailbox", Words(320), primary_key=True),
    Column("about", Words(320), primary_key=True),
    Column("time", Double, nullable=False),
    Index("ix_refusal_notices_time", "time"),
)
