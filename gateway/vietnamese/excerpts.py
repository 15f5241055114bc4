"""What of a passage is shown to people: a few words around it, as they stand and as they are understood, and its line.

It knows text and families, and no verdicts.
"""

from __future__ import annotations

import re
import unicodedata

from gateway.vietnamese.codec import from_hack
from gateway.vietnamese.detection import Span
from gateway.vietnamese.family import Family
from gateway.vietnamese.lines import Passage
from gateway.vietnamese.notes import Place
from gateway.vietnamese.score import legacy
from gateway.vietnamese.telex import from_telex
from gateway.vietnamese.verdict import Note
from gateway.vietnamese.words import WORD

WIDE = 80
"""Characters of an excerpt."""
_BLANKS = re.compile("[ \t\r\n]{2,}|[\t\r\n]")  # str.split would cut at U+0085, a letter's byte


class Excerpts:
    """Of one text, asked in the text's order."""

    def __init__(self, text: str, capitals: frozenset[Family]) -> None:
        self._text = text
        self._capitals = capitals
        self._counted, self._line = 0, 1

    def of(self, passage: Passage, confidence: float) -> Span:
        """A passage as a `Span`, its offsets those of the text."""
        start, end = passage.start, passage.end
        before, core, after = self._around(start, end)
        understood = before + self.understood(core, passage.family) + after
        sent = _tidy(before + core + after)
        return Span(
            start, end, self._paragraph(start), passage.family, passage.damaged, confidence, sent, _tidy(understood)
        )

    def noted(self, place: Place) -> Span:
        """The place of a note as a `Span`."""
        note, start, end = place
        before, core, after = self._around(start, end)
        sent = before + core + after
        return Span(start, end, self._paragraph(start), None, 0, 0.0, _tidy(sent), _tidy(_meant(sent, note)))

    def understood(self, text: str, family: Family) -> str:
        """A passage's text in Unicode; words in it that are good Unicode stay."""
        if family in (Family.MOJIBAKE, Family.VIQR) or legacy(text):
            read = from_hack(text, family)
        else:
            read = WORD.sub(lambda word: from_hack(word[0], family) if legacy(word[0]) else word[0], text)
        return read.upper() if family in self._capitals else read

    def _paragraph(self, start: int) -> int:
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        return self._line

    def _around(self, start: int, end: int) -> tuple[str, str, str]:
        """The words before, in and after a passage: its beginning, and of its line as much as there is room for."""
        if end - start > WIDE:
            return "", _cut(self._text[start : start + WIDE + 1]), ""
        room = WIDE - (end - start)
        after = self._text[end : end + room + 1].split("\n", 1)[0]
        after = after if len(after) <= room else _cut(after)
        room -= len(after)
        before = self._text[max(0, start - room - 1) : start].rsplit("\n", 1)[-1]
        return before if len(before) <= room else before.partition(" ")[2], self._text[start:end], after


def _cut(text: str) -> str:
    """Text less its last, perhaps broken, word; where it is one word, less a character."""
    head, _, _ = text.rpartition(" ")
    return head or text[:-1]


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")[:WIDE]


def _meant(text: str, note: Note) -> str:
    if note is Note.ETH:
        return text.replace("Ð", "Đ").replace("ð", "đ")
    if note is Note.TELEX:
        return from_telex(text)
    return unicodedata.normalize("NFC", text)
