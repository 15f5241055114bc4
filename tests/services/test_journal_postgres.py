"""The journal on a real PostgreSQL, beside its contract: several nodes, and who edits its tables."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.errors import JournalUnavailable, StartError
from gateway.journal import Journal, Note
from gateway.journal.chain import row_id
from gateway.journal.migrate import MIGRATIONS
from gateway.journal.query import Filter, search
from gateway.journal.reader import open_reader
from gateway.journal.store import Store, make_engine, resolve_url
from tests.support.postgres import PostgresServer
from tests.unit.journal.support import check, decision, names, refusal, running, sql

pytestmark = pytest.mark.service("postgresql")


async def test_rows_are_written_found_and_proved(url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url) as journal:
        one = refusal(recipients=["Bình@tinh.example", "\x00x"])
        await journal.commit(one)
        for _ in range(300):
            journal.append(decision())
        journal.append(Note("outcome", one.reference, "đã gửi", time=1.0))
    report = check(tmp_path, url)
    assert (report.total, report.rows) == (0, 303)
    with contextlib.closing(open_reader(url, tmp_path)) as connection:
        wanted = Filter(recipient="bình@tinh.example", action="reject", clause="Q4 4.2", text="BÁO")
        assert [found.record["reference"] for found in search(connection, wanted)] == [one.reference]
        assert len(list(search(connection, Filter(sender="an@*")))) == 301


async def test_nodes_start_at_once_and_share_it(url: str, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("gw1", "gw2", "gw3")]
    for folder in folders:
        folder.mkdir()
    journals = [Journal(url, folder, node=folder.name) for folder in folders]
    await asyncio.gather(*(journal.start() for journal in journals))
    await asyncio.gather(*(journal.commit(refusal()) for journal in journals for _ in range(20)))
    await asyncio.gather(*(journal.close() for journal in journals))
    for folder in folders:
        report = check(folder, url, node=folder.name)
        assert (report.total, report.chains, report.rows) == (0, 1, 21)
    assert "other-key" in names(check(folders[0], url))


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE decisions SET size = 1 WHERE id = {row}", "columns-edited"),
        ("UPDATE decisions SET payload = '{{}}' WHERE id = {row}", "payload-edited"),
        ("DELETE FROM decisions WHERE id = {row}", "row-removed"),
        ("DELETE FROM decisions WHERE id > {row}", "tail-removed"),
        ("DELETE FROM decision_recipients WHERE decision = {row}", "index-edited"),
    ],
)
async def test_tampering_is_found(url: str, tmp_path: Path, statement: str, name: str) -> None:
    async with running(tmp_path, url) as journal:
        for _ in range(3):
            await journal.commit(refusal())
    assert sql(url, tmp_path, statement.format(row=row_id(1, 2)))[0][0]
    assert name in names(check(tmp_path, url))


async def test_a_poison_row_does_not_stop_the_others(url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url) as journal:
        first = refusal()
        await journal.commit(first)
        again = journal.commit(refusal(reference=first.reference))
        strange = journal.commit(decision(listener="\x00"))
        results = await asyncio.gather(again, strange, journal.commit(refusal()), return_exceptions=True)
        assert [type(result) for result in results] == [JournalUnavailable, JournalUnavailable, type(None)]
    assert check(tmp_path, url).rows == 3


@pytest.mark.bare
def test_a_migration_may_take_its_time(url: str, tmp_path: Path) -> None:
    with make_engine(resolve_url(url, tmp_path)).connect() as connection:
        asked = sa.text("SHOW statement_timeout")
        assert connection.execute(asked).scalar() == "10s"
        MIGRATIONS.ensure(connection)
        assert connection.execute(asked).scalar() == "0"
        connection.rollback()
        assert connection.execute(asked).scalar() == "10s"


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_without_room_for_vietnamese(postgres: PostgresServer, tmp_path: Path, encoding: str) -> None:
    name = f"old_{encoding.lower()}"
    postgres.sql(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    url = postgres.url.replace("/postgres?", f"/{name}?")
    for prepare in (Database(url, tmp_path).prepare, Store(resolve_url(url, tmp_path), tmp_path).open):
        with pytest.raises(StartError, match=f"keeps text as {encoding}"):
            prepare()
