"""The words of a message, read in the child beside the walk. Whatever goes wrong here costs words only, never a file.

What a document's text is beyond its limits, or what cannot be read as text, is left out: whether the file itself could
be looked into is the walk's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from gateway.contents import NO_WORDS, Source, Why
from gateway.documents import read as documents
from gateway.documents.document import Document, DocumentError
from gateway.inspection.bugs import place_of
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import Place
from gateway.inspection.words_forms import words_form
from gateway.message.extract import Extract, Read, open_extract
from gateway.message.result import ScannedMessage
from gateway.message.union import strict_view
from gateway.wording.bodies import Body, body_of, leaves_of, read_body
from gateway.wording.fields import read_inner_header
from gateway.wording.judge import Origin
from gateway.wording.reader import ALL, Reader

_TEXT = 2 * 1024 * 1024  # characters of one document: a page of so many takes three seconds
_BODY = 16 * 1024 * 1024  # bytes of one body


class Texts:
    """One message's. Without any of `ALL` among the `wants` nothing is read and nothing is sent."""

    def __init__(
        self,
        wants: Iterable[str],
        limits: WalkLimits,
        send: Callable[[dict[str, Any]], None],
        late: Callable[[], bool],
    ) -> None:
        wanted = ALL.intersection(wants)
        self._reader = Reader(wanted, late=late) if wanted else None
        self._send = send
        self._documents = replace(limits.documents, text=min(_TEXT, limits.documents.text))
        self._failed = ""
        self.worn = False  # memory ran out once

    @property
    def wanted(self) -> bool:
        """Whether anything is read."""
        return self._reader is not None

    def name(self, place: Place) -> None:
        """Read a file's name."""
        with self._reading() as reader:
            if reader is not None and place.name:
                reader.text(Source.NAME, place.name, part=place.part, names=place.names)

    def document(self, place: Place, file: BinaryIO, kind: str) -> Document | None:
        """Read a document's text. Returns the document where all of it was read."""
        document = None
        with self._reading() as reader:
            if reader is not None and not reader.is_late():
                document = documents.read(file, kind, place.name, self._documents)
                reader.document(place.part, place.names, document.units)
        return document if document is not None and not document.unchecked else None

    def letter(self, place: Place, read: Read, scanned: ScannedMessage) -> None:
        """Read the texts of a message that is a file: it is quoted, as is what is forwarded in any other way."""
        with self._reading() as reader:
            if reader is not None:
                read_inner_header(
                    reader, scanned.header_block, Origin(Source.QUOTED, place.part, place.names, "Subject")
                )
                bodies = {part.path: part for part, _quoted in leaves_of(scanned)}
                for extract in strict_view(scanned).extracts:
                    part = bodies.get(extract.part)
                    if part is not None:
                        body = Body(place.part, part.content_type, part.charset, quoted=True)
                        read_body(reader, body, self._bytes(read, extract), place.names)

    def bodies(self, read: Read, bodies: Iterable[tuple[Extract, Body]]) -> None:
        """Read the message's own texts: where each stands, and what is known of it."""
        for extract, body in bodies:
            with self._reading() as reader:
                if reader is not None:
                    read_body(reader, body, self._bytes(read, extract))

    def flush(self) -> None:
        """Send what was found since the last time."""
        if self._reader is not None:
            fresh = self._reader.fresh()
            if fresh != NO_WORDS:
                self._send({"words": words_form(fresh)})

    def end(self) -> None:
        """Send the rest, and how it went."""
        if self._reader is not None:
            self.flush()
            failed = self._failed or (Why.TIME.value if self._reader.out_of_time else "")
            self._send({"words_failed": failed})

    @contextmanager
    def _reading(self) -> Iterator[Reader | None]:
        try:
            yield self._reader
        except DocumentError:
            pass
        except MemoryError:
            self.worn = True
            self._failed = self._failed or Why.TOO_LARGE.value
        except Exception as error:  # a bug of ours: the rules about words hear of it, and those about files do not
            self._failed = self._failed or place_of(error)

    def _bytes(self, read: Read, extract: Extract) -> bytes:
        return b"".join(open_extract(read, extract, _BODY))


def known_bodies(scanned: ScannedMessage) -> list[Body]:
    """What the scan knows of a message's texts."""
    return [body_of(part, quoted) for part, quoted in leaves_of(scanned)]
