"""OpenDocument in a package: which parts there are, what is encrypted, and in what order they are read."""

from __future__ import annotations

from collections import Counter

from gateway.documents.container import Part
from gateway.documents.document import Sink
from gateway.documents.odf import dangers
from gateway.documents.odf.fonts import OdfFonts
from gateway.documents.odf.text import FORMATS, OdfText
from gateway.documents.xml import Attributes, Handler, local, parse

_ORDER = {"office:document-styles": 0, "office:document-content": 1, "office:document-meta": 2}
_WHOLE = "office:document"  # a flat file


class OpenDocument:
    """The handlers of one package's parts; each object in it has styles of its own."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._fonts: dict[str, OdfFonts] = {}
        self._numbers: Counter[str] = Counter()

    def knows(self, root: str) -> bool:
        """Whether a part with this root has text or dangers."""
        return root in _ORDER or root in ("script:module", _WHOLE)

    @staticmethod
    def order(part: Part, root: str) -> tuple[int, int, str]:
        """A sort key: styles first, the document before the objects in it."""
        return _ORDER.get(root, 3), part.key.count("/"), part.key

    def read(self, part: Part, root: str) -> None:
        """Read one part into the sink. Raises `DocumentError`."""
        parse(part.pieces(), lambda _: self._handler(part, root), self.sink)

    def read_dangers(self, part: Part, root: str) -> None:
        """Only what runs or fetches something."""
        if root == "script:module" or part.holds(dangers.WORDS):
            self.read(part, root)

    def _handler(self, part: Part, root: str) -> Handler:
        if root == "script:module":
            return dangers.BasicModule(self.sink)
        folder = part.name.rpartition("/")[0]
        fonts = self._fonts.setdefault(folder, OdfFonts())
        fonts.begin_part()
        return OdfText(self.sink, fonts, self._numbers, f"{folder} " if folder else "")


class Manifest(Handler):
    """META-INF/manifest.xml: the document's type and which parts are encrypted."""

    def __init__(self) -> None:
        super().__init__()
        self.encrypted: set[str] = set()  # keys of parts
        self.kind = ""
        self._path = ""
        self.opening["manifest:file-entry"] = self._entry
        self.opening["manifest:encryption-data"] = lambda _: self.encrypted.add(self._path)

    def _entry(self, attributes: Attributes) -> None:
        self._path = local(attributes, "full-path").lstrip("/").lower()
        if not self._path:
            self.kind = local(attributes, "media-type")


def format_of(kind: str) -> str:
    """The format of a media type, "" for one that is none of OpenDocument's."""
    name = kind.removeprefix("application/").removeprefix("x-").removeprefix("vnd.oasis.opendocument.")
    name = name.removeprefix("vnd.sun.xml.")
    for word, known in {**FORMATS, "writer": "odt", "calc": "ods", "impress": "odp", "draw": "odg"}.items():
        if name.startswith(word) and name != kind:
            return known
    return ""
