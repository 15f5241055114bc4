"""Collects what is remarkable in one message's texts, within bounds. One object a message; knows no MIME.

What is looked for is said once; what is not wanted costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.contents import NO_REQUEST, NO_WORDS, RequestSigns, Source, Words
from gateway.documents.document import Unit
from gateway.wording.charsets import units_of
from gateway.wording.joined import Declared
from gateway.wording.judge import (
    PASSAGES,
    Late,
    LateError,
    Origin,
    is_legacy,
    is_marked,
    is_unmarked,
    is_vietnamese,
    legacy_of,
    markings_of,
    unmarked_of,
)
from gateway.wording.kept import KeptWords
from gateway.wording.quoting import may_quote, parted
from gateway.wording.requests_reader import RequestReader

CHARSET, MARKING, DIACRITICS, REQUEST = "charset", "marking", "diacritics", "request"
WANTS = frozenset((CHARSET, MARKING, DIACRITICS))
"""What is remarkable, and can be looked for."""
ALL = WANTS | {REQUEST}
"""The same, and whether the message reads as a request about mailboxes: then every text is read to its end."""

_CHARACTERS = 16 * 1024 * 1024  # of one message; beyond them nothing is read
_PROSE = (Source.BODY, Source.QUOTED, Source.DOCUMENT)


class Reader:
    """`wants`: some of `ALL`. `late` says whether the time is over, `characters` how many are read at most,
    `passages` how many are told of one text.

    `out_of_time`: something was left out because the time was over.
    """

    def __init__(
        self,
        wants: frozenset[str],
        *,
        late: Late | None = None,
        characters: int = _CHARACTERS,
        passages: int = PASSAGES,
    ) -> None:
        self._charset, self._marking, self._diacritics = CHARSET in wants, MARKING in wants, DIACRITICS in wants
        self._late, self._room, self._passages = late, characters, passages
        self._found: KeptWords | None = None  # nearly always there is nothing
        self._request = RequestReader() if REQUEST in wants else None
        self.out_of_time = False

    def text(
        self,
        source: Source,
        text: str | bytes,
        *,
        part: str = "",
        names: tuple[str, ...] = (),
        where: str = "",
        fonts: tuple[str, ...] = (),
        declared: str = "",
    ) -> None:
        """Read one text. `declared`: for bytes, the charset that their mail names, "" for none."""
        units = units_of(text, declared.lower()) if isinstance(text, bytes) else [Unit("", text, fonts)]
        self.units(Origin(source, part, names, where), units, declared)

    def document(self, part: str, names: tuple[str, ...], units: Sequence[Unit], declared: Declared = "") -> None:
        """Read a file's text."""
        self.units(Origin(Source.DOCUMENT, part, names), units, declared)

    def units(self, origin: Origin, units: Sequence[Unit], declared: Declared = "", *, free: bool = True) -> None:
        """Read a text that comes in units, as one text. `free`: it is no person's name: it may be marked secret, or ask
        for something.
        """
        units = self._within(units)
        if not units or self.is_late():
            return
        texts = self._legacy(units, origin, declared)
        if self._marking and free and (found := markings_of(units, texts, origin)):
            self._kept.markings.add(found)
        if self._request is not None and free:
            self._request.take(origin, units, texts)
        self._prose(texts, origin)

    def body(self, origin: Origin, units: Sequence[Unit], declared: Declared = "") -> None:
        """Read a body: what it quotes is a text of its own. `origin`'s source holds for the rest."""
        if not may_quote(units) or origin.source is not Source.BODY:
            self.units(origin, units, declared)
            return
        if len(units) == 1 and not units[0].raw and self.passes(units[0].text, whole=True):
            return
        own, quoted = parted(units)
        if not quoted:
            self.units(origin, own, declared)
            return
        other = replace(origin, source=Source.QUOTED)
        for each, lines in ((origin, own), (other, quoted)):
            self.units(each, lines, declared)

    def seen(self, origin: Origin, units: Sequence[Unit], declared: Declared = "") -> None:
        """Read a body that was read before as it looks on a screen: only for what is asked for in it."""
        units = self._within(units)
        if self._request is None or not units or self.is_late():
            return
        own, quoted = parted(units) if origin.source is Source.BODY else (list(units), [])
        for each, lines in ((origin, own), (replace(origin, source=Source.QUOTED), quoted)):
            if lines:
                self._request.take(each, lines, self._unicode(lines, each, declared))

    def is_late(self) -> bool:
        """Whether the time is over: nothing more is read."""
        self.out_of_time = self.out_of_time or (self._late is not None and self._late())
        return self.out_of_time

    def passes(self, text: str, *, whole: bool = False) -> bool:
        """Whether nothing that is looked for is in a body's text; what does not pass has to be read.

        `whole`: what is quoted stands in it, too, perhaps with more marks than the rest.
        """
        return self._request is None and not (
            (self._charset and is_legacy(text))
            or (self._marking and is_marked(text))
            or (self._diacritics and (is_vietnamese(text) if whole else is_unmarked(text)))
        )

    @property
    def is_thorough(self) -> bool:
        """Whether every text takes long, about a microsecond a character, and not only remarkable ones."""
        return self._request is not None

    @property
    def words(self) -> Words:
        """What was found so far."""
        words = self._found.words if self._found is not None else NO_WORDS
        return _with(words, self._request.found) if self._request is not None else words

    def fresh(self) -> Words:
        """What was found since this was asked last; of a request all that was found so far, where that is more."""
        words = self._found.fresh() if self._found is not None else NO_WORDS
        return _with(words, self._request.fresh()) if self._request is not None else words

    @property
    def _kept(self) -> KeptWords:
        if self._found is None:
            self._found = KeptWords()
        return self._found

    def _legacy(self, units: Sequence[Unit], origin: Origin, declared: Declared) -> list[str]:
        """The units' texts in Unicode: markings and prose are looked for in those."""
        if not (self._charset or self._request) and all(unit.text.isascii() and not unit.raw for unit in units):
            return [unit.text for unit in units]
        try:
            found, texts = legacy_of(units, origin, declared, self._late, self._passages)
        except LateError:
            self.out_of_time = True
            return [unit.text for unit in units]
        if found is not None and self._charset:
            self._kept.legacy.add((found,))
        return texts

    def _unicode(self, units: Sequence[Unit], origin: Origin, declared: Declared) -> list[str]:
        """The units' texts in Unicode; what they are in else was told before."""
        try:
            return legacy_of(units, origin, declared, self._late, self._passages)[1]
        except LateError:
            self.out_of_time = True
            return [unit.text for unit in units]

    def _prose(self, texts: Sequence[str], origin: Origin) -> None:
        if not self._diacritics or origin.source not in _PROSE:
            return
        found = unmarked_of(texts, origin)
        if found is not None:
            self._kept.unmarked.add((found,))

    def _within(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """As many of these as there is room for."""
        size = len(units[0].text) if len(units) == 1 else sum(len(unit.text) for unit in units)
        if size <= self._room:
            self._room -= size
            return units
        kept = []
        for unit in units:
            if len(unit.text) > self._room:
                break
            self._room -= len(unit.text)
            kept.append(unit)
        self._room = 0
        return kept


def _with(words: Words, request: RequestSigns) -> Words:
    return words if request == NO_REQUEST else replace(words, request=request)
