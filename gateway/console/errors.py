"""What may go wrong here, in both languages: `str()` is English, `vi` is what the page shows to whoever reads it."""

from __future__ import annotations

from gateway.errors import CongThuError


class ConsoleError(CongThuError):
    """Something that was asked for is not done; the text says why and is fit for a page."""

    def __init__(self, en: str, vi: str) -> None:
        super().__init__(en)
        self.vi = vi


class AccountRefused(ConsoleError):  # noqa: N818 -- it is refused, as elsewhere
    """An account cannot be made or changed so."""


class Refused(ConsoleError):  # noqa: N818
    """A request that is answered with a status of its own, 4xx."""

    def __init__(self, status: int, en: str, vi: str) -> None:
        super().__init__(en, vi)
        self.status = status
