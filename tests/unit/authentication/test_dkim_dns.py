"""DKIM and ARC over a real resolver and a DNS that lies, loops, waits or talks without end: never a pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from gateway.authentication.answer import Budget
from gateway.authentication.arc import check_arc
from gateway.authentication.arc_sealing import seal
from gateway.authentication.dkim_verify import check_dkim
from gateway.authentication.resolver import Resolver
from gateway.who import Check, Method, Result
from tests.lab_dns import Fault, LabDns
from tests.unit.authentication.dkim_support import BODY, HEADER, NOW, Kept, key, sign, split

MESSAGE = HEADER + b"\r\n" + BODY


def _publish(lab: LabDns) -> None:
    for one in (key(), key("ed25519", selector="e1")):
        lab.set(one.record_name, ("TXT", [one.record.encode()]))


async def _checks(resolver: Resolver, message: bytes, budget: Budget | None = None) -> tuple[Check, ...]:
    header, start = split(message)
    return await check_dkim(resolver, budget or Budget(), header, Kept(message), start, NOW)


async def _sealed() -> bytes:
    header, start = split(MESSAGE)
    none = Check(Method.ARC, Result.NONE)
    return await seal(key(), "gw.example", (none,), header, Kept(MESSAGE), start, NOW) + MESSAGE


async def test_a_key_in_several_strings(lab: LabDns, resolver: Resolver) -> None:
    _publish(lab)
    signed = await sign(MESSAGE, key(), key("ed25519", selector="e1")) + MESSAGE
    assert [check.result for check in await _checks(resolver, signed)] == [Result.PASS, Result.PASS]
    assert [check.result for check in await _checks(resolver, signed)] == [Result.PASS, Result.PASS]
    assert lab.count(key().record_name) == 1  # the cache


async def test_a_key_elsewhere(lab: LabDns, resolver: Resolver) -> None:
    lab.set(key().record_name, "CNAME key.provider.example")
    lab.set("key.provider.example", ("TXT", [key().record.encode()]))
    (check,) = await _checks(resolver, await sign(MESSAGE, key()) + MESSAGE)
    assert check.result is Result.PASS


_WRONG = [
    Fault.SERVFAIL,
    Fault.REFUSED,
    Fault.FORMERR,
    Fault.TIMEOUT,
    Fault.LOOP,
    Fault.LONG_CHAIN,
    Fault.TRUNCATED_NO_TCP,
    Fault.TRUNCATED_SLOW_TCP,
    Fault.HUGE,
    Fault.GARBAGE,
    Fault.EMPTY,
    Fault.WRONG_ID,
    Fault.WRONG_QUESTION,
    Fault.FLOOD,
]


@pytest.mark.parametrize("fault", _WRONG)
async def test_dns_that_fails_is_a_temperror(lab: LabDns, hasty: Resolver, fault: Fault) -> None:
    _publish(lab)
    signed, sealed = await sign(MESSAGE, key()) + MESSAGE, await _sealed()
    lab.misbehave(key().record_name, fault)
    (check,) = await _checks(hasty, signed)
    assert (check.result, check.domain) == (Result.TEMPERROR, key().domain)
    header, start = split(sealed)
    chain = await check_arc(hasty, Budget(), header, Kept(sealed), start, NOW)
    assert chain.result is Result.TEMPERROR


async def test_records_of_another_name_are_no_key(lab: LabDns, hasty: Resolver) -> None:
    _publish(lab)
    lab.misbehave(key().record_name, Fault.OTHER_NAME)
    (check,) = await _checks(hasty, await sign(MESSAGE, key()) + MESSAGE)
    assert check.result in (Result.PERMERROR, Result.TEMPERROR)


@pytest.mark.parametrize("fault", [Fault.LOST_ONCE, Fault.WRONG_THEN_RIGHT, Fault.TRUNCATED, Fault.SLOW])
async def test_dns_that_is_only_slow_or_odd(lab: LabDns, resolvers: Callable[..., Resolver], fault: Fault) -> None:
    _publish(lab)
    lab.misbehave(key().record_name, fault, seconds=0.05)
    (check,) = await _checks(resolvers(lab), await sign(MESSAGE, key()) + MESSAGE)
    assert check.result is Result.PASS


async def test_no_record(lab: LabDns, resolver: Resolver) -> None:
    (check,) = await _checks(resolver, await sign(MESSAGE, key()) + MESSAGE)
    assert (check.result, check.reason) == (Result.PERMERROR, "no key in DNS")


async def test_the_budget_of_a_message_is_kept(lab: LabDns, resolver: Resolver) -> None:
    _publish(lab)
    signed = await sign(MESSAGE, key(), key("ed25519", selector="e1")) + MESSAGE
    checks = await _checks(resolver, signed, Budget(queries=1))
    assert sorted(check.result for check in checks) == [Result.PASS, Result.TEMPERROR]
    assert len(lab.asked) == 1


async def test_keys_are_asked_for_together(lab: LabDns, resolvers: Callable[..., Resolver]) -> None:
    """Eight slow keys take as long as one."""
    one = key("ed25519")
    message = MESSAGE
    for number in range(8):
        other = type(one)(f"d{number}.example", "s1", one.private)
        lab.set(other.record_name, ("TXT", [other.record.encode()]))
        lab.misbehave(other.record_name, Fault.SLOW, seconds=0.5)
        message = await sign(MESSAGE, other, domain=other.domain) + message
    budget = Budget(seconds=3.5)  # one after another they would need 4
    checks = await _checks(resolvers(lab), message, budget)
    assert [check.result for check in checks] == [Result.PASS] * 8


async def test_it_can_be_cancelled_at_any_time(lab: LabDns, resolver: Resolver) -> None:
    _publish(lab)
    lab.misbehave(key().record_name, Fault.TIMEOUT)
    task = asyncio.ensure_future(_checks(resolver, await sign(MESSAGE, key()) + MESSAGE))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
