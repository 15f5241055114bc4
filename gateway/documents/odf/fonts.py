"""Which font an OpenDocument style has: its own, its parents', its family's default (ODF 1.3 part 3, 16.2).

And whether it shows text in capitals (fo:text-transform, fo:font-variant).
"""

from __future__ import annotations

from gateway.documents.xml import Attributes, local

Style = tuple[str, str]
"""A style's family and name: ("paragraph", "P1")."""

_CHAIN = 32
_KEPT = 100_000


class OdfFonts:
    """Styles of one document. Automatic ones belong to the part that declares them; `begin_part` forgets them."""

    def __init__(self) -> None:
        self._faces: dict[str, str] = {}
        self._common: dict[Style, tuple[str, str]] = {}
        self._automatic: dict[Style, tuple[str, str]] = {}
        self._defaults: dict[str, str] = {}
        self._known: dict[Style, str] = {}
        # What styles, and family defaults without a name, say of capitals themselves.
        self._capitals: dict[Style, bool] = {}
        self._automatic_capitals: dict[Style, bool] = {}

    def begin_part(self) -> None:
        """Another part's automatic styles are not this one's."""
        self._automatic, self._automatic_capitals, self._known = {}, {}, {}

    def add_face(self, attributes: Attributes) -> None:
        """A style:font-face: the name that styles use, and the font's."""
        family = local(attributes, "font-family").strip("'\"")
        if family and len(self._faces) < _KEPT:
            self._faces[local(attributes, "name")] = family

    def add(self, style: Style, parent: str, font: str, *, automatic: bool) -> None:
        """A style; `font` is "" where it names none."""
        styles = self._automatic if automatic else self._common
        if len(styles) < _KEPT:
            styles.setdefault(style, (parent, font))
            self._known = {}

    def add_default(self, family: str, font: str) -> None:
        """A family's default."""
        if font and len(self._defaults) < _KEPT:
            self._defaults[family] = font

    def add_capitals(self, style: Style, *, shown: bool, automatic: bool) -> None:
        """What a style says of capitals itself; a family's default has no name."""
        said = self._automatic_capitals if automatic else self._capitals
        if len(said) < _KEPT:
            said[style] = shown

    def in_capitals(self, style: Style) -> bool | None:
        """Whether a style shows capitals, or one that it is made from; None where none of them says."""
        if not (self._capitals or self._automatic_capitals):
            return None
        family, name = style
        for _ in range(_CHAIN):
            said = self._automatic_capitals.get((family, name), self._capitals.get((family, name)))
            if said is not None:
                return said
            found = self._automatic.get((family, name)) or self._common.get((family, name))
            if found is None:
                break
            name = found[0]
        return self._capitals.get((family, ""))

    def font_of(self, properties: Attributes) -> str:
        """The font that a style:text-properties element names, "" for none."""
        name = local(properties, "font-name")
        return self._faces.get(name, name) or local(properties, "font-family").split(",")[0].strip("'\" ")

    def of(self, style: Style) -> str:
        """A style's font through its parents; "" where none of them names one."""
        if style not in self._known:
            self._known[style] = self._resolve(style)
        return self._known[style]

    def default(self, *families: str) -> str:
        """The first default of these families."""
        return next(filter(None, (self._defaults.get(family, "") for family in families)), "")

    def _resolve(self, style: Style) -> str:
        family, name = style
        for _ in range(_CHAIN):
            found = self._automatic.get((family, name)) or self._common.get((family, name))
            if found is None:
                return ""
            name, font = found
            if font:
                return font
        return ""
