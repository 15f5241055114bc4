"""Brings the table of refusal notices to the schema this version needs, as the journal's and the directory's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.journal.migrate import Migrations
from gateway.notifying.schema import VERSION_TABLE

HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("record of refusal notices", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")
