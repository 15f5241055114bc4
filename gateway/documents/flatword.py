"""Word in one XML file: Word 2003's own format, and a package whose parts are elements (Flat OPC)."""

from __future__ import annotations

from collections.abc import Callable

from gateway.documents.base64part import Base64Part
from gateway.documents.document import Sink
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.dangers import by_relations
from gateway.documents.ooxml.properties import PropertiesText
from gateway.documents.ooxml.relations import Relation, Relations
from gateway.documents.ooxml.word import WordText
from gateway.documents.ooxml.wordfonts import StylesHandler, ThemeHandler, WordFonts
from gateway.documents.xml import Attributes, Handler, local

ROOTS = {"w:wordDocument": "doc", "pkg:package": "docx"}
"""The root element -> the format."""


def read(parse: Callable[[Handler], None], sink: Sink) -> None:
    """Read it; `parse` runs a handler over the whole file. Several times: styles may come after the text."""
    relations = Relations()
    context = Context(sink, relations)
    fonts = WordFonts(context.themes)
    parse(_Dangers(sink, relations))
    by_relations(relations, sink)
    text = WordText(context, fonts)
    if sink.text:
        parse(ThemeHandler(context.themes, ""))
        parse(StylesHandler(fonts))
        parse(PropertiesText(context))
    parse(text)
    if text.codes.dde():
        sink.active()


class _Dangers(Handler):
    """Macros, embedded objects and what is fetched. Data in base64 is unpacked and judged as a package's part."""

    def __init__(self, sink: Sink, relations: Relations) -> None:
        super().__init__()
        self._sink, self._relations = sink, relations
        self._name = ""
        self._binary = Base64Part(sink)
        self.opening["w:docSuppData"] = lambda _: sink.macros()  # editdata.mso, the VBA project
        self.opening["w:docOleData"] = lambda _: sink.active()
        self.opening["w:ocx"] = lambda _: sink.active()
        self.opening["pkg:part"] = self._part
        self.opening["pkg:binaryData"], self.closing["pkg:binaryData"] = self._begin, self._binary.end
        self.opening["rel:Relationship"] = self._relation

    def text(self, data: str) -> None:
        """A binary part, in base64."""
        if self._binary.open:
            self._binary.add(data)

    def _part(self, attributes: Attributes) -> None:
        self._name = local(attributes, "name")

    def _begin(self, _: Attributes) -> None:
        self._binary.begin(self._name, wanted="embeddings/" in self._name.lower())

    def _relation(self, attributes: Attributes) -> None:
        kind = local(attributes, "Type").rpartition("/")[2]
        external = local(attributes, "TargetMode").lower() == "external"
        identity = f"{self._name} {local(attributes, 'Id')}"
        self._relations.add("", identity, Relation(kind, local(attributes, "Target"), external))
