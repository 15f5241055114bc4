"""Whether the store that counts for many nodes answers."""

from __future__ import annotations

import time

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.errors import LimitsUnavailable
from gateway.throttle.redis import RedisLimits


async def inspect(settings: Settings, findings: Findings) -> str:
    """Ask it to count nothing. Returns what was learnt in a line, "" where it gave no answer."""
    try:
        store = RedisLimits(settings.store.shared, timeout=settings.limits.store_timeout)
    except ValueError:
        findings.error("store.shared", settings.store.shared, 'no URL of a Redis: write "redis://host:6379/0"')
        return ""
    began = time.monotonic()
    try:
        await store.start()  # which writes something, for a second
    except LimitsUnavailable as error:
        findings.error("store.shared", settings.store.shared, str(error))
        return ""
    finally:
        await store.close()
    return f"answers in {(time.monotonic() - began) * 1000:.0f} ms"
