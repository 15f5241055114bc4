"""Alembic's entry for the steps of every room, on the connection that `gateway.journal.migrate` hands over."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    target_metadata=None,  # steps are written by hand; tests compare them with the tables that the code knows
    version_table=given["version_table"],
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
