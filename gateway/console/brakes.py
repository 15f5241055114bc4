"""How often one may try: a bucket for each client, in memory, bounded. Pure but for the lock; takes `now`."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from typing import Final

_MOST: Final = 20_000  # buckets; beyond it the one that was used longest ago is forgotten


class Brake:
    """At most `burst` at once, refilled at `burst` in `seconds`."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst, self._rate = float(burst), burst / seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str, now: float) -> bool:
        """Take one; False where none is left."""
        with self._lock:
            left, then = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + max(0.0, now - then) * self._rate)
            fine = left >= 1.0
            self._buckets[key] = (left - 1.0 if fine else left, now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        return fine

    def give_back(self, key: str) -> None:
        """One that was taken for what turned out to be fine."""
        with self._lock:
            if key in self._buckets:
                left, then = self._buckets[key]
                self._buckets[key] = (min(self._burst, left + 1.0), then)


def network_key(address: str) -> str:
    """Whom an address stands for: itself, or its /64 of IPv6, where one client has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
