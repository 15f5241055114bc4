"""SPF (RFC 7208): whether a client may use a domain in MAIL FROM or HELO.

Ours, since pyspf asks DNS from inside its evaluation and would block the loop. Explanations (exp=) are read as syntax
only: nothing that a stranger's domain says is repeated to anybody.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.authentication.answer import Answer, Budget
from gateway.authentication.domains import domain_of
from gateway.authentication.resolver import Resolver
from gateway.authentication.spf_macro import Address, address_values, asks_for_p, expand
from gateway.authentication.spf_record import Mechanism, Record, policies, read
from gateway.who import Check, Method, Result

T = TypeVar("T")
# A domain may carry a policy with names that no host has: underscores (RFC 8552).
_NAME = re.compile(r"(?=.{3,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpfLimits:
    """RFC 7208 4.6.4. `terms`: that ask DNS; `voids`: questions without records; `names`: of an MX or a PTR answer."""

    terms: int = 10
    voids: int = 2
    names: int = 10


_LIMITS = SpfLimits()


async def check_spf(
    resolver: Resolver, budget: Budget, client_ip: str, helo: str, mail_from: str, limits: SpfLimits = _LIMITS
) -> Check:
    """Check MAIL FROM, or HELO where the reverse-path is null (2.4). `mail_from`: local@domain, without brackets.

    Raises nothing. A `client_ip` that is no address is a permerror: somebody wired us wrongly, and nothing passes.
    """
    scope = "mailfrom" if mail_from else "helo"
    local, _, raw = (mail_from or f"postmaster@{helo}").rpartition("@")
    domain = domain_of(raw) or (raw.lower() if _NAME.match(raw) else "")
    try:
        address = _address(client_ip)
    except ValueError:
        return Check(Method.SPF, Result.PERMERROR, domain, "the client's address is not known", scope=scope)
    if not domain:
        return Check(Method.SPF, Result.NONE, "", "no domain to check", scope=scope)
    evaluation = _Evaluation(resolver, budget, limits, address, local or "postmaster", domain, helo)
    result, reason = await evaluation.run()
    return Check(Method.SPF, result, domain, reason, scope=scope)


def _address(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


class _End(Exception):  # noqa: N818 - an outcome
    def __init__(self, result: Result, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


class _Evaluation:
    """One check: what is known of the message, and what was spent so far."""

    def __init__(
        self,
        resolver: Resolver,
        budget: Budget,
        limits: SpfLimits,
        address: Address,
        local: str,
        domain: str,
        helo: str,
    ) -> None:
        self._resolver = resolver
        self._budget = budget
        self._limits = limits
        self._address = address
        self._domain = domain
        self._values = {"s": f"{local}@{domain}", "l": local, "o": domain, "h": helo, **address_values(address)}
        self._terms = 0
        self._voids = 0
        self._names: list[str] | None = None
        self._tests: dict[str, Callable[[Mechanism, str], Awaitable[bool]]] = {
            "all": self._all,
            "ip4": self._ip,
            "ip6": self._ip,
            "a": self._a,
            "mx": self._mx,
            "ptr": self._ptr,
            "exists": self._exists,
            "include": self._include,
        }

    async def run(self) -> tuple[Result, str]:
        """The result, and why in words of ours."""
        try:
            return await self._check(self._domain)
        except _End as end:
            return end.result, end.reason

    async def _check(self, domain: str) -> tuple[Result, str]:
        """check_host() (4). Raises `_End` for errors; NONE is returned, for what it means depends on who asks."""
        record = await self._record(domain)
        if record is None:
            return Result.NONE, "no record"
        for mechanism in record.mechanisms:
            if await self._tests[mechanism.name](mechanism, domain):
                return mechanism.qualifier, f"matched {mechanism.name}"
        if record.redirect:
            return await self._redirect(record.redirect, domain)
        return Result.NEUTRAL, "nothing matched"

    async def _record(self, domain: str) -> Record | None:
        if not _NAME.match(domain):
            return None
        found = policies((await self._ask(self._resolver.txt, domain, void=domain != self._domain)).records)
        if len(found) > 1:
            raise _End(Result.PERMERROR, "several records")
        if not found:
            return None
        record = read(found[0])
        if isinstance(record, str):
            raise _End(Result.PERMERROR, record)
        return record

    async def _redirect(self, spec: str, domain: str) -> tuple[Result, str]:
        self._count()
        result, reason = await self._check(await self._target(spec, domain))
        if result is Result.NONE:
            raise _End(Result.PERMERROR, "redirect to a domain without a record")
        return result, reason

    async def _all(self, _mechanism: Mechanism, _domain: str) -> bool:
        return True

    async def _ip(self, mechanism: Mechanism, _domain: str) -> bool:
        return mechanism.address is not None and mechanism.covers(self._address, mechanism.address)

    async def _a(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        return await self._has_address(await self._target(mechanism.domain, domain), mechanism)

    async def _mx(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        hosts = (await self._ask(self._resolver.mx, await self._target(mechanism.domain, domain))).records
        if len(hosts) > self._limits.names:
            raise _End(Result.PERMERROR, "too many mail exchangers")
        for _preference, host in hosts:
            if host and await self._has_address(host, mechanism):
                return True
        return False

    async def _ptr(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        target = (await self._target(mechanism.domain, domain)).lower()
        return any(name == target or name.endswith(f".{target}") for name in await self._validated())

    async def _exists(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        return bool((await self._ask(self._resolver.a, await self._target(mechanism.domain, domain))).records)

    async def _include(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        result, _reason = await self._check(await self._target(mechanism.domain, domain))
        if result is Result.NONE:
            raise _End(Result.PERMERROR, "include of a domain without a record")
        return result is Result.PASS

    async def _has_address(self, name: str, mechanism: Mechanism) -> bool:
        return any(mechanism.covers(self._address, address) for address in await self._addresses(name))

    async def _addresses(self, name: str) -> Sequence[Address]:
        if self._address.version == 4:
            return (await self._ask(self._resolver.a, name)).records
        return (await self._ask(self._resolver.aaaa, name)).records

    async def _validated(self) -> Sequence[str]:
        """The client's names that point back to it (5.5): a failure on the way is a name less, not an error."""
        if self._names is None:
            self._names = []
            answer = await self._resolver.ptr(self._address.reverse_pointer, self._budget)
            self._void(answer)
            for name in answer.records[: self._limits.names]:
                kind = self._resolver.a if self._address.version == 4 else self._resolver.aaaa
                if self._address in (await kind(name, self._budget)).records:
                    self._names.append(name)
        return self._names

    async def _target(self, spec: str, domain: str) -> str:
        """The name that a domain-spec stands for, the current domain for none (4.8)."""
        if not spec:
            return domain
        values = {**self._values, "d": domain}
        if asks_for_p(spec):
            values["p"] = await self._best_name(domain)
        return expand(spec, values)

    async def _best_name(self, domain: str) -> str:
        """%{p} (7.3): the domain itself, else a name below it, else any, else "unknown"."""
        names = await self._validated()
        below = [name for name in names if name.endswith(f".{domain.lower()}")]
        return domain if domain.lower() in names else next(iter([*below, *names]), "unknown")

    async def _ask(
        self, asked: Callable[[str, Budget], Awaitable[Answer[T]]], name: str, *, void: bool = True
    ) -> Answer[T]:
        """Ask, and count an answer without records where `void`. Raises `_End` where nothing is known."""
        answer = await asked(name, self._budget)
        if answer.failed:
            raise _End(Result.TEMPERROR, f"DNS: {answer.failed}")
        if void:
            self._void(answer)
        return answer

    def _void(self, answer: Answer[T]) -> None:
        self._voids += answer.void
        if self._voids > self._limits.voids:
            raise _End(Result.PERMERROR, "too many questions without answers")

    def _count(self) -> None:
        self._terms += 1
        if self._terms > self._limits.terms:
            raise _End(Result.PERMERROR, "too many terms that ask DNS")
