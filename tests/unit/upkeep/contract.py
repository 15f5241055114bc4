"""What the record of mailboxes' use promises, on whatever database: asked of SQLite here, of PostgreSQL in services."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.access import Coverage, Evidence, Failure, Kind, Quota, Sign, Source, Strength
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryUnavailable
from gateway.imap.baseline import Baseline
from gateway.imap.ports import Past, Records
from gateway.lifecycle.effects import Way
from gateway.lifecycle.keeping import needed_coverage
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import known_of
from gateway.upkeep.leaving import GRACE, forget_absent, names_of
from gateway.upkeep.pruning import horizon, prune
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Polled
from gateway.upkeep.schema import VERSION_TABLE, metadata
from gateway.upkeep.store import Told, UseStore
from tests.unit.upkeep.build import DAY, HOSTILE, NOW, A, B, failed, good, person, seen, step, unused, use, watched


class Prepared:
    """Each test has a database of its own. A subclass gives the fixture `url`."""

    @pytest.fixture
    def upkeep(self, url: str, tmp_path: Path) -> Upkeep:
        made = Upkeep(Database(url, tmp_path))
        made.use.prepare()
        return made

    @pytest.fixture
    def store(self, upkeep: Upkeep) -> UseStore:
        return upkeep.use


class UseContract(Prepared):
    """Polls, evidence and coverage."""

    @pytest.mark.bare
    def test_before_there_are_tables_nothing_is_known_and_nothing_can_be_kept(self, url: str, tmp_path: Path) -> None:
        upkeep = Upkeep(Database(url, tmp_path))
        store, life = upkeep.use, upkeep.life
        for _ in range(2):
            assert (store.past(), store.baseline(A), store.polled([A]), store.told([A])) == ({}, None, {}, {})
            assert (store.covered(Source.IMAP), prune(store.tables, NOW)) == ({}, 0)
            assert (life.records([A]), life.begun(), life.history()) == ({}, [], [])
            store.tables.database.prepare()  # the directory's tables only
        with pytest.raises(DirectoryUnavailable):
            store.keep_outcomes([good(seen(NOW))])
        store.prepare()
        store.keep_outcomes([good(seen(NOW))])
        assert A in store.past()

    def test_the_schema_is_the_migrations(self, store: UseStore) -> None:
        store.prepare()
        with store.tables.database.reading() as connection:
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **ours})
            assert compare_metadata(context, metadata) == []

    async def test_the_sweep_reads_back_what_it_kept(self, upkeep: Upkeep) -> None:
        records: Records = upkeep
        outcome = good(seen(NOW, quota=Quota(5, 10), old=7))
        await records.keep([outcome, failed(NOW + 1, B)])
        assert await records.past() == {A: Past(NOW + 0.5, NOW + 0.5), B: Past(NOW + 1, None)}
        assert Baseline.from_bytes(await records.baseline(A.upper())) == outcome.baseline
        assert await records.baseline(B) is None

    def test_a_failed_poll_leaves_what_was_seen(self, store: UseStore) -> None:
        first = good(seen(NOW, quota=Quota(5, 10), old=7))
        store.keep_outcomes([first])
        store.keep_outcomes([failed(NOW + 60)])
        assert first.baseline is not None
        assert store.baseline(A) == first.baseline.to_bytes()
        wanted = Polled(A, NOW + 60, NOW + 0.5, Failure.TIMEOUT, "no answer", Quota(5, 10), 7, NOW + 0.5)
        assert store.polled([A, B]) == {A: wanted}
        cut = replace(first.baseline, cut=True)
        store.keep_outcomes([failed(NOW + 120, baseline=cut)])
        assert store.baseline(A) == cut.to_bytes()

    def test_the_next_good_poll_replaces_it_but_the_count_that_it_did_not_ask_for(self, store: UseStore) -> None:
        store.keep_outcomes([good(seen(NOW, quota=Quota(5, 10), old=7))])
        store.keep_outcomes([failed(NOW + 60), good(seen(NOW + 120))])
        assert store.polled([A])[A] == Polled(A, NOW + 120.5, NOW + 120.5, None, "", None, 7, NOW + 0.5)
        store.keep_outcomes([good(seen(NOW + 240, old=0)), failed(NOW + 300)])
        wanted = Polled(A, NOW + 300, NOW + 240.5, Failure.TIMEOUT, "no answer", None, 0, NOW + 240.5)
        assert store.polled([A])[A] == wanted

    def test_polls_make_a_chain_of_evidence(self, store: UseStore) -> None:
        before = None
        for number in range(4):
            outcome = good(seen(NOW + number * DAY), before)
            store.keep_outcomes([outcome])
            before = Baseline.from_bytes(store.baseline(A))
        told = store.told([A])[A]
        assert told.coverage == (Coverage(A, Source.IMAP, NOW, NOW + 3 * DAY),)
        assert outcome.findings is not None
        assert [one.kind for one in told.evidence] == [Kind.UNUSED]
        assert told.evidence == outcome.findings.evidence, "the interval's end moved on, no new one came"

    def test_keys_replace(self, store: UseStore) -> None:
        store.keep([unused(1, 5), unused(1, 9), use(2, 3)], [watched(0, 5), watched(0, 9)])
        store.keep([unused(1, 7), unused(8, 9), use(2, 3, kind=Kind.AUTOMATIC)], [watched(0, 7), watched(8, 9)])
        told = store.told([A])[A]
        assert set(told.evidence) == {unused(1, 7), unused(8, 9), use(2, 3), use(2, 3, kind=Kind.AUTOMATIC)}
        assert [one.not_before for one in told.evidence] == [1, 2, 2, 8]
        assert set(told.coverage) == {watched(0, 7), watched(8, 9)}

    @pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.AUTOMATIC])
    def test_the_end_of_a_use_never_goes_back(self, store: UseStore, kind: Kind) -> None:
        late, early = use(2, 9, kind=kind, actor="imap"), use(2, 4, kind=kind, actor="pop3")
        store.keep([late, early], [])
        store.keep([early], [])
        assert store.told([A])[A].evidence == (replace(early, not_after=9),)
        store.keep([replace(late, not_after=10)], [])
        assert store.told([A])[A].evidence == (replace(late, not_after=10),)

    def test_moments_come_back_bit_by_bit(self, store: UseStore) -> None:
        odd = [use(0.1 + 0.2, NOW), use(math.nextafter(NOW, 0), NOW, actor="Thunderbird"), use(-1e-300, 1e300)]
        store.keep(odd, [watched(NOW / 3, NOW)])
        assert sorted(store.told([A])[A].evidence, key=repr) == sorted(odd, key=repr)
        assert store.covered(Source.DOVECOT_EVENTS) == {A: watched(NOW / 3, NOW)}

    def test_hostile_values_hold_nothing_up(self, store: UseStore) -> None:
        nan = math.nan
        wild = use(nan, nan, HOSTILE, actor=HOSTILE, coarse=nan)
        store.keep([wild, use(-math.inf, math.inf, B), use(1, 2)], [watched(nan, nan, HOSTILE)])
        huge = seen(NOW, HOSTILE, quota=Quota(10**30, -(10**30)), old=10**30)
        store.keep_outcomes([good(huge), failed(NOW, B, detail=HOSTILE * 10), good(seen(NOW))])
        told = store.told([HOSTILE, B, A, "", "nobody@x"])
        assert len(told) == 3
        for name in told:
            assert len(name) <= 512
        (polled,) = store.polled([HOSTILE]).values()
        assert polled.quota is not None
        assert polled.quota.used > 0 > polled.quota.limit
        (ours,) = (kept for name, kept in told.items() if name not in (A, B))
        used = [one for one in ours.evidence if one.kind is Kind.ACCESS]
        assert known_of(used, ours.coverage, Proof(), NOW).silent is None, "a use at no time is no silence"

    def test_a_batch_is_kept_whole_or_not_at_all(self, store: UseStore, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr("gateway.upkeep.store._put_coverage", broken)
        with pytest.raises(DirectoryUnavailable):
            store.keep_outcomes([good(seen(NOW))])
        with pytest.raises(DirectoryUnavailable):
            store.keep([use(1, 2)], [watched(1, 2)])
        assert (store.past(), store.baseline(A), store.told([A])) == ({}, None, {})

    def test_the_newest_coverage_of_each_mailbox(self, store: UseStore) -> None:
        policy = Source.DOVECOT_POLICY
        store.keep([], [watched(1, 5), watched(7, 9), watched(2, 9), watched(3, 4, B), watched(0, 99, B, policy)])
        assert store.covered(Source.DOVECOT_EVENTS) == {A: watched(2, 9), B: watched(3, 4, B)}
        assert store.covered(policy) == {B: watched(0, 99, B, policy)}
        assert store.covered(Source.IMAP) == {}

    def test_the_last_certain_use_of_each(self, store: UseStore) -> None:
        weak = use(NOW - 10, NOW - 5, strength=Strength.WEAK)
        impossible, later = use(NOW - 3, NOW - 4), use(NOW - 2, NOW + 10 * DAY)
        found = [use(NOW - 300, NOW - 290), use(NOW - 200, NOW - 190), use(NOW - 50, NOW - 40, B)]
        store.keep([*found, unused(NOW - 20, NOW - 1)], [])
        store.keep([weak], [])
        store.keep([impossible], [])
        store.keep([later], [])
        assert store.used_since([A, B], NOW) == {(A, Kind.ACCESS): NOW - 200, (B, Kind.ACCESS): NOW - 50}

    def test_many_mailboxes(self, store: UseStore) -> None:
        names = [f"m{number}@tinh.example" for number in range(1201)]
        store.keep([use(1, 2, name) for name in names], [watched(1, 2, name) for name in names])
        told = store.told(names)
        assert len(told) == len(names)
        assert told[names[-1]] == Told((use(1, 2, names[-1]),), (watched(1, 2, names[-1]),))
        assert set(store.told(names[:3])) == set(names[:3])

    def test_evidence_is_never_older_than_its_coverage(self, store: UseStore, url: str, tmp_path: Path) -> None:
        """Or an access that was told with the coverage would be read as silence."""
        other, ended = UseStore(Database(url, tmp_path)), threading.Event()

        def write() -> None:
            try:
                for number in range(1, 80):
                    other.keep([use(number - 0.5, number)], [watched(0, number)])
            finally:
                ended.set()

        store.keep([use(-0.5, 0)], [watched(0, 0)])
        writer = threading.Thread(target=write)
        writer.start()
        try:
            while not ended.is_set():
                told = store.told([A])[A]
                assert told.coverage[0].until <= max(one.not_after for one in told.evidence)
        finally:
            writer.join()
        assert store.told([A])[A].coverage == (watched(0, 79),)

    def test_nodes_that_write_the_same_rows_never_wait_for_each_other(self, store: UseStore, url: str) -> None:
        names = [f"m{number}@tinh.example" for number in range(40)]
        told, spans = [use(1, 2, name) for name in names], [watched(1, 2, name) for name in names]

        def write(number: int) -> None:
            for _ in range(5):
                store.keep(told[:: (-1) ** number], spans[:: (-1) ** number])

        assert at_once(write, 4) == []
        assert len(store.told(names)) == 40


class PruneContract(Prepared):
    """What is forgotten."""

    def test_what_no_answer_needs_is_forgotten(self, upkeep: Upkeep) -> None:
        store, since = upkeep.use, horizon(NOW)
        assert NOW - 400 * DAY < since < NOW - 390 * DAY
        old = [use(since - 9 - n, since - 8 - n) for n in range(5)]
        fresh = [use(since - 5, since + 1), use(NOW - 5, NOW)]
        gone = [unused(since - 99, since - 1), use(since - 99, since - 98, kind=Kind.RESET)]
        spans = [watched(since - 99, since - 1), watched(since - 99, since + 1, source=Source.IMAP), watched(NOW, NOW)]
        store.keep([*old, *fresh, *gone, use(1, 2, B)], spans)
        assert prune(store.tables, since) == 4 + 2 + 1
        told = store.told([A, B])
        assert set(told[A].evidence) == {old[0], *fresh}
        assert set(told[A].coverage) == set(needed_coverage(spans, since)) == set(spans[1:])
        assert told[B].evidence == (use(1, 2, B),), "the newest of a sort is never forgotten"
        assert prune(store.tables, since) == 0

    def test_how_long_everything_is_kept(self) -> None:
        assert horizon(NOW, keep=800) < NOW - 799 * DAY
        assert horizon(NOW, keep=60, months=7) == horizon(NOW, months=7)
        assert NOW - 215 * DAY < horizon(NOW, months=7) < NOW - 205 * DAY

    async def test_no_answer_changes(self, upkeep: Upkeep) -> None:
        names = [f"m{number}@tinh.example" for number in range(30)]
        told = [one for number, name in enumerate(names) for one in _lived(name, number)]
        await upkeep.keep_sources(told, [watched(NOW - (20 * n) * DAY, NOW, name) for n, name in enumerate(names)])
        before = upkeep.use.told(names)
        assert await upkeep.prune(NOW) > 100
        after = upkeep.use.told(names)
        for name in names:
            assert _known(after[name]) == _known(before[name])

    def test_what_moves_on_meanwhile_stays(self, store: UseStore, monkeypatch: pytest.MonkeyPatch) -> None:
        from gateway.upkeep import pruning

        moving = use(1, 2)
        store.keep([moving, use(5, 6)], [])
        useless = pruning._useless

        def meanwhile(told: list[Evidence], since: float) -> list[Evidence]:
            found = list(useless(told, since))
            store.keep([replace(moving, not_after=NOW)], [])
            return found

        monkeypatch.setattr(pruning, "_useless", meanwhile)
        assert prune(store.tables, 100.0) == 0
        assert store.told([A])[A].evidence[0].not_after == NOW


def _lived(name: str, number: int) -> Iterator[Evidence]:
    for day in range(0, 900, 30 + number):
        end = NOW - (day + 7 * number) * DAY
        strength = list(Strength)[day % 4]
        yield use(end - 2 * DAY, end - DAY, name, strength=strength, sign=list(Sign)[day % 3])


def _known(told: Told) -> object:
    return known_of(told.evidence, told.coverage, Proof(), NOW)


def at_once(function: Callable[[int], object], count: int) -> list[Exception]:
    """In so many threads; what they raised."""
    raised: list[Exception] = []

    def run(number: int) -> None:
        try:
            function(number)
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


class LeaveContract(Prepared):
    """Mailboxes that left the directory."""

    GONE = "old@tinh.example"

    def filled(self, store: UseStore) -> None:
        store.keep_outcomes([good(seen(NOW)), good(seen(NOW, self.GONE)), failed(NOW, B)])
        store.keep([use(NOW - 2, NOW), use(NOW - 2, NOW, self.GONE)], [watched(NOW - 5, NOW, self.GONE)])

    async def test_after_some_weeks_their_rows_go(self, upkeep: Upkeep) -> None:
        self.filled(upkeep.use)
        upkeep.life.change(self.GONE, lambda record: replace(record, warned=NOW))
        upkeep.life.begin([step(mailbox=self.GONE)], Way.LIST, NOW)
        for moment in (NOW, NOW + GRACE - 1):
            assert forget_absent(upkeep.use.tables, {A, B}, moment) == 0
            assert self.GONE in upkeep.use.past()
        assert await upkeep.prune(NOW + GRACE, present={A, B}) == 6
        assert set(upkeep.use.past()) == {A, B}
        assert upkeep.use.told([self.GONE]) == {}
        assert upkeep.life.records([self.GONE]) == {}
        assert upkeep.use.baseline(self.GONE) is None
        assert len(upkeep.life.history(self.GONE)) == 1, "what was done stays on record"
        assert upkeep.use.told([A])

    def test_one_that_comes_back_keeps_its_history(self, upkeep: Upkeep) -> None:
        self.filled(upkeep.use)
        tables = upkeep.use.tables
        forget_absent(tables, {A, B}, NOW)
        forget_absent(tables, {A, B, self.GONE}, NOW + GRACE - 1)
        assert forget_absent(tables, {A, B}, NOW + GRACE + 1) == 0, "it left anew"
        assert forget_absent(tables, {A, B}, NOW + 2 * GRACE + 1) > 0

    def test_one_that_is_renamed_stays_while_it_is_an_alias(self, upkeep: Upkeep) -> None:
        self.filled(upkeep.use)
        renamed = replace(person("new@tinh.example"), aliases=(self.GONE.upper(),))
        present = names_of(Snapshot(1, mailboxes=(person(A), person(B), renamed)))
        for moment in (NOW, NOW + 2 * GRACE):
            assert forget_absent(upkeep.use.tables, present, moment) == 0
        assert self.GONE in upkeep.use.past()

    async def test_an_empty_directory_takes_nobody_away(self, upkeep: Upkeep) -> None:
        self.filled(upkeep.use)
        for moment in (NOW, NOW + 2 * GRACE):
            assert await upkeep.prune(moment, present=frozenset()) == 0
            assert await upkeep.prune(moment) == 0
        assert self.GONE in upkeep.use.past()

    @pytest.mark.bare
    def test_before_there_are_tables(self, url: str, tmp_path: Path) -> None:
        assert forget_absent(Upkeep(Database(url, tmp_path)).use.tables, {A}, NOW) == 0
