"""What an OpenDocument runs or fetches: scripts bound to events, DDE, links to other machines."""

from __future__ import annotations

import re

from gateway.documents.document import Sink
from gateway.documents.ooxml.relations import is_remote
from gateway.documents.xml import Attributes, Handler, Opening, local, qualified

WORDS = (
    *(b"event-listener", b"dde-", b"section-source", b"floating-frame", b"applet", b"execute-macro", b"table-source"),
    *(b"cell-range-source", b"draw:object", b"draw:plugin", b"source-code", b"script:event"),
)
"""What a part with a danger holds somewhere."""

_MACRO = re.compile(r"(?i)(?:vnd\.sun\.star\.script|macro|javascript|script):")
_DDE = ("text:dde-connection-decl", "text:dde-connection", "office:dde-source", "table:dde-link")
_FETCHED = (
    *("text:section-source", "draw:floating-frame", "draw:object", "draw:object-ole", "draw:plugin"),
    *("table:table-source", "table:cell-range-source"),
)
# A line that does nothing, in a module as the editor of Basic leaves it behind.
_IDLE = re.compile(r"(?i)(?:rem\b.*|'.*|option\b.*|sub main|end sub)?\Z")
_MODULE = 64 * 1024


def install(opening: dict[str, Opening], sink: Sink) -> None:
    """Add the acts that notice dangers to a handler's own."""

    def active(_: Attributes) -> None:
        sink.active()

    def macros(_: Attributes) -> None:
        sink.macros()

    def fetched(attributes: Attributes) -> None:
        if is_remote(qualified(attributes, "xlink", "href")):
            sink.active()

    def event(attributes: Attributes) -> None:
        if _MACRO.match(qualified(attributes, "xlink", "href")) or local(attributes, "macro-name"):
            sink.macros()

    for name in _DDE:
        opening[name] = active
    for name in _FETCHED:
        opening[name] = _after(opening.get(name), fetched)
    opening["draw:applet"] = active
    opening["script:event-listener"] = opening["script:event"] = event
    opening["text:execute-macro"] = opening["ooo:source-code"] = macros


def _after(first: Opening | None, then: Opening) -> Opening:
    def both(attributes: Attributes) -> None:
        if first:
            first(attributes)
        then(attributes)

    return both


class BasicModule(Handler):
    """A module of StarBasic: macros, unless nobody ever wrote a line."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self._source: list[str] = []
        self._size = 0
        self.opening["script:module"] = lambda _: self._source.clear()
        self.closing["script:module"] = self._end

    def text(self, data: str) -> None:
        """The source."""
        self._size += len(data)
        if self._size < _MODULE:
            self._source.append(data)

    def _end(self) -> None:
        lines = "".join(self._source).splitlines()
        if self._size >= _MODULE or not all(_IDLE.match(line.strip()) for line in lines):
            self._sink.macros()
