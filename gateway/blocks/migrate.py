"""Brings the tables of senders' standings to the schema this version needs, as the journal's and the directory's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.blocks.schema import VERSION_TABLE
from gateway.journal.migrate import Migrations

HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("record of blocked senders", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")
