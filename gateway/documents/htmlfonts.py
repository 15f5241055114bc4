"""Which elements of an HTML document are open: so which fonts hold, and whether text is shown in capitals.

Bounded, and linear on any tags. Not the standard's tree construction: ends that are missing or misplaced are mended as
far as fonts need it.
"""

from __future__ import annotations

from collections import Counter

_VOID_NAMES = "area base basefont br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split(" "))
_DEPTH = 512  # as browsers: deeper elements are on one level
_CARRIED = 8  # <font> left open in a block that ended goes on behind it
# An element that begins ends an open one of the same kind: the end tags may be left out.
_SIBLINGS = {
    "p": ("p",), "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",), "tr": ("tr", "td", "th"),
    "td": ("td", "th"), "th": ("td", "th"),
}  # fmt: skip


class OpenElements:
    """A stack of elements; `fonts` hold for text that stands here, and so does `capitals`."""

    def __init__(self) -> None:
        self.fonts: tuple[str, ...] = ()
        self.capitals = False
        # name, own fonts, the fonts before, and whether text was shown in capitals before
        self._stack: list[tuple[str, tuple[str, ...], tuple[str, ...], bool]] = []
        self._counts: Counter[str] = Counter()

    @property
    def innermost(self) -> str:
        """The name of the last element that is open, "" for none."""
        return self._stack[-1][0] if self._stack else ""

    @property
    def preformatted(self) -> bool:
        """Inside <pre>: blanks are text."""
        return self._counts["pre"] > 0

    def begin(self, name: str, fonts: tuple[str, ...], *, capitals: bool | None = None) -> None:
        """An element begins. `capitals`: what it says of them."""
        if name in _VOID:
            return
        if self.innermost in _SIBLINGS.get(name, ()):
            self._pop()
        if len(self._stack) < _DEPTH:
            self._push(name, fonts)
            self.capitals = self.capitals if capitals is None else capitals

    def end(self, name: str) -> None:
        """An end tag: everything inside the element ends with it, but <font>."""
        if not self._counts[name]:
            return
        carried: list[tuple[str, ...]] = []
        while self._stack:
            ended, own = self._pop()
            if ended == name:
                break
            if ended == "font" and len(carried) < _CARRIED:
                carried.append(own)
        for own in reversed(carried):
            self._push("font", own)

    def _push(self, name: str, own: tuple[str, ...]) -> None:
        self._stack.append((name, own, self.fonts, self.capitals))
        self._counts[name] += 1
        self.fonts = own or self.fonts

    def _pop(self) -> tuple[str, tuple[str, ...]]:
        name, own, self.fonts, self.capitals = self._stack.pop()
        self._counts[name] -= 1
        return name, own
