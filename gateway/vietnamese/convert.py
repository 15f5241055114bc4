"""Legacy Vietnamese to Unicode, for a caller who may not know what it is: the room's converter. No I/O.

Without a family the text is converted where detect.py finds something legacy, passage by passage, because documents mix
them; what is good Unicode stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from gateway.vietnamese.charsets import incoming
from gateway.vietnamese.codec import decode, from_hack
from gateway.vietnamese.detect import HINT, found_passages
from gateway.vietnamese.family import Family
from gateway.vietnamese.fonts import family_of_font
from gateway.vietnamese.hack import WINDOWS
from gateway.vietnamese.lines import Passage
from gateway.vietnamese.syllables import is_syllable
from gateway.vietnamese.viqr import from_viqr
from gateway.vietnamese.words import WORD

# Letters that no family hides behind: where they stand, Unicode stands.
_PROOF = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u0323\u1ea0-\u1ef9]"
)
_WESTERN = re.compile("[A-Za-zÀÁÂÄÇÈÉÊËÍÎÏÑÓÔÖÚÜßàáâäçèéêëíîïñóôöùúûü]+")
_CAPITAL = "[A-Z\x80-\x9f\xc0-\xde€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_NBSP = re.compile(f"(?<!{_CAPITAL})\xa0")
_WORDS = {  # letters that are none elsewhere: six of BK HCM 1's capitals are ASCII's signs, VISCII's Õ is a NBSP
    Family.BKHCM1: re.compile(f"(?:{WORD.pattern}|[\\^`{{|}}~])+"),
    Family.VISCII: re.compile(f"(?:{WORD.pattern}|(?<={_CAPITAL})\xa0)+"),
}
_LETTER = re.compile("[A-Za-z]")
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
    found = list(found_passages(text, {drawn: HINT} if drawn else {}))
    read = unicodedata.normalize("NFC", "".join(_parts(text, found)))
    return read.upper() if capitals and any(passage.family is drawn for passage in found) else read


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
        first = passage.start
        while passage.family is Family.BKHCM1 and first > done and text[first - 1] in "^`{|}~":
            first -= 1
        parts.append(_beside(text[done:first], passage.family, whole))
        parts.append(_read(text[first : passage.end], passage.family))
        done = passage.end
    return "".join((*parts, _beside(text[done:end], here[-1].family, whole)))


def _read(text: str, family: Family) -> str:
    """A passage. In VISCII a NBSP is Õ only behind a capital, in BK HCM 1 a sign of ASCII is one only in a syllable."""
    if family is Family.VISCII:
        return "\xa0".join(from_hack(words, family) for words in _NBSP.split(text))
    if family is Family.BKHCM1:
        return _WORDS[family].sub(lambda match: _ascii_word(match[0]), text)
    return from_hack(text, family)


def _ascii_word(word: str) -> str:
    read = from_hack(word, Family.BKHCM1)
    return word if word.isascii() and not (_LETTER.search(word) and is_syllable(read)) else read


def _beside(text: str, family: Family, whole: bool) -> str:
    """Text on a passage's line. `whole`: nothing on the line shows Unicode; it is likelier all of the family."""
    if family is Family.VIQR:
        return from_viqr(text)
    if text.isascii() and family is not Family.BKHCM1:
        return text
    return _WORDS.get(family, WORD).sub(lambda match: _word(match[0], family, whole), text)


def _word(word: str, family: Family, whole: bool) -> str:
    read = _ascii_word(word) if family is Family.BKHCM1 else from_hack(word, family)
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
