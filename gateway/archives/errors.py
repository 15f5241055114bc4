"""Why an archive, or an entry of it, cannot be read.

ArchiveError        this archive or entry: others can go on
└── StopError       this archive expands too much: nothing more of it is read
    └── SpentError  the budget of the whole message is used up: nothing more is expanded
"""

from __future__ import annotations

from gateway.contents import Why
from gateway.errors import CongThuError


class ArchiveError(CongThuError):
    """An archive, or an entry, cannot be read (to its end). `reason` says why; the text is for the log."""

    def __init__(self, reason: Why, text: str = "") -> None:
        super().__init__(text or reason.value)
        self.reason = reason


class StopError(ArchiveError):
    """This archive expands too much: after its entry has said so, the archive says so too and ends."""


class SpentError(StopError):
    """A limit of the whole message is reached; whatever is asked next of the same budget raises it again."""


def stumbled(error: Exception) -> ArchiveError:
    """What a library, or we, did not expect of a stranger's bytes: memory ran out, else the file is to blame."""
    if isinstance(error, MemoryError):
        return ArchiveError(Why.TOO_LARGE, "memory")
    return ArchiveError(Why.DAMAGED, f"{type(error).__name__} in a reader")
