"""What benchmarks.authentication measures: messages, a zone, and each check by us and by a peer."""

from __future__ import annotations

import base64
import contextlib
import functools
import ipaddress
import multiprocessing
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection

import dkim
import spf as pyspf

from gateway.authentication.answer import Budget
from gateway.authentication.dkim_verify import check_dkim
from gateway.authentication.dmarc import check_dmarc
from gateway.authentication.keys import Private, SigningKey, generate, pem
from gateway.authentication.resolver import Resolver, ResolverLimits
from gateway.authentication.signing import Signer
from gateway.authentication.spf import check_spf
from gateway.who import Check, Method, Result
from tests.lab_dns import LabDns

Once = Callable[[], Awaitable[object]]
DOMAIN, CLIENT, SENDER = "mail.tinh.example", "192.0.2.77", "vp@mail.tinh.example"
SMALL, LARGE = 4096, 20 * 2**20
_SPF_ALL = Check(Method.SPF, Result.NONE)
_NEVER = ResolverLimits(cache=0)


@dataclass(frozen=True, slots=True)
class Case:
    """One row. `ways`: "ours" and at most one peer, by name."""

    what: str
    ways: Mapping[str, Once]


class Kept:
    """A message that is in memory, as the relay's spool keeps a small one."""

    def __init__(self, message: bytes) -> None:
        self.size = len(message)
        self._message = message
        self._pieces = [message[at : at + 65536] for at in range(0, len(message), 65536)]

    def in_memory(self) -> list[bytes] | None:
        """The pieces."""
        return self._pieces

    def read(self, offset: int, size: int) -> bytes:
        """A part of it."""
        return self._message[offset : offset + size]


class Mail:
    """A message signed by dkimpy, RSA-2048 or Ed25519, relaxed/relaxed. `size`: bytes, about."""

    def __init__(self, key: SigningKey, private: bytes, size: int) -> None:
        header = (
            b"From: Van phong <vp@mail.tinh.example>\r\nTo: q4@tphcm.example\r\nSubject: Danh sach hop thu\r\n"
            b"Date: Sun, 22 Nov 2026 10:00:00 +0700\r\nMessage-ID: <1@mail.tinh.example>\r\nMIME-Version: 1.0\r\n"
        )
        line = b"Kinh gui Van phong, de nghi tao hop thu cho can bo theo danh sach kem theo.\r\n"
        unsigned = header + b"\r\n" + line * (size // len(line))
        algorithm = "rsa-sha256" if key.algorithm == "rsa-sha256" else "ed25519-sha256"
        signature = dkim.sign(
            unsigned,
            key.selector.encode(),
            key.domain.encode(),
            private,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=algorithm.encode(),
        )
        self.unsigned_header, self.unsigned = header, unsigned
        self.header = signature + header
        self.message = signature + unsigned
        self.start = len(self.header) + 2
        self.kept, self.unsigned_kept = Kept(self.message), Kept(unsigned)


def _key(kind: str) -> tuple[SigningKey, bytes]:
    """A key made now, and its form for dkimpy."""
    private: Private = generate("rsa") if kind == "rsa" else generate("ed25519")
    form = pem(private)
    if kind != "rsa":
        form = base64.b64encode(private.private_bytes_raw())  # type: ignore[union-attr]
    return SigningKey(DOMAIN, kind, private), form


def zone(*keys: SigningKey) -> dict[str, list[str]]:
    """An ordinary office's names."""
    networks = " ".join(f"ip4:198.51.100.{16 * number}/28" for number in range(12))
    return {
        DOMAIN: ["TXT v=spf1 include:_spf.tinh.example ip4:203.0.113.0/24 -all"],
        "_spf.tinh.example": [f"TXT v=spf1 {networks} ip4:192.0.2.64/26 ~all"],
        "heavy.tinh.example": ["TXT v=spf1 a:a.tinh.example mx exists:%{ir}.x.tinh.example ptr -all"]
        + [f"MX {number} m{number}.tinh.example" for number in range(5)],
        **{f"m{number}.tinh.example": [f"A 203.0.113.{number}"] for number in range(5)},
        "a.tinh.example": ["A 203.0.113.9"],
        "77.2.0.192.x.tinh.example": ["TXT absent"],
        "77.2.0.192.in-addr.arpa": ["PTR client.heavy.tinh.example"],
        "client.heavy.tinh.example": [f"A {CLIENT}"],
        "_dmarc.tinh.example": ["TXT v=DMARC1; p=reject; rua=mailto:bao-cao@tinh.example"],
        **{key.record_name: [f"TXT {key.record}"] for key in keys},
    }


def _in_dict(names: Mapping[str, list[str]], name: str, kind: str) -> Iterator[tuple[tuple[str, str], object]]:
    """DNS for pyspf: no packets at all."""
    for record in names.get(name.lower().rstrip("."), ()):
        found, value = record.split(" ", 1)
        if found == kind:
            data: object = value
            if kind == "TXT":
                data = (value.encode(),)
            elif kind == "MX":
                data = (int(value.split()[0]), value.split()[1])
            elif kind == "AAAA":
                data = ipaddress.ip_address(value).packed
            yield (name, kind), data


def _serve(names: dict[str, list[str]], told: Connection) -> None:
    with LabDns(names, ttl=3600) as lab:
        told.send(lab.port)
        told.recv()


@contextlib.contextmanager
def lab_process(names: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """A DNS server in a process of its own, so that its CPU time is not ours."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(names, theirs), daemon=True)
    process.start()
    try:
        yield "127.0.0.1", ours.recv()
    finally:
        ours.send(None)
        process.join(10)


class _Ways:
    """Each check, by us and by peers."""

    def __init__(self, names: dict[str, list[str]], resolver: Resolver, afresh: Resolver) -> None:
        self.names, self.resolver, self.afresh = names, resolver, afresh
        pyspf.DNSLookup = lambda name, kind, *_, **__: list(_in_dict(names, name, kind))

    async def spf(self, sender: str, afresh: bool = False) -> Check:
        resolver = self.afresh if afresh else self.resolver
        return _passed(await check_spf(resolver, Budget(), CLIENT, "client.example", sender))

    async def pyspf(self, sender: str) -> object:
        result, _ = pyspf.check2(CLIENT, sender, "client.example")
        assert result == "pass"
        return result

    async def dkim(self, mail: Mail) -> Check:
        (found,) = await check_dkim(self.resolver, Budget(), mail.header, mail.kept, mail.start, time.time())
        return _passed(found)

    async def dkimpy(self, mail: Mail) -> object:
        assert dkim.verify(mail.message, dnsfunc=self._key)
        return None

    def _key(self, name: bytes, timeout: float = 5) -> bytes:
        return self.names[name.decode().rstrip(".")][0].removeprefix("TXT ").encode()

    async def sign(self, key: SigningKey, mail: Mail) -> object:
        start = len(mail.unsigned_header) + 2
        made = await Signer([key]).sign(DOMAIN, mail.unsigned_header, mail.unsigned_kept, start, int(time.time()))
        assert made.startswith(b"DKIM-Signature")
        return made

    async def sign_dkimpy(self, key: SigningKey, private: bytes, mail: Mail) -> object:
        ways = (b"relaxed", b"relaxed")
        return dkim.sign(mail.unsigned, key.selector.encode(), DOMAIN.encode(), private, canonicalize=ways)

    async def dmarc(self) -> Check:
        spf = Check(Method.SPF, Result.PASS, DOMAIN)
        return _passed(await check_dmarc(self.resolver, Budget(), DOMAIN, spf, ()))

    async def whole(self, mail: Mail) -> Check:
        budget = Budget()
        spf = await check_spf(self.resolver, budget, CLIENT, "client.example", SENDER)
        signatures = await check_dkim(self.resolver, budget, mail.header, mail.kept, mail.start, time.time())
        return _passed(await check_dmarc(self.resolver, budget, DOMAIN, spf, signatures))

    async def whole_peers(self, mail: Mail) -> None:
        await self.pyspf(SENDER)
        await self.dkimpy(mail)


def _passed(check: Check) -> Check:
    assert check.result is Result.PASS, check
    return check


@contextlib.asynccontextmanager
async def cases() -> AsyncIterator[list[Case]]:
    """Everything that is measured; the DNS server lives as long as this."""
    (rsa, rsa_private), (edwards, edwards_private) = _key("rsa"), _key("ed25519")
    names = zone(rsa, edwards)
    with lab_process(names) as server:
        resolver, afresh = Resolver([server]), Resolver([server], _NEVER)
        yield _rows(_Ways(names, resolver, afresh), rsa, rsa_private, edwards, edwards_private)
        await resolver.close()
        await afresh.close()


def _rows(ways: _Ways, rsa: SigningKey, rsa_private: bytes, edwards: SigningKey, edwards_private: bytes) -> list[Case]:
    small, large = Mail(rsa, rsa_private, SMALL), Mail(rsa, rsa_private, LARGE)
    curve = Mail(edwards, edwards_private, SMALL)
    do = functools.partial
    heavy = "vp@heavy.tinh.example"
    return [
        Case("SPF, include and 14 networks", {"ours": do(ways.spf, SENDER), "pyspf": do(ways.pyspf, SENDER)}),
        Case(
            "SPF, a, mx, exists and ptr (11 questions)", {"ours": do(ways.spf, heavy), "pyspf": do(ways.pyspf, heavy)}
        ),
        Case("SPF, include and 14 networks, asked afresh", {"ours": do(ways.spf, SENDER, True)}),
        Case("DKIM RSA-2048, 4 KB", {"ours": do(ways.dkim, small), "dkimpy": do(ways.dkimpy, small)}),
        Case("DKIM Ed25519, 4 KB", {"ours": do(ways.dkim, curve), "dkimpy": do(ways.dkimpy, curve)}),
        Case("DKIM RSA-2048, 20 MiB", {"ours": do(ways.dkim, large), "dkimpy": do(ways.dkimpy, large)}),
        Case("DMARC, policy of the registered domain", {"ours": ways.dmarc}),
        Case(
            "SPF, DKIM RSA-2048 and DMARC, 4 KB", {"ours": do(ways.whole, small), "both": do(ways.whole_peers, small)}
        ),
        Case(
            "signing RSA-2048, 4 KB",
            {"ours": do(ways.sign, rsa, small), "dkimpy": do(ways.sign_dkimpy, rsa, rsa_private, small)},
        ),
        Case(
            "signing RSA-2048, 20 MiB",
            {"ours": do(ways.sign, rsa, large), "dkimpy": do(ways.sign_dkimpy, rsa, rsa_private, large)},
        ),
    ]
