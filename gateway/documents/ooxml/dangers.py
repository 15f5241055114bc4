"""What an Office package runs or fetches when it is opened, by what its relations and small parts say."""

from __future__ import annotations

from gateway.documents.document import Sink
from gateway.documents.ooxml.relations import Relations
from gateway.documents.xml import Attributes, Handler, local

PROGRAM = "ppaction://program"  # a click or a mouse passing over starts a program
WORDS = (b"instrText", b"InstrText", b"fldSimple", PROGRAM.encode())
"""What an XML part with a danger in its text holds somewhere."""

EMBEDDED = frozenset({"oleObject", "package", "aFChunk", "activeXControlBinary", "vbaProject"})
"""Relations whose targets are files of their own."""

_MACRO_SHEETS = frozenset({"xlMacrosheet", "xlIntlMacrosheet"})
_FETCHED = frozenset(
    {"attachedTemplate", "oleObject", "package", "externalLinkPath", "frame", "subDocument", "aFChunk"}
)
_LOADED = frozenset(
    {"attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk"}
)  # and run, or shown as its own
_CONTROLS = frozenset({"control", "activeXControlBinary"})


def by_relations(relations: Relations, sink: Sink) -> None:
    """Macro sheets, ActiveX controls, and what is fetched from another machine (a link to a drive's file is not)."""
    for relation in relations.all():
        if relation.kind in _MACRO_SHEETS:
            sink.macros()
        if relation.kind in _LOADED and relation.remote:
            sink.remote()
        if relation.kind in _CONTROLS or (relation.kind in _FETCHED and relation.remote):
            sink.active()


class ExternalLink(Handler):
    """x:externalLink: a link into a running program (DDE) is active."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self.opening["x:ddeLink"] = lambda _: sink.active()


class Connections(Handler):
    """x:connections: one that asks another machine when the file is opened is active."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self.opening["x:connection"] = self._connection

    def _connection(self, attributes: Attributes) -> None:
        if local(attributes, "refreshOnLoad") in ("1", "true"):
            self._sink.active()
