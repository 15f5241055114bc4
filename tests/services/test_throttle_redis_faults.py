"""What can be done to a real Redis under the store of limits: each is told in time, and passes without a restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs

from gateway.errors import LimitsUnavailable
from gateway.rates import Ask, Charge
from gateway.throttle.account import VERSION
from gateway.throttle.lease import Lease
from gateway.throttle.redis import RedisLimits
from tests.support.redis import RedisServer
from tests.support.tls import Certificates
from tests.unit.throttle.contract import DAY, MESSAGES, MINUTE, NEW, RECIPIENTS, Clock, charge, name, people, used

pytestmark = pytest.mark.service("redis")
LONG = 60.0  # seconds after which a test says that it hangs


@pytest.fixture(scope="module")
def server(tls: Certificates) -> Iterator[RedisServer]:
    with RedisServer(keep=True, certificates=tls) as made:
        yield made


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisLimits]:
    made = RedisLimits(server.url, timeout=30)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def hasty(server: RedisServer) -> AsyncIterator[RedisLimits]:
    """For a server that gives no answer."""
    made = RedisLimits(server.url, timeout=4)
    await made.start()
    yield made
    await made.close()


async def counts(store: RedisLimits) -> None:
    """It does its work: a fresh account is counted."""
    account = charge((RECIPIENTS, DAY, 1))
    assert (await store.reserve(Ask((account,), people(2)))).granted == (True, False)


async def recovered(store: RedisLimits) -> None:
    """Return once it does its work again."""
    async with asyncio.timeout(LONG):
        while True:
            try:
                await counts(store)
            except LimitsUnavailable:
                await asyncio.sleep(0.05)
            else:
                return


async def refuses(store: RedisLimits) -> None:
    """Every question is told that there is no answer."""
    account = charge((RECIPIENTS, DAY, 1))
    for question in (
        store.reserve(Ask((account,), people(1))),
        store.usage([account]),
        store.change(name(), 60, lambda old, _: (b"x", old)),
    ):
        with pytest.raises(LimitsUnavailable):
            await question


@pytest.mark.parametrize("url", ["url", "unix_url", "tls_url"])
async def test_every_way_to_it(server: RedisServer, url: str) -> None:
    store = RedisLimits(getattr(server, url), timeout=30)
    await store.start()
    await counts(store)
    await store.close()


async def test_a_certificate_that_is_not_trusted(server: RedisServer) -> None:
    store = RedisLimits(server.tls_url.partition("?")[0], timeout=30)
    with pytest.raises(LimitsUnavailable):
        await store.start()
    await store.close()


async def test_databases_and_prefixes_are_apart(server: RedisServer) -> None:
    account = charge((RECIPIENTS, DAY, 9))
    stores = [
        RedisLimits(server.url, timeout=30),
        RedisLimits(server.url.removesuffix("0") + "3", timeout=30),
        RedisLimits(server.url, timeout=30, prefix="khac:"),
    ]
    await stores[0].reserve(Ask((account,), people(2)))
    assert [used(await store.usage([account])) for store in stores] == [[[2]], [[0]], [[0]]]
    for store in stores:
        await store.close()


async def test_a_wrong_password(server: RedisServer) -> None:
    store = RedisLimits(server.url.replace(server.password, "sai-mat-khau"), timeout=30)
    with capture_logs() as logs, pytest.raises(LimitsUnavailable) as told:
        await store.start()
    assert "sai-mat-khau" not in f"{logs} {told.value}"
    assert logs
    await store.close()


async def test_ended_and_begun_again(server: RedisServer, hasty: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 5), (NEW, DAY, 9))
    hold = (await hasty.reserve(Ask((account,), people(3)))).hold
    server.stop()
    try:
        await refuses(hasty)
        with pytest.raises(LimitsUnavailable):
            await hasty.settle([hold], people(2))
    finally:
        server.start()
    await recovered(hasty)
    await hasty.settle([hold], people(2))
    grant = await hasty.reserve(Ask((account,), people(9)))
    assert sum(grant.granted) == 3
    assert grant.hold.new == people(1, 2)
    assert sum(grant.granted) + 2 == 5


async def test_killed_in_mid_load_admits_no_more(server: RedisServer, hasty: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 400), (MESSAGES, DAY, 400))
    granted = 0

    async def send(number: int) -> None:
        nonlocal granted
        for turn in range(60):
            with contextlib.suppress(LimitsUnavailable):
                grant = await hasty.reserve(Ask((account,), people(1, 100 * number + turn), messages=1))
                granted += grant.granted[0]
            await asyncio.sleep(0.01)

    async def kill() -> None:
        await asyncio.sleep(0.05)
        server.kill()
        await asyncio.sleep(0.1)
        server.start()  # in this thread: a child ends with the thread that made it

    await asyncio.gather(kill(), *(send(number) for number in range(40)))
    await recovered(hasty)
    granted += sum((await hasty.reserve(Ask((account,), people(500)))).granted)
    assert granted <= 400
    assert granted >= 200  # what got lost with replies is no more than what was under way


async def test_stalled(server: RedisServer, hasty: RedisLimits) -> None:
    server.pause()
    try:
        await refuses(hasty)
    finally:
        server.resume()
    await recovered(hasty)


async def test_a_settlement_without_a_reply_is_not_repeated(server: RedisServer, hasty: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 9))
    first, second = [(await hasty.reserve(Ask((account,), people(3)))).hold for _ in range(2)]
    server.pause()
    try:
        await hasty.settle([first], ())  # perhaps done
    finally:
        server.resume()
    await recovered(hasty)
    assert used(await hasty.usage([account]))[0][0] in (3, 6)
    await hasty.settle([second], ())
    assert used(await hasty.usage([account]))[0][0] in (0, 3)


async def test_emptied(server: RedisServer, store: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 2), (NEW, DAY, 2))
    hold = (await store.reserve(Ask((account,), people(2)))).hold
    with server.client() as client:
        client.flushall()
        client.script_flush()
    await store.settle([hold], people(1))  # gone slots: nothing
    assert used(await store.usage([account])) == [[0, 0]]
    await counts(store)


async def test_many_find_the_script_gone(server: RedisServer, store: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 150))
    for _ in range(3):
        with server.client() as client:
            client.script_flush()
        grants = await asyncio.gather(*(store.reserve(Ask((account,), people(1, n))) for n in range(100)))
    assert len(grants) == 100
    assert used(await store.usage([account])) == [[150]]


async def test_a_replica(server: RedisServer, store: RedisLimits) -> None:
    with server.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            with pytest.raises(LimitsUnavailable):
                await store.reserve(Ask((charge((RECIPIENTS, DAY, 1)),), people(1)))
        finally:
            client.execute_command("REPLICAOF", "NO", "ONE")
    await recovered(store)


async def test_out_of_memory(server: RedisServer, store: RedisLimits) -> None:
    with server.client() as client:
        client.config_set("maxmemory", 1)
        try:
            with pytest.raises(LimitsUnavailable, match="OOM"):
                await store.reserve(Ask((charge((RECIPIENTS, DAY, 1)),), people(1)))
        finally:
            client.config_set("maxmemory", 0)
    await recovered(store)


async def test_a_user_who_may_not(server: RedisServer) -> None:
    with server.client() as client:
        client.acl_setuser("doc", enabled=True, passwords=["+doc"], categories=["+@read"], keys=["*"])
    store = RedisLimits(server.url.replace(f":{server.password}", "doc:doc"), timeout=30)
    with pytest.raises(LimitsUnavailable, match="NOPERM"):
        await store.start()
    await store.close()


_RIGHTS = ("eval", "evalsha", "get", "mget", "set", "del", "time", "select", "client|setname")  # docs/throttle.md


async def test_the_least_rights(server: RedisServer) -> None:
    with server.client() as client:
        rights = [f"+{command}" for command in _RIGHTS]
        client.execute_command("ACL", "SETUSER", "it", "on", ">it", "~congthu:*", "-@all", *rights)
    store = RedisLimits(server.url.replace(f":{server.password}", "it:it"), timeout=30)
    await store.start()
    account, key = charge((RECIPIENTS, DAY, 9), (NEW, DAY, 9)), name()
    hold = (await store.reserve(Ask((account,), people(2)))).hold
    await store.settle([hold], people(1))
    assert used(await store.usage([account])) == [[1, 1]]
    assert await store.change(key, 60, lambda old, _: (b"x", old)) is None
    assert await store.change(key, 60, lambda old, _: (None, old)) == b"x"
    await store.close()


def _key(server: RedisServer, store: RedisLimits, account: Charge) -> bytes:
    key = store._names.account(account)
    with server.client() as client:
        assert client.exists(key)
    return key


async def test_other_data_under_our_name(server: RedisServer, store: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 2))
    await store.reserve(Ask((account,), people(1)))
    key = _key(server, store, account)
    with server.client() as client:
        client.delete(key)
        client.rpush(key, b"x")
        assert used(await store.usage([account])) == [[0]]
        assert (await store.reserve(Ask((account,), people(3)))).granted == (True, True, False)
        assert client.type(key) == b"string"


@pytest.mark.parametrize("state", [b"", b"\0", b"\xff" * 500, bytes([VERSION]) + b"\xff" * 7, b"\0" * 10_000])
async def test_a_state_that_cannot_be_read_is_none(server: RedisServer, store: RedisLimits, state: bytes) -> None:
    account = charge((RECIPIENTS, DAY, 2), (NEW, DAY, 9))
    held = (await store.reserve(Ask((account,), people(2)))).hold
    with server.client() as client:
        client.set(_key(server, store, account), state)
    await store.settle([held], ())
    assert used(await store.usage([account])) == [[0, 0]]
    assert (await store.reserve(Ask((account,), people(3)))).granted == (True, True, False)


async def test_everything_expires_and_nothing_grows(server: RedisServer) -> None:
    clock = Clock()
    store = RedisLimits(server.url, timeout=30, prefix="lon:", clock=clock)
    account = charge((NEW, DAY, 10**6), (RECIPIENTS, MINUTE, 10**6))
    for turn in range(60):
        names = people(150, 150 * turn)
        grant = await store.reserve(Ask((account,), names, messages=1))
        await store.settle([grant.hold], names)
        clock.now += 1900
    await store.change(name(), 60, lambda *_: (b"x", None))
    with server.client() as client:
        keys = list(client.scan_iter("lon:*", count=1000))
        assert len(keys) == 1 + 16 + 1
        assert all(client.ttl(key) > 0 for key in keys)
        assert sum(len(client.get(key) or b"") for key in keys) <= 1232 + 16 * 3120 + 9
    await store.close()


async def test_the_servers_clock_counts(server: RedisServer, store: RedisLimits) -> None:
    with server.client() as client:
        before = float(".".join(f"{part:06}" for part in client.time()))
        grant = await store.reserve(Ask((charge((RECIPIENTS, DAY, 2)),), people(1)))
        _, now = await store.change(name(), 60, lambda old, now: (old, (old, now)))
        after = float(".".join(f"{part:06}" for part in client.time()))
    assert before <= grant.hold.at <= now <= after


async def test_who_gave_up_holds_nothing(server: RedisServer, store: RedisLimits) -> None:
    account = charge((RECIPIENTS, DAY, 1000))
    await store.reserve(Ask((account,), people(1)))
    for delay in (0.0, 0.0, 0.001, 0.002, 0.003):
        asks = [asyncio.create_task(store.reserve(Ask((account,), people(1, n)))) for n in range(30)]
        await asyncio.sleep(delay)
        held = [ask.result().hold for ask in asks if ask.done()]
        for ask in asks:
            ask.cancel()
        results = await asyncio.gather(*asks, return_exceptions=True)
        assert sum(isinstance(result, asyncio.CancelledError) for result in results) == 30 - len(held)
        await store.settle(held, ())
    async with asyncio.timeout(LONG):
        while used(await store.usage([account])) != [[1]]:
            await asyncio.sleep(0.02)


async def test_a_lease(server: RedisServer, store: RedisLimits) -> None:
    clock = Clock()
    nodes = [RedisLimits(server.url, timeout=30, clock=clock) for _ in range(2)]
    what = name()
    leases = [Lease(node, what, f"gw{number}:1", 30) for number, node in enumerate(nodes)]
    for _ in range(4):
        assert sorted(await asyncio.gather(*(lease.acquire() for lease in leases))) == [False, True]
    holder = leases[0] if leases[0].held else leases[1]
    other = leases[1] if holder is leases[0] else leases[0]
    assert not await other.renew()
    clock.now += 20
    assert await holder.renew()
    clock.now += 20
    assert not await other.acquire()
    clock.now += 10
    assert await other.acquire()
    assert not await holder.renew()
    await other.release()
    assert await holder.acquire()
    for node in nodes:
        await node.close()
