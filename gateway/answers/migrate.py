"""Brings the table of answers to the schema this version needs, as the journal's and the directory's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.answers.schema import VERSION_TABLE
from gateway.journal.migrate import Migrations

HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("record of answers", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")
