"""What one message's walk has found, within bounds, on its way to the worker. Knows no format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from gateway.contents import ContainedFile, Trait, Unchecked, Why
from gateway.documents.document import Document, Unit
from gateway.inspection.forms import document_form, file_rows, unchecked_rows
from gateway.inspection.limits import WalkLimits
from gateway.inspection.result import DocumentText

_NAMES = 700_000  # characters of all names together: a name stands again before each file that its container holds
_CHUNK = 128 * 1024  # characters of text in one frame
_UNITS = 2000  # units in one frame
_PLACE = 64  # characters of its place that a unit counts for besides its text, so that many short ones have an end, too
_BUGS = 10


class FullError(Exception):
    """No more files are listed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: the attachment's place in the message, names from there inwards, containers around it."""

    part: str
    names: tuple[str, ...]
    depth: int = 0

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[-1] if self.names else ""

    def inside(self, name: str) -> Place:
        """The place of a file in this one."""
        return Place(self.part, (*self.names, name), self.depth + 1)


class Listing:
    """Collects, and sends what belongs to one attachment when that is finished."""

    def __init__(self, limits: WalkLimits, send: Callable[[dict[str, Any]], None]) -> None:
        self._limits, self._send = limits, send
        self._files: list[ContainedFile] = []
        self._unchecked: list[Unchecked] = []
        self._sent = self._named = self._text = 0
        self._missed = 0  # entries of `unchecked` in all
        self.bugs: list[str] = []

    def add(self, place: Place, kind: str, size: int) -> int:
        """List a file; what is found out about it later goes to `notice` with the number returned. FullError."""
        self._named += sum(map(len, place.names))
        if self._sent + len(self._files) >= self._limits.files or self._named > _NAMES:
            raise FullError
        self._files.append(ContainedFile(place.part, place.names, kind, max(0, size)))
        return len(self._files) - 1

    def notice(self, number: int, *traits: Trait) -> None:
        """Say what is notable about a file."""
        known = self._files[number]
        self._files[number] = replace(known, traits=tuple(dict.fromkeys((*known.traits, *traits))))

    def rename(self, number: int, kind: str) -> None:
        """Say more precisely what kind of file it is."""
        self._files[number] = replace(self._files[number], kind=kind)

    def file(self, number: int) -> ContainedFile:
        """A file of this attachment as it is listed by now."""
        return self._files[number]

    def copy(self, original: ContainedFile | None, number: int) -> None:
        """Say that a file is the same as one that was listed before (None: that one is still being opened)."""
        if original is not None:
            self._files[number] = replace(self._files[number], kind=original.kind, traits=original.traits)

    def unchecked(self, place: Place, reason: Why) -> None:
        """Something was not looked into: each reason once a place, and the last one of too many says so."""
        missing = Unchecked(place.part, place.names, reason)
        if missing in self._unchecked[-20:] or self._missed > self._limits.files:
            return
        self._missed += 1
        full = self._missed > self._limits.files
        self._unchecked.append(Unchecked(place.part, (), Why.TOO_MANY) if full else missing)

    def bug(self, place: str) -> None:
        """A place in the program where something unexpected was raised."""
        if len(self.bugs) < _BUGS and place not in self.bugs:
            self.bugs.append(place)

    @property
    def room(self) -> int:
        """Characters of text that may still be sent."""
        return max(0, self._limits.text - self._text)

    def document(self, place: Place, document: Document) -> None:
        """Send a document's text, a piece at a time."""
        pieces = list(_pieces(document.units))
        self._text += sum(len(unit.text) + _PLACE for unit in document.units)
        for at, units in enumerate(pieces):
            form = document_form(DocumentText(place.part, place.names, document.format, units))
            self._send({"document": form, "goes_on": at > 0})

    def flush(self, part: str) -> None:
        """Everything of this attachment was found."""
        self._send(
            {
                "part": part,
                "files": file_rows(self._files),
                "unchecked": unchecked_rows(self._unchecked),
                "bugs": self.bugs,
            }
        )
        self._sent += len(self._files)
        self._files, self._unchecked, self.bugs = [], [], []


def _pieces(units: list[Unit]) -> Iterable[tuple[Unit, ...]]:
    piece: list[Unit] = []
    size = 0
    for unit in units:
        if piece and (size + len(unit.text) > _CHUNK or len(piece) >= _UNITS):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(unit)
        size += len(unit.text)
    yield tuple(piece)
