"""What the readers of one package share: where text goes, what styles and themes say, and running numbers."""

from __future__ import annotations

from collections import Counter

from gateway.documents.document import Sink
from gateway.documents.ooxml.relations import Relations


class Themes:
    """Theme fonts: the typefaces behind "minorHAnsi", "+mn-lt" …, by the theme's part."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, str]] = {}

    def add(self, key: str, slot: str, typeface: str) -> None:
        """`slot`: "major" or "minor" and "latin", "ea" or "cs", as "minor latin"."""
        self._of.setdefault(key, {}).setdefault(slot, typeface)

    def font(self, slot: str, key: str = "") -> str:
        """A slot's typeface in a theme, or in the first one; "" where it says none."""
        theme = self._of.get(key) or next(iter(self._of.values()), {})
        return theme.get(slot, "")


class Context:
    """One package being read."""

    def __init__(self, sink: Sink, relations: Relations) -> None:
        self.sink = sink
        self.relations = relations
        self.themes = Themes()
        self._numbers: Counter[str] = Counter()

    def number(self, what: str) -> str:
        """The next running place: "header 1", "header 2" …"""
        self._numbers[what] += 1
        return f"{what} {self._numbers[what]}"
