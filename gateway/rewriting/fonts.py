"""Legacy fonts in a tree, and their replacement: whatever names one names a Unicode font instead."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from gateway.documents.document import Sink
from gateway.documents.ooxml.context import Themes
from gateway.documents.ooxml.wordfonts import StylesHandler, ThemeHandler, WordFonts
from gateway.documents.xml import Handler, parse
from gateway.rewriting.parts import Opened, name_of, pieces
from gateway.vietnamese import Family, family_of_font

UNICODE: Final = "Times New Roman"
"""What stands for every legacy font: each machine has it or its metric equal, with all Vietnamese letters."""
_SLOTS: Final = frozenset(("ascii", "hAnsi", "cs", "eastAsia"))
_DRAWN: Final = frozenset(("a:latin", "a:ea", "a:cs", "a:sym", "a:buFont", "a:font"))
_STYLED: Final = frozenset(("v:textpath", "v:shape", "v:textbox"))
_FAMILY: Final = re.compile(r"font-family:\s*(\"[^\"]{0,100}\"|'[^']{0,100}'|[^;\"']{0,100})")


def fonts_of(found: Opened, sink: Sink) -> WordFonts:
    """Which font a run has, by the document's styles and themes. DocumentError."""
    themes = Themes()
    fonts = WordFonts(themes)
    for name, root in found.roots.items():
        handler: Handler | None = None
        if root == "a:theme":
            handler = ThemeHandler(themes, name)
        elif root == "w:styles":
            handler = StylesHandler(fonts)
        if handler is not None:
            parse(pieces(found.raw[name]), lambda _, made=handler: made, sink)  # type: ignore[misc]
    return fonts


def replaced(tree: Any) -> int:
    """Replace every legacy font that a tree names; how many names there were."""
    count = 0
    for element in list(tree.iter()):
        name = name_of(element)
        if name == "w:rFonts":
            count += _names(element, _SLOTS)
        elif name in _DRAWN:
            count += _names(element, frozenset(("typeface",)))
        elif name == "w:font" and any(is_legacy(element.get(key)) for key in element.attrib if _local(key) == "name"):
            element.getparent().remove(element)  # the table of fonts may name a font once only
            count += 1
        elif name in _STYLED:
            count += _style(element)
    return count


def _names(element: Any, wanted: frozenset[str]) -> int:
    legacy = [key for key, value in element.attrib.items() if _local(key) in wanted and is_legacy(value)]
    for key in legacy:
        element.set(key, UNICODE)
    return len(legacy)


def styled(element: Any) -> str:
    """The font that VML's style of an element names, "" for none."""
    found = _FAMILY.search(element.get("style") or "")
    return found[1].strip().strip("\"'") if found is not None else ""


def _style(element: Any) -> int:
    style = element.get("style") or ""
    found = _FAMILY.search(style)
    if found is None or not is_legacy(found[1]):
        return 0
    element.set("style", f"{style[: found.start()]}font-family:'{UNICODE}'{style[found.end() :]}")
    return 1


def is_legacy(font: str | None) -> bool:
    """Whether this names a font that was made for a legacy charset."""
    return bool(font) and drawn(font or "") is not None


@lru_cache(4096)
def drawn(font: str) -> Family | None:
    """The charset that a font of this name was made for; None for a Unicode one."""
    return family_of_font(font)[0]


def _local(key: str) -> str:
    return key.rpartition("}")[2]
