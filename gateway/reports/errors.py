"""What can be wrong with a report.

CongThuError
└── ReportError
"""

from __future__ import annotations

from gateway.errors import CongThuError


class ReportError(CongThuError):
    """A report that cannot be made: the text says why, for whoever asked; `vi` says it in Vietnamese."""

    def __init__(self, text: str, vi: str) -> None:
        super().__init__(text)
        self.vi = vi

    @property
    def both(self) -> str:
        """Vietnamese, and English beside it: for a terminal."""
        return f"{self.vi} / {self}"
