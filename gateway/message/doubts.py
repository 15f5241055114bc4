"""What follows from what is wrong with a message: whether other readings must be looked at, or nobody can judge it."""

from __future__ import annotations

from gateway.message.defects import DefectLog, Flaw
from gateway.model import Defect

# These change no attachment, size or content; where one of them may (MULTIPART_UNENDED, DUPLICATE_*,
# ENCODING_UNKNOWN), what makes it so is found by itself (`oddheader`, `tree`).
_HARMLESS = {
    Flaw.MBOX_FROM,
    Flaw.DUPLICATE_FIELD,
    Flaw.DUPLICATE_PARAMETER,
    Flaw.ENCODING_UNKNOWN,
    Flaw.MULTIPART_UNENDED,
    Flaw.FILENAME_RAW,
    Flaw.FILENAME_INVALID,
    Flaw.FILENAME_TOO_LONG,
    Flaw.UNSNIFFED,
}
# What is delivered is put together elsewhere, or is more than anybody looks at.
_DISPUTED = {
    Flaw.MESSAGE_PARTIAL,
    Flaw.EXTERNAL_BODY,
    Flaw.TOO_DEEP,
    Flaw.TOO_MANY_PARTS,
    Flaw.HEADER_TOO_LARGE,
    Flaw.HEADER_TOO_MANY,
}


class Doubts:
    """Collects defects; each kind of list is bounded by `limit`.

    `suspicious`: another reading of the same bytes may show another attachment, size or content. Whoever finds a
    reason that is no defect sets it.
    """

    __slots__ = ("_disputes", "_limit", "_log", "suspicious")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._log: DefectLog | None = None  # most messages need none
        self._disputes: DefectLog | None = None
        self.suspicious = False

    def add(self, flaw: Flaw, where: str = "") -> None:
        """Note a defect of the part at path `where`."""
        self._log = self._log or DefectLog(self._limit)
        noted = self._log.add(flaw, where)
        if flaw in _HARMLESS:
            return
        self.suspicious = True
        if flaw in _DISPUTED or not noted:
            self._disputes = self._disputes or DefectLog(self._limit)
            self._disputes.add(*((flaw, where) if flaw in _DISPUTED else (Flaw.MORE, "")))

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What is wrong, in the order of the message."""
        return self._log.taken() if self._log is not None else ()

    @property
    def disputes(self) -> tuple[Defect, ...]:
        """What makes a safe judgement impossible: some of the defects, and "more-defects" where a grave one is lost."""
        return self._disputes.taken() if self._disputes is not None else ()
