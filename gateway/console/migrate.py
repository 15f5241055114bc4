"""Brings the console's tables to the schema this version needs, as the journal's and the directory's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.console.schema import VERSION_TABLE
from gateway.journal.migrate import Migrations

HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("console's accounts", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")
