"""Invariant: whatever is done to a signed message, its checks end without an error; what passes says what was signed.

Through the scan, as the gateway does it: where header and body part is the scan's to say. A fixed number of cases, each
from a seed, so that a failure can be had again.
"""

from __future__ import annotations

import asyncio
import random
import re
from functools import cache

import pytest

from gateway.authentication.answer import Budget
from gateway.authentication.arc import check_arc
from gateway.authentication.arc_sealing import seal
from gateway.authentication.dkim_verify import check_dkim
from gateway.authentication.results import authentication_results, forged
from gateway.authentication.signing import SigningProfile
from gateway.message.scan import Scanner
from gateway.who import Check, Method, Result
from tests.unit.authentication.dkim_support import BODY, HEADER, NOW, Kept, key, published, sign, split

_TABLE = published(key(), key("ed25519", selector="e1"))
_TOKENS = [
    *(b"\r\n", b"\r\n ", b" ", b"\t", b":", b";", b"=", b"b=", b"l=1;", b"\x00", b"\xff", b"\r", b"\n", b".", b"v=1"),
    *(b"From: x@evil.example\r\n", b"from :x@evil.example\r\n", b"DKIM-Signature: ", b"i=1;", b"cv=pass;", b"h=from"),
]


@cache
def _seeds() -> tuple[bytes, ...]:
    return asyncio.run(_made())


async def _made() -> tuple[bytes, ...]:
    message = HEADER + b"\r\n" + BODY
    header, start = split(message)
    strict = SigningProfile(relaxed_header=False, relaxed_body=False)
    none = Check(Method.ARC, Result.NONE)
    sealed = await seal(key(), "gw.example", (none,), header, Kept(message), start, NOW)
    return (
        await sign(message, key()) + message,
        await sign(message, key("ed25519", selector="e1"), profile=strict) + message,
        await sign(message, key(), key("ed25519", selector="e1")) + sealed + message,
    )


def _mutated(dice: random.Random) -> bytes:
    data = bytearray(dice.choice(_seeds()))
    for _ in range(dice.randint(1, 4)):
        at, what = dice.randrange(len(data) + 1), dice.randrange(5)
        if what <= 1:
            data[at : at + dice.choice((0, 0, 1, 5))] = dice.choice(_TOKENS)
        elif what == 2:
            del data[at : at + dice.randint(1, 40)]
        elif what == 3:
            line = dice.choice(bytes(data).split(b"\r\n")) + b"\r\n"
            ends = [match.end() for match in re.finditer(b"\r\n", data)] or [0]
            data[dice.choice(ends) :] = line + data[dice.choice(ends) :]
        else:
            data[at:at] = dice.choice(_seeds())[: dice.randint(0, 200)]
    return bytes(data)


async def _checks(message: bytes) -> tuple[tuple[Check, ...], Check]:
    scanner = Scanner()
    scanner.feed(message)
    scan = scanner.finish()
    given = scan.header_block, Kept(message), scan.header_bytes, NOW
    found = await check_dkim(_TABLE, Budget(), *given)
    chain = await check_arc(_TABLE, Budget(), *given)
    forged(scan.header_fields, ("gw.example",))
    authentication_results("gw.example", (*found, chain))
    return found, chain


def _squeezed(text: bytes) -> bytes:
    return re.sub(rb"[ \t\r\n]+", b" ", text).strip()


@pytest.mark.parametrize("block", range(10))
def test_what_passes_says_what_was_signed(block: int) -> None:
    true_header, true_start = split(HEADER + b"\r\n" + BODY)
    signed = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
    lines = re.sub(rb"\r\n(?=[ \t])", b"", true_header).split(b"\r\n")
    expected = {_squeezed(line) for line in lines if line.partition(b":")[0].decode().lower() in signed}
    for seed in range(block * 150, block * 150 + 150):
        message = _mutated(random.Random(seed))
        found, chain = asyncio.run(_checks(message))
        for check in (*found, chain):
            assert check.reason.isascii(), seed
            if check.result is not Result.PASS or check.partial:
                continue
            header, start = split(message)
            unfolded = re.sub(rb"\r\n(?=[ \t])", b"", header).split(b"\r\n")
            there = {_squeezed(re.sub(rb"[ \t]*:", b":", line, count=1)).lower() for line in unfolded}
            assert {line.lower() for line in expected} <= there, seed
            assert sum(line.startswith(b"from:") for line in there) == 1, seed
            assert _squeezed(message[start:]) == _squeezed((HEADER + b"\r\n" + BODY)[true_start:]), seed
