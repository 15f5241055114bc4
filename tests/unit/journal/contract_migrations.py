"""What each room's migrations promise on whatever database. A subclass gives the fixture `url`: an empty store."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.directory import migrate as directory
from gateway.directory.database import Database
from gateway.errors import StartError
from gateway.journal.migrate import Migrations
from gateway.journal.store import make_engine, resolve_url
from tests.support.rooms import ALL, ROOMS


def revisions(migrations: Migrations, connection: sa.Connection) -> list[str]:
    """The names of the steps, first to last."""
    found = ScriptDirectory.from_config(migrations._config(connection)).walk_revisions()
    return [step.revision for step in found][::-1]


def differences(connection: sa.Connection, migrations: Migrations, metadata: sa.MetaData) -> list[object]:
    """What the tables have that the code does not know, or lack."""

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or name in metadata.tables

    options = {"version_table": migrations.table, "include_object": ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def prepare(url: str, folder: Path, ready: object) -> None:
    """Another process: make the tables of every room at the moment when all do."""
    ready.wait(30)  # type: ignore[attr-defined]
    Database(url, folder).prepare(*ALL)


def _value(column: sa.Column[object]) -> object:
    kind = column.type.python_type
    return {"int": 7, "float": 7.5, "str": "đã có", "bytes": b"\x00\xff"}.get(kind.__name__)


def fill(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, dict[str, object]]:
    """A row in each of these tables that there is; what was put in, by table."""
    there = set(sa.inspect(connection).get_table_names())
    made: dict[str, dict[str, object]] = {}
    for table in metadata.sorted_tables:
        if table.name in there:
            made[table.name] = {
                column.name: _value(column) for column in table.columns if not column.nullable or column.primary_key
            }
            connection.execute(sa.insert(table).values(made[table.name]))
    return made


@pytest.mark.bare
class MigrationContract:
    """The promises, of each room by itself and of all in one database."""

    @pytest.fixture
    def connection(self, url: str, tmp_path: Path) -> Iterator[sa.Connection]:
        engine = make_engine(resolve_url(url, tmp_path))
        with engine.connect() as made, made.begin():
            yield made

    @pytest.mark.parametrize(("migrations", "metadata"), ROOMS, ids=lambda one: getattr(one, "table", ""))
    def test_up_down_and_up_again(
        self, connection: sa.Connection, migrations: Migrations, metadata: sa.MetaData
    ) -> None:
        migrations.ensure(connection)
        assert differences(connection, migrations, metadata) == []
        migrations.downgrade(connection, "base")
        assert set(sa.inspect(connection).get_table_names()) <= {migrations.table}
        migrations.ensure(connection)
        assert migrations.current(connection) == migrations.head == revisions(migrations, connection)[-1]
        assert differences(connection, migrations, metadata) == []

    @pytest.mark.parametrize(("migrations", "metadata"), ROOMS, ids=lambda one: getattr(one, "table", ""))
    def test_each_step_keeps_the_rows_that_are_there(
        self, connection: sa.Connection, migrations: Migrations, metadata: sa.MetaData
    ) -> None:
        for step in revisions(migrations, connection):
            migrations.ensure(connection)
            migrations.downgrade(connection, step)
            rows = fill(connection, metadata)
            assert rows
            migrations.ensure(connection)
            assert differences(connection, migrations, metadata) == []
            for name, row in rows.items():
                found = connection.execute(sa.select(metadata.tables[name])).mappings().all()
                assert any({key: one[key] for key in row} == row for one in found), name
            migrations.downgrade(connection, "base")

    def test_rooms_stand_side_by_side(self, connection: sa.Connection) -> None:
        for migrations, _ in ROOMS:
            migrations.ensure(connection)
        for migrations, metadata in ROOMS:
            assert differences(connection, migrations, metadata) == []
        directory.MIGRATIONS.downgrade(connection, "base")
        assert all(differences(connection, one, tables) == [] for one, tables in ROOMS if one.name != "directory")

    @pytest.mark.parametrize("migrations", ALL, ids=lambda one: one.table)
    def test_a_newer_schema_is_refused(self, connection: sa.Connection, migrations: Migrations) -> None:
        migrations.ensure(connection)
        connection.execute(sa.text(f"UPDATE {migrations.table} SET version_num = '9999'"))
        with pytest.raises(StartError, match=rf"^the {migrations.name} has schema 9999, made by a newer version"):
            migrations.ensure(connection)

    def test_processes_that_start_at_once(self, url: str, tmp_path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        ready = context.Barrier(2)
        started = [context.Process(target=prepare, args=(url, tmp_path, ready)) for _ in range(2)]
        for one in started:
            one.start()
        for one in started:
            one.join(60)
        assert [one.exitcode for one in started] == [0, 0]
        with Database(url, tmp_path).reading() as connection:
            assert all(one.current(connection) == one.head for one in ALL)
