"""What the directory's store promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.directory.entry import Snapshot, What
from gateway.directory.errors import DirectoryStale, DirectoryUnavailable, PlanRefused
from gateway.directory.outbox import Notice, Outbox, enqueue
from gateway.directory.plan import Wanted, after, change, diff, remove
from gateway.directory.store import DirectoryStore
from gateway.journal.store import Store, resolve_url
from gateway.who import Kind, Mailbox, State
from tests.unit.directory.support_store import GROUP, PERSON, SPARED, UNIT_MAILBOX, UNITS, filled, whole

_DIES = """
import os, sys
from dataclasses import replace
from pathlib import Path
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from tests.unit.directory.support_store import PERSON, UNIT_MAILBOX

store = DirectoryStore(sys.argv[2], Path(sys.argv[1]))
plan = change(store.snapshot(), replace(PERSON, holder="A"), replace(UNIT_MAILBOX, holder="B"))
store.apply(plan, who="x", progress=lambda steps: os._exit(9))
"""


class StoreContract:
    """Whole or not at all, on record, and read as one snapshot."""

    @pytest.fixture
    def store(self, url: str, tmp_path: Path) -> DirectoryStore:
        return filled(tmp_path, url)

    def test_what_was_put_in_is_read_back(self, store: DirectoryStore) -> None:
        assert store.version() == 1
        assert store.snapshot() == after(Snapshot(), whole().steps)

    @pytest.mark.bare
    @pytest.mark.parametrize("first", ["journal", "directory"])
    def test_it_stands_beside_the_journal(self, url: str, tmp_path: Path, first: str) -> None:
        journal = Store(resolve_url(url, tmp_path), tmp_path)
        directory = DirectoryStore(url, tmp_path)
        if first == "journal":
            journal.open()
        assert (directory.version(), directory.snapshot(), directory.changes()) == (0, Snapshot(), [])
        assert filled(tmp_path, url).version() == 1
        journal.open()
        journal.close()
        assert directory.snapshot().mailboxes

    def test_every_step_is_on_record(self, store: DirectoryStore) -> None:
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

    def test_a_plan_without_steps_changes_nothing(self, store: DirectoryStore) -> None:
        assert store.apply(change(store.snapshot(), PERSON), who="x") == 1
        assert store.apply(replace(change(store.snapshot(), PERSON), base=77), who="x") == 1

    def test_a_plan_of_an_older_state_is_refused(self, store: DirectoryStore) -> None:
        snapshot = store.snapshot()
        store.apply(change(snapshot, replace(PERSON, holder="A")), who="x")
        with pytest.raises(DirectoryStale):
            store.apply(change(snapshot, replace(PERSON, holder="B")), who="y")
        assert store.snapshot().mailbox(PERSON.address) == replace(PERSON, holder="A")
        assert store.version() == 2

    def test_a_flawed_plan_is_refused(self, store: DirectoryStore) -> None:
        plan = change(store.snapshot(), replace(PERSON, unit="nowhere"))
        with pytest.raises(PlanRefused, match="there is no unit nowhere") as caught:
            store.apply(plan, who="x")
        assert caught.value.flaws == plan.flaws
        assert store.version() == 1

    def test_nothing_is_half_applied(self, store: DirectoryStore) -> None:
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

    def test_a_process_that_dies_in_the_middle_leaves_nothing(
        self, store: DirectoryStore, url: str, tmp_path: Path
    ) -> None:
        done = subprocess.run([sys.executable, "-c", _DIES, str(tmp_path), url], cwd=Path(__file__).parents[3])
        assert done.returncode == 9
        assert store.snapshot() == after(Snapshot(), whole().steps)
        assert store.apply(change(store.snapshot(), replace(PERSON, holder="A")), who="x") == 2

    def test_addresses_may_move_within_a_plan(self, store: DirectoryStore) -> None:
        other = replace(UNIT_MAILBOX, aliases=PERSON.aliases)
        store.apply(change(store.snapshot(), replace(PERSON, aliases=()), other), who="x")
        swapped = (replace(PERSON, aliases=PERSON.aliases), UNIT_MAILBOX)
        store.apply(change(store.snapshot(), *swapped), who="x")
        assert store.snapshot().mailboxes == after(Snapshot(), whole().steps).mailboxes

    def test_notices_go_with_the_change(self, store: DirectoryStore) -> None:
        notice = Notice("change", "pnv", "a@b", "c@d", b"x\r\n")
        store.apply(change(store.snapshot(), replace(PERSON, holder="A")), who="x", notices=[notice, notice])
        assert [one.notice for one in Outbox(store.database).list()] == [notice, notice]

    def test_another_rooms_rows_go_with_the_change(self, store: DirectoryStore) -> None:
        notice = Notice("change", "pnv", "a@b", "c@d", b"x\r\n")
        planned = change(store.snapshot(), replace(PERSON, holder="A"))
        with pytest.raises(ZeroDivisionError):
            store.apply(planned, who="x", also=lambda connection: enqueue(connection, [notice], 1 // 0))
        assert store.snapshot().version == planned.base, "all or nothing"
        store.apply(planned, who="x", also=lambda connection: enqueue(connection, [notice], 1))
        assert [one.notice for one in Outbox(store.database).list()] == [notice]

    def test_progress_is_told(self, url: str, tmp_path: Path) -> None:
        store = DirectoryStore(url, tmp_path)
        store.prepare()
        many = tuple(Mailbox(f"m{number:04}@x.example", Kind.PERSONAL) for number in range(1200))
        said: list[int] = []
        store.apply(diff(Snapshot(), Wanted(mailboxes=many)), who="x", progress=said.append)
        assert said == [500, 1000, 1200]
        assert store.snapshot().mailboxes == many
        store.apply(diff(store.snapshot(), Wanted(), remove_missing=True), who="x")
        assert store.snapshot().mailboxes == ()

    def test_two_at_once_and_one_wins(self, store: DirectoryStore) -> None:
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

    def test_a_value_of_a_newer_version_is_no_traceback(self, store: DirectoryStore) -> None:
        with store.database.writing() as connection:
            connection.execute(sa.text("UPDATE directory_mailboxes SET state = 'sleeping'"))
        with pytest.raises(DirectoryUnavailable, match="sleeping"):
            store.snapshot()

    @pytest.mark.bare
    def test_many_processes_may_start_at_once(self, url: str, tmp_path: Path) -> None:
        stores = [DirectoryStore(url, tmp_path) for _ in range(6)]
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

    def test_the_store_keeps_what_hostile_text_says(self, store: DirectoryStore) -> None:
        strange = replace(PERSON, note="'; DROP TABLE directory_units; --", holder='{"a": [1]}')
        store.apply(change(store.snapshot(), strange), who="x'\"", source="%s {0}")
        assert store.snapshot().mailbox(PERSON.address) == strange
        assert store.snapshot().units == UNITS
        assert SPARED in store.snapshot().exemptions
        assert store.changes(limit=1)[0].after == strange
