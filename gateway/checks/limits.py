"""The limits held against where they are counted: a store that many nodes share, rules without anything to count."""

from __future__ import annotations

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.model import Direction, Mode

_SCHEMES = ("redis://", "rediss://", "unix://")
_COUNTS = frozenset({Direction.SUBMISSION, Direction.OUTBOUND, Direction.PROXY_FILTER})


def check(settings: Settings, findings: Findings) -> None:
    """The URL's form; what would be counted in vain; blocking that nobody hears of."""
    shared = settings.store.shared
    if shared and not shared.startswith(_SCHEMES):
        findings.error("store.shared", shared, 'write "redis://host:6379/0", "rediss://…", "unix:///path" or ""')
    rule = settings.rules.get("outbound-throttle")
    off = rule is not None and rule.mode is Mode.OFF
    if off and settings.senders.watch and settings.senders.blocking == "enforce":
        hint = "without outbound-throttle nothing is put off before a sender is blocked"
        findings.warn("rules.outbound-throttle", "off", hint)
    if not any(listener.direction in _COUNTS for listener in settings.listener):
        return
    if settings.senders.blocking == "enforce" and not settings.senders.administrators:
        hint = "nobody but the unit's own mailbox is told of a sender that is blocked"
        findings.warn("senders.administrators", None, hint)
    many = settings.store.url.startswith("postgres")
    if many and not shared and not off:
        hint = "each machine counts for itself: with several gateways a sender has its limits on each of them"
        findings.warn("store.shared", None, hint)
