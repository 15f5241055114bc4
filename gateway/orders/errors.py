"""What can be wrong with an order. The store's own failures are `DirectoryUnavailable`."""

from __future__ import annotations

from gateway.errors import CongThuError


class OrderRefused(CongThuError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The order cannot stand, or there is nothing to withdraw. `vi` says it in Vietnamese."""

    def __init__(self, text: str, vi: str) -> None:
        super().__init__(text)
        self.vi = vi
