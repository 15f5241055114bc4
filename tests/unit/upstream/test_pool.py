"""The pool's bounds, its order, and what becomes of connections that nobody needs."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import UpstreamBroken, UpstreamDown
from tests.unit.upstream.conftest import Connect
from tests.unit.upstream.fake import FakeServer, Text, envelope, session, to

BODY = Text(b"Subject: x\r\n\r\nhello\r\n")


async def test_never_more_than_pool_size_and_first_come_first_served(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, pool_size=2)
        served: list[int] = []

        async def one(number: int) -> None:
            transaction = upstream.begin(envelope())
            await transaction.rcpt(to("a"))
            served.append(number)
            await asyncio.sleep(0)
            await transaction.send(b"", BODY)

        await asyncio.gather(*(one(n) for n in range(20)))
        assert len(server.seen) == 2
        assert len(server.delivered) == 20
        assert sorted(served[:2]) == [0, 1]
        assert served[2:] == sorted(served[2:])
        assert (upstream.pool.open_connections, upstream.pool.idle_connections, upstream.pool.waiting) == (2, 2, 0)


async def test_waiting_is_bounded(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, pool_size=1, connect_timeout=1.0)
        first = upstream.begin(envelope())
        await first.rcpt(to("a"))
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("b"))
        assert upstream.pool.waiting == 0
        assert (await first.send(b"", BODY)).code == 250


async def test_a_cancelled_waiter_loses_no_slot(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, pool_size=1)
        first = upstream.begin(envelope())
        await first.rcpt(to("a"))
        early, late = (asyncio.create_task(upstream.begin(envelope()).rcpt(to("b"))) for _ in range(2))
        await asyncio.sleep(0)
        late.cancel()
        await asyncio.sleep(0)
        assert upstream.pool.waiting == 1
        first.abort()  # serves the first waiter, which is cancelled before it can run
        early.cancel()
        await asyncio.gather(early, late, return_exceptions=True)
        assert (upstream.pool.used_connections, upstream.pool.waiting) == (0, 0)
        assert [r.code for r in await upstream.begin(envelope()).rcpt(to("c"))] == [250]


async def test_a_lost_connection_lets_the_next_one_in(connect: Connect) -> None:
    async with FakeServer("drops_at_rcpt", "good") as server:
        upstream = connect(server, pool_size=1)
        first = asyncio.create_task(upstream.begin(envelope()).rcpt(to("a")))
        await asyncio.sleep(0)
        second = asyncio.create_task(upstream.begin(envelope()).rcpt(to("b")))
        await asyncio.wait([first, second])
        assert first.exception() is not None
        assert [r.code for r in second.result()] == [250]


async def test_a_server_that_takes_no_more_connections_serves_with_those_it_has(connect: Connect) -> None:
    async with FakeServer("good", "421_at_greeting") as server:
        upstream = connect(server)
        transactions = [upstream.begin(envelope()) for _ in range(4)]
        await transactions[0].rcpt(to("a"))
        others = [asyncio.create_task(each.rcpt(to("b"))) for each in transactions[1:]]
        while upstream.pool.waiting < 3:
            await asyncio.sleep(0.001)
        for number, transaction in enumerate(transactions):
            if number:
                assert [r.code for r in await others[number - 1]] == [250]
            await transaction.send(b"", BODY)
        assert len(server.delivered) == 4
        assert upstream.healthy
        assert len(server.seen) < 5


async def test_those_who_wait_for_a_connection_in_use_learn_when_it_is_lost(connect: Connect) -> None:
    async with FakeServer("drops_at_data", "421_at_greeting") as server:
        upstream = connect(server, connect_timeout=60)
        first = upstream.begin(envelope())
        await first.rcpt(to("a"))
        others = [asyncio.create_task(upstream.begin(envelope()).rcpt(to("b"))) for _ in range(3)]
        while upstream.pool.waiting < 3:
            await asyncio.sleep(0.001)
        with pytest.raises(UpstreamDown):
            await first.send(b"", BODY)
        for other in others:
            with pytest.raises(UpstreamDown):
                await other
        assert (upstream.pool.waiting, upstream.pool.open_connections) == (0, 0)


async def test_aborting_from_outside_in_mid_command_drops_the_connection(connect: Connect) -> None:
    async with FakeServer("silent_at_mail", "good") as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope())
        task = asyncio.create_task(transaction.rcpt(to("a")))
        while not (server.seen and len(server.seen[0].commands) > 1):
            await asyncio.sleep(0.001)
        transaction.abort()
        with pytest.raises(UpstreamBroken):
            await task
        assert upstream.pool.open_connections == 0
        assert [r.code for r in await upstream.begin(envelope()).rcpt(to("a"))] == [250]


async def test_idle_connections_are_closed_politely(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, pool_idle=0.05)
        transaction = upstream.begin(envelope())
        await transaction.rcpt(to("a"))
        await transaction.send(b"", BODY)
        while server.now_open:
            await asyncio.sleep(0.005)
        assert server.seen[0].commands[-1] == "QUIT"
        assert upstream.pool.open_connections == 0


async def test_another_client_takes_the_longest_idle_slot(connect: Connect) -> None:
    async with FakeServer(extensions=("PIPELINING", "XCLIENT ADDR")) as server:
        upstream = connect(server, pool_size=2, xclient=True)
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.2"):
            transaction = upstream.begin(envelope(client=session(address)))
            await transaction.rcpt(to("a"))
            await transaction.send(b"", BODY)
            assert upstream.pool.open_connections <= 2
        assert [any("ADDR=192.0.2.2" in c for c in seen.commands) for seen in server.seen] == [False, True, False]
        assert server.seen[0].commands[-1] == "QUIT"
        assert len(server.delivered) == 4


async def test_a_waiter_of_another_client_gets_the_slot_not_the_connection(connect: Connect) -> None:
    async with FakeServer(extensions=("PIPELINING", "XCLIENT ADDR")) as server:
        upstream = connect(server, pool_size=1, xclient=True)
        first = upstream.begin(envelope(client=session("192.0.2.1")))
        await first.rcpt(to("a"))
        waiting = asyncio.create_task(upstream.begin(envelope(client=session("192.0.2.2"))).rcpt(to("b")))
        await asyncio.sleep(0)
        await first.send(b"", BODY)
        assert [r.code for r in await waiting] == [250]
        assert "XCLIENT ADDR=192.0.2.2" in server.seen[1].commands


async def test_a_refused_xclient_is_no_connection(connect: Connect) -> None:
    async with FakeServer("refuses_xclient", extensions=("PIPELINING", "XCLIENT ADDR")) as server:
        upstream = connect(server, xclient=True)
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert upstream.observer.failures == ["xclient"]  # type: ignore[attr-defined]
        assert upstream.pool.open_connections == 0


async def test_backoff_ends_and_the_host_is_tried_again(connect: Connect) -> None:
    async with FakeServer("421_at_greeting", "good") as server:
        upstream = connect(server, backoff=1.0)
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert len(server.seen) == 1
        await asyncio.sleep(1.1)
        assert [r.code for r in await upstream.begin(envelope()).rcpt(to("a"))] == [250]


async def test_close_ends_everything_and_everybody(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, pool_size=2)
        used, idle = upstream.begin(envelope()), upstream.begin(envelope())
        await used.rcpt(to("a"))
        await idle.rcpt(to("a"))
        await idle.send(b"", BODY)
        await upstream.close()
        assert upstream.pool.open_connections == 0
        with pytest.raises(UpstreamDown):
            await upstream.begin(envelope()).rcpt(to("a"))
        assert server.seen[1].commands[-1] == "QUIT"


async def test_start_learns_what_the_hosts_have_in_common(connect: Connect) -> None:
    async with FakeServer() as full, FakeServer(extensions=("PIPELINING", "SIZE 1000")) as less:
        upstream = connect(full, less)
        assert upstream.capabilities.size is None
        assert not upstream.healthy
        await upstream.start()
        while not (full.seen and less.seen and upstream.capabilities.size == 1000):
            await asyncio.sleep(0.001)
        assert upstream.healthy
        assert upstream.capabilities.pipelining
        assert not upstream.capabilities.smtputf8


async def test_start_with_a_dead_host_notices_when_it_comes_back(connect: Connect) -> None:
    async with FakeServer("drops_at_greeting", "good") as server:
        upstream = connect(server, backoff=0.02)
        await upstream.start()
        while not upstream.healthy:
            await asyncio.sleep(0.005)
        assert len(server.seen) >= 2


async def test_probe_says_whether_a_host_answers(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server)
        assert await upstream.probe() is True
    assert await upstream.probe() is False


async def test_a_retired_upstream_serves_what_still_comes_and_keeps_nothing(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server)
        first, second = upstream.begin(envelope()), upstream.begin(envelope())
        await first.rcpt(to("a"))
        upstream.retire()
        await second.rcpt(to("a"))
        assert [(await each.send(b"", BODY)).code for each in (first, second)] == [250, 250]
        assert upstream.pool.open_connections == 0
