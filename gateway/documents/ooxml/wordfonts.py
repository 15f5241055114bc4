"""Which font a Word run has, and whether it is shown in capitals.

By the run, its style, its paragraph's style, the document's defaults, the theme: ISO/IEC 29500-1, 17.3.2.26 (rFonts),
17.3.2.5 (caps) and 17.7.2 (the style hierarchy).
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.documents.ooxml.context import Themes
from gateway.documents.xml import Attributes, Handler, by_local, local

Slots = tuple[str, str, str, str]
"""Fonts for ASCII, other letters, complex scripts, East Asian; "" where none is named, "+minorHAnsi" for a theme's."""

NO_SLOTS: Slots = ("", "", "", "")
_DEFAULT = "Times New Roman"  # where a document says nothing at all
_THEMES = ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme")
_CHAIN = 32  # styles based on one another
_CACHE = 10_000
_KEPT = 20_000  # styles remembered


def slots_of(attributes: Attributes) -> Slots:
    """What an rFonts element says; a theme's font beats a named one."""
    said = by_local(attributes).get
    ascii_, other, complex_, asian = (f"+{font}" if (font := said(theme)) else "" for theme in _THEMES)
    return (
        ascii_ or said("ascii", ""),
        other or said("hAnsi", "") or said("h-ansi", ""),
        complex_ or said("cs", ""),
        asian or said("eastAsia", "") or said("fareast", ""),
    )


def is_on(attributes: Attributes) -> bool:
    """What an element says that turns something on or off."""
    return local(attributes, "val") not in ("0", "false", "off", "none")


def over(upper: Slots, lower: Slots) -> Slots:
    """The upper's fonts, and the lower's where the upper says none."""
    if upper == NO_SLOTS:
        return lower
    return (upper[0] or lower[0], upper[1] or lower[1], upper[2] or lower[2], upper[3] or lower[3])


class WordFonts:
    """The styles of one document and the fonts that follow from them."""

    def __init__(self, themes: Themes, theme: str = "") -> None:
        self.defaults: Slots = NO_SLOTS
        self.paragraph_style = ""  # the default one's id
        self._themes, self._theme = themes, theme
        self.capitals = False  # everything is shown in capitals that does not say otherwise
        self._styles: dict[str, tuple[str, Slots]] = {}
        self._capitals: dict[str, bool] = {}  # what styles say of them
        self._known: dict[tuple[Slots, str, str], Slots] = {}

    def add(self, style: str, based_on: str, slots: Slots, capitals: bool | None = None) -> None:
        """A style, by its id. `capitals`: what it says of them itself."""
        if len(self._styles) < _KEPT:
            self._styles.setdefault(style, (based_on, slots))
            if capitals is not None:
                self._capitals.setdefault(style, capitals)

    def in_capitals(self, run_style: str, paragraph_style: str) -> bool:
        """Whether one of a run's styles shows it in capitals, where it says nothing itself."""
        if not self._capitals:
            return self.capitals
        styles = (run_style, paragraph_style or self.paragraph_style)
        return self.capitals or any(self._says_capitals(style) for style in styles if style)

    def _says_capitals(self, style: str) -> bool:
        for _ in range(_CHAIN):
            if style in self._capitals or style not in self._styles:
                break
            style, _slots = self._styles[style]
        return self._capitals.get(style, False)

    def resolve(self, run: Slots, run_style: str, paragraph_style: str) -> Slots:
        """Typefaces of a run; none is "" or of a theme."""
        key = (run, run_style, paragraph_style)
        found = self._known.get(key)
        if found is None:
            found = self._resolve(*key)
            if len(self._known) < _CACHE:
                self._known[key] = found
        return found

    def _resolve(self, run: Slots, run_style: str, paragraph_style: str) -> Slots:
        slots = over(run, self._of_style(run_style))
        slots = over(slots, self._of_style(paragraph_style or self.paragraph_style))
        slots = over(slots, self.defaults)
        latin = self._typeface(slots[0]) or _DEFAULT
        return (latin, self._typeface(slots[1]) or latin, self._typeface(slots[2]), self._typeface(slots[3]))

    def _of_style(self, style: str) -> Slots:
        slots = NO_SLOTS
        for _ in range(_CHAIN):
            if style not in self._styles:
                break
            style, own = self._styles[style]
            slots = over(slots, own)
        return slots

    def _typeface(self, font: str) -> str:
        if not font.startswith("+"):
            return font
        script = "ea" if font.endswith("EastAsia") else "cs" if font.endswith("Bidi") else "latin"
        return self._themes.font(f"{font[1:6]} {script}", self._theme)


class StylesHandler(Handler):
    """Takes in w:styles (and the defaults of Word 2003)."""

    def __init__(self, fonts: WordFonts) -> None:
        super().__init__()
        self._fonts = fonts
        self._style = ""
        self._based_on = ""
        self._slots = NO_SLOTS
        self._capitals: bool | None = None
        self._in_style = self._in_defaults = False
        self._aside = 0  # inside formats that are not the style's own: a table's corners, earlier versions
        self.opening.update({
            "w:style": self._begin,
            "w:basedOn": self._basis,
            "w:rFonts": self._rfonts,
            "w:caps": self._in_capitals,
            "w:smallCaps": self._in_capitals,
            "w:rPrDefault": self._begin_defaults,
            "w:defaultFonts": self._default_fonts,
            "w:tblStylePr": self._begin_aside,
            "w:rPrChange": self._begin_aside,
        })  # fmt: skip
        self.closing.update({
            "w:style": self._end,
            "w:rPrDefault": self._end_defaults,
            "w:tblStylePr": self._end_aside,
            "w:rPrChange": self._end_aside,
        })  # fmt: skip

    def _begin(self, attributes: Attributes) -> None:
        self._style, self._based_on, self._slots = local(attributes, "styleId"), "", NO_SLOTS
        self._capitals = None
        self._in_style = True
        default = local(attributes, "default") in ("1", "true", "on")
        if default and local(attributes, "type") == "paragraph":
            self._fonts.paragraph_style = self._style

    def _basis(self, attributes: Attributes) -> None:
        self._based_on = local(attributes, "val")

    def _rfonts(self, attributes: Attributes) -> None:
        if self._in_defaults:
            self._fonts.defaults = over(slots_of(attributes), self._fonts.defaults)
        elif self._in_style and not self._aside:
            self._slots = over(slots_of(attributes), self._slots)

    def _in_capitals(self, attributes: Attributes) -> None:
        if self._in_defaults:
            self._fonts.capitals = self._fonts.capitals or is_on(attributes)
        elif self._in_style and not self._aside:
            self._capitals = self._capitals or is_on(attributes)

    def _default_fonts(self, attributes: Attributes) -> None:
        self._fonts.defaults = slots_of(attributes)

    def _end(self) -> None:
        self._fonts.add(self._style, self._based_on, self._slots, self._capitals)
        self._in_style = False

    def _begin_defaults(self, _: Attributes) -> None:
        self._in_defaults = True

    def _end_defaults(self) -> None:
        self._in_defaults = False

    def _begin_aside(self, _: Attributes) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1


class ThemeHandler(Handler):
    """Takes in a theme's major and minor fonts."""

    def __init__(self, themes: Themes, key: str) -> None:
        super().__init__()
        self._themes, self._key = themes, key
        self._scheme = ""
        for scheme in ("major", "minor"):
            self.opening[f"a:{scheme}Font"] = lambda _, scheme=scheme: self._enter(scheme)  # type: ignore[misc]
            self.closing[f"a:{scheme}Font"] = lambda: self._enter("")
        for script in ("latin", "ea", "cs"):
            self.opening[f"a:{script}"] = lambda attributes, script=script: self._font(script, attributes)  # type: ignore[misc]

    def _enter(self, scheme: str) -> None:
        self._scheme = scheme

    def _font(self, script: str, attributes: Mapping[str, str]) -> None:
        if self._scheme:
            self._themes.add(self._key, f"{self._scheme} {script}", local(attributes, "typeface"))
