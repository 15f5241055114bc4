"""Word's text: paragraphs of the body, headers, footers, notes, comments and text boxes, with their fonts.

One handler reads every part that holds paragraphs, transitional, strict, and Word 2003's single XML file. A paragraph
is one unit; what tracked changes deleted from it is a second one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.documents.loud import lines_of
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.fields import FieldCodes
from gateway.documents.ooxml.twins import Twins
from gateway.documents.ooxml.wordfonts import NO_SLOTS, Slots, WordFonts, is_on, slots_of
from gateway.documents.xml import Attributes, Handler, Opening, local

_STORIES = {
    "w:hdr": "header",
    "w:ftr": "footer",
    "w:footnote": "footnote",
    "w:endnote": "endnote",
    "w:comment": "comment",
    "w:docPart": "building block",
}


@dataclass(slots=True)
class _Run:
    slots: Slots = NO_SLOTS
    style: str = ""
    complex: bool = False  # a complex script, or right to left: w:cs, w:rtl
    hint: str = ""
    capitals: bool | None = None  # None: as its styles say


@dataclass(slots=True)
class _Text:
    """Pieces of a text and the fonts that occur in it."""

    pieces: list[str] = field(default_factory=list)
    fonts: dict[str, None] = field(default_factory=dict)
    loud: list[int] = field(default_factory=list)  # the pieces that are shown in capitals


@dataclass(slots=True)
class _Paragraph:
    place: str
    style: str = ""
    run: _Run | None = None
    text: _Text = field(default_factory=_Text)
    deleted: _Text = field(default_factory=_Text)


class WordText(Handler):
    """Reads one part's paragraphs into the sink; `codes` are its field codes."""

    def __init__(self, context: Context, fonts: WordFonts, prefix: str = "") -> None:
        super().__init__()
        self.codes = FieldCodes()
        self._context, self._fonts = context, fonts
        self._prefix = prefix
        self._count = 0
        self._stories: list[str] = []
        self._open: list[_Paragraph] = []
        self._twins = Twins()
        self._taking = ""  # "text", "deleted" or "code": where character data goes
        self._deleting = 0
        self._aside = 0  # inside an earlier version of properties
        self._annotations: list[str] = []
        self._map()

    def text(self, data: str) -> None:
        """Text of a run, or a field's code."""
        if self._taking == "code":
            self.codes.add(data)
        elif self._taking and self._open:
            self._add(data)

    def _map(self) -> None:
        begin, end = self.opening, self.closing
        for name in ("w:p", "a:p"):
            begin[name], end[name] = self._begin_paragraph, self._end_paragraph
        for name in ("w:r", "m:r", "a:r", "a:fld"):
            begin[name], end[name] = self._begin_run, self._end_run
        for name in ("w:t", "w:delText", "m:t", "a:t", "w:instrText", "w:delInstrText"):
            begin[name], end[name] = self._taker(name), self._end_text
        for name in ("w:del", "w:moveFrom"):
            begin[name], end[name] = self._begin_deleted, self._end_deleted
        for name in ("w:rPrChange", "w:pPrChange"):
            begin[name], end[name] = self._begin_aside, self._end_aside
        for name, story in _STORIES.items():
            begin[name], end[name] = self._story(story), self._end_story
        for name, text in (("tab", "\t"), ("ptab", "\t"), ("br", "\n"), ("cr", "\n")):
            begin[f"w:{name}"] = self._separator(text)
        begin["a:br"] = self._separator("\n")
        begin["w:softHyphen"] = self._separator("\xad")
        begin["w:noBreakHyphen"] = self._separator("\u2011")
        begin["w:pStyle"], begin["w:rStyle"] = self._paragraph_style, self._run_style
        begin["w:rFonts"], begin["a:latin"], begin["w:sym"] = self._rfonts, self._latin, self._symbol
        begin["w:caps"] = begin["w:smallCaps"] = self._capitals
        begin["a:rPr"] = self._drawn_capitals
        begin["w:cs"] = begin["w:rtl"] = self._complex
        begin["w:fldSimple"] = self._simple_field
        begin["v:textpath"] = self._attribute("word art", "string")
        begin["w:docVar"] = self._attribute("variable", "val")
        begin["w:lvlText"] = self._attribute("numbering", "val")
        begin["wp:docPr"] = self._description
        begin["aml:annotation"], end["aml:annotation"] = self._begin_annotation, self._end_annotation
        begin["mc:AlternateContent"], end["mc:AlternateContent"] = lambda _: self._twins.begin(), self._twins.end
        begin["mc:Fallback"] = lambda _: self._twins.second()

    # paragraphs and stories

    def _begin_paragraph(self, _: Attributes) -> None:
        if self._stories:
            place = self._stories[-1]
        else:
            self._count += 1
            place = f"{self._prefix}paragraph {self._count}"
        self._open.append(_Paragraph(place))
        self._taking = ""

    def _end_paragraph(self) -> None:
        if self._open:
            paragraph = self._open.pop()
            self._emit(paragraph.place, paragraph.text)
            self._emit(f"{paragraph.place} deleted", paragraph.deleted)

    def _emit(self, place: str, taken: _Text) -> None:
        text = "".join(taken.pieces)
        if text and self._twins.fresh(text):
            self._context.sink.unit(place, text, taken.fonts, loud=lines_of(taken.pieces, taken.loud))

    def _story(self, name: str) -> Opening:
        def begin(attributes: Attributes) -> None:
            separator = "eparator" in local(attributes, "type")
            self._stories.append(f"{name} separator" if separator else self._context.number(name))

        return begin

    def _end_story(self) -> None:
        if self._stories:
            self._stories.pop()

    def _begin_annotation(self, attributes: Attributes) -> None:
        """Word 2003: comments, deletions … are annotations by type."""
        kind = local(attributes, "type")
        self._annotations.append(kind)
        if kind == "Word.Comment":
            self._stories.append(self._context.number("comment"))
        elif kind == "Word.Deletion":
            self._deleting += 1

    def _end_annotation(self) -> None:
        kind = self._annotations.pop() if self._annotations else ""
        if kind == "Word.Comment":
            self._end_story()
        elif kind == "Word.Deletion":
            self._deleting -= 1

    def _begin_deleted(self, _: Attributes) -> None:
        self._deleting += 1

    def _end_deleted(self) -> None:
        self._deleting -= 1

    # runs

    def _begin_run(self, _: Attributes) -> None:
        if self._open:
            self._open[-1].run = _Run()

    def _end_run(self) -> None:
        if self._open:
            self._open[-1].run = None

    def _run(self) -> _Run | None:
        """The run whose properties are being read."""
        return self._open[-1].run if self._open and not self._aside else None

    def _rfonts(self, attributes: Attributes) -> None:
        if run := self._run():
            run.slots, run.hint = slots_of(attributes), local(attributes, "hint")

    def _latin(self, attributes: Attributes) -> None:
        if run := self._run():
            font = local(attributes, "typeface")
            font = {"+mj-lt": "+majorHAnsi", "+mn-lt": "+minorHAnsi"}.get(font, font)
            run.slots = (font, font, "", "")

    def _run_style(self, attributes: Attributes) -> None:
        if run := self._run():
            run.style = local(attributes, "val")

    def _capitals(self, attributes: Attributes) -> None:
        if run := self._run():
            run.capitals = run.capitals or is_on(attributes)

    def _drawn_capitals(self, attributes: Attributes) -> None:
        if (run := self._run()) and (said := local(attributes, "cap")):
            run.capitals = said != "none"

    def _complex(self, attributes: Attributes) -> None:
        if run := self._run():
            run.complex = is_on(attributes)

    def _paragraph_style(self, attributes: Attributes) -> None:
        if self._open and not self._aside:
            self._open[-1].style = local(attributes, "val")

    def _begin_aside(self, _: Attributes) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1

    # text

    def _taker(self, name: str) -> Opening:
        taking = "code" if "instr" in name.lower() else "deleted" if name == "w:delText" else "text"

        def begin(_: Attributes) -> None:
            self._taking = taking

        return begin

    def _end_text(self) -> None:
        self._taking = ""

    def _separator(self, text: str) -> Opening:
        def begin(_: Attributes) -> None:
            if self._run():  # in a paragraph's properties w:tab is a tab stop
                self._add(text)

        return begin

    def _symbol(self, attributes: Attributes) -> None:
        try:
            text = chr(int(local(attributes, "char"), 16))
        except (ValueError, OverflowError):
            return
        if self._run():
            self._add(text, local(attributes, "font"))

    def _add(self, text: str, font: str = "") -> None:
        paragraph = self._open[-1]
        taken = paragraph.deleted if self._deleting or self._taking == "deleted" else paragraph.text
        taken.pieces.append(text)
        if font:
            taken.fonts[font] = None
        elif paragraph.run and not text.isspace():
            run = paragraph.run
            taken.fonts.update(dict.fromkeys(self._fonts_of(text, run, paragraph.style)))
            shown = self._fonts.in_capitals(run.style, paragraph.style) if run.capitals is None else run.capitals
            if shown:
                taken.loud.append(len(taken.pieces) - 1)

    def _fonts_of(self, text: str, run: _Run, style: str) -> list[str]:
        latin, other, complex_, asian = self._fonts.resolve(run.slots, run.style, style)
        if run.complex:
            return [complex_ or other]
        if text.isascii():
            return [latin]
        return [latin, asian or other] if run.hint == "eastAsia" else [latin, other]

    # what stands in attributes

    def _simple_field(self, attributes: Attributes) -> None:
        self.codes.add(local(attributes, "instr") + " ")

    def _attribute(self, what: str, name: str) -> Opening:
        def begin(attributes: Attributes) -> None:
            text = local(attributes, name)
            if any(map(str.isalpha, text)) and self._twins.fresh(text):
                self._context.sink.unit(self._context.number(what), text)

        return begin

    def _description(self, attributes: Attributes) -> None:
        for name in ("title", "descr"):
            text = local(attributes, name)
            if text and self._twins.fresh(text):
                self._context.sink.unit(self._context.number("description"), text)
