"""The store on SQLite: whole or not at all, on record, polled without a lock, beside a journal that goes on."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.directory import migrations
from gateway.directory.entry import Snapshot, What
from gateway.directory.errors import DirectoryStale, DirectoryUnavailable, PlanRefused
from gateway.directory.migrate import HEAD
from gateway.directory.outbox import Notice, Outbox
from gateway.directory.plan import Wanted, after, change, diff, remove
from gateway.directory.schema import VERSION_TABLE, metadata
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from gateway.journal.store import Store, resolve_url
from gateway.who import Kind, Mailbox, State
from tests.unit.directory.support_store import GROUP, PERSON, SPARED, UNIT_MAILBOX, UNITS, filled, whole

_URL = "sqlite:///congthu.db"


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return filled(tmp_path)


def test_what_was_put_in_is_read_back(store: DirectoryStore) -> None:
    assert store.version() == 1
    assert store.snapshot() == after(Snapshot(), whole().steps)


def test_there_is_none_before_it_is_made(tmp_path: Path) -> None:
    store = DirectoryStore(_URL, tmp_path)
    assert store.version() == 0
    assert store.snapshot() == Snapshot()
    assert store.changes() == []
    assert not list(tmp_path.iterdir()), "a look makes no file"
    store.prepare()
    assert store.snapshot() == Snapshot()


def test_a_folder_that_cannot_be_looked_at_is_no_empty_directory(tmp_path: Path) -> None:
    with pytest.raises(DirectoryUnavailable):
        DirectoryStore("sqlite:///congthu.db", tmp_path / ("x" * 300)).snapshot()


def test_it_stands_beside_the_journal(tmp_path: Path) -> None:
    for first in ("journal", "directory"):
        folder = tmp_path / first
        folder.mkdir()
        journal = Store(resolve_url(_URL, folder), folder)
        directory = DirectoryStore(_URL, folder)
        if first == "journal":
            journal.open()
            assert directory.version() == 0
        assert filled(folder).version() == 1
        journal.open()
        journal.close()
        assert directory.snapshot().mailboxes


def test_the_file_is_not_for_others(store: DirectoryStore, tmp_path: Path) -> None:
    assert not stat.S_IMODE(os.stat(tmp_path / "congthu.db").st_mode) & 0o007
    os.chmod(tmp_path / "congthu.db", 0o644)
    store.prepare()
    assert not stat.S_IMODE(os.stat(tmp_path / "congthu.db").st_mode) & 0o007


def test_every_step_is_on_record(store: DirectoryStore) -> None:
    locked = replace(PERSON, state=State.LOCKED)
    assert store.apply(change(store.snapshot(), locked), who="lan@gw", source="by hand") == 2
    assert store.apply(remove(store.snapshot(), GROUP), who="lan@gw") == 3
    newest, changed, first = store.changes()[0], *store.changes(key=PERSON.key)[:2]
    assert (newest.what, newest.action, newest.before, newest.after) == (What.GROUP, "remove", GROUP, None)
    assert (changed.version, changed.who, changed.source) == (2, "lan@gw", "by hand")
    assert (changed.before, changed.after) == (PERSON, locked)
    assert (first.what, first.action) == (What.EXEMPTION, "add")
    assert len(store.changes()) == 9
    assert len(store.changes(limit=2)) == 2
    assert store.changes(since=newest.time + 1) == []


def test_a_plan_without_steps_changes_nothing(store: DirectoryStore) -> None:
    assert store.apply(change(store.snapshot(), PERSON), who="x") == 1
    assert store.apply(replace(change(store.snapshot(), PERSON), base=77), who="x") == 1


def test_a_plan_of_an_older_state_is_refused(store: DirectoryStore) -> None:
    snapshot = store.snapshot()
    store.apply(change(snapshot, replace(PERSON, holder="A")), who="x")
    with pytest.raises(DirectoryStale):
        store.apply(change(snapshot, replace(PERSON, holder="B")), who="y")
    assert store.snapshot().mailbox(PERSON.address) == replace(PERSON, holder="A")
    assert store.version() == 2


def test_a_flawed_plan_is_refused(store: DirectoryStore) -> None:
    plan = change(store.snapshot(), replace(PERSON, unit="nowhere"))
    with pytest.raises(PlanRefused, match="there is no unit nowhere") as caught:
        store.apply(plan, who="x")
    assert caught.value.flaws == plan.flaws
    assert store.version() == 1


def test_nothing_is_half_applied(store: DirectoryStore) -> None:
    """The database itself holds to one owner an address, whatever a plan says: and then nothing of it is there."""
    thief = Mailbox("thief@x.example", Kind.PERSONAL, aliases=(PERSON.address,))
    good = Mailbox("good@x.example", Kind.PERSONAL)
    plan = replace(diff(store.snapshot(), Wanted(mailboxes=(good, thief))), flaws=())
    notice = Notice("change", "", "a@b", "c@d", b"x")
    with pytest.raises(DirectoryUnavailable):
        store.apply(plan, who="x", notices=[notice])
    assert store.snapshot() == after(Snapshot(), whole().steps)
    assert len(store.changes()) == 7
    assert Outbox(store.database).list() == []


_DIES = """
import os, sys
from dataclasses import replace
from pathlib import Path
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from tests.unit.directory.support_store import PERSON, UNIT_MAILBOX

store = DirectoryStore("sqlite:///congthu.db", Path(sys.argv[1]))
plan = change(store.snapshot(), replace(PERSON, holder="A"), replace(UNIT_MAILBOX, holder="B"))
store.apply(plan, who="x", progress=lambda steps: os._exit(9))
"""


def test_a_process_that_dies_in_the_middle_leaves_nothing(store: DirectoryStore, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _DIES, str(tmp_path)], cwd=Path(__file__).parents[3])
    assert done.returncode == 9
    assert store.snapshot() == after(Snapshot(), whole().steps)
    assert store.apply(change(store.snapshot(), replace(PERSON, holder="A")), who="x") == 2


def test_addresses_may_move_within_a_plan(store: DirectoryStore) -> None:
    other = replace(UNIT_MAILBOX, aliases=PERSON.aliases)
    store.apply(change(store.snapshot(), replace(PERSON, aliases=()), other), who="x")
    swapped = (replace(PERSON, aliases=PERSON.aliases), UNIT_MAILBOX)
    store.apply(change(store.snapshot(), *swapped), who="x")
    assert store.snapshot().mailboxes == after(Snapshot(), whole().steps).mailboxes


def test_notices_go_with_the_change(store: DirectoryStore) -> None:
    notice = Notice("change", "pnv", "a@b", "c@d", b"x\r\n")
    store.apply(change(store.snapshot(), replace(PERSON, holder="A")), who="x", notices=[notice, notice])
    assert [one.notice for one in Outbox(store.database).list()] == [notice, notice]


def test_progress_is_told(tmp_path: Path) -> None:
    store = DirectoryStore(_URL, tmp_path)
    store.prepare()
    many = tuple(Mailbox(f"m{number:04}@x.example", Kind.PERSONAL) for number in range(1200))
    said: list[int] = []
    store.apply(diff(Snapshot(), Wanted(mailboxes=many)), who="x", progress=said.append)
    assert said == [500, 1000, 1200]
    assert store.snapshot().mailboxes == many
    store.apply(diff(store.snapshot(), Wanted(), remove_missing=True), who="x")
    assert store.snapshot().mailboxes == ()


@pytest.fixture
def writer(tmp_path: Path, store: DirectoryStore) -> Iterator[sqlite3.Connection]:
    """Another process in the middle of a transaction."""
    connection = sqlite3.connect(tmp_path / "congthu.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE directory_state SET version = 99")
    yield connection
    connection.close()


def test_readers_do_not_wait_for_a_writer(store: DirectoryStore, writer: sqlite3.Connection) -> None:
    assert store.version() == 1
    assert len(store.snapshot().mailboxes) == 3


def test_a_writer_waits_and_gives_up_with_one_line(store: DirectoryStore, writer: sqlite3.Connection) -> None:
    plan = change(store.snapshot(), replace(PERSON, holder="A"))
    with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: database is locked$"):
        store.apply(plan, who="x")
    writer.execute("ROLLBACK")
    assert store.apply(plan, who="x") == 2


def test_two_at_once_and_one_wins(store: DirectoryStore) -> None:
    plans = [change(store.snapshot(), replace(PERSON, holder=f"H{number}")) for number in range(8)]
    results: list[object] = []

    def attempt(number: int) -> None:
        try:
            results.append(store.apply(plans[number], who="x"))
        except DirectoryStale as error:
            results.append(type(error))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == sorted(map(str, [2, *[DirectoryStale] * 7]))
    assert len(store.changes(key=PERSON.key)) == 3


def test_a_database_of_a_newer_version_is_left_alone(store: DirectoryStore, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "congthu.db") as connection:
        connection.execute("UPDATE directory_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StartError, match="newer version"):
        store.prepare()


def test_a_value_of_a_newer_version_is_no_traceback(store: DirectoryStore, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "congthu.db") as connection:
        connection.execute("UPDATE directory_mailboxes SET state = 'sleeping'")
    connection.close()
    with pytest.raises(DirectoryUnavailable, match="sleeping"):
        store.snapshot()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"hello " * 2000)
    store = DirectoryStore(_URL, tmp_path)
    for ask in (store.version, store.snapshot, store.prepare):
        with pytest.raises(DirectoryUnavailable, match="not a database"):
            ask()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DirectoryUnavailable):
        DirectoryStore(_URL, tmp_path / "none").prepare()


def test_many_processes_may_start_at_once(tmp_path: Path) -> None:
    stores = [DirectoryStore(_URL, tmp_path) for _ in range(6)]
    errors: list[BaseException] = []

    def prepare(store: DirectoryStore) -> None:
        try:
            store.prepare()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=prepare, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert stores[0].apply(whole(), who="x") == 1


def test_migrations_make_the_tables_of_the_schema(store: DirectoryStore) -> None:
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_this_version_wants() -> None:
    assert ScriptDirectory(str(Path(migrations.__path__[0]))).get_current_head() == HEAD


def test_the_store_keeps_what_hostile_text_says(store: DirectoryStore) -> None:
    strange = replace(PERSON, note="'; DROP TABLE directory_units; --", holder='{"a": [1]}')
    store.apply(change(store.snapshot(), strange), who="x'\"", source="%s {0}")
    assert store.snapshot().mailbox(PERSON.address) == strange
    assert store.snapshot().units == UNITS
    assert SPARED in store.snapshot().exemptions
    assert store.changes(limit=1)[0].after == strange
