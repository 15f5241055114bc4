"""What a document turned out to hold, and the sink that readers fill. Values and bounds; knows no format.

A format's module has one entry, `read(file, sink) -> None`: `file` is binary and seekable, at any position. It sets
`sink.document.format`, reports danger facts first, and then, where `sink.text` is true, units of text in the order in
which a reader would see them. The sink raises `SpentError` where a limit is reached: let it pass, what is in the sink
stays. Anything else that ends the reading is a `DocumentError`; a part that fails alone is `sink.unchecked(why)`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from gateway.contents import Why
from gateway.documents.limits import DocumentLimits
from gateway.documents.loud import as_shown
from gateway.errors import CongThuError

_PLACE = 200  # characters kept of a place: names of sheets and properties are a stranger's
_NAMES = 1024 * 1024  # characters of different element names in one document
_NAME = 255  # characters kept of a font's or an embedded file's name


class DocumentError(CongThuError):
    """A document, or a part of it, cannot be read; `reason` says why, the text is for the log."""

    def __init__(self, reason: Why, text: str = "") -> None:
        super().__init__(text or reason.value)
        self.reason = reason


class SpentError(DocumentError):
    """A limit of the whole document is reached: nothing more of it is read."""


@dataclass(slots=True)
class Unit:
    """One paragraph, cell, property … : the least piece of text that is judged by itself.

    `place`: for people: "paragraph 12", "sheet 'Tháng 1' B7", "slide 3", "page 2", "header 1", "property title".
    `text`: as it stands in the file. `fonts`: every font that occurs in it, in order, as the file names them.
    `raw`: the bytes of 8-bit text that declares no charset or an unknown one; `text` is then these bytes as Latin-1.
    """

    place: str
    text: str
    fonts: tuple[str, ...] = ()
    raw: bytes = b""


@dataclass(slots=True)
class Embedded:
    """A file inside the document, whole. `name` as the document says it, "" for none; `place` for people."""

    name: str
    data: bytes
    place: str


@dataclass(slots=True)
class Document:
    """What was read. `format`: "docx", "xls" … by content; `unchecked`: why something in it was not read, each once."""

    format: str = ""
    units: list[Unit] = field(default_factory=list)
    encrypted: bool = False
    macros: bool = False
    active: bool = False
    remote: bool = False
    embedded: list[Embedded] = field(default_factory=list)
    unchecked: list[Why] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Nothing at all was found in it."""
        return not (self.units or self.embedded or self.encrypted or self.macros or self.active)


class Sink:
    """Where a reader puts what it finds; counts, and raises `SpentError` at a limit. One object a document.

    `text`: whether units are wanted at all (a reader then skips the work). `document`: what was taken so far.
    """

    __slots__ = ("_embedded", "_expanded", "_names", "_names_size", "_text", "document", "limits", "text")

    def __init__(self, limits: DocumentLimits, *, text: bool = True) -> None:
        self.limits = limits
        self.text = text
        self.document = Document()
        self._text = 0
        self._expanded = 0
        self._embedded = 0
        self._names: set[str] = set()
        self._names_size = 0

    def unit(
        self, place: str, text: str, fonts: Iterable[str] = (), raw: bytes = b"", *, loud: Collection[int] = ()
    ) -> None:
        """Take a piece of text. One that is empty or blank is no unit.

        `loud`: lines, from 0, of which its format shows some in capitals.
        """
        if not self.text or not text or text.isspace():
            return
        if loud:
            text = as_shown(text, loud)
        if len(self.document.units) >= self.limits.units:
            raise SpentError(Why.TOO_MANY, "units")
        room = self.limits.text - self._text
        self._text += len(text)
        kept = text[:room]
        if kept:
            self.document.units.append(Unit(place[:_PLACE], kept, self._fonts(fonts), raw[:room]))
        if len(text) > room:
            raise SpentError(Why.TOO_LARGE, "text")

    def expand(self, size: int) -> None:
        """Count unpacked bytes, before or as they are made."""
        self._expanded += size
        if self._expanded > self.limits.expanded:
            raise SpentError(Why.TOO_LARGE, "expanded bytes")

    def learn(self, name: str) -> None:
        """Count an element's name: libxml2 keeps each different one for the life of the process."""
        if name not in self._names:
            self._names.add(name)
            self._names_size += len(name)
            if self._names_size > _NAMES:
                raise SpentError(Why.TOO_MANY, "element names")

    @property
    def expandable(self) -> int:
        """Bytes that may still be unpacked."""
        return max(0, self.limits.expanded - self._expanded)

    @property
    def embeddable(self) -> int:
        """Bytes that may still be kept of embedded files."""
        return max(0, self.limits.embedded - self._embedded)

    def embed(self, name: str, data: bytes, place: str) -> None:
        """Keep an embedded file. Beyond the limits it is left out and named in `unchecked`; the reading goes on."""
        if len(self.document.embedded) >= self.limits.embedded_files:
            self.unchecked(Why.TOO_MANY)
        elif len(data) > self.embeddable:
            self.unchecked(Why.TOO_LARGE)
        else:
            self._embedded += len(data)
            self.document.embedded.append(Embedded(name[:_NAME], data, place[:_PLACE]))

    def unchecked(self, why: Why) -> None:
        """Something in the document was not read."""
        if why not in self.document.unchecked:
            self.document.unchecked.append(why)

    def encrypted(self) -> None:
        """It, or a part of it, needs a password."""
        self.document.encrypted = True

    def macros(self) -> None:
        """It carries VBA, Excel 4 macros or scripts of its own application."""
        self.document.macros = True

    def active(self) -> None:
        """It runs or fetches something when it is opened: an embedded program or object, DDE, a remote template."""
        self.document.active = True

    def remote(self) -> None:
        """It loads a template, an object or a frame from another machine when it is opened."""
        self.document.active = self.document.remote = True

    def _fonts(self, fonts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([font[:_NAME] for font in fonts if font]))[: self.limits.fonts]
