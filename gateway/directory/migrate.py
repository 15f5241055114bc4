"""Brings the directory's tables to the schema this version needs, once, however many processes start at one moment.

The journal's tables, in the same database, are none of it; how it is done is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.directory.schema import VERSION_TABLE
from gateway.journal.migrate import Migrations

HEAD: Final = "0001"
MIGRATIONS: Final = Migrations("directory", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")
