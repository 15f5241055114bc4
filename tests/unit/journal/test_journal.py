"""The journal from the event loop's side: durable, bounded, and never silent."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.config import Gateway, Settings, Store
from gateway.errors import JournalUnavailable, StartError
from gateway.journal import Journal
from gateway.journal import journal as journal_module
from gateway.journal import store as store_module
from gateway.journal.payload import decode
from tests.unit.journal.contract_journal import JournalContract
from tests.unit.journal.support import (
    URL,
    check,
    decision,
    names,
    raw,
    references,
    refusal,
    running,
    until,
    wrote,
)


async def test_the_database_is_durable_by_its_settings(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        assert journal._writer is not None
        connection = journal._writer._store.connection
        seen: dict[str, Any] = {}

        def look() -> None:
            for name in ("journal_mode", "synchronous", "foreign_keys"):
                seen[name] = connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        await asyncio.to_thread(_in_writer, journal, look)
        assert seen == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def _in_writer(journal: Journal, look: Any) -> None:
    """Run something in the writer's thread, whose connection nobody else may touch."""
    assert journal._writer is not None
    done = threading.Event()
    original = journal._writer._chain.anchor

    def anchor() -> None:
        look()
        original()
        done.set()

    journal._writer._chain.anchor = anchor  # type: ignore[method-assign]
    journal._writer._anchored = -1e9
    journal._intake.hurry()
    assert done.wait(20)
    journal._writer._chain.anchor = original  # type: ignore[method-assign]


async def test_beyond_the_reserve_a_row_goes_to_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_SPARE", 1)
    lost: list[str] = []
    monkeypatch.setattr(journal_module._log, "critical", lambda event, **values: lost.append(f"{event} {values}"))
    async with running(tmp_path, queue=1, commit_interval=60) as journal:
        made = [decision() for _ in range(3)]
        for one in made:
            journal.append(one)
        assert journal.failed == 1
    assert "journal.lost" in lost[0]
    assert made[2].reference in lost[0]
    assert len(references(tmp_path)) == 2


async def test_a_file_deleted_under_us_is_made_again_and_the_loss_is_seen(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        await journal.commit(refusal())
        (tmp_path / "congthu.db").unlink()
        after = refusal()
        await journal.commit(after)
        assert journal.healthy
        assert references(tmp_path) == {after.reference}
    report = check(tmp_path)
    assert names(report) == {"chain-removed", "row-removed"}  # by its head, and by the chain after it


async def test_a_file_deleted_while_idle_is_noticed(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        (tmp_path / "congthu.db").unlink()
        journal._intake.hurry()
        await until((tmp_path / "congthu.db").exists)


async def test_a_file_replaced_by_another_is_noticed(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        await journal.commit(refusal())
        (tmp_path / "congthu.db").rename(tmp_path / "moved.db")
        (tmp_path / "congthu.db").touch()
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"congthu.db{suffix}").unlink()
        after = refusal()
        await journal.commit(after)
        assert after.reference in references(tmp_path)


async def test_a_broken_file_is_kept_and_said(tmp_path: Path) -> None:
    async with running(tmp_path, commit_timeout=0.5) as journal:
        for path in tmp_path.glob("congthu.db*"):
            path.unlink()
        (tmp_path / "congthu.db").write_bytes(b"this is no database" * 1000)
        with pytest.raises(JournalUnavailable):
            await journal.commit(refusal())
        await until(lambda: not journal.healthy)
        assert not journal.room()
        (tmp_path / "congthu.db").unlink()
        await until(lambda: journal.healthy)
        assert journal.written == 1


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "mysql://x/y", "nonsense", "sqlite://", "postgresql://u@h:x/y"])
async def test_a_store_that_cannot_be_is_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(StartError, match=r"store\.url"):
        await Journal(url, tmp_path, node="gw1").start()


async def test_a_missing_data_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="data_dir"):
        await Journal(URL, tmp_path / "none", node="gw1").start()


async def test_a_database_in_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be opened"):
        await Journal("sqlite:///none/here.db", tmp_path, node="gw1").start()


async def test_a_database_of_a_newer_version_is_one_line(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass
    with raw(tmp_path) as connection:
        connection.execute("UPDATE journal_version SET version_num = '9999'")
    with pytest.raises(StartError, match="newer version"):
        await Journal(URL, tmp_path, node="gw1").start()


class _Strange(BaseException):
    """What no `except Exception` catches."""


@pytest.mark.parametrize("url", [URL, "postgresql://nobody@127.0.0.1:1/x"])
@pytest.mark.parametrize("error", [_Strange("two\nlines"), KeyError("x"), MemoryError()], ids=type)
@pytest.mark.limit(20)
async def test_a_start_that_crashes_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, error: BaseException
) -> None:
    def crash(_: store_module.Store) -> None:
        raise error

    monkeypatch.setattr(store_module.Store, "open", crash)
    with structlog.testing.capture_logs() as said, pytest.raises(StartError, match=type(error).__name__) as caught:
        await Journal(url, tmp_path, node="gw1").start()
    assert "\n" not in str(caught.value)
    assert [(line["event"], line.get("exc_info")) for line in said] == [("journal.crashed", error)]


async def test_made_from_settings(tmp_path: Path) -> None:
    settings = Settings(gateway=Gateway(hostname="gw.tinh.example", data_dir=tmp_path), store=Store(queue=7))
    journal = Journal.from_settings(settings, worker=3)
    await journal.start()
    await journal.close()
    assert next((tmp_path / "journal-heads").iterdir()).name.startswith("gw.tinh.example-w3-")


@pytest.fixture
def no_umask() -> Iterator[None]:
    """As careless a caller as there can be."""
    before = os.umask(0)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("no_umask")
async def test_files_are_not_for_others(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        await journal.commit(refusal())
        modes = _modes(tmp_path)
        assert {"congthu.db", "congthu.db-wal", "congthu.db-shm", "journal.key", "journal.lock"} < modes.keys()
        assert any(name.endswith(".head") for name in modes)
        assert {name: oct(mode) for name, mode in modes.items() if mode & ~0o640} == {}
        assert (tmp_path / "journal-heads").stat().st_mode & 0o007 == 0


@pytest.mark.usefixtures("no_umask")
async def test_files_that_came_open_are_closed(tmp_path: Path) -> None:
    await wrote(tmp_path, refusal())
    for path in tmp_path.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o644)
    with raw(tmp_path) as other:  # keeps -wal and -shm there, as they are after a crash
        other.execute("SELECT count(*) FROM decisions").fetchone()
        assert _modes(tmp_path)["congthu.db-wal"] == 0o644
        async with running(tmp_path) as journal:
            await journal.commit(refusal())
            ours = {name: mode for name, mode in _modes(tmp_path).items() if not name.endswith(".head")}
            assert {name: oct(mode) for name, mode in ours.items() if mode & ~0o640} == {}
            assert (tmp_path / "journal-heads").stat().st_mode & 0o007 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
class TestRoot:
    async def test_files_belong_to_whom_the_folder_belongs(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12345, 12346)
        async with running(tmp_path) as journal:
            await journal.commit(refusal())
            owners = {(path.stat().st_uid, path.stat().st_gid) for path in tmp_path.rglob("*")}
        assert owners == {(12345, 12346)}

    @pytest.mark.parametrize("owner", [0, 12345])
    async def test_without_the_right_to_give_files_away(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int
    ) -> None:
        """A container's root without CAP_CHOWN: nothing needs to be given away, or nothing can be."""
        os.chown(tmp_path, owner, owner)
        refused: list[object] = []

        def chown(path: object, *_: object) -> None:
            refused.append(path)
            raise PermissionError(errno.EPERM, "Operation not permitted", path)

        monkeypatch.setattr(os, "chown", chown)
        async with running(tmp_path) as journal:
            await journal.commit(refusal())
        assert bool(refused) is bool(owner)
        assert check(tmp_path).total == 0


async def test_a_locked_database_is_an_error_in_time_and_the_row_says_late(tmp_path: Path) -> None:
    async with running(tmp_path, commit_timeout=0.2) as journal:
        with raw(tmp_path) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused, accepted = refusal(), decision()
            with pytest.raises(JournalUnavailable):
                await journal.commit(refused)
            journal.append(accepted)
            await until(lambda: not journal.healthy)
            assert not journal.room()
            start = time.monotonic()
            with pytest.raises(JournalUnavailable):
                await journal.commit(refusal())
            assert time.monotonic() - start < 5  # at once: known to be broken
            other.execute("ROLLBACK")
        await until(lambda: journal.healthy)
        await until(lambda: journal.written == 2)
        assert journal.room()
    assert references(tmp_path) == {refused.reference, accepted.reference}
    with raw(tmp_path) as connection:
        payload = connection.execute(
            "SELECT payload FROM decisions WHERE reference = ?", (refused.reference,)
        ).fetchone()
    assert "451" in decode(payload[0])["late"]
    assert check(tmp_path).total == 0


async def test_close_has_a_deadline(tmp_path: Path) -> None:
    journal = Journal(URL, tmp_path, node="gw1")
    await journal.start()
    with raw(tmp_path) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal.append(decision())
        writer = journal._writer
        await journal.close(timeout=0.1)
        assert writer is not None
        assert writer.failed == 1
        other.execute("ROLLBACK")


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(JournalContract):
    """Every promise."""
