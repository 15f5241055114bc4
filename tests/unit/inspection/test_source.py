"""A message's bytes as a descriptor: whole, for reading only, and independent of what becomes of the spool."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from gateway.inspection.source import descriptor
from gateway.message.spool import Spool, SpoolPool


@pytest.fixture
def blocking() -> Iterator[BlockBuster]:
    """An error where the event loop would wait for the disk."""
    with blockbuster_ctx() as found:
        yield found


@pytest.fixture
def spools(tmp_path: Path) -> SpoolPool:
    return SpoolPool(tmp_path, threshold=100_000, memory_cap=64 << 20, disk_cap=64 << 20)


def whole(fd: int, size: int) -> bytes:
    """All of it; closes the descriptor."""
    with open(fd, "rb") as file:
        assert os.fstat(fd).st_size == size
        return file.read()


async def spooled(pool: SpoolPool, data: bytes) -> Spool:
    spool = pool.new()
    for at in range(0, len(data), 30_000):
        spool.feed(data[at : at + 30_000])
        if spool.needs_flush:
            await spool.flush()
    await spool.finish()
    return spool


@pytest.mark.parametrize("size", [0, 1, 50_000, 3_000_000])
async def test_a_spool_gives_all_of_it_and_may_be_closed(spools: SpoolPool, size: int) -> None:
    data = os.urandom(size)
    spool = await spooled(spools, data)
    fd, told = await descriptor(spool)
    spool.close()
    assert told == size
    assert whole(fd, size) == data


@pytest.mark.parametrize("size", [1, 50_000, 3_000_000])
async def test_nobody_who_holds_it_can_change_the_message(spools: SpoolPool, size: int) -> None:
    data = os.urandom(size)
    spool = await spooled(spools, data)
    fd, _ = await descriptor(spool)
    for act in (lambda: os.pwrite(fd, b"x", 0), lambda: os.ftruncate(fd, 0), lambda: os.pwrite(fd, b"x", size)):
        with pytest.raises(OSError, match=r"Errno (1|9|22)"):
            act()
    assert spool.read(0, size) == data
    os.close(fd)
    spool.close()


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("size", [0, 10, 2_000_000])
async def test_bytes_will_do(make: type[bytes], size: int) -> None:
    data = os.urandom(size)
    fd, told = await descriptor(make(data))
    assert (told, whole(fd, size)) == (size, data)


async def test_many_pieces() -> None:
    class Pieces:
        size = 5000
        fileno = None

        def in_memory(self) -> list[bytes]:
            return [bytes([n % 256]) for n in range(5000)]

    fd, _ = await descriptor(Pieces())
    assert whole(fd, 5000) == bytes(n % 256 for n in range(5000))


@pytest.mark.parametrize("size", [50_000, 2_000_000])
async def test_a_closed_spool_is_an_error_and_nothing_else(spools: SpoolPool, size: int) -> None:
    spool = await spooled(spools, os.urandom(size))
    spool.close()
    with pytest.raises(OSError, match="Errno"):
        await descriptor(spool)


async def test_cancelling_leaks_no_descriptor() -> None:
    before = len(os.listdir("/proc/self/fd"))
    data = bytes(20 << 20)
    tasks = [asyncio.create_task(descriptor(data)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, tuple):
            os.close(result[0])
    await asyncio.get_running_loop().shutdown_default_executor()
    await asyncio.sleep(0.05)
    assert len(os.listdir("/proc/self/fd")) <= before


async def test_the_loop_never_waits(blocking: BlockBuster, spools: SpoolPool) -> None:
    fd, _ = await descriptor(bytes(4 << 20))
    os.close(fd)
