"""Which host of a next hop to try, and which to leave alone for a while. Pure arithmetic; takes `now` (seconds)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.config_values import HostPort
from gateway.upstream.base import Capabilities

LONGEST = 60.0  # seconds; a back-off doubles up to this


class Host:
    """What is known of one host. `working` is None before the first contact; `changed` is called when
    `capabilities` are others than before."""

    __slots__ = ("_changed", "capabilities", "endpoint", "failures", "plain_until", "retry_at", "working")

    def __init__(self, endpoint: HostPort, changed: Callable[[], None] | None = None) -> None:
        self.endpoint = endpoint
        self._changed = changed
        self.failures = 0
        self.retry_at = 0.0
        self.working: bool | None = None
        self.capabilities: Capabilities | None = None
        self.plain_until = 0.0  # opportunistic TLS failed here: do without for a while

    def succeeded(self, capabilities: Capabilities) -> None:
        """A connection is ready."""
        self.failures, self.retry_at, self.working = 0, 0.0, True
        if capabilities != self.capabilities:
            self.capabilities = capabilities
            if self._changed is not None:
                self._changed()

    def failed(self, now: float, backoff: float) -> None:
        """Leave it alone for `backoff` seconds, doubled for every failure in a row."""
        self.working = False
        self.retry_at = now + min(backoff * 2 ** min(self.failures, 16), max(LONGEST, backoff))
        self.failures += 1

    def trying(self, now: float, seconds: float) -> None:
        """A host that failed is tried by one caller at a time: the others pass it by for `seconds`."""
        if self.failures:
            self.retry_at = now + seconds


def order(hosts: Sequence[Host], now: float, avoid: str = "") -> list[Host]:
    """The hosts that may be tried now, in order of preference; `avoid` (host:port) comes last."""
    ready = [host for host in hosts if host.retry_at <= now]
    return sorted(ready, key=lambda host: host.endpoint == avoid) if avoid else ready
