"""Documents in a zip package: Office Open XML and OpenDocument, told apart by their parts' contents, not by names.

Each part is judged by its own first bytes: the root element of XML, the first record of a binary workbook, the mark of
anything else. So a part that no relationship reaches is read too, and a program is found under a picture's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, TypeVar

from gateway.contents import Why
from gateway.documents.binaries import read_binary
from gateway.documents.container import Part, parts_of
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.odf.package import Manifest, OpenDocument
from gateway.documents.odf.package import format_of as open_format
from gateway.documents.ooxml.dangers import EMBEDDED, by_relations
from gateway.documents.ooxml.office import FORMATS, Office
from gateway.documents.ooxml.relations import Relations
from gateway.documents.ooxml.xlsb import kind_of
from gateway.documents.xml import Handler, parse, root_of, root_of_head

_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*<[\x00]?[?!A-Za-z]")
# Parts whose being there says everything.
_TELLING: dict[str, Callable[[Sink], None]] = {
    "ax:ocx": Sink.active,
}
_PAGES = ("html:html", ":html")
_MIMETYPE = "mimetype"
_MACRO_SHEETS = ("xm:macrosheet", "x:macrosheet")
_SCRIPTS = "scripts/"  # an OpenDocument's programs in Python, JavaScript …

_T = TypeVar("_T")


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a package into the sink; see `document`. `DocumentError` (unsupported) for a zip that is no document."""
    package = _Package(parts_of(file, sink), sink)
    package.judge()
    package.read()


class _Package:
    """One package being read: first what each part is, then the dangers, then the text."""

    def __init__(self, parts: list[Part], sink: Sink) -> None:
        self._sink = sink
        self._relations = Relations()
        self._office = Office(sink, self._relations)
        self._open = OpenDocument(sink)
        self._manifest = Manifest()
        self._parts = parts
        self._roots: list[tuple[Part, str]] = []

    def judge(self) -> None:
        """What each part is; relations, programs and embedded files."""
        heads = [(part, part.head()) for part in self._parts]
        self._roots = [(part, root) for part, head in heads if (root := self._root(part, head))]
        self._read_map()
        self._set_format({part.key: head for part, head in heads})
        by_relations(self._relations, self._sink)
        wanted = frozenset(relation.target for relation in self._relations.all() if relation.kind in EMBEDDED)
        roots = {part.key: root for part, root in self._roots}
        for part, head in heads:
            self._judge_rest(part, head, wanted, roots)

    def read(self) -> None:
        """The dangers in the text, and where it is wanted the text itself."""
        office = [(part, root) for part, root in self._roots if self._office.knows(root)]
        opened = [(part, root) for part, root in self._roots if self._open.knows(root) and not self._closed(part)]
        opened.sort(key=lambda found: self._open.order(*found))
        if not self._sink.text:
            self._each(office, self._office.read_dangers)
            self._each(opened, self._open.read_dangers)
            return
        for stage in (range(5), range(5, 100)):  # the order of slides and sheets is known after the first
            now = [(part, root) for part, root in office if self._office.stage(root) in stage]
            now.sort(key=lambda found: self._office.order(*found))
            self._each(now, self._office.read)
        self._each(opened, self._open.read)

    def _root(self, part: Part, head: bytes) -> str:
        if binary := kind_of(head):
            return f"xlsb:{binary}"
        if not _XML.match(head):
            return ""
        try:
            root = root_of_head(head, self._sink) or root_of(part.pieces(), self._sink)
            return root if root.count(":") == 1 else ""  # a prefix that nobody declared
        except SpentError:
            raise
        except DocumentError:
            return ""

    def _read_map(self) -> None:
        """Relationships and the manifest; encrypted parts."""
        for part, root in self._roots:
            handler = self._relations.reader(part.key) if root == "rel:Relationships" else None
            if root == "manifest:manifest":
                handler = self._manifest
            if handler:
                self._attempt(self._parse, part, handler)
        if any(root in _MACRO_SHEETS for _, root in self._roots):
            self._sink.macros()
        if self._manifest.encrypted or any(part.encrypted for part in self._parts):
            self._sink.encrypted()

    def _parse(self, part: Part, handler: Handler) -> None:
        parse(part.pieces(), lambda _: handler, self._sink)

    def _set_format(self, heads: dict[str, bytes]) -> None:
        roots = [root for _, root in self._roots]
        office = next((FORMATS[root] for root in roots if root in FORMATS), "")
        kind = heads.get(_MIMETYPE, b"").decode("latin-1").strip() or self._manifest.kind
        opened = open_format(kind) or ("odf" if "office:document-content" in roots else "")
        self._sink.document.format = office or opened
        if not office and not opened and not self._sink.document.encrypted:
            raise DocumentError(Why.UNSUPPORTED, "no office document")

    def _closed(self, part: Part) -> bool:
        """Encrypted by itself: there is nothing to be read."""
        return part.encrypted or part.key in self._manifest.encrypted

    def _judge_rest(self, part: Part, head: bytes, wanted: frozenset[str], roots: dict[str, str]) -> None:
        """Everything that no handler reads."""
        root = roots.get(part.key, "")
        if self._closed(part):
            return
        if root in _TELLING:
            _TELLING[root](self._sink)
        elif part.key in wanted or root in _PAGES:
            self._attempt_binary(part, head, wanted=True)
        elif _XML.match(head):
            if not root and part.key.endswith((".xml", ".rels")):
                self._sink.unchecked(Why.DAMAGED)
        elif part.key.startswith(_SCRIPTS):
            self._sink.macros()
        elif not root:
            self._attempt_binary(part, head, wanted="embeddings/" in part.key)

    def _attempt_binary(self, part: Part, head: bytes, *, wanted: bool) -> None:
        self._attempt(lambda part, head: read_binary(part, head, self._sink, wanted=wanted), part, head)

    def _each(self, found: list[tuple[Part, str]], act: Callable[[Part, str], None]) -> None:
        """Read parts; one that fails is named, and the others follow."""
        for part, root in found:
            self._attempt(act, part, root)

    def _attempt(self, act: Callable[[Part, _T], None], part: Part, what: _T) -> None:
        try:
            act(part, what)
        except SpentError:
            raise
        except DocumentError as error:
            self._sink.unchecked(error.reason)
