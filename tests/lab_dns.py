"""A DNS server for tests, on loopback over UDP and TCP, that answers from a table and misbehaves on request.

It answers as a recursive resolver does: it follows CNAMEs through its own table, says NXDOMAIN or NODATA with an SOA,
and sets TC where an answer is too large for the question. It runs in a thread of its own, so that synchronous peers
(pyspf, dkimpy) and other processes can ask it as well:

    with LabDns({"example.vn": ["TXT v=spf1 mx -all", "MX 10 m.example.vn"], "m.example.vn": ["A 192.0.2.1"]}) as dns:
        resolver = Resolver([dns.server])
        dns.misbehave("example.vn", Fault.SERVFAIL)
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import cast

from dnslib import AAAA, CNAME, MX, PTR, QTYPE, RCODE, RR, SOA, TXT, A, DNSHeader, DNSLabel, DNSRecord

Record = str | tuple[str, object]
"""As "TYPE value" ("TXT v=spf1 -all", "MX 10 mail.example.vn"), or ("TXT", [b"one string", b"another"])."""
_TYPES = {"A": A, "AAAA": AAAA, "CNAME": CNAME, "MX": MX, "PTR": PTR, "TXT": TXT}
_LONGEST_CHAIN = 10


class Fault(Enum):
    """How a name's questions can go wrong, whatever is in the table."""

    SERVFAIL = "servfail"
    REFUSED = "refused"
    FORMERR = "formerr"
    TIMEOUT = "timeout"  # no answer at all, over UDP and over TCP
    LOST_ONCE = "lost-once"  # the first question is lost, then all is well
    SLOW = "slow"  # the answer comes after `seconds`
    LOOP = "loop"  # a CNAME that points to itself
    LONG_CHAIN = "long-chain"  # a hundred CNAMEs, one to the next
    TRUNCATED = "truncated"  # TC over UDP; all of it over TCP
    TRUNCATED_NO_TCP = "truncated-no-tcp"  # TC over UDP; over TCP the connection is closed
    TRUNCATED_SLOW_TCP = "truncated-slow-tcp"  # TC over UDP; over TCP nothing comes
    HUGE = "huge"  # TC over UDP; over TCP a message of 65,535 octets of TXT, and a megabyte behind it
    MANY = "many"  # 400 A records, over TCP
    GARBAGE = "garbage"  # octets that are no DNS message
    EMPTY = "empty"  # a datagram without octets
    WRONG_ID = "wrong-id"  # a forger's answer: the identifier does not fit
    WRONG_QUESTION = "wrong-question"  # an answer to another question, with the right identifier
    WRONG_THEN_RIGHT = "wrong-then-right"  # twenty forged answers, then the true one
    OTHER_NAME = "other-name"  # records that belong to another name
    FLOOD = "flood"  # ten thousand forged answers, and never a true one


_CODES = {Fault.SERVFAIL: RCODE.SERVFAIL, Fault.REFUSED: RCODE.REFUSED, Fault.FORMERR: RCODE.FORMERR}
_TRUNCATES = {Fault.TRUNCATED, Fault.TRUNCATED_NO_TCP, Fault.TRUNCATED_SLOW_TCP, Fault.HUGE, Fault.MANY}


@dataclass(frozen=True)
class Asked:
    """One question that came in. `over`: "udp" or "tcp"."""

    name: str
    type: str
    over: str


class LabDns:
    """The server. `zone`: records by name. Use as a context manager; every method is safe from any thread."""

    def __init__(self, zone: Mapping[str, Iterable[Record]] | None = None, *, ttl: int = 300) -> None:
        self.ttl = ttl
        self.asked: list[Asked] = []
        self._table: dict[str, list[tuple[str, object]]] = {}
        self._faults: dict[tuple[str, str], tuple[Fault, float]] = {}
        self._lost: set[tuple[str, str]] = set()
        self.port = 0
        for name, records in (zone or {}).items():
            self.set(name, *records)

    @property
    def server(self) -> tuple[str, int]:
        """Address and port to ask."""
        return "127.0.0.1", self.port

    def set(self, name: str, *records: Record) -> None:
        """This name has these records, and no others. None: it does not exist."""
        key = _key(name)
        if records:
            self._table[key] = [_split(record) for record in records]
        else:
            self._table.pop(key, None)

    def add(self, name: str, *records: Record) -> None:
        """These records as well."""
        self._table.setdefault(_key(name), []).extend(_split(record) for record in records)

    def reverse(self, address: str, *names: str) -> None:
        """PTR records of an address."""
        self.set(ipaddress.ip_address(address).reverse_pointer, *(f"PTR {name}" for name in names))

    def misbehave(self, name: str, fault: Fault | None, type: str = "", seconds: float = 0.5) -> None:
        """Questions for this name (of this type, "" for all) go wrong; None ends it."""
        key = (_key(name), type)
        if fault is None:
            self._faults.pop(key, None)
        else:
            self._faults[key] = (fault, seconds)

    def clear(self) -> None:
        """Forget all records, faults and questions."""
        self._table, self._faults, self._lost, self.asked = {}, {}, set(), []

    def count(self, name: str, type: str = "") -> int:
        """How many questions came for this name."""
        return sum(asked.name == _key(name) and type in ("", asked.type) for asked in self.asked)

    def __enter__(self) -> LabDns:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="lab-dns", daemon=True)
        self._thread.start()
        assert ready.wait(10), "the lab's DNS did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tcp, udp = await self._bind()
        ready.set()
        await self._stop.wait()
        tcp.close()
        udp.abort()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _bind(self) -> tuple[asyncio.Server, asyncio.DatagramTransport]:
        while True:
            tcp = await asyncio.start_server(self._tcp, "127.0.0.1", self.port)
            self.port = tcp.sockets[0].getsockname()[1]
            try:
                udp, _ = await self._loop.create_datagram_endpoint(
                    lambda: _Udp(self), local_addr=("127.0.0.1", self.port)
                )
            except OSError:  # somebody else has that UDP port: another one
                tcp.close()
                self.port = 0
                continue
            return tcp, udp

    async def _tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                while True:
                    size = int.from_bytes(await reader.readexactly(2), "big")
                    if not await self._tcp_answer(await reader.readexactly(size), writer):
                        break
            finally:
                writer.close()

    async def _tcp_answer(self, wire: bytes, writer: asyncio.StreamWriter) -> bool:
        query = DNSRecord.parse(wire)
        fault, seconds = self._note(query, "tcp")
        if fault in (Fault.TIMEOUT, Fault.TRUNCATED_SLOW_TCP):
            await asyncio.sleep(30)
        if fault is Fault.TRUNCATED_NO_TCP:
            return False
        if fault is Fault.SLOW:
            await asyncio.sleep(seconds)
        for answer in self._answers(query, fault, size=65535):
            writer.write(len(answer).to_bytes(2, "big") + answer)
        if fault is Fault.HUGE:
            writer.write(bytes(1024 * 1024))
        await writer.drain()
        return True

    async def udp_answer(self, wire: bytes, transport: asyncio.DatagramTransport, peer: tuple[str, int]) -> None:
        """Answer one datagram."""
        query = DNSRecord.parse(wire)
        fault, seconds = self._note(query, "udp")
        key = (_key(query.q.qname), QTYPE[query.q.qtype])
        if fault is Fault.TIMEOUT or (fault is Fault.LOST_ONCE and key not in self._lost):
            self._lost.add(key)
            return
        if fault is Fault.SLOW:
            await asyncio.sleep(seconds)
        for number, answer in enumerate(self._answers(query, fault, size=_room(query))):
            transport.sendto(answer, peer)
            if number % 50 == 49:
                await asyncio.sleep(0.001)

    def _note(self, query: DNSRecord, over: str) -> tuple[Fault | None, float]:
        name, kind = _key(query.q.qname), QTYPE[query.q.qtype]
        self.asked.append(Asked(name, kind, over))
        return self._faults.get((name, kind)) or self._faults.get((name, "")) or (None, 0.0)

    def _answers(self, query: DNSRecord, fault: Fault | None, size: int) -> Iterable[bytes]:
        true = self._reply(query, fault, size)
        if fault is Fault.GARBAGE:
            yield os.urandom(80)
        elif fault is Fault.EMPTY:
            yield b""
        elif fault is Fault.WRONG_ID:
            yield _forged(true)
        elif fault is Fault.WRONG_THEN_RIGHT:
            yield from [_forged(true)] * 20
            yield true
        elif fault is Fault.FLOOD:
            yield from [_forged(true)] * 10_000
        else:
            yield true

    def _reply(self, query: DNSRecord, fault: Fault | None, size: int) -> bytes:
        reply = DNSRecord(DNSHeader(id=query.header.id, qr=1, rd=query.header.rd, ra=1), q=query.q)
        if fault in _CODES:
            reply.header.rcode = _CODES[fault]
        elif fault in _TRUNCATES and size < 65535:
            reply.header.tc = 1
        else:
            self._fill(reply, query, fault)
        wire = bytes(reply.pack())
        if len(wire) > size:
            reply.rr, reply.header.tc = [], 1
            wire = bytes(reply.pack())
        return wire

    def _fill(self, reply: DNSRecord, query: DNSRecord, fault: Fault | None) -> None:
        name = query.q.qname
        if fault is Fault.LOOP:
            reply.add_answer(RR(name, QTYPE.CNAME, ttl=self.ttl, rdata=CNAME(name)))
        elif fault is Fault.LONG_CHAIN:
            names = [name, *(DNSLabel(f"c{number}.example") for number in range(100))]
            reply.add_answer(*(RR(a, QTYPE.CNAME, ttl=self.ttl, rdata=CNAME(b)) for a, b in itertools.pairwise(names)))
        elif fault is Fault.HUGE:
            texts = (TXT([b"%0255d" % number]) for number in range(240))
            reply.add_answer(*(RR(name, QTYPE.TXT, ttl=self.ttl, rdata=text) for text in texts))
        elif fault is Fault.MANY:
            reply.add_answer(
                *(RR(name, QTYPE.A, ttl=self.ttl, rdata=A(f"10.0.{n >> 8}.{n & 255}")) for n in range(3000))
            )
        else:
            self._look_up(reply, query)
        if fault is Fault.WRONG_QUESTION:
            reply.questions[0].qname = DNSLabel("other.example")
        if fault is Fault.OTHER_NAME:
            for record in reply.rr:
                record.rname = DNSLabel("other.example")

    def _look_up(self, reply: DNSRecord, query: DNSRecord) -> None:
        name, wanted = query.q.qname, QTYPE[query.q.qtype]
        for _ in range(_LONGEST_CHAIN):
            records = self._table.get(_key(name), [])
            reply.add_answer(*(self._record(name, kind, value) for kind, value in records if kind == wanted))
            aliases = [value for kind, value in records if kind == "CNAME" != wanted]
            if not aliases or any(kind == wanted for kind, _value in records):
                break
            reply.add_answer(self._record(name, "CNAME", aliases[0]))
            name = DNSLabel(str(aliases[0]))
        else:
            reply.rr, reply.header.rcode = [], RCODE.SERVFAIL
            return
        if not any(QTYPE[record.rtype] == wanted for record in reply.rr):
            reply.header.rcode = RCODE.NOERROR if self._exists(_key(name)) else RCODE.NXDOMAIN
            reply.add_auth(RR(".", QTYPE.SOA, ttl=self.ttl, rdata=SOA("ns.lab", "lab", (1, 60, 60, 60, self.ttl))))

    def _record(self, name: DNSLabel, kind: str, value: object) -> RR:
        if kind == "MX":
            preference, _, host = str(value).partition(" ")
            data: object = MX(DNSLabel(host), int(preference))
        elif kind == "TXT":
            data = TXT(value)
        elif kind in ("CNAME", "PTR"):
            data = _TYPES[kind](DNSLabel(str(value)))
        else:
            data = _TYPES[kind](str(value))
        return RR(name, getattr(QTYPE, kind), ttl=self.ttl, rdata=data)

    def _exists(self, key: str) -> bool:
        return any(name == key or name.endswith(f".{key}") for name in self._table)


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, lab: LabDns) -> None:
        self._lab = lab
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._lab.udp_answer(data, self._transport, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _key(name: object) -> str:
    label = name if isinstance(name, DNSLabel) else DNSLabel(str(name).rstrip("."))
    return b".".join(label.label).decode("latin-1").lower()


def _split(record: Record) -> tuple[str, object]:
    kind, value = record.split(" ", 1) if isinstance(record, str) else record
    if kind == "TXT":
        value = [value.encode()] if isinstance(value, str) else value
        parts = [value] if isinstance(value, bytes) else list(value)  # type: ignore[call-overload]
        return kind, [part[at : at + 255] for part in parts for at in range(0, max(len(part), 1), 255)]
    return kind, value


def _room(query: DNSRecord) -> int:
    return max([512, *(record.rclass for record in query.ar if record.rtype == QTYPE.OPT)])


def _forged(wire: bytes) -> bytes:
    return bytes([wire[0] ^ 0x5A, wire[1] ^ 0xA5]) + wire[2:]
