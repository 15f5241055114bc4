"""PowerPoint's text: slides in their order, layouts, masters, notes, comments; and where a run's font comes from.

A run that names no font has its shape's, its layout's placeholder's, its master's, the presentation's, the theme's
(ISO/IEC 29500-1, 19.3.1.36 and 21.1.2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.drawing import DrawingText, Levels
from gateway.documents.xml import Attributes, Handler, Opening, local, qualified

_TITLES = ("title", "ctrTitle")
_SHAPES = 10_000  # placeholders and slides remembered


@dataclass(slots=True)
class _Sheet:
    """What a layout or master says of fonts: by placeholder's index, by its type, by kind of text."""

    indexed: dict[str, Levels] = field(default_factory=dict)
    typed: dict[str, Levels] = field(default_factory=dict)
    styles: dict[str, Levels] = field(default_factory=dict)


class Deck:
    """One presentation: the slides' order and everything that fonts are inherited from."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.default: Levels = {}
        self._order: dict[str, int] = {}
        self._sheets: dict[str, _Sheet] = {}

    def sheet(self, key: str) -> _Sheet:
        """The fonts of a layout or master."""
        return self._sheets.setdefault(key, _Sheet())

    def place_slide(self, key: str) -> None:
        """The next slide in the presentation's order."""
        if key and len(self._order) < _SHAPES:
            self._order.setdefault(key, len(self._order) + 1)

    def slide_place(self, key: str) -> str:
        """ "slide 3"; one that the presentation does not list comes after all others."""
        self.place_slide(key)
        return f"slide {self._order.get(key, 0)}"

    def notes_place(self, key: str) -> str:
        """ "slide 3 notes"."""
        slide = self.context.relations.first(key, "slide")
        return f"{self.slide_place(slide)} notes" if slide else self.context.number("notes")

    def position(self, key: str) -> int:
        """A slide's number, or one behind all others."""
        return self._order.get(key, _SHAPES + 1)

    def above(self, key: str) -> list[str]:
        """The parts that a slide, a layout or notes inherit from, the nearest first."""
        found: list[str] = []
        for kind in ("slide", "slideLayout", "slideMaster", "notesMaster"):
            target = self.context.relations.first(found[-1] if found else key, kind)
            if target and kind != "slide":
                found.append(target)
        return found

    def theme(self, key: str) -> str:
        """The key of the theme that holds for a part."""
        return next(filter(None, (self.context.relations.first(part, "theme") for part in (key, *self.above(key)))), "")

    def font(self, key: str, kind: str, index: str, level: int) -> str:
        """The inherited font of a placeholder (`kind`, `index`) of a slide; both "" for a shape that is none."""
        sheets = [self.sheet(part) for part in self.above(key)]
        if kind or index:
            for sheet in sheets:
                for levels in (sheet.indexed.get(index, {}), sheet.typed.get(kind, {})):
                    if level in levels:
                        return levels[level]
        style = "title" if kind in _TITLES else "body" if kind or index else "other"
        for sheet in sheets:
            if level in sheet.styles.get(style, {}):
                return sheet.styles[style][level]
        return self.default.get(level, "")


class PresentationHandler(Handler):
    """Takes in p:presentation: the slides' order, the default text style."""

    def __init__(self, deck: Deck, key: str) -> None:
        super().__init__()
        self._deck, self._key, self._level = deck, key, 0
        self.opening["p:sldId"] = self._slide
        self.opening["a:latin"], self.opening["a:defRPr"] = self._latin, self._in_capitals
        for level in range(1, 10):
            self.opening[f"a:lvl{level}pPr"] = self._at(level)

    def _slide(self, attributes: Attributes) -> None:
        relation = self._deck.context.relations.of(self._key).get(qualified(attributes, "r", "id"))
        if relation:
            self._deck.place_slide(relation.target)

    def _at(self, level: int) -> Opening:
        def begin(_: Attributes) -> None:
            self._level = level

        return begin

    def _latin(self, attributes: Attributes) -> None:
        if self._level:
            self._deck.default.setdefault(self._level, local(attributes, "typeface"))

    def _in_capitals(self, attributes: Attributes) -> None:
        if self._level and (said := local(attributes, "cap")):
            self._deck.default.setdefault(-self._level, said)


class SlideText(DrawingText):
    """Reads a slide, layout, master or notes page; what layouts and masters say of fonts is kept in the deck."""

    def __init__(self, deck: Deck, key: str, page: str) -> None:
        super().__init__(deck.context, self._shape_place, deck.theme(key))
        self._deck, self._key, self._page = deck, key, page
        self._kind = self._index = ""
        self.opening["p:ph"] = self._placeholder
        for name in ("title", "body", "other"):
            self.opening[f"p:{name}Style"] = self._begin_style(name)
            self.closing[f"p:{name}Style"] = self._end_style
        self._cache: dict[tuple[str, str, int], str] = {}

    def inherited(self, level: int) -> str:
        """The shape's own list style, then what stands above."""
        if level in self.levels:
            return self.levels[level]
        key = (self._kind, self._index, level)
        if key not in self._cache:
            self._cache[key] = self._deck.font(self._key, *key)
        return self._cache[key]

    def _begin_shape(self, attributes: Attributes) -> None:
        super()._begin_shape(attributes)
        self._kind = self._index = ""

    def _placeholder(self, attributes: Attributes) -> None:
        self._kind, self._index = local(attributes, "type"), local(attributes, "idx")
        if self._page.startswith("slide "):
            return
        sheet = self._deck.sheet(self._key)  # the dictionary is filled as the shape is read
        if len(sheet.indexed) < _SHAPES and len(sheet.typed) < _SHAPES:
            sheet.indexed[self._index], sheet.typed[self._kind] = self.levels, self.levels

    def _begin_style(self, name: str) -> Opening:
        def begin(_: Attributes) -> None:
            self.levels = self._deck.sheet(self._key).styles.setdefault(name, {})

        return begin

    def _end_style(self) -> None:
        self.levels = {}

    def _shape_place(self) -> str:
        return f"{self._page} shape {self.shape}" if self.shape else self._page
