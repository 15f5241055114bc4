"""A server that is away, stalls or talks nonsense: bounded, told by name, never an exception of another kind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from gateway.errors import LimitsUnavailable
from gateway.throttle.redis_link import Link, Script, Unsure
from gateway.throttle.redis_url import place
from tests.support.ports import HOST, free_port
from tests.support.redis_faults import OK, FaultyRedis

SCRIPT = Script(b"return 1")
LONG = 30.0  # seconds after which a test says that it hangs
FAULTS: dict[str, bytes | None] = {
    "silent": None,
    "half a number": b":1",
    "half an array": b"*3\r\n:1\r\n$5\r\nab",
    "half a string": b"$100\r\nabc",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "a greeting of SMTP": b"220 mail.tinh.example ESMTP\r\n",
    "NULs": b"\0" * 4096,
    "no line end": b"+" + b"x" * 500_000,
    "a length without end": b"$99999999999999999999\r\nx",
    "a negative length": b"*-7\r\n",
    "deep": b"*1\r\n" * 5000,
    "not UTF-8": b"-\xff\xfe\r\n",
    "an empty error": b"-\r\n",
    "loading": b"-LOADING Redis is loading the dataset in memory\r\n",
    "read only": b"-READONLY You can't write against a read only replica.\r\n",
    "cannot persist": b"-MISCONF Redis is configured to save RDB snapshots\r\n",
    "full": b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    "busy": b"-BUSY Redis is busy running a script.\r\n",
    "master down": b"-MASTERDOWN Link with MASTER is down\r\n",
    "moved": b"-MOVED 3999 127.0.0.1:6381\r\n",
    "moved to nowhere": b"-MOVED x\r\n",
    "cluster down": b"-CLUSTERDOWN Hash slot not served\r\n",
    "another slot": b"-CROSSSLOT Keys in request don't hash to the same slot\r\n",
    "not allowed": b"-NOPERM this user has no permissions\r\n",
    "not logged in": b"-NOAUTH Authentication required.\r\n",
    "other data": b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    "no script, twice": b"-NOSCRIPT No matching script.\r\n",
}


@pytest.fixture
async def server() -> AsyncIterator[FaultyRedis]:
    async with FaultyRedis() as made:
        yield made


def link(url: str, *, timeout: float = 20, connections: int = 2, queue: int = 100) -> Link:
    return Link(url, timeout=timeout, connections=connections, queue=queue)


async def recovered(made: Link) -> None:
    """Wait until it answers again."""
    while True:
        try:
            assert await made.call(SCRIPT, [b"k"], []) == b"OK"
        except LimitsUnavailable:
            await asyncio.sleep(0.05)
        else:
            return


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_is_told_as_one_and_passes(server: FaultyRedis, fault: str) -> None:
    made = link(server.url, timeout=0.6)
    server.answer = FAULTS[fault]
    async with asyncio.timeout(LONG):
        with pytest.raises(LimitsUnavailable) as told:
            await made.call(SCRIPT, [b"a-key"], [b"an-argument"])
        assert "chia-khoa" not in str(told.value)
        assert "a-key" not in str(told.value)
        server.answer = OK
        await recovered(made)
        await made.close()


@pytest.mark.parametrize(
    "fault", [b"-WRONGPASS invalid username-password pair\r\n", b"-ERR invalid password\r\n", None]
)
async def test_a_greeting_that_fails(server: FaultyRedis, fault: bytes | None) -> None:
    made = link(server.url, timeout=0.6)
    server.greeting = fault
    async with asyncio.timeout(LONG):
        with pytest.raises(LimitsUnavailable) as told:
            await made.call(SCRIPT, [], [])
        assert not isinstance(told.value, Unsure)
        assert server.asked == 0
        server.greeting = OK
        await recovered(made)
        await made.close()


async def test_hung_up_after_the_question(server: FaultyRedis) -> None:
    made = link(server.url)
    server.answer, server.closes = b"", True
    async with asyncio.timeout(LONG):
        with pytest.raises(Unsure):
            await made.call(SCRIPT, [], [])
        assert server.asked == 1  # not asked twice: it may be done
        server.answer, server.closes = OK, False
        await recovered(made)
        await made.close()


async def test_a_connection_that_ended_while_idle_is_replaced(server: FaultyRedis) -> None:
    made = link(server.url)
    server.closes = True
    async with asyncio.timeout(LONG):
        for number in range(1, 4):
            assert await made.call(SCRIPT, [], []) == b"OK"
            await asyncio.sleep(0.05)
            assert server.connections == number
        await made.close()


async def test_a_word_that_nobody_asked_for_ends_the_connection(server: FaultyRedis) -> None:
    made = link(server.url)
    server.answer = OK + b"+SURPLUS\r\n"
    async with asyncio.timeout(LONG):
        assert await made.call(SCRIPT, [], []) == b"OK"
        await asyncio.sleep(0.05)
        assert await made.call(SCRIPT, [], []) == b"OK"  # not the surplus
        assert server.connections == 2
        await made.close()


async def test_a_server_that_is_away_is_not_asked_at_once_again(server: FaultyRedis) -> None:
    made = link(server.url)
    server.answer = b"-LOADING\r\n"
    async with asyncio.timeout(LONG):
        for _ in range(50):
            with pytest.raises(LimitsUnavailable):
                await made.call(SCRIPT, [], [])
        assert server.asked < 10
        await made.close()


async def test_an_error_of_one_call_is_not_the_others(server: FaultyRedis) -> None:
    made = link(server.url, connections=1)
    server.answer = b"-WRONGTYPE other data\r\n"
    async with asyncio.timeout(LONG):
        with pytest.raises(LimitsUnavailable, match="WRONGTYPE"):
            await made.call(SCRIPT, [], [])
        server.answer = OK
        assert await made.call(SCRIPT, [], []) == b"OK"
        assert server.connections == 1
        await made.close()


async def test_what_waits_is_bounded_and_told_with_the_rest(server: FaultyRedis) -> None:
    made = link(server.url, timeout=3, queue=20, connections=1)
    server.answer = None
    async with asyncio.timeout(LONG):
        calls = [asyncio.create_task(made.call(SCRIPT, [], [])) for _ in range(200)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, LimitsUnavailable) for result in results)
        assert sum("too many" in str(result) for result in results) == 180
        assert server.connections == 1
        await made.close()


async def test_connections_are_bounded(server: FaultyRedis) -> None:
    made = link(server.url, queue=10_000)
    async with asyncio.timeout(LONG):
        assert await asyncio.gather(*(made.call(SCRIPT, [b"k"], [1]) for _ in range(5000))) == [b"OK"] * 5000
        assert server.asked == 5000
        assert server.connections <= 2
        await made.close()


async def test_one_that_gives_up_does_not_take_the_others_with_it(server: FaultyRedis) -> None:
    made = link(server.url, connections=1)
    async with asyncio.timeout(LONG):
        calls = [asyncio.create_task(made.call(SCRIPT, [], [])) for _ in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert results[1::2] == [b"OK"] * 10
        assert await made.call(SCRIPT, [], []) == b"OK"
        await made.close()


async def test_an_answer_that_comes_in_the_turn_of_the_cancelling_is_unwanted(server: FaultyRedis) -> None:
    made, unwanted = link(server.url, connections=1), list[object]()

    async def first() -> None:
        await made.call(SCRIPT, [], [])
        second.cancel()  # both were answered in one turn: what it awaits is done, and it has not run yet

    async with asyncio.timeout(LONG):
        leading = asyncio.create_task(first())
        second = asyncio.create_task(made.call(SCRIPT, [], [], unwanted.append))
        with pytest.raises(asyncio.CancelledError):
            await second
        await leading
        await made.close()
    assert unwanted == [b"OK"]


async def test_closing_tells_who_waits(server: FaultyRedis) -> None:
    made = link(server.url, timeout=60, connections=1)
    server.answer = None
    async with asyncio.timeout(LONG):
        calls = [asyncio.create_task(made.call(SCRIPT, [], [])) for _ in range(100)]
        await asyncio.sleep(0.05)
        await made.close()
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, LimitsUnavailable) for result in results)
        with pytest.raises(LimitsUnavailable):
            await made.call(SCRIPT, [], [])


async def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = link(f"redis://:chia-khoa@{HOST}:{free_port()}/0")
    async with asyncio.timeout(LONG):
        with capture_logs() as logs:
            with pytest.raises(LimitsUnavailable) as told:
                await made.call(SCRIPT, [], [])
            with pytest.raises(LimitsUnavailable):
                await made.call(SCRIPT, [], [])
        await made.close()
    assert not isinstance(told.value, Unsure)
    assert len(logs) == 1
    assert "chia-khoa" not in f"{logs} {caplog.text} {told.value} {told.value.__context__!r}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:khoa@10.0.0.5:6379/2", "redis://10.0.0.5:6379/2"),
        ("rediss://ai:khoa@redis.tinh.example/0?password=khoa", "rediss://redis.tinh.example/0"),
        ("unix://:khoa@/run/redis.sock?db=1&password=khoa", "unix:///run/redis.sock"),
        ("redis://:khoa@h:port/", "redis"),
        ("redis://h/\x1b]0;x", "redis://h/?]0;x"),
    ],
)
def test_a_url_without_its_secret(url: str, shown: str) -> None:
    assert place(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://h",
        "redis://h:port",
        "redis://h?db=khoa",
        "redis://h?nonsense=khoa",
        "redis://h?password=khoa",
        "unix:///run/redis.sock?password=khoa",
        "redis://h?socket_timeout=1000",
        "redis://h?ssl_cert_reqs=none",
        "redis://:kho#a@h/0",
        "redis:///0",
        "unix://",
        "redis://[khoa",
    ],
)
async def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError) as told:
        link(url)
    assert "kho" not in str(told.value)
