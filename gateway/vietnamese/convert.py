"""Legacy Vietnamese to Unicode, for a caller who may not know what it is: the room's converter. No I/O.

Without a family the text is converted where detect.py finds something legacy, passage by passage, because documents mix
them; what is good Unicode stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge

from gateway.vietnamese.charsets import incoming
from gateway.vietnamese.codec import decode, from_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.fonts import family_of_font
from gateway.vietnamese.hack import WINDOWS
from gateway.vietnamese.lines import Passage
from gateway.vietnamese.passages import passages
from gateway.vietnamese.spelled import spelled_passages
from gateway.vietnamese.syllables import is_syllable
from gateway.vietnamese.viqr import from_viqr
from gateway.vietnamese.words import WORD

_HINT = 4.0  # nats by which a font's name makes its charset likelier, as in detect()
# Letters that no family hides behind: where they stand, Unicode stands.
_PROOF = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u0323\u1ea0-\u1ef9]"
)
_WESTERN = re.compile("[A-Za-zÀÁÂÄÇÈÉÊËÍÎÏÑÓÔÖÚÜßàáâäçèéêëíîïñóôöùúûü]+")
_HCM1_WORD = re.compile(f"[\\^`{{|}}~]*(?:{WORD.pattern})")  # of its capitals seven are signs of ASCII
_CONTROLS = {byte: WINDOWS[byte] for byte in range(0x80, 0xA0)}


def convert(data: bytes | str, family: Family | None = None, *, font: str = "") -> str:
    """Text as NFC Unicode, which is TCVN 6909:2001. Takes anything, in linear time.

    family: what data is in; None: what detect() finds is converted, each passage for itself, and the rest kept.
    font: the font's name where one is known: a hint for what is found, and what tells capitals (.VnTimeH).
    Bytes without a family are read by their BOM, as UTF-8 if they are, else as windows-1252.
    """
    drawn, capitals = family_of_font(font)
    if family is not None:
        read = decode(data, family) if isinstance(data, bytes) else from_hack(data, family)
        return read.upper() if capitals and family is drawn else read
    text = _text_of(data)
    found = list(_found(text, {drawn: _HINT} if drawn else {}))
    read = unicodedata.normalize("NFC", "".join(_parts(text, found)))
    return read.upper() if capitals and any(passage.family is drawn for passage in found) else read


def _found(text: str, bias: Mapping[Family, float]) -> Iterator[Passage]:
    """What detect() counts, in order and apart; where a passage in VIQR lies over another, the first counts."""
    done = 0
    for passage in merge(passages(text, bias), spelled_passages(text), key=lambda passage: passage.start):
        if passage.start >= done and passage.damaged:
            done = passage.end
            yield passage


def _parts(text: str, found: Iterable[Passage]) -> Iterator[str]:
    """The text's parts; lines with passages are converted, all others stay."""
    done, end = 0, -1
    here: list[Passage] = []
    for passage in found:
        if passage.start >= end:
            yield _line(text, done, end, here)
            done, end, here = max(end, 0), _line_end(text, passage.start), []
        here.append(passage)
    yield _line(text, done, end, here)
    yield text[max(end, 0) :]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _line(text: str, start: int, end: int, here: Sequence[Passage]) -> str:
    """A line's passages converted, and beside them the words that were not believed; `start` may lie lines before."""
    if not here:
        return ""
    done = text.rfind("\n", start, here[0].start) + 1 or start
    parts, whole = [text[start:done]], not _PROOF.search(text, done, end)
    for passage in here:
        first = _first(text, done, passage)
        parts.append(_beside(text[done:first], passage.family, whole))
        parts.append(from_hack(text[first : passage.end], passage.family))
        done = passage.end
    return "".join((*parts, _beside(text[done:end], here[-1].family, whole)))


def _first(text: str, least: int, passage: Passage) -> int:
    """Where a passage starts: BK HCM 1's capitals among ASCII's signs belong to their word."""
    first = passage.start
    while passage.family is Family.BKHCM1 and first > least and text[first - 1] in "^`{|}~":
        first -= 1
    return first


def _beside(text: str, family: Family, whole: bool) -> str:
    """Text on a passage's line. `whole`: nothing on the line shows Unicode; it is likelier all of the family."""
    if family is Family.VIQR:
        return from_viqr(text)
    if family is Family.BKHCM1:
        return _HCM1_WORD.sub(lambda match: _word(match[0], family, whole), text)
    return text if text.isascii() else WORD.sub(lambda match: _word(match[0], family, whole), text)


def _word(word: str, family: Family, whole: bool) -> str:
    read = from_hack(word, family)
    if read == word:
        return word
    known = is_syllable(word)
    if is_syllable(read):
        return word if known and not whole else read
    return read if whole and not known and not word.isascii() and not _WESTERN.fullmatch(word) else word


def _text_of(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    text = incoming(data, None)
    return text.text.translate(_CONTROLS) if text.raw else text.text
