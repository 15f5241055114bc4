"""What can be wrong with a change of a sender's standing. The store's own failures are `DirectoryUnavailable`."""

from __future__ import annotations

from gateway.errors import CongThuError


class BlockRefused(CongThuError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The change is not allowed, or there is nothing to change; one line for whoever asked."""
