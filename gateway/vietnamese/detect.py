"""Is this Vietnamese in a legacy charset, where, and what does it say? The room's question, for bytes and for text.

Pure: no I/O, no clock. Any input is taken, in linear time and with memory for the text and a bounded answer.
"""

from __future__ import annotations

import heapq
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import exp

from gateway.vietnamese.charsets import Incoming, declared_family, incoming
from gateway.vietnamese.codec import decode
from gateway.vietnamese.detection import NOTHING, Detection, Span
from gateway.vietnamese.excerpts import Excerpts
from gateway.vietnamese.family import Family
from gateway.vietnamese.fonts import family_of_font
from gateway.vietnamese.lines import Passage
from gateway.vietnamese.notes import VIETNAMESE, notes_of
from gateway.vietnamese.passages import ENOUGH, passages
from gateway.vietnamese.prefilter import spelled
from gateway.vietnamese.spelled import spelled_passages
from gateway.vietnamese.verdict import Note

SPANS = 50
"""Passages that are told one by one; all are counted."""
SAMPLE = 200
"""Characters of a sample."""
HINT = 4.0
"""Nats by which a font's name or a declared charset makes its family likelier."""
_TOLERATED = frozenset({Family.CP1258, Family.VISCII})  # charsets in which mail may be declared: a warning at most


def detect(data: bytes | str, declared: str | None = None, *, fonts: Sequence[str] = ()) -> Detection:
    """What charset Vietnamese text is in, if it is not Unicode's, and where.

    data: bytes are read by their BOM, as UTF-8 if they are, else by the `declared` charset, which the text may belie.
    fonts: names of the fonts it is shown in, as the document names them: a hint, no proof.
    """
    hints = dict(map(family_of_font, fonts))
    capitals = frozenset(family for family, drawn in hints.items() if family and drawn)
    bias = {family: HINT for family in hints if family}
    if isinstance(data, str):
        return _with_font(_judged(data, bias, capitals), data, bias)
    family = declared_family(declared)
    coming = incoming(data, declared)
    found = _judged(coming.text, bias | ({family: HINT} if family else {}), capitals, raw=coming.codec == "latin-1")
    found = replace(found, spans=_in_bytes(coming, found.spans))
    if coming.codec == "latin-1":
        return _by_charset(found, data, family)
    wrong = coming.misdeclared and VIETNAMESE.search(coming.text)
    if wrong or (coming.codec == "mixed" and found.damaged):
        found = replace(found, notes=(*found.notes, Note.UNDECLARED))
    return _with_font(found, coming.text, bias)


def _judged(text: str, bias: Mapping[Family, float], capitals: frozenset[Family], *, raw: bool = False) -> Detection:
    """What a text's characters tell."""
    if text.isascii() and next(spelled(text), None) is None:  # most mail: not even VIQR could stand in it
        return _noted(text, capitals)
    excerpts = Excerpts(text, capitals)
    letters: Counter[Family] = Counter()
    weights: Counter[Family] = Counter()
    spans: list[Span] = []
    sample = ""
    for passage in found_passages(text, bias, raw=raw):
        letters[passage.family] += passage.damaged
        weights[passage.family] += min(1_000, int(passage.weight * 10))  # tenths of nats
        if len(spans) < SPANS:
            spans.append(excerpts.of(passage, _confidence(passage.weight)))
        if len(sample) < SAMPLE:
            read = excerpts.understood(text[passage.start : min(passage.end, passage.start + SAMPLE)], passage.family)
            sample = f"{sample} {read}".strip()[:SAMPLE]
    if not spans:
        return _noted(text, capitals)
    family = max(letters, key=lambda family: letters[family])
    return Detection(family, letters.total(), _confidence(weights[family] / 10), tuple(spans), sample)


def found_passages(text: str, bias: Mapping[Family, float], *, raw: bool = False) -> Iterator[Passage]:
    """Every legacy passage of a text, in order, apart, each within one line. `bias`: nats for a family beforehand."""
    done = 0
    found, viqr = passages(text, bias, raw=raw), spelled_passages(text)
    first = next(viqr, None)
    if first is not None:
        found = heapq.merge(found, chain((first,), viqr), key=lambda passage: passage.start)
    for passage in found:
        if passage.start >= done and passage.damaged:
            done = passage.end
            yield passage


def _confidence(weight: float) -> float:
    """How sure: a half where it just suffices."""
    return round(1 / (1 + exp(-max(0.0, weight - ENOUGH) / 2)), 4)


def _noted(text: str, capitals: frozenset[Family]) -> Detection:
    places = sorted(notes_of(text), key=lambda place: place[1])
    if not places:
        return NOTHING
    spans = tuple(map(Excerpts(text, capitals).noted, places))
    return Detection(notes=tuple(note for note, _, _ in places), spans=spans, sample=spans[0].understood)


def _with_font(found: Detection, text: str, fonts: Mapping[Family, float]) -> Detection:
    """A legacy font over good Vietnamese Unicode: its readers see wrong letters."""
    if found.damaged or not fonts or not VIETNAMESE.search(text):
        return found
    return replace(found, notes=(*found.notes, Note.LEGACY_FONT))


def _by_charset(found: Detection, data: bytes, family: Family | None) -> Detection:
    """8-bit text under the name that it was declared with, or none."""
    if family in _TOLERATED and found.family in (family, None):
        text = unicodedata.normalize("NFC", decode(data, family))
        if VIETNAMESE.search(text) and "\ufffd" not in text:
            return Detection(family, 0, 1.0, sample=text[:SAMPLE], notes=(Note.DECLARED,))
    if found.damaged and found.family is not family:
        return replace(found, notes=(*found.notes, Note.UNDECLARED))
    return found


def _in_bytes(coming: Incoming, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if coming.raw or not spans:
        return spans
    places = coming.offsets([place for span in spans for place in (span.start, span.end)])
    return tuple(
        replace(span, start=start, end=end) for span, start, end in zip(spans, places[::2], places[1::2], strict=True)
    )
