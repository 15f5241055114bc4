"""Alembic's entry: runs the steps on the connection that `gateway.upkeep.migrate` hands over."""

from __future__ import annotations

from alembic import context

from gateway.upkeep.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
