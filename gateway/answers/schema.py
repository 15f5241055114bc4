"""The table of messages that wait for an answer, for SQLite and PostgreSQL alike; with a version of its own.

The migration makes it; this module and the newest migration must agree, and a test compares them. `key`: a keyed digest
of the Message-ID. Times are seconds since the epoch; `answered` NULL: not yet.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Double, Index, MetaData, Table

from gateway.directory.dialects import Words

metadata: Final = MetaData()
VERSION_TABLE: Final = "answers_version"

items: Final = Table(
    "answer_items",
    metadata,
    Column("mailbox", Words(320), primary_key=True),
    Column("key", Words(64), primary_key=True),
    Column("came", Double, nullable=False),
    Column("answered", Double),
    Column("by", Words, nullable=False),
    Index("ix_answer_items_key", "key"),
    Index("ix_answer_items_mailbox", "mailbox", "came"),
    Index("ix_answer_items_came", "came"),
)
