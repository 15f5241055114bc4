"""Limits, and written exceptions from them, that change nothing: allowed, and probably not what was meant."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from gateway.checks.findings import Findings
from gateway.config import Listener, Settings
from gateway.config_limits import AccountLimits, LimitOverride
from gateway.model import Direction, Mode
from gateway.rules.patterns import Pattern, in_domains

COUNTS = frozenset({Direction.SUBMISSION, Direction.OUTBOUND, Direction.PROXY_FILTER})
"""Where mail comes that is counted to somebody."""
_MEASURES = ("recipients", "messages", "new_recipients", "size")


def check(settings: Settings, findings: Findings) -> None:
    """What is never asked, what has run out, what matches nobody, what no message fits into."""
    listeners = [one for one in settings.listener if one.direction in COUNTS]
    given = [name for name in type(settings.limits).model_fields if _says(getattr(settings.limits, name))]
    why = _why_idle(settings, listeners)
    if why and given:
        findings.warn("limits", ", ".join(given), why)
    if "bounces" in given and not settings.gateway.trusted_networks:
        hint = "nobody's bounces are counted: no mail server is named in gateway.trusted_networks"
        findings.warn("limits.bounces", None, hint)
    for name in given:
        _check_size(getattr(settings.limits, name), f"limits.{name}", listeners, findings)
    seen: dict[str, int] = {}
    for position, override in enumerate(settings.limit_override):
        key = f"limit_override[{position}]"
        _check_override(settings, override, key, why, findings)
        _check_size(override, key, listeners, findings)
        first = seen.setdefault(override.address.strip().lower(), position)
        if first != position:
            hint = f"limit_override[{first}] has this address too, and goes before while it holds"
            findings.warn(f"{key}.address", override.address, hint)


def _says(given: object) -> bool:
    return isinstance(given, AccountLimits) and any(getattr(given, measure) is not None for measure in _MEASURES)


def _why_idle(settings: Settings, listeners: Collection[Listener]) -> str:
    rule = settings.rules.get("outbound-throttle")
    if rule is not None and rule.mode is Mode.OFF:
        return "nothing is counted: the rule outbound-throttle is off"
    return (
        "" if listeners else "nothing is counted: mail only comes in (no submission, outbound or proxy-filter listener)"
    )


def _check_override(settings: Settings, override: LimitOverride, key: str, why: str, findings: Findings) -> None:
    limits = any(getattr(override, measure) is not None for measure in _MEASURES)
    if override.expires < datetime.datetime.now().astimezone().date():
        hint = "has expired and is ignored: remove or renew it"
        findings.warn(f"{key}.expires", override.expires.isoformat(), hint)
    if not limits and override.conduct:
        findings.warn(key, override.address, "says nothing: give it limits, or conduct = false")
    if limits and why:
        findings.warn(key, override.address, why)
    if not override.conduct and not settings.senders.watch:
        findings.warn(f"{key}.conduct", False, "nobody's conduct is judged: senders.watch is false")
    if settings.gateway.domains and not _is_ours(override.address, settings.gateway.domains):
        hint = "is none of gateway.domains: it holds only for others' mail that a mail server of ours forwards"
        findings.warn(f"{key}.address", override.address, hint)


def _is_ours(address: str, domains: Collection[str]) -> bool:
    """Whether a pattern can match an address of ours."""
    domain = address.strip().lower().rpartition("@")[2]
    own = {one.lower() for one in domains}
    if in_domains(domain, own) or any(one.startswith("*.") and domain.endswith(one[1:]) for one in own):
        return True
    try:
        matches = Pattern(domain).matches
    except ValueError:  # told as an error
        return True
    return any(matches(f"x@{one.replace('*', 'x')}") for one in own)


def _check_size(
    given: AccountLimits | LimitOverride, key: str, listeners: Collection[Listener], findings: Findings
) -> None:
    largest = max((listener.max_size for listener in listeners), default=0)
    for rate in given.size or ():
        if rate.most < largest:
            hint = f"a larger message never fits and is refused, though listeners take up to {largest} bytes"
            findings.warn(f"{key}.size", str(rate), hint)
