"""An HTML text as it looks on a screen, where its author makes that differ from its source. Knows no mail.

Hidden elements are left out, blocks that stand in a line separate no words, and text that runs from right to left by
force is turned round. Simple style sheets and style attributes only: what they hide from one reader others may see, so
this is read beside the source's own text and never in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Flag, auto

from gateway.documents.charset import Decoded
from gateway.documents.document import DocumentError, Sink, Unit
from gateway.documents.html import BLOCKS, HtmlText
from gateway.documents.htmltokens import Start
from gateway.documents.limits import DocumentLimits

_MAYBE = re.compile(r"<bdo|\bhidden\b|\bstyle\b", re.IGNORECASE)
_SHEET = re.compile(r"<style\b[^<>]{0,500}>([^<]{0,65536})", re.IGNORECASE)
_NAME = re.compile(r"[.#]([\w-]{1,100})\s{0,9}(?:,|\Z)")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split(" "))
_SIBLINGS = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "option"))
_DEPTH = 512  # elements in one another; deeper ones are on one level
_MIRRORS = 4  # texts turned round in one another
_SHEETS, _RULES = 256 * 1024, 5000  # characters of all style sheets, and names in them
_STYLE, _STYLES = 2000, 1000  # characters of a style attribute; how many of these are remembered
_CLASSES = 20  # of one element


class _Look(Flag):
    """What a style does."""

    NOTHING = 0
    HIDDEN = auto()
    INLINE = auto()
    FORCED = auto()
    LEFTWARDS = auto()


_LOOKS = {
    _Look.HIDDEN: r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)|mso-hide\s{0,9}:\s{0,9}all"
    r"|(?:font-size|opacity|(?:max-)?(?:height|width))\s{0,9}:\s{0,9}0{1,9}(?:\.0{0,9})?(?:px|pt|em|rem|%)?\s{0,9}(?:!|;|\Z)",
    _Look.INLINE: r"display\s{0,9}:\s{0,9}inline|float\s{0,9}:\s{0,9}(?:left|right)",
    _Look.FORCED: r"unicode-bidi\s{0,9}:\s{0,9}(?:bidi|isolate)-override",
    _Look.LEFTWARDS: r"direction\s{0,9}:\s{0,9}rtl",
}
_PATTERNS = {look: re.compile(pattern, re.IGNORECASE) for look, pattern in _LOOKS.items()}


@dataclass(frozen=True, slots=True)
class _Element:
    """An open one. `shown_as`: its name, or that of a span; `since`: where the pieces of its text begin."""

    name: str
    shown_as: str
    hidden: bool
    mirrored: bool
    since: int


def seen_units(source: Decoded, limits: DocumentLimits) -> list[Unit]:
    """The paragraphs as they are seen; none where they are the source's. Raises nothing."""
    if not _MAYBE.search(source.text):
        return []
    sink = Sink(limits)
    reader = _Seen(source, sink)
    try:
        reader.run(source.text)
        reader.finish()
    except (DocumentError, RecursionError):
        pass
    return sink.document.units if reader.differs else []


class _Seen(HtmlText):
    """One text being read."""

    def __init__(self, source: Decoded, sink: Sink) -> None:
        super().__init__(source, sink)
        self._open: list[_Element] = []
        self._names: Counter[str] = Counter()
        self._mirrors = 0
        self._rules = _rules(source.text)
        self._known: dict[str, _Look] = {}
        self.differs = False

    def _start(self, token: Start) -> None:
        if token.name in _VOID:
            super()._start(token)
            return
        if token.name in _SIBLINGS and self._open and self._open[-1].name == token.name:
            self._end(token.name)
        look = self._look(token.attributes)
        shown_as = "span" if token.name in BLOCKS and _Look.INLINE in look else token.name
        super()._start(Start(shown_as, token.attributes) if shown_as != token.name else token)
        if len(self._open) < _DEPTH:
            self._begin(token, look, shown_as)

    def _begin(self, token: Start, look: _Look, shown_as: str) -> None:
        hidden = "hidden" in token.attributes or _Look.HIDDEN in look
        mirrored = self._mirrors < _MIRRORS and _is_mirrored(token, look)
        self.differs = self.differs or hidden or mirrored or shown_as != token.name
        hidden = hidden or (bool(self._open) and self._open[-1].hidden)
        self._mirrors += mirrored
        self._names[token.name] += 1
        self._open.append(_Element(token.name, shown_as, hidden, mirrored, len(self._pieces)))

    def _end(self, name: str) -> None:
        if not self._names[name]:
            super()._end(name)
            return
        while self._open:
            element = self._open.pop()
            self._names[element.name] -= 1
            if element.mirrored:
                self._mirrors -= 1
                self._pieces[element.since :] = [piece[::-1] for piece in reversed(self._pieces[element.since :])]
            super()._end(element.shown_as)
            if element.name == name:
                return

    def _add(self, data: str, *, exactly: bool) -> None:
        if not (self._open and self._open[-1].hidden):
            super()._add(data, exactly=exactly)

    def _look(self, attributes: dict[str, str]) -> _Look:
        """What is declared for an element, in all."""
        look = _Look.NOTHING
        if "style" in attributes:
            look = self._look_of(attributes["style"])
        if self._rules:
            names = f"{attributes.get('class', '')[:_STYLE]} {attributes.get('id', '')[:_STYLE]}".split()
            for name in names[:_CLASSES]:
                look |= self._rules.get(name, _Look.NOTHING)
        return look

    def _look_of(self, style: str) -> _Look:
        """The same styles stand at most paragraphs."""
        found = self._known.get(style)
        if found is None:
            found = _look_of(_plain(style[:_STYLE]))
            if len(self._known) < _STYLES:
                self._known[style] = found
        return found


def _is_mirrored(token: Start, look: _Look) -> bool:
    leftwards = _Look.LEFTWARDS in look or token.attributes.get("dir", "").lower() == "rtl"
    return leftwards and (token.name == "bdo" or _Look.FORCED in look)


def _look_of(style: str) -> _Look:
    look = _Look.NOTHING
    for one, pattern in _PATTERNS.items():
        if pattern.search(style):
            look |= one
    return look


def _plain(style: str) -> str:
    """Declarations without comments and escapes, which serve to hide them."""
    if "/*" in style:
        first, *others = style.split("/*")
        style = first + "".join(other.partition("*/")[2] for other in others)
    return _ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0xFFFD)), style) if "\\" in style else style


def _rules(source: str) -> dict[str, _Look]:
    """What style sheets declare for elements of a class, or with an id."""
    found: dict[str, _Look] = {}
    room = _SHEETS
    for sheet in _SHEET.finditer(source):
        room -= len(sheet[1])
        if room < 0 or len(found) > _RULES:
            break
        for rule in _plain(sheet[1]).split("}"):
            names, _, declared = rule.rpartition("{")
            if declared and (look := _look_of(declared[:_STYLE])):
                found.update(
                    (name, found.get(name, _Look.NOTHING) | look) for name in _NAME.findall(names[-500:].strip())
                )
    return found
