"""Every room that keeps tables: how they are made, and what the code thinks of them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gateway.answers import migrate as answers
from gateway.answers import schema as answers_schema
from gateway.blocks import migrate as blocks
from gateway.blocks import schema as blocks_schema
from gateway.console import migrate as console
from gateway.console import schema as console_schema
from gateway.directory import migrate as directory
from gateway.directory import schema as directory_schema
from gateway.journal import migrate as journal
from gateway.journal import schema as journal_schema
from gateway.journal.migrate import Migrations
from gateway.notifying import migrate as notifying
from gateway.notifying import schema as notifying_schema
from gateway.orders import migrate as orders
from gateway.orders import schema as orders_schema
from gateway.reports import schema as reports_schema
from gateway.upkeep import migrate as upkeep
from gateway.upkeep import schema as upkeep_schema

ROOMS: Final[tuple[tuple[Migrations, sa.MetaData], ...]] = (
    (journal.MIGRATIONS, journal_schema.metadata),
    (directory.MIGRATIONS, directory_schema.metadata),
    (blocks.MIGRATIONS, blocks_schema.metadata),
    (upkeep.MIGRATIONS, upkeep_schema.metadata),
    (answers.MIGRATIONS, answers_schema.metadata),
    (notifying.MIGRATIONS, notifying_schema.metadata),
    (reports_schema.MIGRATIONS, reports_schema.metadata),
    (console.MIGRATIONS, console_schema.metadata),
    (orders.MIGRATIONS, orders_schema.metadata),
)
ALL: Final = tuple(migrations for migrations, _ in ROOMS)
