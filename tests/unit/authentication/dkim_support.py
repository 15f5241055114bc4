"""Messages, keys made on the spot, and a table in place of DNS, for tests of signatures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache

from gateway.authentication.answer import Answer, Budget
from gateway.authentication.dkim_verify import LIMITS, Limits, check_dkim
from gateway.authentication.keys import Private, SigningKey, generate
from gateway.authentication.signing import Signer, SigningProfile
from gateway.who import Check

NOW = 1_790_000_000
DOMAIN = "phuong1.q4.example"
HEADER = (
    b"Received: from a.example by b.example; Mon, 21 Sep 2026 10:00:00 +0700\r\n"
    b"From: =?utf-8?B?VUJORCBQaMaw4budbmcgMQ==?= <phuong1.q4@phuong1.q4.example>\r\n"
    b"To: q4@tphcm.example,\r\n\tvp@tphcm.example\r\n"
    b"Subject:  Danh   sach\t hop thu \r\n"
    b"Date: Mon, 21 Sep 2026 10:00:00 +0700\r\n"
    b"Message-ID: <1@phuong1.q4.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
)
BODY = b"K\xc3\xadnh g\xe1\xbb\xadi,\r\n\r\n  hai  \t d\xc3\xb2ng \r\n.\r\n\r\n\r\n"


class Kept:
    """A message in pieces, as a spool keeps it: in memory or, with `file`, to be read."""

    def __init__(self, message: bytes, piece: int = 0, *, file: bool = False, lost: int = 0) -> None:
        self._message = message[: len(message) - lost]
        self.size = len(message)
        self._piece = piece or max(1, len(message))
        self._file = file

    def in_memory(self) -> list[bytes] | None:
        """The pieces."""
        if self._file:
            return None
        return [self._message[at : at + self._piece] for at in range(0, len(self._message), self._piece)]

    def read(self, offset: int, size: int) -> bytes:
        """A part of it."""
        return self._message[offset : offset + size]


class Table:
    """TXT records by name; a name whose records are a text fails so."""

    def __init__(self, records: Mapping[str, Sequence[bytes] | str] | None = None) -> None:
        self.records = dict(records or {})
        self.asked: list[str] = []

    async def txt(self, name: str, budget: Budget) -> Answer[bytes]:
        """What the table has."""
        self.asked.append(name)
        found = self.records.get(name, ())
        return Answer(failed=found) if isinstance(found, str) else Answer(tuple(found))


def private(kind: str = "rsa", number: int = 0) -> Private:
    """A key, the same for the same number; made once a run."""
    return _private(kind, number)


@cache
def _private(kind: str, _number: int) -> Private:
    return generate("ed25519") if kind == "ed25519" else generate("rsa", 2048)


def key(kind: str = "rsa", domain: str = DOMAIN, selector: str = "s1", number: int = 0) -> SigningKey:
    """A key of a domain."""
    return SigningKey(domain, selector, private(kind, number))


def published(*keys: SigningKey) -> Table:
    """A table with the records of these keys."""
    return Table({one.record_name: [one.record.encode()] for one in keys})


def split(message: bytes) -> tuple[bytes, int]:
    """The header without its blank line, and where the body begins."""
    at = message.find(b"\r\n\r\n")
    return (message[: at + 2], at + 4) if at >= 0 else (message, len(message))


async def verify(
    message: bytes, table: Table, now: float = NOW, limits: Limits = LIMITS, content: Kept | None = None
) -> tuple[Check, ...]:
    """Check a whole message."""
    header, body = split(message)
    return await check_dkim(table, Budget(), header, content or Kept(message), body, now, limits)


def verified(message: bytes, table: Table, now: float = NOW) -> tuple[Check, ...]:
    """The same outside of a loop."""

    async def main() -> tuple[Check, ...]:
        return await verify(message, table, now)

    return asyncio.run(main())


async def sign(
    message: bytes,
    *keys: SigningKey,
    profile: SigningProfile | None = None,
    skip: Sequence[tuple[int, int]] = (),
    domain: str = DOMAIN,
) -> bytes:
    """The signature fields alone."""
    header, body = split(message)
    return await Signer(keys, profile).sign(domain, header, Kept(message), body, NOW, skip)
