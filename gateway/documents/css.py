"""Fonts that style sheets give to elements. Knows selectors by element, class and id, and no more of CSS.

The last simple selector of each rule counts and what it stands in does not: a font more is named rather than one less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

_KEPT = 20_000  # selectors remembered
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACES = re.compile(r"[{}]")
_FONT = re.compile(r"(?:\A|[;\s])(font(?:-family)?)\s*:\s*([^;]{1,1000})", re.IGNORECASE)
_SIZES_NAMES = "smaller small x-small xx-small larger large x-large xx-large medium"
_SIZES = frozenset(_SIZES_NAMES.split(" "))
_SIMPLE = re.compile(r"([\w-]*|\*)((?:[.#][\w-]+)*)")
_NOT_FONTS_NAMES = "serif sans-serif monospace cursive fantasy system-ui inherit initial unset revert caption icon menu"
_NOT_FONTS = frozenset(_NOT_FONTS_NAMES.split(" "))
_MOST = 8  # fonts of one declaration


def fonts_in(style: str) -> tuple[str, ...]:
    """The fonts that declarations name, the last declaration winning: `font-family: ".VnTime", serif`."""
    if "font" not in style and "FONT" not in style.upper():
        return ()
    found: tuple[str, ...] = ()
    for match in _FONT.finditer(style):
        value = match[2]
        if match[1].lower() == "font":
            value = _after_size(value)
        found = _families(value) or found
    return found


def _after_size(value: str) -> str:
    """The families of the shorthand: what follows the size, `bold 12pt/14pt ".VnTime"`."""
    words = value.split()
    sizes = [at for at, word in enumerate(words) if word[0].isdigit() or word.lower() in _SIZES]
    return " ".join(words[sizes[-1] + 1 :]) if sizes else ""


def _families(value: str) -> tuple[str, ...]:
    names = [name.replace("!important", "").strip().strip("\"'").strip() for name in value.split(",")]
    return tuple(name for name in names if name and name.lower() not in _NOT_FONTS)[:_MOST]


class StyleSheets:
    """All rules of one document."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[str, ...]] = {}

    def add(self, source: str) -> None:
        """Take in a style sheet; linear whatever it holds."""
        pieces = _BRACES.split(_COMMENT.sub(" ", source.replace("<!--", " ").replace("-->", " ")))
        for selectors, declarations in pairwise(pieces):
            fonts = fonts_in(declarations)
            if fonts:
                self._add_rule(selectors, fonts)

    def of(self, name: str, attributes: Mapping[str, str]) -> tuple[str, ...]:
        """The fonts of an element: its id's, its classes', its name's."""
        if not self._rules:
            return ()
        marks = [f"#{attributes['id']}"] if "id" in attributes else []
        marks += [f".{word}" for word in attributes.get("class", "").split()[:16]]
        for mark in marks:
            for key in (f"{name}{mark}".lower(), mark.lower()):
                if key in self._rules:
                    return self._rules[key]
        return self._rules.get(name) or self._rules.get("*", ())

    def _add_rule(self, selectors: str, fonts: tuple[str, ...]) -> None:
        for selector in selectors.split(","):
            words = selector.replace(">", " ").replace("+", " ").replace("~", " ").split()
            simple = _SIMPLE.match(words[-1]) if words else None
            if simple and simple[0] and len(self._rules) < _KEPT:
                mark = re.findall(r"[.#][\w-]+", simple[2])[:1]
                self._rules[(simple[1].removesuffix("*") + "".join(mark)).lower() or "*"] = fonts
