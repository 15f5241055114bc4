"""ARC chains: ours against dkimpy's, both ways; what breaks a chain; that nothing hostile raises."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.authentication.answer import Budget
from gateway.authentication.arc import check_arc
from gateway.authentication.arc_sealing import seal
from gateway.authentication.keys import SigningKey, pem
from gateway.upstream.body import kept
from gateway.who import Check, Method, Result
from tests.unit.authentication.dkim_support import BODY, HEADER, NOW, Kept, Table, key, published, sign, split

MESSAGE = HEADER + b"\r\n" + BODY
KEYS = [key(domain=f"relay{number}.example", selector=f"a{number}", number=number % 2) for number in range(4)]
TABLE = published(*KEYS, key(), key("ed25519", domain="edge.example", selector="e"))
SPF = Check(Method.SPF, Result.PASS, "a.example", scope="mailfrom")


async def _check(message: bytes, table: Table = TABLE, now: float = NOW) -> Check:
    header, start = split(message)
    return await check_arc(table, Budget(), header, Kept(message), start, now)


async def _sealed(message: bytes, one: SigningKey, *checks: Check, skip: tuple[tuple[int, int], ...] = ()) -> bytes:
    """With our set on top of it, made of what we see."""
    chain = await _check(message)
    header, start = split(message)
    made = await seal(one, one.domain, (SPF, *checks, chain), header, Kept(message), start, NOW, skip)
    return made + (kept(message, 0, skip) if skip else message)


async def _chain(length: int, message: bytes = MESSAGE) -> bytes:
    for number in range(length):
        message = b"Received: by relay%d.example\r\n" % number + await _sealed(message, KEYS[number])
    return message


def _look_up(name: bytes, timeout: int = 5) -> bytes | None:
    records = TABLE.records.get(name.decode().rstrip("."), ())
    return records[0] if records and not isinstance(records, str) else None


async def test_no_chain() -> None:
    check = await _check(MESSAGE)
    assert (check.method, check.result, check.domain) == (Method.ARC, Result.NONE, "")


@pytest.mark.parametrize("length", [1, 2, 4])
async def test_ours_is_read_by_ourselves_and_by_dkimpy(length: int) -> None:
    message = await _chain(length)
    check = await _check(message)
    assert (check.result, check.domain, check.reason) == (Result.PASS, f"relay{length - 1}.example", "")
    validation, results, reason = dkim.arc_verify(message, dnsfunc=_look_up)
    assert (validation, reason) == (b"pass", "success")
    assert [one["instance"] for one in results] == list(range(length, 0, -1))


@pytest.mark.parametrize("length", [1, 3])
async def test_we_read_dkimpy_s(length: int) -> None:
    message = b"Authentication-Results: relay0.example; spf=pass smtp.mailfrom=a.example\r\n" + MESSAGE
    for number, one in enumerate(KEYS[:length]):
        added = b"Authentication-Results: %s; arc=%s\r\n" % (one.domain.encode(), b"pass" if number else b"none")
        fields = dkim.arc_sign(
            added + message, one.selector.encode(), one.domain.encode(), pem(one.private), one.domain.encode()
        )
        message = b"".join(fields) + added + message
    check = await _check(message, now=time.time())
    assert (check.result, check.reason, check.domain) == (Result.PASS, "", KEYS[length - 1].domain)
    assert (await _check(message.replace(b"Danh ", b"Dan "), now=time.time())).result is Result.FAIL


async def test_ed25519_and_a_signature_below() -> None:
    message = await sign(MESSAGE, key()) + MESSAGE
    sealed = await _sealed(message, key("ed25519", domain="edge.example", selector="e"))
    assert re.search(rb"h=[^;]*dkim-signature", sealed)
    assert (await _check(sealed)).result is Result.PASS


async def test_what_is_sealed_is_what_is_forwarded() -> None:
    message = b"Authentication-Results: relay0.example; spf=pass\r\nSubject: x\r\n" + MESSAGE
    sealed = await _sealed(message, KEYS[0], skip=((0, message.index(b"Received")),))
    assert sealed.count(b"Subject: x") == 0
    assert (await _check(sealed)).result is Result.PASS


def _without(name: bytes, number: int) -> Callable[[bytes], bytes]:
    pattern = rb"(?mi)^" + name + rb": i=%d;[^\n]*\n([ \t][^\n]*\n)*" % number
    return lambda message: re.sub(pattern, b"", message)


def _twice(name: bytes, number: int) -> Callable[[bytes], bytes]:
    pattern = rb"(?mi)^" + name + rb": i=%d;[^\n]*\n(?:[ \t][^\n]*\n)*" % number
    return lambda message: re.sub(pattern, lambda m: m[0] * 2, message)


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda message: message.replace(old, new)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_replaced(b"Danh ", b"Dan "), "message signature: the signature does not fit the header"),
        (_replaced(b"  hai", b"  ba"), "the body does not fit its hash"),
        (
            _replaced(b"smtp.mailfrom=a.example", b"smtp.mailfrom=b.example"),
            "seal 1: the signature does not fit the header",
        ),
        (_without(b"ARC-Seal", 1), "the chain has gaps"),
        (_without(b"ARC-Seal", 3), "the chain has gaps"),
        (_without(b"ARC-Message-Signature", 2), "the chain has gaps"),
        (_without(b"ARC-Authentication-Results", 2), "the chain has gaps"),
        (_twice(b"ARC-Seal", 2), "an instance stands twice"),
        (_replaced(b"ARC-Seal: i=3", b"ARC-Seal: i=0"), "an instance has no number"),
        (_replaced(b"ARC-Seal: i=3", b"ARC-Seal: i=51"), "an instance has no number"),
        (_replaced(b"ARC-Seal: i=3", b"ARC-Seal: x=3"), "no i="),
        (_replaced(b"Results: i=3;", b"Results: j=3;"), "an instance has no number"),
        (_replaced(b"ARC-Seal: i=3;", b"ARC-Seal: i=3; h=from;"), "a seal with h= or bh="),
        (_replaced(b"cv=none", b"cv=pass"), "a seal's cv= does not fit its place"),
        (_replaced(b"cv=pass", b"cv=none"), "a seal's cv= does not fit its place"),
        (_replaced(b"cv=pass", b"cv=good"), "unknown cv="),
        (_replaced(b"cv=pass", b"cv=fail"), "a relay before us found the chain broken"),
        (_replaced(b"h=from:from", b"h=arc-seal:from"), "a message signature covers seals"),
        (_replaced(b"d=relay2.example", b"d=relay9.example"), "no key in DNS"),
        (_replaced(b"d=relay1.example", b'd=re"lay.example'), "d= is not a domain"),
        (lambda message: b"X: y\r\n" * 2000 + message, "the header has too many fields"),
        (lambda message: b"X\r\n" + message, "the header has a line that is no field"),
        (lambda message: b"ARC-Seal: i=1; cv=none\r\n" * 60 + message, "the chain is too long"),
    ],
)
async def test_what_breaks_a_chain(change: Callable[[bytes], bytes], reason: str) -> None:
    message = await _chain(3)
    changed = change(message)
    assert changed != message
    check = await _check(changed)
    assert (check.result, check.reason) == (Result.FAIL, reason)


async def test_an_older_set_may_not_fit_the_message_any_more() -> None:
    """What a relay changed, it vouches for: only the newest message signature must fit (RFC 8617 5.2, step 4)."""
    changed = (await _chain(1)).replace(b"Danh ", b"[ds] Danh ")
    assert (await _check(changed)).result is Result.FAIL
    header, start = split(changed)
    passed = Check(Method.ARC, Result.PASS, "relay0.example")  # as it was when it reached the relay
    made = await seal(KEYS[1], "relay1.example", (passed,), header, Kept(changed), start, NOW)
    assert (await _check(made + changed)).result is Result.PASS


async def test_dns_that_does_not_answer_is_no_failure_of_the_chain() -> None:
    message = await _chain(2)
    table = Table({**TABLE.records, KEYS[0].record_name: "timeout"})
    check = await _check(message, table)
    assert (check.result, check.domain) == (Result.TEMPERROR, "relay1.example")
    header, start = split(message)
    assert await seal(KEYS[2], "x", (check,), header, Kept(message), start, NOW) == b""


async def test_a_lost_body_is_a_temperror() -> None:
    message = await _chain(1)
    header, start = split(message)
    check = await check_arc(TABLE, Budget(), header, Kept(message, file=True, lost=1), start, NOW)
    assert check.result is Result.TEMPERROR


async def test_a_broken_chain_is_ended_once() -> None:
    """Our seal of a broken chain says so and covers our set alone (RFC 8617 5.1.2); nobody seals on top of it."""
    broken = (await _chain(2)).replace(b"Danh ", b"Dan ")
    ended = await _sealed(broken, KEYS[2])
    assert ended.startswith(b"ARC-Seal: i=3;")
    assert ended.count(b"cv=fail") == 1
    check = await _check(ended)
    assert (check.result, check.reason) == (Result.FAIL, "a relay before us found the chain broken")
    assert await _sealed(ended, KEYS[3]) == ended


async def test_without_a_look_at_the_chain_nothing_is_sealed() -> None:
    header, start = split(MESSAGE)
    assert await seal(KEYS[0], "x", (SPF,), header, Kept(MESSAGE), start, NOW) == b""


async def test_fifty_sets_and_no_more() -> None:
    one = key("ed25519", domain="edge.example", selector="e")
    message = MESSAGE
    for _ in range(50):
        message = await _sealed(message, one)
    assert (await _check(message)).result is Result.PASS
    assert await _sealed(message, one) == message


@settings(max_examples=100)
@given(st.binary(max_size=40), st.integers(0, 2500), st.integers(0, 60))
def test_damage_anywhere_never_raises(junk: bytes, at: int, cut: int) -> None:
    message = _three()
    check = asyncio.run(_check(message[:at] + junk + message[at + cut :]))
    assert check.reason.isascii()


_MADE: list[bytes] = []


def _three() -> bytes:
    if not _MADE:
        _MADE.append(asyncio.run(_chain(3)))
    return _MADE[0]
