"""The spool: what goes in comes out, memory and disk are counted, and nothing is left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import SpoolFull, StartError
from gateway.message import spoolfile
from gateway.message.spool import BATCH, Spool, SpoolPool

_KIB = 1024
_MIB = 1024 * 1024


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[SpoolPool]:
    """A pool with a threshold of 256 KiB; afterwards everything is counted back and the folder is empty."""
    made = SpoolPool(tmp_path / "spool", 256 * _KIB, 8 * _MIB, 64 * _MIB)
    yield made
    assert (made.memory_used, made.disk_used, made.open_spools) == (0, 0, 0)
    assert list(made.folder.iterdir()) == []


async def fill(spool: Spool, data: bytes, size: int) -> None:
    """Feed as a listener does."""
    for at in range(0, len(data), size):
        spool.feed(data[at : at + size])
        if spool.needs_flush:
            await spool.flush()
    await spool.finish()


async def content(spool: Spool, size: int = 262144) -> bytes:
    """All of it, as the upstream reads it."""
    return b"".join([piece async for piece in spool.chunks(size)])


@pytest.mark.parametrize("length", [0, 1, 4095, 100_000, 262_144, BATCH - 1, BATCH, BATCH + 1, 3 * _MIB + 17])
@pytest.mark.parametrize("piece", [1000, 65536])
async def test_what_goes_in_comes_out(pool: SpoolPool, length: int, piece: int) -> None:
    data = os.urandom(length)
    spool = pool.new()
    await fill(spool, data, piece)
    assert spool.size == length
    assert await content(spool) == data
    assert await content(spool, 10_000) == data
    for offset, size in ((0, 10), (length // 2, 70_000), (max(0, length - 5), 100), (length, 1)):
        assert spool.read(offset, size) == data[offset : offset + size]
    pieces = spool.in_memory()
    assert (pieces is not None) == (length < BATCH) == (spool.fileno is None)
    if pieces is not None:
        assert b"".join(pieces) == data and all(type(part) is bytes for part in pieces)
    spool.close()


async def test_large_pieces_are_kept_by_reference(pool: SpoolPool) -> None:
    data = os.urandom(65536)
    spool = pool.new()
    spool.feed(b"small")
    spool.feed(data)
    pieces = spool.in_memory()
    assert pieces is not None and pieces[0] == b"small" and pieces[1] is data
    spool.close()


async def test_counts(pool: SpoolPool) -> None:
    spool = pool.new()
    spool.feed(bytes(600 * _KIB))
    assert (pool.memory_used, pool.disk_used, pool.open_spools) == (600 * _KIB, 0, 1)
    assert bool(spool.needs_flush)
    await spool.flush()
    counted = (pool.memory_used, pool.disk_used)
    assert counted == (0, 600 * _KIB)
    spool.feed(b"x")
    assert not spool.needs_flush
    spool.close()
    spool.close()
    assert [pool.memory_used, pool.disk_used, pool.open_spools] == [0, 0, 0]
    with pytest.raises(SpoolFull):
        spool.feed(b"x")


async def test_memory_stays_below_1_mib_while_25_mb_pass(pool: SpoolPool) -> None:
    spool = pool.new()
    tracemalloc.start()
    try:
        for _ in range(400):
            spool.feed(bytes(64 * _KIB))
            if spool.needs_flush:
                await spool.flush()
        await spool.finish()
        async for _piece in spool.chunks():
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        spool.close()
    assert spool.size == 400 * 64 * _KIB
    assert peak < _MIB


async def test_above_the_memory_cap_messages_go_to_files_at_once(tmp_path: Path) -> None:
    pool = SpoolPool(tmp_path, 256 * _KIB, 100_000, _MIB)
    first, second = pool.new(), pool.new()
    first.feed(bytes(90_000))
    assert not first.needs_flush
    second.feed(bytes(20_000))
    assert second.needs_flush
    await second.flush()
    assert pool.memory_used == 90_000 and second.in_memory() is None
    with pytest.raises(SpoolFull):
        first.feed(bytes(150_000))
    for spool in (first, second):
        spool.close()
    assert pool.memory_used == pool.disk_used == 0


async def test_disk_cap(tmp_path: Path) -> None:
    pool = SpoolPool(tmp_path, 1000, 10 * _MIB, _MIB)
    spool = pool.new()
    with pytest.raises(SpoolFull):
        await fill(spool, bytes(2 * _MIB), 65536)
    spool.close()
    full = pool.new()
    await fill(full, bytes(_MIB), 65536)
    with pytest.raises(SpoolFull):
        pool.new()
    full.close()
    pool.new().close()
    assert pool.memory_used == pool.disk_used == pool.open_spools == 0


async def test_a_full_disk_is_said_so(pool: SpoolPool) -> None:
    """A file-size limit stands for the full disk: the kernel refuses the write in the same place."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    spool = pool.new()
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MIB, before[1]))
    try:
        with pytest.raises(SpoolFull):
            await fill(spool, bytes(3 * _MIB), 65536)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        spool.close()


async def test_closing_while_a_thread_writes(pool: SpoolPool) -> None:
    for _ in range(20):
        spool = pool.new()
        spool.feed(bytes(4 * _MIB))
        writing = asyncio.ensure_future(spool.flush())
        await asyncio.sleep(0)
        spool.close()
        await asyncio.gather(writing, return_exceptions=True)
        assert pool.memory_used == pool.disk_used == 0


def test_the_descriptor_lives_until_its_last_user_is_done(tmp_path: Path) -> None:
    file = spoolfile.SpoolFile()
    file.append(tmp_path, [b"abc"])
    with file._in_use():
        file.close()
        assert os.pread(file.descriptor, 3, 0) == b"abc"
    assert file.descriptor == -1
    with pytest.raises(OSError, match="closed"):
        file.read(0, 1)
    with pytest.raises(SpoolFull):
        file.append(tmp_path, [b"x"])


def test_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.pwritev

    def short(descriptor: int, pieces: list[bytes], offset: int) -> int:
        return whole(descriptor, [b"".join(pieces)[:7]], offset)

    monkeypatch.setattr(os, "pwritev", short)
    file = spoolfile.SpoolFile()
    file.append(tmp_path, [b"abc", b"defghijkl", b"", b"mnopq"] * 100)
    assert file.read(0, 10_000) == b"abcdefghijklmnopq" * 100 and file.size == 17 * 100
    file.close()


async def test_cancelled_while_it_writes(pool: SpoolPool) -> None:
    spool = pool.new()
    spool.feed(bytes(4 * _MIB))
    writing = asyncio.ensure_future(spool.flush())
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    spool.close()
    await asyncio.get_running_loop().run_in_executor(None, lambda: None)


def test_no_descriptor_is_leaked(tmp_path: Path) -> None:
    async def once() -> None:
        pool = SpoolPool(tmp_path, 1000, 10 * _MIB, 10 * _MIB)
        for _ in range(50):
            spool = pool.new()
            await fill(spool, bytes(BATCH), 65536)
            spool.close()

    asyncio.run(once())
    before = len(os.listdir("/proc/self/fd"))
    asyncio.run(once())
    assert len(os.listdir("/proc/self/fd")) == before


async def test_reading_where_the_page_cache_cannot_be_asked(pool: SpoolPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoolfile.SpoolFile, "read_cached", lambda *_arguments: -1)
    data = os.urandom(2 * _MIB)
    spool = pool.new()
    await fill(spool, data, 65536)
    assert await content(spool) == data
    spool.close()


def _no_tmpfile(path: object, flags: int, *_rest: object, **_more: object) -> int:
    if flags & os.O_TMPFILE == os.O_TMPFILE:
        raise OSError(errno.EOPNOTSUPP, "not here")
    return _OPEN(path, flags, *_rest, **_more)  # type: ignore[arg-type]


_OPEN = os.open


async def test_where_the_file_system_has_no_o_tmpfile(pool: SpoolPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", _no_tmpfile)
    spool = pool.new()
    await fill(spool, bytes(_MIB), 65536)
    assert await content(spool) == bytes(_MIB)
    spool.close()


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from gateway.message.spool import SpoolPool
async def main():
    spool = SpoolPool(Path(sys.argv[1]), 1000, 1 << 24, 1 << 24).new()
    spool.feed(bytes(1 << 20))
    await spool.flush()
    assert spool.size == 1 << 20 and spool.fileno is not None
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_sigkill_leaves_nothing_behind(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def test_stale_named_files_are_removed_at_start(tmp_path: Path) -> None:
    (tmp_path / "spool-abc").write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x")
    SpoolPool(tmp_path, 1, 1, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StartError, match="spool folder"):
        SpoolPool(tmp_path / "file" / "spool", 1, 1, 1)


@given(pieces=st.lists(st.binary(max_size=9000), max_size=30), flushes=st.sets(st.integers(0, 30)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_pieces_and_flushes(tmp_path: Path, pieces: list[bytes], flushes: set[int]) -> None:
    async def once() -> None:
        spool = SpoolPool(tmp_path, 0, 10 * _MIB, 10 * _MIB).new()
        for number, piece in enumerate(pieces):
            spool.feed(piece)
            if number in flushes:
                await spool.flush()
        await spool.finish()
        data = b"".join(pieces)
        assert await content(spool, 5000) == data
        assert spool.read(3, 10_000) == data[3:10_003]
        spool.close()

    asyncio.run(once())
