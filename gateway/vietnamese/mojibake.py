"""UTF-8 that was read as windows-1252 or Latin-1, once or twice: "Viá»‡t". Makes it, and undoes it.

Two losses on the way are mended, too: NBSP that became a blank ("lÃ " for "là"), and the five bytes that windows-1252
leaves undefined (81 8d 8f 90 9d), dropped or U+FFFD: then the likeliest Vietnamese letter is taken. It knows no bytes.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from itertools import product

from gateway.vietnamese.hack import BYTES, WINDOWS
from gateway.vietnamese.score import vietnamese

# Characters that may stand for a byte 80-bf, in both forms; and those of windows-1252 as Latin-1 would have them.
_TAIL = "".join(sorted({WINDOWS[byte] for byte in range(0x80, 0xC0)} | {chr(byte) for byte in range(0x80, 0xC0)}))
_LATIN = {ord(WINDOWS[byte]): byte for byte in range(0x80, 0xA0)}
_MOST_LOST = 2  # letters of a word whose spellings are all tried
_T = f"[{re.escape(_TAIL)}]"
# What UTF-8's first byte may be for Vietnamese text, its signs and, a layer up, windows-1252's own letters.
_WHOLE = f"[\xc2-\xc6\xcb-\xcd]{_T}|[\xe1\xe2\xef]{_T}{_T}|\xf0{_T}{_T}{_T}"
_HINT = re.compile(f"[\xc2-\xc6\xcb-\xcd\xe1\xe2\xef\xf0]{_T}")
_RUN = f"((?:{_WHOLE})+)"
_WHOLE_RUNS = re.compile(_RUN)
# A blank behind these was a NBSP, a letter's last byte; what may follow it within the word is a coda.
_BLANK = "(Ã|Æ|áº|á») (?:(?=(?i:ch?|i|m|n[gh]?|o|p|t|u|y)?(?:[^\\w\x80-\uffff]|\\Z))|())"
_BLANKED = {"Ã": "à", "Æ": "Ơ", "áº": "Ạ", "á»": "Ỡ"}
# What is left of a letter whose last byte was one of the five, and which letters it may have been.
_LOST = f"(á»|Ã|Ä|â€)(?:\ufffd|(?!{_T}))"
_MAYBE = {"á»": "\ue000", "Ã": "\ue001", "Ä": "Đ", "â€": "”"}
_CANDIDATES = {"\ue000": "ềờọỏỐ", "\ue001": "ÁÍÝ"}
_BROKEN_RUNS = re.compile(f"{_RUN}|{_BLANK}|{_LOST}")
_UNSURE = re.compile("(?<![^\\W\\d_])[^\\W\\d_]*[\ue000\ue001](?:[^\\W\\d_]|[\ue000\ue001])*")
# Letters that no byte is read as: beside them a lone Ã is an Ã. And the two marks for what is unsure, taken already.
_PROOF = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\ue000\ue001]")


def mojibake(text: str, layers: int = 1) -> str:
    """What text looks like after `layers` readings of its UTF-8 as windows-1252 (undefined bytes: C1 controls)."""
    for _ in range(layers):
        text = text.encode("utf-8", "surrogatepass").decode("latin-1").translate(dict(enumerate(WINDOWS)))
    return text


def unmojibake(text: str) -> str:
    """Text with up to two such readings undone, in NFC. Runs that are no UTF-8 stay as they are. Linear time."""
    for _ in range(2):
        if text.isascii() or not _HINT.search(text):
            break
        text = "\n".join(map(_undone, text.split("\n")))
    return unicodedata.normalize("NFC", text)


def _undone(line: str) -> str:
    """One layer of one line. Losses are mended only in a line that shows nothing but mojibake, and some of it whole."""
    if line.isascii() or not _HINT.search(line):
        return line
    with contextlib.suppress(UnicodeError):  # nearly every line is mojibake as a whole, and unbroken
        return codecs.charmap_encode(line, "strict", BYTES)[0].decode("utf-8")
    if _PROOF.search(line) or not _WHOLE_RUNS.search(line):
        return _WHOLE_RUNS.sub(_mended, line)
    return _UNSURE.sub(_likeliest, _BROKEN_RUNS.sub(_mended, line))


def _mended(match: re.Match[str]) -> str:
    groups = match.groups()
    if groups[0]:
        return _decoded(groups[0])
    if lost := groups[3]:
        return _MAYBE[lost]
    if groups[1] == "á»" and not match.string[max(match.start() - 1, 0) : match.start()].isupper():
        return _MAYBE["á»"] + " "  # hardly Ỡ: rather a byte lost before a true blank
    return _BLANKED[groups[1]] + ("" if groups[2] is None else " ")


def _decoded(run: str) -> str:
    try:
        return run.translate(_LATIN).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return run


def _likeliest(match: re.Match[str]) -> str:
    """A word with letters that may be several: the spelling that Vietnamese has most often."""
    choices = [_CANDIDATES.get(char, char) for char in match[0]]
    if sum(map(match[0].count, _CANDIDATES)) > _MOST_LOST:
        return "".join(choice[0] for choice in choices)
    known = vietnamese()
    return max(map("".join, product(*choices)), key=lambda word: known.get(word.lower(), -99.0))
