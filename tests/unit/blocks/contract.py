"""What the record of senders promises, on whatever database: asked of SQLite here, of PostgreSQL in tests/services."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.blocks.circle import Circle
from gateway.blocks.deeds import Case, Deed
from gateway.blocks.errors import BlockRefused
from gateway.blocks.schema import VERSION_TABLE, metadata
from gateway.blocks.standings import Standings
from gateway.blocks.store import BlockStore, silent
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.outbox import Notice, Outbox
from gateway.rates import Standing
from tests.unit.directory.support_store import PERSON, UNIT_MAILBOX, filled

CASE = Case(("new_recipients", "odd_hours"), {"score": 1.4, "signs": [{"sign": "new_recipients", "seen": 180}]})
HOSTILE = "a\x00b\udc80\n<script>\"'; DROP TABLE x; --" + "đ" * 100_000
DAY = 86400.0


class Letters:
    """Writes one notice a change, and knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Deed, Circle]] = []

    def __call__(self, deed: Deed, circle: Circle) -> list[Notice]:
        self.asked.append((deed, circle))
        return [Notice(f"sender-{deed.after.standing}", deed.after.who, "q4@x.example", circle.reader or "x@y", b"x")]


class Contract:
    """The promises. A subclass gives the fixtures `url` and `tmp_path`; each test has a database of its own."""

    @pytest.fixture
    def record(self, url: str, tmp_path: Path) -> BlockStore:
        made = BlockStore(filled(tmp_path, url).database)
        made.prepare()
        return made

    def mail(self, record: BlockStore) -> list[tuple[str, str, str]]:
        return [(one.notice.kind, one.notice.about, one.notice.recipient) for one in Outbox(record.database).list()]

    @pytest.mark.bare
    def test_before_there_are_tables_nobody_is_stopped(self, url: str, tmp_path: Path) -> None:
        record = BlockStore(filled(tmp_path, url).database)
        assert (record.version(), len(record.snapshot()), record.find("a@x"), record.blocks()) == (0, 0, None, [])
        assert record.history() == []

    def test_the_schema_is_the_migrations(self, record: BlockStore) -> None:
        record.prepare()
        with record.database.reading() as connection:
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **ours})
            assert compare_metadata(context, metadata) == []

    def test_a_block_is_kept_and_told_once(self, record: BlockStore) -> None:
        letters, first = Letters(), record.version()
        assert first > 0
        now = time.time()
        assert record.block(PERSON.address.upper(), CASE, now, letters)
        assert record.version() > first
        assert not record.block(PERSON.address, Case(("spam",)), now + 5, letters)
        assert not record.suspect(PERSON.address, CASE, now + 5, letters)
        found = record.find(PERSON.address)
        assert found is not None
        assert (found.standing, found.reasons, found.by, found.note) == (Standing.BLOCKED, CASE.reasons, "gateway", "")
        assert found.evidence == CASE.evidence
        assert found.since == pytest.approx(now, abs=1e-5)
        assert self.mail(record) == [("sender-blocked", PERSON.address, UNIT_MAILBOX.address)]
        assert letters.asked[0][1] == Circle(PERSON.holder, "Phòng Nội vụ", UNIT_MAILBOX.address)
        (change,) = record.history(PERSON.address)
        assert (change.before, change.after.evidence, change.told, change.reason) == (None, CASE.evidence, True, "")

    def test_a_suspicion_becomes_a_block_and_a_lock(self, record: BlockStore) -> None:
        now = time.time()
        assert record.suspect("a@x", CASE, now)
        assert not record.suspect("a@x", CASE, now + 6 * DAY)
        assert record.suspect("a@x", CASE, now + 8 * DAY), "one that is past is told anew"
        assert record.block("a@x", CASE, now + 8 * DAY)
        assert record.lock("a@x", "lan@gw", " mất \n mật khẩu ")
        assert not record.lock("a@x", "minh@gw", "again")
        assert not record.block("a@x", CASE, now + 9 * DAY)
        found = record.find("a@x")
        assert found is not None
        assert (found.standing, found.by, found.note) == (Standing.LOCKED, "lan@gw", "mất mật khẩu")
        assert found.reasons == CASE.reasons, "what conduct had found stays for whoever judges"
        assert found.evidence == CASE.evidence
        told = [(change.before, change.after.standing) for change in record.history("a@x")]
        assert told == [
            (Standing.BLOCKED, Standing.LOCKED),
            (Standing.SUSPECT, Standing.BLOCKED),
            (Standing.SUSPECT, Standing.SUSPECT),
            (None, Standing.SUSPECT),
        ]

    def test_a_lock_needs_a_reason_and_its_release_a_number(self, record: BlockStore) -> None:
        for reason in ("", "  ", "ab", "x" * 501):
            with pytest.raises(BlockRefused, match="say why"):
                record.lock("a@x", "lan", reason)
        assert record.find("a@x") is None
        record.lock("a@x", "lan", "stolen")
        for number, reason in (("", "he asked nicely"), (" ", "he asked nicely"), ("vâng", ""), ("9" * 201, "")):
            with pytest.raises(BlockRefused):
                record.release("a@x", "lan", confirmation=number, reason=reason)
        assert record.snapshot().find("a@x") is not None
        record.release("a@x", "minh", confirmation="12/CV-SNV", letters=Letters())
        assert record.snapshot().find("a@x") is None
        found, change = record.find("a@x"), record.history("a@x")[0]
        assert found is not None
        assert (found.standing, found.note, found.by) == (Standing.RELEASED, "12/CV-SNV", "minh")
        assert (change.before, change.confirmation, change.reason) == (Standing.LOCKED, "12/CV-SNV", "")
        assert self.mail(record)[0][0] == "sender-released"

    def test_what_conduct_did_is_released_for_a_reason(self, record: BlockStore) -> None:
        record.block("a@x", CASE, time.time())
        with pytest.raises(BlockRefused, match="say the confirmation's number, or a reason"):
            record.release("a@x", "lan")
        before = time.time()
        record.release("a@x", "lan", reason="bản tin quý")
        assert record.snapshot().released("A@X") == pytest.approx(before, abs=60)
        with pytest.raises(BlockRefused, match="is not blocked"):
            record.release("a@x", "lan", reason="again")
        with pytest.raises(BlockRefused, match="is not blocked"):
            record.release("b@x", "lan", reason="again")

    def test_a_judgement_from_before_the_release_comes_too_late(self, record: BlockStore) -> None:
        judged = time.time()
        record.block("a@x", CASE, judged)
        record.release("a@x", "lan", reason="a mistake")
        assert not record.block("a@x", CASE, judged)
        assert record.block("a@x", CASE, judged + 3600)
        assert record.snapshot().released("a@x") == 0

    def test_an_unknown_sender_has_no_circle_and_a_units_mailbox_is_told_above(self, record: BlockStore) -> None:
        letters = Letters()
        record.block("la@khac.example", CASE, time.time(), letters)
        record.block(UNIT_MAILBOX.address, CASE, time.time(), letters)
        circles = [circle for _, circle in letters.asked]
        assert circles == [Circle(), Circle(UNIT_MAILBOX.holder, "Phòng Nội vụ", "")]

    def test_hostile_names_and_evidence(self, record: BlockStore) -> None:
        deep: object = "x"
        for _ in range(50):
            deep = [deep, HOSTILE, 1e400, float("nan"), 10**5000, {HOSTILE: deep}]
        assert record.block(HOSTILE, Case((HOSTILE, *["r"] * 500), {"deep": deep, "many": [HOSTILE] * 9999}), 1.0)
        assert not record.block(HOSTILE, CASE, 2.0)
        assert record.lock(HOSTILE, HOSTILE, "x" * 500)
        (found,) = record.blocks()
        assert len(found.who) <= 512
        assert len(found.reasons) <= 16
        assert len(str(found.evidence)) < 40_000
        assert record.snapshot().find(HOSTILE) is not None
        assert record.snapshot().find("") is None
        assert len(record.history(HOSTILE)) == 2

    def test_many_at_once_and_one_is_told(self, record: BlockStore, url: str, tmp_path: Path) -> None:
        results: list[bool] = []

        def attempt(_: int) -> None:
            other = BlockStore(filled_again(url, tmp_path))
            results.append(other.block(PERSON.address, CASE, time.time(), Letters()))

        at_once(attempt, 6)
        assert sorted(results) == [False] * 5 + [True]
        assert len(self.mail(record)) == 1
        assert len(record.history()) == 1

    def test_a_flood_is_recorded_and_not_mailed(self, record: BlockStore, monkeypatch: pytest.MonkeyPatch) -> None:
        most, letters = 10, Letters()
        monkeypatch.setattr("gateway.blocks.store.FLOOD", most)
        for number in range(most + 5):
            assert record.block(f"m{number}@x.example", CASE, time.time(), letters)
        assert len(self.mail(record)) == most
        assert len(record.snapshot()) == most + 5
        assert record.lock("by-hand@x.example", "lan", "stolen", letters)
        assert len(self.mail(record)) == most + 1
        told = [change.told for change in record.history(limit=7)]
        assert told == [True, *[False] * 5, True]

    def test_what_is_old_is_forgotten(self, record: BlockStore) -> None:
        now = time.time()
        record.suspect("past@x", CASE, now - 8 * DAY)
        record.suspect("fresh@x", CASE, now - 6 * DAY)
        record.block("blocked@x", CASE, now - 500 * DAY)
        record.block("gone@x", CASE, now)
        record.release("gone@x", "lan", reason="a mistake")
        assert record.prune(now - 400 * DAY, now) == 0
        assert {block.who for block in record.blocks()} == {"fresh@x", "blocked@x", "gone@x"}
        version = record.version()
        assert record.prune(now + DAY, now + DAY) == 4  # past, fresh, gone twice
        assert {block.who for block in record.blocks()} == {"fresh@x", "blocked@x"}
        assert [change.after.who for change in record.history()] == ["blocked@x"]
        assert record.version() > version

    def test_nothing_is_half_done(self, record: BlockStore) -> None:
        def broken(deed: Deed, circle: Circle) -> list[Notice]:
            return [Notice("x", "x", "x", "x", None)]  # type: ignore[arg-type]

        with pytest.raises(DirectoryUnavailable):
            record.block("a@x", CASE, time.time(), broken)
        assert (record.find("a@x"), record.history(), self.mail(record)) == (None, [], [])
        assert isinstance(record.snapshot(), Standings)

    def test_a_conduct_beyond_all_bounds_is_not_kept(self, record: BlockStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.blocks.store.MOST", 3)
        assert [record.suspect(f"{number}@x", CASE, time.time(), silent) for number in range(5)] == [
            *[True] * 3,
            False,
            False,
        ]
        assert record.block("1@x", CASE, time.time())
        assert record.lock("by-hand@x", "lan", "stolen")


def filled_again(url: str, tmp_path: Path) -> Database:
    """Another process's way to the same database."""
    return Database(url, tmp_path)


def at_once(function: Callable[[int], None], count: int) -> None:
    """In so many threads."""
    threads = [threading.Thread(target=function, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
