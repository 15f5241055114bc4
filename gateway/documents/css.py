"""Fonts that style sheets give to elements, and which of these they show in capitals.

Knows selectors by element, class and id, and no more of CSS. The last simple selector of each rule counts and what it
stands in does not: a font more is named rather than one less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

_KEPT = 20_000  # selectors remembered
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACES = re.compile(r"[{}]")
_FONT = re.compile(r"(?:\A|[;\s])(font(?:-family)?)\s*:\s*([^;]{1,1000})", re.IGNORECASE)
_CAPITALS = re.compile(r"(?:\A|[;\s])(text-transform|font-variant(?:-caps)?)\s*:\s*([\w -]{1,40})", re.IGNORECASE)
_SHOWN = re.compile(r"\b(?:uppercase|(?:all-)?(?:small|petite)-caps|unicase|titling-caps)\b", re.IGNORECASE)
_MEDIUM = re.compile(r"@media([^{}]{0,400})\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}?", re.IGNORECASE)
_ALONE = re.compile(r"[\w.#*-]+\Z")  # a selector that says nothing of other elements, nor of a moment
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


def capitals_in(style: str) -> bool | None:
    """Whether declarations show text in capitals; None where they do not say."""
    said = dict(_CAPITALS.findall(style.lower())) if "-" in style else {}  # of each property the last one holds
    return any(_SHOWN.search(one) for one in said.values()) if said else None


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
        self._loud: dict[str, tuple[int, bool]] = {}  # each with its place in the sheets
        self._place = 0

    def add(self, source: str) -> None:
        """Take in a style sheet; linear whatever it holds."""
        plain = _COMMENT.sub(" ", source.replace("<!--", " ").replace("-->", " "))
        for selectors, declarations in pairwise(_BRACES.split(plain)):
            if fonts := fonts_in(declarations):
                for key in _keys(selectors):
                    if len(self._rules) < _KEPT:
                        self._rules[key] = fonts
        if "-transform" in plain.lower() or "-variant" in plain.lower():
            self._add_capitals(_MEDIUM.sub(_shown_on_screens, plain))

    def _add_capitals(self, source: str) -> None:
        """Here a rule more would be a stamp that nobody sees: those that may not hold are left out."""
        for selectors, declarations in pairwise(_BRACES.split(source)):
            loud = capitals_in(declarations)
            if loud is None:
                continue
            self._place += 1
            alone = ",".join(one for one in selectors.split(",") if _ALONE.match(one.strip()))
            for key in _keys(alone):
                if len(self._loud) < _KEPT:
                    self._loud[key] = (self._place, loud)

    def of(self, name: str, attributes: Mapping[str, str]) -> tuple[str, ...]:
        """The fonts of an element: its id's, its classes', its name's."""
        if not self._rules:
            return ()
        return next((self._rules[key] for key in _marks(name, attributes) if key in self._rules), ())

    def capitals(self, name: str, attributes: Mapping[str, str]) -> bool | None:
        """Whether an element is shown in capitals; None where no rule says."""
        if not self._loud:
            return None
        said = [(key, *self._loud[key]) for key in _marks(name, attributes) if key in self._loud]
        ranks = [(("#" in key) * 2 + ("." in key), "*" not in key, place, loud) for key, place, loud in said]
        return max(ranks)[3] if ranks else None


def _shown_on_screens(block: re.Match[str]) -> str:
    medium = block[1].lower()
    return " " if "print" in medium and not re.search("screen|all", medium) else block[0]


def _marks(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """The selectors that an element may have, the strongest first."""
    marks = [f"#{attributes['id']}"] if "id" in attributes else []
    marks += [f".{word}" for word in attributes.get("class", "").split()[:16]]
    for mark in marks:
        yield f"{name}{mark}".lower()
        yield mark.lower()
    yield name
    yield "*"


def _keys(selectors: str) -> Iterator[str]:
    for selector in selectors.split(","):
        words = selector.replace(">", " ").replace("+", " ").replace("~", " ").split()
        simple = _SIMPLE.match(words[-1]) if words else None
        if simple and simple[0]:
            mark = re.findall(r"[.#][\w-]+", simple[2])[:1]
            yield (simple[1].removesuffix("*") + "".join(mark)).lower() or "*"
