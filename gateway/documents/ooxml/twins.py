"""Two forms of one content (mc:AlternateContent): the one for newer and the one for older programs.

Both are read, since different programs show different ones; text that stands in both is one text.
"""

from __future__ import annotations

_KEPT = 10_000  # texts remembered of one content
_DEEP = 8  # contents inside one another that are compared


class Twins:
    """Asked for each text: `fresh` is False for one that the other form of the same content had already."""

    def __init__(self) -> None:
        self._open: list[set[str]] = []
        self._second: list[bool] = []

    def begin(self) -> None:
        """A content with several forms begins."""
        self._open.append(set())
        self._second.append(False)

    def second(self) -> None:
        """Its form for older programs begins."""
        if self._second:
            self._second[-1] = True

    def end(self) -> None:
        """It ends."""
        if self._open:
            self._open.pop()
            self._second.pop()

    def fresh(self, text: str) -> bool:
        """Whether a text is to be taken."""
        if not self._open:
            return True
        for seen, second in zip(self._open[-_DEEP:], self._second[-_DEEP:], strict=True):
            if second and text in seen:
                return False
        for seen in self._open[-_DEEP:]:
            if len(seen) < _KEPT:
                seen.add(text)
        return True
