"""What one text says that is remarkable: its units go in, values of `gateway.contents` come out. Pure; keeps nothing.

Units with the same fonts are judged in one piece, each on lines of its own: short cells help one another, and the
detector is asked few times. A finding stands in the unit that it begins in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gateway.contents import LegacyText, Passage, SecretMarking, Source, UnmarkedText
from gateway.documents.document import Unit
from gateway.vietnamese.convert import convert
from gateway.vietnamese.detect import SPANS, detect
from gateway.vietnamese.detection import Detection, Span
from gateway.vietnamese.diacritics import Diacritics, diacritics
from gateway.vietnamese.fonts import family_of_font
from gateway.vietnamese.marking import Marking, find_markings
from gateway.vietnamese.verdict import Note
from gateway.wording.joined import Declared, Joined, groups

UNMARKED = 0.5
"""Share of syllables without marks from which on prose is told of; in good Vietnamese it is 0.2 to 0.3."""
PASSAGES = 5  # of one text
_MARKINGS = 10  # of one text
_WORDS = 80  # characters of a passage and of a sample
_PLACE = 200  # characters of a place
_SHORT = 160  # characters of a text whose detection is remembered: names of people, greetings, the subject of a thread
_PROSE = 256 * 1024  # characters of one text whose marks are counted

Kind = Literal["body", "document", "header", "name"]
KINDS: dict[Source, Kind] = {
    Source.HEADER: "header",
    Source.NAME: "name",
    Source.BODY: "body",
    Source.QUOTED: "body",
    Source.DOCUMENT: "document",
}
_EDGES = ("header", "footer")  # how the places of a document's headers and footers begin, or end
_FOLDERS = 20  # of a name that are looked at
_EDGE_UNITS = 2000  # of them that are looked at: each by itself
Late = Callable[[], bool]


class LateError(Exception):
    """The time for this message is over."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text stands; see `gateway.contents.LegacyText`."""

    source: Source
    part: str = ""
    names: tuple[str, ...] = ()
    where: str = ""


def legacy_of(
    units: Sequence[Unit],
    origin: Origin,
    declared: Declared = "",
    late: Late | None = None,
    passages: int = PASSAGES,
) -> tuple[LegacyText | None, list[str]]:
    """What in a text is not Vietnamese in Unicode, None for nothing; and each unit's text in Unicode.

    `passages`: how many are told, the worst of them. Raises `LateError` where `late` says so.
    """
    texts = [unit.text for unit in units]
    if late is None and len(units) == 1 and _is_clean_by_itself(units[0], declared):
        return None, texts
    found: _Legacy | None = None
    for (fonts, raw, label), numbers in groups(units, declared):
        if late is not None and late():
            raise LateError
        joined = Joined([units[number].raw if raw else texts[number] for number in numbers])
        detection = _detected(joined.data, label, fonts)
        if _is_clean(detection):
            continue
        found = found or _Legacy(passages)
        font, together = _legacy_font(fonts), [units[number] for number in numbers]
        found.add(
            detection, [_passage(span, together[joined.at(span.start)], joined, font) for span in detection.spans]
        )
        for at, text in _converted(detection, joined, together, font):
            texts[numbers[at]] = text
    return (found.text(origin) if found is not None else None), texts


def _is_clean_by_itself(unit: Unit, declared: Declared) -> bool:
    """Whether a short text, all by itself, is known to be clean: it saves what a longer one needs."""
    data: str | bytes = unit.raw or unit.text
    if len(data) > _SHORT or unit.fonts:
        return False
    label = "" if not unit.raw else declared if isinstance(declared, str) else declared[0]
    return _is_clean(_short(data, label or None))


def _detected(data: str | bytes, label: str, fonts: Sequence[str]) -> Detection:
    if len(data) <= _SHORT and not fonts:
        return _short(data, label or None)
    return detect(data, label or None, fonts=fonts)


_short = lru_cache(2048)(detect)


def _converted(detection: Detection, joined: Joined, units: Sequence[Unit], font: str) -> Iterator[tuple[int, str]]:
    """The units that are not in Unicode, by their number, as they read in it."""
    if Note.DECLARED in detection.notes and detection.family is not None:
        yield from ((at, convert(unit.raw, detection.family)) for at, unit in enumerate(units))
    elif len(detection.spans) >= SPANS:  # there may be more of them
        families = {span.family for span in detection.spans}
        only = families.pop() if len(families) == 1 else None  # to look at each line again takes as long as before
        yield from enumerate(joined.split(convert(joined.data, only, font=font)))
    else:
        for at, family in {joined.at(span.start): span.family for span in detection.spans if span.family}.items():
            unit = units[at]  # of one with several lines each may be in another charset
            yield at, convert(unit.raw or unit.text, None if "\n" in unit.text else family, font=font)


def is_legacy(text: str) -> bool:
    """Whether `legacy_of` would find something in a text as a whole."""
    return not _is_clean(detect(text))


def is_marked(text: str) -> bool:
    """Whether `markings_of` would in a body's."""
    return bool(_found(text, "body"))


def is_unmarked(text: str) -> bool:
    """Whether `unmarked_of` would."""
    return _lacks_marks(diacritics(text))


def is_vietnamese(text: str) -> bool:
    """Whether there is so much Vietnamese prose in it that its marks can be judged."""
    return diacritics(text).vietnamese


def _lacks_marks(judged: Diacritics) -> bool:
    return judged.vietnamese and judged.share >= UNMARKED


def _is_clean(detection: Detection) -> bool:
    return detection.family is None and not detection.notes and not detection.spans


class _Legacy:
    """Sums up the detections of one text."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._damaged = 0
        self._confidence = 0.0
        self._families: Counter[str] = Counter()
        self._notes: dict[str, None] = {}
        self._passages: list[Passage] = []

    def add(self, detection: Detection, passages: Sequence[Passage]) -> None:
        """One more of them."""
        self._damaged += detection.damaged
        self._notes |= dict.fromkeys(str(note) for note in detection.notes)
        if detection.family is not None:
            self._families[str(detection.family)] += max(1, detection.damaged)
            self._confidence = max(self._confidence, detection.confidence)
        worst = sorted((*self._passages, *passages), key=lambda passage: -passage.damaged)
        self._passages = worst[: self._most]

    def text(self, origin: Origin) -> LegacyText | None:
        """The sum; None for nothing."""
        if not (self._families or self._notes or self._passages):
            return None
        family = self._families.most_common(1)[0][0] if self._families else ""
        return LegacyText(
            origin.source, origin.part, origin.names, origin.where, family, self._damaged,
            round(self._confidence, 3), tuple(self._passages), tuple(self._notes),
        )  # fmt: skip


def _passage(span: Span, unit: Unit, joined: Joined, font: str) -> Passage:
    place = unit.place or (f"line {joined.line(span.start)}" if "\n" in unit.text else "")
    family = "" if span.family is None else str(span.family)
    return Passage(
        place[:_PLACE], family, span.damaged, round(span.confidence, 3),
        span.sent[:_WORDS], span.understood[:_WORDS], font,
    )  # fmt: skip


def _legacy_font(fonts: Sequence[str]) -> str:
    """The first font that was made for a legacy charset, as the document names it."""
    return next((font for font in fonts if family_of_font(font)[0] is not None), "")


def markings_of(units: Sequence[Unit], texts: Sequence[str], origin: Origin) -> tuple[SecretMarking, ...]:
    """The markings of secrecy in a text, whose units read `texts` in Unicode; each once a place."""
    kind = KINDS[origin.source]
    if len(units) == 1 and kind != "document" and not _found(texts[0], kind):
        return ()
    found: dict[SecretMarking, None] = {}
    rest: list[int] = []
    edges = 0
    for number, unit in enumerate(units):
        if kind == "document" and _is_edge(unit.place) and edges < _EDGE_UNITS:
            edges += 1
            found |= dict.fromkeys(_marked([number], units, texts, origin, "header"))
        else:
            rest.append(number)
    found |= dict.fromkeys(_marked(rest, units, texts, origin, kind))
    return tuple(found)[:_MARKINGS]


def _found(text: str, kind: Kind) -> list[Marking]:
    """The markings in a text. `Ð` (U+00D0) is read as the `Đ` that it looks like; folders in a name are names, too."""
    if "Ð" in text:
        text = text.replace("Ð", "Đ")
    found = list(find_markings(text, kind=kind))
    if kind == "name":
        *folders, _name = text.split("/", _FOLDERS)
        for folder in folders:
            found += find_markings(folder, kind=kind)
    return found


def _is_edge(place: str) -> bool:
    """Whether it is a header or footer, of a sheet or slide, too."""
    return place.startswith(_EDGES) or place.endswith(_EDGES)


def _marked(
    numbers: Sequence[int], units: Sequence[Unit], texts: Sequence[str], origin: Origin, kind: Kind
) -> Iterator[SecretMarking]:
    if not numbers:
        return
    joined = Joined([texts[number] for number in numbers])
    assert isinstance(joined.data, str)
    for marking in _found(joined.data, kind):
        unit = units[numbers[joined.at(marking.start)]]
        where = origin.where or unit.place or (f"line {joined.line(marking.start)}" if "\n" in joined.data else "")
        yield SecretMarking(
            origin.source, origin.part, origin.names, where[:_PLACE], str(marking.level), str(marking.form)
        )


def unmarked_of(texts: Iterable[str], origin: Origin) -> UnmarkedText | None:
    """Prose that lacks most of its marks, None for none. `texts`: as `legacy_of` gives them."""
    judged = diacritics(_beginning(texts))
    if not _lacks_marks(judged):
        return None
    return UnmarkedText(
        origin.source,
        origin.part,
        origin.names,
        origin.where,
        judged.syllables,
        judged.unmarked,
        judged.sample[:_WORDS],
    )


def _beginning(texts: Iterable[str]) -> str:
    kept: list[str] = []
    room = _PROSE
    for text in texts:
        kept.append(text[:room])
        room -= len(text) + 1
        if room <= 0:
            break
    return "\n".join(kept)
