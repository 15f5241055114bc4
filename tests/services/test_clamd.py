"""The client against a real clamd: what it finds, what it misses, and every way in which it can be gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from gateway.malware.clamd import Clamd as Client
from gateway.malware.clamd import Scan
from tests.support.clamav import EICAR, SIGNATURE, Clamd
from tests.support.ports import HOST, free_port

pytestmark = pytest.mark.service("clamd")


@pytest.fixture(scope="module")
def daemon() -> Iterator[Clamd]:
    with Clamd(maximum=4 * 2**20, idle=3) as made:
        yield made


def content(*chunks: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def each() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return each


def client(address: str, **changes: float) -> Client:
    given = {"connections": 4, "timeout": 60.0, **changes}
    return Client(address, connections=int(given["connections"]), timeout=given["timeout"])


@pytest.mark.parametrize("over", ["address", "tcp"])
async def test_finds_and_passes_over_either_socket(daemon: Clamd, over: str) -> None:
    made = client(getattr(daemon, over))
    assert await made.scan(content(b"Kinh gui", b" quy co quan")) == Scan()
    assert await made.scan(content(EICAR)) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
    assert await made.scan(content(EICAR[:20], EICAR[20:])) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
    assert await made.scan(content()) == Scan()
    assert made.healthy
    await made.close()


async def test_one_session_serves_many(daemon: Clamd) -> None:
    made = client(daemon.address, connections=1)
    for _ in range(20):
        assert await made.scan(content(b"x" * 1000)) == Scan()
    assert len(made._idle) == 1
    assert await made.scan(content(EICAR)) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
    await made.close()


async def test_many_at_once_keep_their_answers(daemon: Clamd) -> None:
    made = client(daemon.address)
    scans = await asyncio.gather(*(made.scan(content(EICAR if n % 2 else b"clean %d" % n)) for n in range(60)))
    assert [bool(scan.signature) for scan in scans] == [bool(n % 2) for n in range(60)]
    assert len(made._idle) <= 4
    await made.close()


async def test_a_stream_beyond_its_limit(daemon: Clamd) -> None:
    made = client(daemon.address)
    assert await made.scan(content(*[b"y" * 2**18] * 40)) == Scan(failed="size")
    assert await made.scan(content(EICAR)) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
    assert made.healthy
    await made.close()


async def test_a_session_that_the_daemon_ended_is_replaced(daemon: Clamd) -> None:
    made = client(daemon.address)
    assert await made.scan(content(b"one")) == Scan()
    await asyncio.sleep(4.5)  # beyond the daemon's idle time-out
    assert await made.scan(content(EICAR)) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
    await made.close()


async def test_gone_and_back() -> None:
    with Clamd() as daemon:
        made = client(daemon.address)
        assert await made.scan(content(b"one")) == Scan()
        daemon.stop()
        assert await made.scan(content(EICAR)) == Scan(failed="down")
        assert not made.healthy
        assert not await made.ping()
        daemon.start()
        async with asyncio.timeout(60):
            while not await made.ping():
                await asyncio.sleep(0.1)
        assert made.healthy
        assert await made.scan(content(EICAR)) == Scan(signature=f"{SIGNATURE}.UNOFFICIAL")
        await made.close()


async def test_nobody_there() -> None:
    made = client(f"{HOST}:{free_port()}")
    assert await made.scan(content(b"one")) == Scan(failed="down")
    assert not await made.ping()
    assert not made.healthy
