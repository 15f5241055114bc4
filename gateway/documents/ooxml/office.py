"""One Office package: which handler reads which part, by the part's root element, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.documents.container import Part
from gateway.documents.document import Sink
from gateway.documents.ooxml import dangers
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.drawing import DrawingText
from gateway.documents.ooxml.properties import PropertiesText
from gateway.documents.ooxml.relations import Relations
from gateway.documents.ooxml.sheets import CachedItems, CommentsText, SharedStrings, SheetText, StyleSheet, WorkbookText
from gateway.documents.ooxml.slides import Deck, PresentationHandler, SlideText
from gateway.documents.ooxml.strings import Book
from gateway.documents.ooxml.twins import Twins
from gateway.documents.ooxml.vml import VmlText
from gateway.documents.ooxml.word import WordText
from gateway.documents.ooxml.wordfonts import StylesHandler, ThemeHandler, WordFonts
from gateway.documents.ooxml.xlsb import BinaryParts
from gateway.documents.xml import Handler, parse

_Make = Callable[[str, str], Handler]
"""(root, the part's key) -> its handler."""

# What later parts need comes first.
_ORDER: Mapping[str, int] = {
    root: stage
    for stage, roots in enumerate(
        (
            (),
            ("a:theme",),
            ("w:styles", "x:styleSheet", "xlsb:styles"),
            ("x:sst", "xlsb:strings"),
            ("x:workbook", "xlsb:workbook", "p:presentation"),
            (),
            ("p:sldMaster", "p:notesMaster", "p:handoutMaster"),
            ("p:sldLayout",),
            ("w:document", "p:sld", "x:worksheet", "xlsb:sheet"),
            ("dgm:dataModel",),
        )
    )
    for root in roots
}
_LAST = 10

_BINARY = "xlsb:"
_LENIENT = frozenset({":xml"})  # VML, which Office itself writes ill-formed
_WORD_ROOTS = (
    *("w:document", "w:hdr", "w:ftr", "w:footnotes", "w:endnotes", "w:comments", "w:glossaryDocument"),
    *("w:numbering", "w:settings"),
)
_SHEET_ROOTS = ("x:worksheet", "x:chartsheet", "x:dialogsheet", "xm:macrosheet", "x:macrosheet")
_PROPERTY_ROOTS = ("cp:coreProperties", "ep:Properties", "op:Properties")
_PAGES = {
    "p:sldMaster": "master",
    "p:notesMaster": "notes master",
    "p:handoutMaster": "handout master",
    "p:sldLayout": "layout",
}
_SMALL = frozenset({"x:externalLink", "x:connections", f"{_BINARY}link"})
_IN_TEXT = frozenset(
    {"w:document", "w:hdr", "w:ftr", "w:footnotes", "w:endnotes", "w:comments", *_PAGES, "p:sld", "p:notes"}
)

FORMATS: Mapping[str, str] = {
    "w:document": "docx",
    "x:workbook": "xlsx",
    "xlsb:workbook": "xlsb",
    "p:presentation": "pptx",
}
"""The root of a main part -> the document's format; templates and those with macros are no formats of their own."""


class Office:
    """The handlers of one package's parts. Parts must be read in the order that `order` gives."""

    def __init__(self, sink: Sink, relations: Relations) -> None:
        self.sink = sink
        self._context = Context(sink, relations)
        self._fonts: dict[str, WordFonts] = {}
        self._book = Book(sink)
        self._deck = Deck(self._context)
        self._binary = BinaryParts(self._context, self._book)
        self._diagrams = Twins()
        self._diagrams.begin()
        self._bodies: list[str] = []
        self._make = self._makers()

    def order(self, part: Part, root: str) -> tuple[int, int, int, str]:
        """A sort key. What slides and sheets are called, and in which order they come, is known after stage 4."""
        digits = "".join(filter(str.isdecimal, part.key))[-9:]
        return self.stage(root), self._deck.position(part.key), int(digits or "0"), part.key

    @staticmethod
    def stage(root: str) -> int:
        """From 0: what later parts need comes first."""
        return _ORDER.get(root, _LAST)

    def knows(self, root: str) -> bool:
        """Whether a part with this root has text or dangers."""
        return root in self._make or root.startswith(_BINARY)

    def read(self, part: Part, root: str) -> None:
        """Read one part into the sink. Raises `DocumentError`."""
        if root.startswith(_BINARY):
            self._binary.read(root.removeprefix(_BINARY), part.key, part.pieces())
            return
        handler = self._make[root](root, part.key)
        try:
            parse(part.pieces(), lambda _: handler, self.sink, lenient=root in _LENIENT)
        finally:
            if isinstance(handler, WordText) and handler.codes.dde():
                self.sink.active()

    def read_dangers(self, part: Part, root: str) -> None:
        """Only what runs or fetches something; a part that cannot have that is not unpacked."""
        if root in _SMALL or (root in _IN_TEXT and part.holds(dangers.WORDS)):
            self.read(part, root)

    def _makers(self) -> dict[str, _Make]:
        context, book, deck = self._context, self._book, self._deck
        makers: dict[str, _Make] = {
            "a:theme": lambda _, key: ThemeHandler(context.themes, key),
            "w:styles": lambda _, key: StylesHandler(self._add_fonts(key)),
            "x:styleSheet": lambda *_: StyleSheet(book),
            "x:sst": lambda *_: SharedStrings(book),
            "x:workbook": lambda _, key: WorkbookText(context, book, key),
            "x:comments": lambda *_: CommentsText(context),
            "tc:ThreadedComments": lambda *_: CommentsText(context),
            "x:pivotCacheDefinition": lambda *_: CachedItems(context),
            "x:externalLink": lambda *_: dangers.ExternalLink(self.sink),
            "x:connections": lambda *_: dangers.Connections(self.sink),
            "p:presentation": lambda _, key: PresentationHandler(deck, key),
            "p:sld": lambda _, key: SlideText(deck, key, deck.slide_place(key)),
            "p:notes": lambda _, key: SlideText(deck, key, deck.notes_place(key)),
            "c:chartSpace": self._drawing("chart"),
            "cx:chartSpace": self._drawing("chart"),
            "cdr:userShapes": self._drawing("chart drawing"),
            "c:userShapes": self._drawing("chart drawing"),
            "dgm:dataModel": self._drawing("diagram", twins=self._diagrams),
            "dsp:drawing": self._drawing("diagram", twins=self._diagrams),
            "xdr:wsDr": self._drawing("drawing"),
            "p:cmLst": self._drawing("comments"),
            "p188:cmLst": self._drawing("comments"),
            ":xml": lambda *_: VmlText(context),
        }
        makers |= dict.fromkeys(_WORD_ROOTS, lambda _, key: WordText(context, self._fonts_of(key), self._prefix(key)))
        makers |= dict.fromkeys(_SHEET_ROOTS, lambda _, key: SheetText(context, book, key))
        makers |= dict.fromkeys(_PROPERTY_ROOTS, lambda *_: PropertiesText(context))
        for root, page in _PAGES.items():
            makers[root] = self._page(page)
        return makers

    def _drawing(self, what: str, twins: Twins | None = None) -> _Make:
        def make(root: str, _: str) -> Handler:
            if twins and root == "dsp:drawing":  # what the diagram's data said already is shown here again
                twins.second()
            place = self._context.number(what)
            handler = DrawingText(self._context, lambda: f"{place} shape {handler.shape}" if handler.shape else place)
            handler.twins = twins or handler.twins
            return handler

        return make

    def _page(self, what: str) -> _Make:
        return lambda _, key: SlideText(self._deck, key, self._context.number(what))

    def _prefix(self, key: str) -> str:
        """ "" for the first body, whose paragraphs are "paragraph 12"."""
        if not self._bodies:
            self._bodies.append(key)
        return "" if self._bodies == [key] else f"{key.rpartition('/')[2]} "

    def _add_fonts(self, key: str) -> WordFonts:
        """The styles of one document: a building block's are its own."""
        theme = self._context.relations.first_of_target(key, "styles", "theme")
        return self._fonts.setdefault(key, WordFonts(self._context.themes, theme))

    def _fonts_of(self, key: str) -> WordFonts:
        """The styles that hold for a part: those it names, those in its folder, else the first."""
        folder = key.rpartition("/")[0]
        near = [styles for styles in self._fonts if styles.rpartition("/")[0] == folder]
        for styles in (self._context.relations.first(key, "styles"), *near, *self._fonts):
            if styles in self._fonts:
                return self._fonts[styles]
        return WordFonts(self._context.themes)
