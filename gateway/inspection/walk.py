"""The walk through a message's files: each is told by its content, and opened where it holds others, however deep.

Pure but for the clock that it is given: bytes are read through a function, findings leave through a `Listing`. One
budget of expanded bytes and files holds for the whole message. Nothing that a file holds ends the walk but time and
the limits.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from gateway.archives.budget import Budget
from gateway.archives.entry import Entry, Problem
from gateway.archives.errors import ArchiveError
from gateway.archives.expand import expand
from gateway.archives.kinds import claims
from gateway.archives.names import safe
from gateway.archives.zip_views import views
from gateway.contents import ContainedFile, Trait, Why
from gateway.documents import read as documents
from gateway.documents.document import Document, DocumentError
from gateway.documents.limits import DocumentLimits
from gateway.inspection.bugs import place_of
from gateway.inspection.content import Content, Held, Packed, content_of
from gateway.inspection.kinds import MACROS_OF_MHTML, declared_kind, ends_like_zip, kind_of, precise
from gateway.inspection.letter import letter_of
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import FullError, Listing, Place
from gateway.inspection.reading import reading_of
from gateway.inspection.sealed import enclosed
from gateway.inspection.texts import Texts
from gateway.inspection.ways import Way, ways_of
from gateway.message.extract import Extract, Read, Step
from gateway.model import Attachment

_TEXT = ("text/", "message/")
_PIECE = 256 * 1024

Sniff = Callable[[bytes], str]


class OutOfTimeError(Exception):
    """The message's time is over."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A file that is being opened; `number`: its place in the listing."""

    place: Place
    kind: str
    head: bytes
    size: int
    number: int


Opener = Callable[[BinaryIO, Opening], bool]
"""Opens a file; True where nothing else needs to be tried."""


class Walk:
    """One message. `late` says whether the time is over; `text`: the documents' text is wanted; `texts` reads it."""

    def __init__(
        self,
        limits: WalkLimits,
        sniff: Sniff,
        listing: Listing,
        late: Callable[[], bool],
        *,
        text: bool,
        texts: Texts | None = None,
    ) -> None:
        self._limits, self._sniff, self._listing, self._late, self._text = limits, sniff, listing, late, text
        self._texts = texts
        self._budget = Budget(limits.archives)
        self._over: Why | None = None  # why nothing more is opened
        self._messages: set[Place] = set()  # what was walked through as a message
        self._seen: dict[bytes, tuple[int, ContainedFile | None]] = {}  # what was opened: how deep, and what it was
        self._openers: dict[Way, Opener] = {
            Way.ENCRYPTED: self._encrypted,
            Way.MESSAGE: self._message,
            Way.ENVELOPE: self._envelope,
            Way.DOCUMENT: self._document,
            Way.ARCHIVE: self._archive,
            Way.PERHAPS_ZIP: self._perhaps_zip,
        }
        self.worn = False  # memory ran out once

    def message(self, read: Read, size: int, attachments: Iterable[Attachment], extracts: Iterable[Extract]) -> None:
        """Walk through a message's files: `extracts` says where they are, `attachments` what the scan knew of them."""
        attachments, extracts = tuple(attachments), tuple(extracts)
        for envelope in _envelopes(attachments, extracts):
            self._list(envelope, Place(envelope.part, (safe(envelope.filename, self._limits.name - 1),)))
            self._listing.flush(envelope.part)
        sizes = {(known.part, known.filename): known.decoded_size for known in attachments}
        walked: set[tuple[Step, ...]] = set()
        for extract in _ordered(extracts):
            place = Place(extract.part, (safe(extract.filename, self._limits.name - 1),))
            if not _within(extract, walked):
                content = content_of(read, extract, size, sizes.get((extract.part, extract.filename), -1))
                self._top(content, place, extract.declared_type)
                if place in self._messages:
                    walked.add(_plain(extract))
            self._listing.flush(extract.part)
            if self._texts is not None:
                self._texts.flush()

    def _list(self, envelope: Attachment, place: Place) -> None:
        """A message that stands in its message as it is: what is attached to it is met by itself."""
        try:
            number = self._add(place, envelope.sniffed_type or envelope.declared_type, envelope.decoded_size)
            self._listing.notice(number, Trait.CONTAINER)
        except FullError:
            self._over = Why.TOO_MANY
            self._listing.unchecked(place, Why.TOO_MANY)

    def _top(self, content: Content, place: Place, declared: str) -> None:
        if self._over is None:
            try:
                self._visit(content, place, declared)
                return
            except OutOfTimeError:
                self._over = Why.TIME
            except FullError:
                self._over = Why.TOO_MANY
        self._listing.unchecked(place, self._over)

    def _visit(self, content: Content, place: Place, declared: str = "") -> None:
        """One file and everything in it. Raises only what ends the whole walk."""
        if self._late():
            raise OutOfTimeError
        try:
            self._open(content, place, declared)
        except ArchiveError as error:
            self._listing.unchecked(place, error.reason)
        except (OutOfTimeError, FullError):
            raise
        except MemoryError:
            self.worn = True
            self._listing.unchecked(place, Why.TOO_LARGE)
        except RecursionError:
            self._listing.unchecked(place, Why.TOO_DEEP)
        except Exception as error:  # what opens files names what it meets, so this is a bug: it costs this file only
            self._listing.bug(place_of(error))
            self._listing.unchecked(place, Why.DAMAGED)

    def _open(self, content: Content, place: Place, declared: str) -> None:
        head, kind = b"", ""
        try:
            head = content.head()
            kind = declared_kind(kind_of(self._sniff, head), declared)
            ways = ways_of(kind, place.name, head, declared, text=self._text)
            says = self._texts is not None and Way.DOCUMENT in ways_of(kind, place.name, head, declared, text=True)
            file = self._file(content, ways, says)
        except ArchiveError:
            self._add(place, kind, content.size)
            raise
        opening = Opening(place, kind, head, content.size, self._add(place, kind, content.size))
        if head.startswith(MACROS_OF_MHTML):
            self._listing.notice(opening.number, Trait.MACROS)
        if file is None or (ways == (Way.PERHAPS_ZIP,) and not says and not ends_like_zip(file, opening.size)):
            return
        key = _key(file, ways)
        before, known = self._seen.get(key, (place.depth + 1, None))
        if before <= place.depth:  # what is in it was listed then; a copy costs no second look, nor does one in itself
            self._listing.copy(known, opening.number)
            return
        self._seen[key] = (place.depth, None)
        self._try(ways, file, opening)
        if says and self._texts is not None and Way.DOCUMENT not in ways:
            self._texts.document(place, file, kind)
        self._seen[key] = (place.depth, self._listing.file(opening.number))

    def _try(self, ways: Iterable[Way], file: BinaryIO, opening: Opening) -> None:
        """One way after the other: that it is no document matters only where it is nothing else."""
        refusal: Why | None = None
        for way in ways:
            try:
                if self._openers[way](file, opening):
                    return
            except DocumentError as error:
                refusal = error.reason
        if refusal is not None:
            self._listing.unchecked(opening.place, refusal)

    def _file(self, content: Content, ways: Iterable[Way], says: bool) -> BinaryIO | None:
        """All of it where it is to be opened, its beginning where only its words are wanted; else it is passed over."""
        if ways:
            return content.file()
        if says:
            return content.beginning(4 * self._limits.documents.text)
        content.measure()
        return None

    def _add(self, place: Place, kind: str, size: int) -> int:
        """List a file, and read its name. FullError."""
        number = self._listing.add(place, kind, size)
        if self._texts is not None:
            self._texts.name(place)
        return number

    def _message(self, file: BinaryIO, opening: Opening) -> bool:
        if self._too_deep(opening, self._limits.archives.depth - 1):
            return True
        scanned, view = reading_of(_reader(file), opening.size, self._limits, self._sniff)
        inner = _ordered(view.extracts)
        self._messages.add(opening.place)
        if view.disputes:
            self._listing.unchecked(opening.place, Why.DAMAGED)
        if inner:
            self._listing.notice(opening.number, Trait.CONTAINER)
        if self._text:
            self._words(opening, lambda limits, _text: letter_of(_reader(file), scanned, limits))
        if self._texts is not None:
            self._texts.letter(opening.place, _reader(file), scanned)
        for envelope in _envelopes(view.attachments, view.extracts):
            self._list(envelope, self._inside(opening, envelope.filename))
        walked: set[tuple[Step, ...]] = set()
        for extract in inner:
            if not _within(extract, walked):
                self._budget.entry()
                place = self._inside(opening, extract.filename)
                self._visit(content_of(_reader(file), extract, opening.size), place, extract.declared_type)
                if place in self._messages:
                    walked.add(_plain(extract))
        return opening.kind.startswith(_TEXT)

    def _encrypted(self, _file: BinaryIO, opening: Opening) -> bool:
        self._listing.notice(opening.number, Trait.ENCRYPTED)
        self._listing.unchecked(opening.place, Why.SEALED)
        return True

    def _envelope(self, file: BinaryIO, opening: Opening) -> bool:
        """S/MIME around a whole message, signed or compressed: its parts are in there."""
        if self._too_deep(opening, self._limits.archives.depth - 1):
            return True
        file.seek(0)
        data = enclosed(file.read(), self._budget.room)
        if data is None:
            self._listing.unchecked(opening.place, Why.DAMAGED)
        elif data:
            self._budget.entry()
            self._budget.expand(len(data))
            self._listing.notice(opening.number, Trait.CONTAINER)
            self._visit(Held(io.BytesIO(data), len(data)), self._inside(opening, ""), "message/rfc822")
        return True

    def _document(self, file: BinaryIO, opening: Opening) -> bool:
        if self._too_deep(opening, self._limits.archives.depth):
            return True
        refusals: list[DocumentError | None] = []
        for reading in self._readings(file, opening):
            try:
                self._judge(reading, opening)
                refusals.append(None)
            except DocumentError as error:
                refusals.append(error)
        if len(refusals) == 1 and refusals[0] is not None:
            raise refusals[0]
        # People who see ".zip" open it as one, whatever documents hold; and a zip may follow a document's end.
        appended = not opening.head.startswith(b"PK") and ends_like_zip(file, opening.size)
        return not (appended or len(refusals) > 1 or claims(opening.place.name))

    def _readings(self, file: BinaryIO, opening: Opening) -> Iterator[BinaryIO]:
        """The file, and where it is a zip with several directories, one that each of them alone leads to."""
        yield file
        if opening.head.startswith(b"PK"):
            yield from views(file, opening.size, self._budget)

    def _judge(self, file: BinaryIO, opening: Opening) -> None:
        """One reading of a document, and everything in it. DocumentError where it is none."""
        document = self._read(file, opening)
        self._listing.rename(opening.number, precise(opening.kind, document.format))
        traits = (
            (document.encrypted, Trait.ENCRYPTED),
            (document.macros, Trait.MACROS),
            (document.active, Trait.ACTIVE),
            (document.remote, Trait.REMOTE),
        )
        self._listing.notice(opening.number, *(trait for true, trait in traits if true))
        if document.encrypted:
            self._listing.unchecked(opening.place, Why.ENCRYPTED)
        if document.embedded:
            self._listing.notice(opening.number, Trait.CONTAINER)
        for embedded in document.embedded:
            self._budget.entry()
            self._budget.expand(len(embedded.data))
            content = Held(io.BytesIO(embedded.data), len(embedded.data))
            self._visit(content, self._inside(opening, embedded.name or embedded.place))

    def _read(self, file: BinaryIO, opening: Opening) -> Document:
        """Facts and words come from one reading; where that did not go well, the facts from one of their own."""
        place, kind = opening.place, opening.kind
        document = None
        if self._texts is not None and not self._text:
            document = self._texts.document(place, file, kind)
        if document is None:
            document = self._words(
                opening, lambda limits, text: documents.read(file, kind, place.name, limits, text=text)
            )
        return document

    def _words(self, opening: Opening, read: Callable[[DocumentLimits, bool], Document]) -> Document:
        """Read a document; its text is sent off, as far as there is room for it."""
        limits, room = self._limits.documents, self._listing.room if self._text else 0
        if room:
            limits = replace(limits, text=min(room, limits.text))
        document = read(limits, room > 0)
        if self._text and not room:
            self._listing.unchecked(opening.place, Why.TOO_LARGE)
        if document.units:
            self._listing.document(opening.place, document)
        for why in document.unchecked:
            self._listing.unchecked(opening.place, why)
        return document

    def _perhaps_zip(self, file: BinaryIO, opening: Opening) -> bool:
        """An archive by its end: programs find its directory there, whatever stands before it."""
        return ends_like_zip(file, opening.size) and self._archive(file, replace(opening, kind="application/zip"))

    def _archive(self, file: BinaryIO, opening: Opening) -> bool:
        if self._too_deep(opening, self._limits.archives.depth - 1):
            return True
        found = False
        for each in expand(file, opening.kind, opening.place.name, self._budget):
            if isinstance(each, Problem):
                place = self._inside(opening, each.name) if each.name else opening.place
                self._listing.unchecked(place, each.reason)
            else:
                self._entry(each, opening)
                if not found:
                    self._listing.notice(opening.number, Trait.CONTAINER)
                found = True
        return found

    def _entry(self, entry: Entry, opening: Opening) -> None:
        if entry.encrypted:
            self._listing.notice(opening.number, Trait.ENCRYPTED)
        self._visit(Packed(entry, self._limits.archives.entry), self._inside(opening, entry.name))
        for other in entry.others:
            self._add(self._inside(opening, other), "", entry.size)

    def _inside(self, opening: Opening, name: str) -> Place:
        return opening.place.inside(safe(name, self._limits.name - 1))

    def _too_deep(self, opening: Opening, deepest: int) -> bool:
        if opening.place.depth > deepest:
            self._listing.unchecked(opening.place, Why.TOO_DEEP)
        return opening.place.depth > deepest


def _key(file: BinaryIO, ways: Iterable[Way]) -> bytes:
    """The same for the same content, opened in the same ways."""
    digest = hashlib.sha256(" ".join(way.name for way in ways).encode())
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.digest()


def _envelopes(attachments: Iterable[Attachment], extracts: Iterable[Extract]) -> Iterator[Attachment]:
    """The attachments that are no content of their own: messages whose parts are among the extracts."""
    contents = {extract.part for extract in extracts}
    return (known for known in attachments if known.counted >= 0 and known.part not in contents)


def _ordered(extracts: Iterable[Extract]) -> list[Extract]:
    """What a client would offer to save; contents before those that were found in them."""
    return sorted((extract for extract in extracts if extract.attachment), key=lambda extract: len(extract.steps))


def _within(extract: Extract, walked: set[tuple[Step, ...]]) -> bool:
    """True where it stands in a message that was walked through: it was met there."""
    steps = _plain(extract)
    return any(steps[:length] in walked for length in range(1, len(steps)))


def _plain(extract: Extract) -> tuple[Step, ...]:
    """Its steps, each range that is cut out of bytes as they stand joined with the next: one way for the same bytes."""
    steps: list[Step] = []
    base = 0
    for start, end, encoding in extract.steps:
        step = (base + start, base + end, encoding)
        base = 0 if encoding else step[0]
        if encoding:
            steps.append(step)
    return tuple(steps) if encoding else (*steps, step)


def _reader(file: BinaryIO) -> Read:
    def read(offset: int, size: int) -> bytes:
        file.seek(offset)
        return file.read(size)

    return read
