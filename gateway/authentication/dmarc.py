"""DMARC (RFC 7489): whether SPF or DKIM passed for the domain that From shows, and what that domain asks for if not.

It proves a domain, never a mailbox. `fo`, `ri` and reports are not ours to send: an inline gateway is no mailbox
provider, and reports would tell strangers who writes to whom.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence

from gateway.authentication.answer import Budget
from gateway.authentication.dmarc_record import Policy, policies, read
from gateway.authentication.domains import domain_of
from gateway.authentication.resolver import Resolver
from gateway.authentication.suffixes import aligned, load, loaded, organizational
from gateway.who import Check, Method, Result

_LOWER = {"reject": "quarantine", "quarantine": "none", "none": "none"}


def _draw() -> int:
    return secrets.randbelow(100)


async def check_dmarc(
    resolver: Resolver,
    budget: Budget,
    from_domain: str,
    spf: Check,
    dkim: Sequence[Check],
    *,
    draw: Callable[[], int] = _draw,
) -> Check:
    """Check the domain of From against the checks that were made. Raises nothing.

    `from_domain`: of the one mailbox in From; "" or what is strictly no domain is a permerror. NONE: the domain has no
    record. `policy` of a failed check is what is asked for this message; `draw` (0 to 99) decides for pct=.
    """
    domain = domain_of(from_domain)
    if not domain:
        return Check(Method.DMARC, Result.PERMERROR, reason="From has no proper domain")
    if not loaded():
        await asyncio.to_thread(load)
    found, failed = await _discover(resolver, budget, domain)
    if failed:
        return Check(Method.DMARC, Result.TEMPERROR, domain, f"DNS: {failed}")
    if found is None:
        return Check(Method.DMARC, Result.NONE, domain, "no record")
    policy, inherited = found
    result, reason = _judge(domain, policy, [spf], dkim)
    return Check(Method.DMARC, result, domain, reason, policy=_asked(policy, inherited, result, draw))


async def _discover(resolver: Resolver, budget: Budget, domain: str) -> tuple[tuple[Policy, bool] | None, str]:
    """The policy (6.6.3), whether it is the organizational domain's, and why it is not known."""
    parent = organizational(domain)
    for place in dict.fromkeys((domain, parent)):
        answer = await resolver.txt(f"_dmarc.{place}", budget)
        if answer.failed:
            return None, answer.failed
        records = policies(answer.records)
        if records:  # several count as none, and the search ends
            policy = read(records[0]) if len(records) == 1 else None
            return (policy, place != domain) if policy else None, ""
    return None, ""


def _judge(domain: str, policy: Policy, spf: Iterable[Check], dkim: Iterable[Check]) -> tuple[Result, str]:
    """Pass where one method passed for an aligned domain (4.2); temperror where one might have."""
    ours = [check for check in spf if aligned(check.domain, domain, strict=policy.strict_spf)]
    ours += [check for check in dkim if aligned(check.domain, domain, strict=policy.strict_dkim)]
    for check in ours:
        if check.result is Result.PASS:
            return Result.PASS, f"aligned {check.method}"
    if any(check.result is Result.TEMPERROR for check in ours):
        return Result.TEMPERROR, "an aligned check could not be made"
    return Result.FAIL, "nothing aligned passed"


def _asked(policy: Policy, inherited: bool, result: Result, draw: Callable[[], int]) -> str:
    asked = policy.below if inherited else policy.own
    sampled_out = result is Result.FAIL and policy.percent < 100 and draw() >= policy.percent
    return _LOWER[asked] if sampled_out else asked
