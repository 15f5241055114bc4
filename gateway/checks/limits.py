"""The limits held against where they are counted: a store that many nodes share, rules without anything to count."""

from __future__ import annotations

from gateway.checks import limits_idle
from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.model import Mode

_SCHEMES = ("redis://", "rediss://", "unix://")


def _is_one(url: str) -> bool:
    """Whether it is a URL that we can use."""
    from gateway.throttle.redis_url import pool  # and the library of a store that most do not have

    try:
        pool(url, 1.0)
    except ValueError:
        return False
    return True


def check(settings: Settings, findings: Findings) -> None:
    """The URL's form; what would be counted in vain; blocking that nobody hears of."""
    shared = settings.store.shared
    if shared and not (shared.startswith(_SCHEMES) and _is_one(shared)):
        hint = 'write "redis://:PASSWORD@host:6379/0", "rediss://…" or "unix:///path"; # in a password is %23'
        findings.error("store.shared", shared, hint)
    rule = settings.rules.get("outbound-throttle")
    off = rule is not None and rule.mode is Mode.OFF
    if off and settings.senders.watch and settings.senders.blocking == "enforce":
        hint = "without outbound-throttle nothing is put off before a sender is blocked"
        findings.warn("rules.outbound-throttle", "off", hint)
    limits_idle.check(settings, findings)
    if not any(listener.direction in limits_idle.COUNTS for listener in settings.listener):
        return
    if settings.senders.blocking == "enforce" and not settings.senders.administrators:
        hint = "nobody but the unit's own mailbox is told of a sender that is blocked"
        findings.warn("senders.administrators", None, hint)
    if settings.senders.administrators and not settings.notices.upstream:
        findings.warn("notices.upstream", None, "nobody is told of stopped senders: notices wait in the store")
    many = settings.store.url.startswith("postgres")
    if many and not shared and not off:
        hint = "each machine counts for itself: with several gateways a sender has its limits on each of them"
        findings.warn("store.shared", None, hint)
