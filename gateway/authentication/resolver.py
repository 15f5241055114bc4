"""DNS as the checks ask it: on the loop, bounded in time, octets and number, and cached.

Questions go to recursive resolvers (the system's, or those configured), in their order; one that does not answer is
asked last for a while. The same question asked by several messages at once is sent once. Nothing is raised: an answer
has records, or none, or says why it failed.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.resolver

from gateway.authentication.answer import Answer, Budget
from gateway.authentication.dnscache import Cache, Key
from gateway.authentication.exchange import Server, Unanswered, ask, question

T = TypeVar("T")
_NO_NAME: Answer[Any] = Answer(exists=False)
_MOST_RECORDS = 100  # of one name and type; more are left out


@dataclass(frozen=True, slots=True)
class ResolverLimits:
    """`attempt`: seconds for one server, over UDP and again over TCP; `lookup`: seconds for one question, all servers
    and both rounds. `largest`: octets of one answer. `cache`: octets of the cache. `shortest`, `longest`: seconds that
    an answer is kept, whatever its TTL; `negative`: the longest for an answer without records; `failure`: for none at
    all (RFC 9520). `concurrent`: questions under way at once. `blame`: seconds for which a silent server is asked last.
    """

    attempt: float = 2.0
    lookup: float = 6.0
    largest: int = 16 * 1024
    cache: int = 16 * 1024 * 1024
    shortest: float = 5.0
    longest: float = 3600.0
    negative: float = 300.0
    failure: float = 5.0
    concurrent: int = 500
    blame: float = 30.0


@dataclass(slots=True)
class Figures:
    """Counts since the start, for metrics. `asked`: by the checks; `cached`, `joined`: of these, answered from the
    cache, or by a question that was under way; `failed`: that got no answer, by reason."""

    asked: int = 0
    cached: int = 0
    joined: int = 0
    failed: dict[str, int] = field(default_factory=dict)


class Resolver:
    """Asks `servers` (recursive ones; not empty). For one event loop; `close` ends what is under way.

    `preferred`: domains whose names, and those below, find room where strangers' silent ones have taken all of theirs.
    """

    def __init__(
        self, servers: Sequence[Server], limits: ResolverLimits | None = None, preferred: Iterable[str] = ()
    ) -> None:
        self._preferred = tuple(f".{domain.removeprefix('*.').lower()}" for domain in preferred)
        self.limits = limits or ResolverLimits()
        self.figures = Figures()
        self._servers = tuple(servers)
        self._blamed: dict[Server, float] = {}
        self._cache = Cache(self.limits.cache)
        self._running: dict[Key, asyncio.Task[Answer[Any]]] = {}
        self._closed = False

    async def txt(self, name: str, budget: Budget) -> Answer[bytes]:
        """TXT records, the strings of each joined (RFC 7208 3.3, RFC 6376 3.6.2.2)."""
        return await self._ask(name, "TXT", budget)

    async def a(self, name: str, budget: Budget) -> Answer[IPv4Address]:
        """IPv4 addresses."""
        return await self._ask(name, "A", budget)

    async def aaaa(self, name: str, budget: Budget) -> Answer[IPv6Address]:
        """IPv6 addresses."""
        return await self._ask(name, "AAAA", budget)

    async def mx(self, name: str, budget: Budget) -> Answer[tuple[int, str]]:
        """Preference and host of mail exchangers, the most preferred first; a null MX's host is "" (RFC 7505)."""
        return await self._ask(name, "MX", budget)

    async def ptr(self, name: str, budget: Budget) -> Answer[str]:
        """What a reverse name (…in-addr.arpa, …ip6.arpa) points to."""
        return await self._ask(name, "PTR", budget)

    async def close(self) -> None:
        """End the questions under way; later ones fail."""
        self._closed = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, name: str, kind: str, budget: Budget) -> Answer[Any]:
        self.figures.asked += 1
        answer = await self._answer(name, kind, budget)
        if answer.failed:
            self.figures.failed[answer.failed] = self.figures.failed.get(answer.failed, 0) + 1
        return answer

    async def _answer(self, name: str, kind: str, budget: Budget) -> Answer[Any]:
        if not budget.take():
            return Answer(failed="budget")
        wanted = _name(name)
        if wanted is None:
            return _NO_NAME
        key = (name.removesuffix(".").lower(), kind)
        kept = self._cache.get(key, asyncio.get_running_loop().time())
        if kept is not None:
            self.figures.cached += 1
            return kept
        task = self._task(key, wanted)
        if isinstance(task, str):
            return Answer(failed=task)
        with budget.waiting():
            await asyncio.wait({task}, timeout=budget.left)  # others may be waiting for the same: it goes on
        return _result(task)

    def _task(self, key: Key, name: dns.name.Name) -> asyncio.Task[Answer[Any]] | str:
        running = self._running.get(key)
        if running is not None:
            self.figures.joined += 1
            return running
        if self._closed:
            return "closed"
        rooms = 2 if f".{key[0]}".endswith(self._preferred) else 1
        if len(self._running) >= rooms * self.limits.concurrent:
            return "busy"
        task = asyncio.create_task(self._look_up(key, name), name=f"dns {key[1]}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return task

    async def _look_up(self, key: Key, name: dns.name.Name) -> Answer[Any]:
        failure, octets, ttl = "timeout", 0, self.limits.failure
        answer: Answer[Any] | None = None
        try:
            async with asyncio.timeout(self.limits.lookup):
                for server in self._attempts():
                    try:
                        answer, octets, ttl = self._read(await self._send(server, name, key[1]), key[1])
                        break
                    except Unanswered as why:
                        failure = str(why)
        except TimeoutError:
            failure = "timeout"
        answer = answer or Answer(failed=failure)
        self._cache.put(key, answer, octets, asyncio.get_running_loop().time() + ttl)
        return answer

    def _attempts(self) -> Iterator[Server]:
        """Every server twice, those that were silent lately last."""
        now = asyncio.get_running_loop().time()
        order = sorted(self._servers, key=lambda server: self._blamed.get(server, 0.0) > now)
        yield from [*order, *order]

    async def _send(self, server: Server, name: dns.name.Name, kind: str) -> dns.message.Message:
        try:
            reply = await ask(server, question(name, kind), seconds=self.limits.attempt, largest=self.limits.largest)
        except Unanswered as why:
            if str(why) in ("timeout", "refused"):
                self._blamed[server] = asyncio.get_running_loop().time() + self.limits.blame
            raise
        self._blamed.pop(server, None)
        return reply

    def _read(self, reply: dns.message.Message, kind: str) -> tuple[Answer[Any], int, float]:
        """What a reply says, its size in octets (about), and the seconds that it may be kept. Raises `Unanswered`."""
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise Unanswered("servfail")
        try:
            chain = _chain(reply)
            records: tuple[Any, ...] = tuple(map(_VALUES[kind], list(chain.answer or ())[:_MOST_RECORDS]))
        except dns.message.ChainTooLong:
            raise Unanswered("chain") from None
        except Exception:  # whatever a stranger's records do to the reading, they are no answer
            raise Unanswered("malformed") from None
        if kind == "MX":
            records = tuple(sorted(records))
        longest = self.limits.longest if records else self.limits.negative
        ttl = min(max(float(chain.minimum_ttl), self.limits.shortest), longest)
        answer: Answer[Any] = Answer(records, exists=reply.rcode() != dns.rcode.NXDOMAIN)
        return answer, sum(len(str(record)) for record in records), ttl


def system_servers() -> tuple[Server, ...]:
    """The servers of /etc/resolv.conf; none where there are none. Reads a file: for the start only."""
    try:
        found = dns.resolver.Resolver()
    except dns.exception.DNSException:
        return ()
    return tuple((str(server), found.port) for server in found.nameservers)


def _name(text: str) -> dns.name.Name | None:
    """A name of these labels, as they are (no escapes, no IDNA); None where no name is spelled so."""
    try:
        return dns.name.Name([*text.removesuffix(".").encode("ascii").split(b"."), b""])
    except (dns.exception.DNSException, UnicodeEncodeError):
        return None


def _result(task: asyncio.Task[Answer[Any]]) -> Answer[Any]:
    if not task.done():
        return Answer(failed="budget")
    if task.cancelled() or task.exception() is not None:
        return Answer(failed="closed")
    return task.result()


def _chain(reply: dns.message.Message) -> dns.message.ChainingResult:
    if not isinstance(reply, dns.message.QueryMessage):
        raise Unanswered("malformed")
    return reply.resolve_chaining()


def _host(name: dns.name.Name) -> str:
    return "" if name == dns.name.root else name.to_text(omit_final_dot=True).lower()


_VALUES: dict[str, Callable[[Any], object]] = {
    "TXT": lambda record: b"".join(record.strings),
    "A": lambda record: ipaddress.IPv4Address(record.address),
    "AAAA": lambda record: ipaddress.IPv6Address(record.address),
    "MX": lambda record: (record.preference, _host(record.exchange)),
    "PTR": lambda record: _host(record.target),
}
