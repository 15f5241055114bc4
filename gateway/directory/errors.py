"""What can go wrong with the directory.

DirectoryError
├── DirectoryUnavailable   the store does not answer, or holds no directory that this version reads
├── DirectoryStale         somebody changed the directory since the plan was made: make the plan again
└── PlanRefused            the plan would leave the directory inconsistent; carries every flaw
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.errors import CongThuError


class DirectoryError(CongThuError):
    """Base of the directory's errors; the text is one line for the staff."""


class DirectoryUnavailable(DirectoryError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The store cannot be read or written now."""


class DirectoryStale(DirectoryError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The plan was made from an older state than the store's."""


class PlanRefused(DirectoryError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The plan cannot be applied; `flaws` are all the reasons (`gateway.directory.flaws.Flaw`)."""

    def __init__(self, flaws: Sequence[object]) -> None:
        more = f" and {len(flaws) - 3} more" if len(flaws) > 3 else ""
        super().__init__("; ".join(map(str, flaws[:3])) + more)
        self.flaws = tuple(flaws)
