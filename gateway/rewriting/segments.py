"""The words of a tree: stretches of one paragraph under fonts of one charset, and what they become.

A word processor cuts a word into runs wherever it likes, and a legacy letter may be two characters: so a stretch is
converted as a whole, and its words go back to the runs in which they begin. Formats stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.documents.ooxml.wordfonts import NO_SLOTS, Slots, WordFonts, slots_of
from gateway.documents.xml import local
from gateway.rewriting.fonts import drawn, styled
from gateway.rewriting.parts import name_of

_PARAGRAPHS: Final = frozenset(("w:p", "a:p"))
_RUNS: Final = frozenset(("w:r", "a:r", "a:fld", "m:r"))
_TEXTS: Final = frozenset(("w:t", "w:delText", "a:t", "m:t"))
_GAPS: Final = frozenset(("w:tab", "w:br", "w:cr", "w:ptab", "a:br", "w:noBreakHyphen"))
_HYPHEN: Final = "w:softHyphen"
_PROPERTIES: Final = frozenset(
    ("dc:title", "dc:subject", "dc:description", "dc:creator", "cp:keywords", "cp:category", "cp:lastModifiedBy")
)
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_WORD: Final = re.compile("[^ \t\r\n]+")
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2


@dataclass(slots=True)
class Piece:
    """One text of a tree: an element's, or its attribute's. `element` None: a gap between texts."""

    text: str
    element: Any = None
    attribute: str = ""

    def put(self, text: str) -> None:
        """Write another text in its place."""
        if self.element is None or text == self.text:
            return
        if name_of(self.element) == _HYPHEN:
            self._become_text()
        text = _UNFIT.sub("\ufffd", text)
        if self.attribute:
            self.element.set(self.attribute, text)
            return
        self.element.text = text
        if text != text.strip() and name_of(self.element).startswith("w:"):
            self.element.set(_SPACE, "preserve")

    def _become_text(self) -> None:
        """A soft hyphen that was a letter: TCVN3's ư, which Word keeps as an element of its own."""
        old = self.element
        self.element = old.makeelement(old.tag.removesuffix("softHyphen") + "t")
        self.element.tail = old.tail
        old.getparent().replace(old, self.element)


@dataclass(slots=True)
class Segment:
    """Pieces that follow one another. `font`: the legacy one that they have, "" for none."""

    font: str = ""
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        """On one line, each character in its place."""
        return "".join(piece.text for piece in self.pieces).replace("\n", " ").replace("\r", " ")

    def put(self, made: str) -> bool:
        """Give its pieces the converted text, word by word. False where the words do not fit: nothing is done."""
        words, new = list(_WORD.finditer(self.text)), _WORD.findall(made)
        if len(words) != len(new):
            return False
        written = _Written(self.pieces)
        at = 0
        for word, text in zip(words, new, strict=True):
            written.keep(at, word.start())
            written.add(word.start(), text)
            at = word.end()
        written.keep(at, len(self.text))
        written.put()
        return True


class _Written:
    """What is written into the pieces of a segment, in the order of their text."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._made: list[list[str]] = [[] for _ in pieces]  # joined at the end: adding to a long text copies it
        self._number = self._start = 0  # the piece that is written into, and where it begins

    def keep(self, start: int, end: int) -> None:
        """A stretch that stays as it is."""
        while start < end:
            self._go(start)
            text = self._pieces[self._number].text
            until = min(end, self._start + len(text))
            self._made[self._number].append(text[start - self._start : until - self._start])
            start = until

    def add(self, start: int, text: str) -> None:
        """A word that begins here, as it is now."""
        self._go(start)
        self._made[self._number].append(text)

    def put(self) -> None:
        """Write it."""
        for piece, made in zip(self._pieces, self._made, strict=True):
            piece.put("".join(made))

    def _go(self, at: int) -> None:
        while at >= self._start + len(self._pieces[self._number].text):
            self._start += len(self._pieces[self._number].text)
            self._number += 1


def segments_of(root: Any, fonts: WordFonts) -> Iterator[Segment]:
    """Every stretch of text in a tree, those of a paragraph before those of one that follows it or stands in it."""
    for element in root.iter():
        name = name_of(element)
        if name in _PARAGRAPHS:
            yield from _paragraph(element, fonts)
        elif name in _PROPERTIES and element.text:
            yield Segment(pieces=[Piece(element.text, element)])
        elif name == "w:lvl":
            yield from _level(element)
        elif name == "wp:docPr":
            yield from _described(element)
        elif name == "v:textpath" and (text := element.get("string")):  # WordArt of old versions
            font = styled(element)
            yield Segment(font if drawn(font) else "", [Piece(text, element, "string")])


def _described(element: Any) -> Iterator[Segment]:
    """What stands for a picture where it is not seen."""
    for name in ("title", "descr"):
        if text := element.get(name):
            yield Segment(pieces=[Piece(text, element, name)])


def _paragraph(paragraph: Any, fonts: WordFonts) -> Iterator[Segment]:
    """Its own stretches, not those of paragraphs in it (a text box)."""
    style = _value(_child(_child(paragraph, "w:pPr"), "w:pStyle"))
    current = Segment()
    for run in _runs(paragraph):
        font = _font(run, style, fonts)
        for piece in _pieces(run):
            if piece.element is not None and font != current.font and current.pieces:
                yield current
                current = Segment()
            if piece.element is not None:
                current.font = font
            current.pieces.append(piece)
    if current.pieces:
        yield current


def _runs(element: Any) -> Iterator[Any]:
    waiting = list(reversed(element))
    while waiting:
        one = waiting.pop()
        name = name_of(one)
        if name in _RUNS:
            yield one
        elif name not in _PARAGRAPHS:
            waiting += reversed(one)


def _pieces(run: Any) -> Iterator[Piece]:
    """Its texts; what stands in its properties, or in a drawing, is none of its own."""
    for one in run:
        name = name_of(one)
        if name in _TEXTS and one.text and not len(one):
            yield Piece(one.text, one)
        elif name == _HYPHEN:
            yield Piece("\xad", one)
        elif name in _GAPS:
            yield Piece("\t")


def _font(run: Any, style: str, fonts: WordFonts) -> str:
    """The legacy font that a run's letters have, "" for none."""
    properties = _child(run, "w:rPr")
    if properties is None:
        latin = _child(_child(run, "a:rPr"), "a:latin")
        slots: Slots = (latin.get("typeface", ""), "", "", "") if latin is not None else NO_SLOTS
        found = fonts.resolve(slots, "", style)
    else:
        own = _child(properties, "w:rFonts")
        slots = slots_of(own.attrib) if own is not None else NO_SLOTS
        found = fonts.resolve(slots, _value(_child(properties, "w:rStyle")), style)
    return next((font for font in (found[1], found[0]) if drawn(font) is not None), "")


def _level(level: Any) -> Iterator[Segment]:
    """The words of a numbering, which stand in an attribute: "Điều %1."."""
    text = _child(level, "w:lvlText")
    own = _child(_child(level, "w:rPr"), "w:rFonts")
    if text is None:
        return
    font = slots_of(own.attrib)[1] if own is not None else ""
    for key, value in text.attrib.items():
        if key.rpartition("}")[2] == "val" and any(map(str.isalpha, value)):
            yield Segment(font if drawn(font) else "", [Piece(value, text, key)])


def _child(element: Any, name: str) -> Any:
    return None if element is None else next((one for one in element if name_of(one) == name), None)


def _value(element: Any) -> str:
    return "" if element is None else local(element.attrib, "val")
