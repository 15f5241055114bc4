"""Good text of every kind, from the corpus: other languages, code, names, Unicode Vietnamese with and without marks.

Also in the 8-bit charsets that other languages really use, undeclared, and as documents of 40 lines, where small errors
could add up to a violation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.charset_samples import lines_of, variants

DOCUMENT = 40  # lines
_NO_LANGUAGES = ("neg_code", "neg_names", "neg_vi-mixed")
_CHARSETS = {
    "cp1252": "af ast br ca da de en es et eu fi fo fr fy ga gl id is it lb nb nds nl nn oc pt sq sv tl wa",
    "iso-8859-15": "fr fi et de pt",
    "mac-roman": "fr de es it pt",
    "cp437": "de fr es en",
    "cp850": "de fr pt",
    "cp1250": "bs cs hr hu pl ro sk sl sr@latin",
    "iso-8859-2": "cs hu pl sk",
    "cp852": "cs pl",
    "cp1251": "be bg mk ru sr uk",
    "koi8-r": "ru bg",
    "cp866": "ru",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he",
    "cp1256": "ar fa",
    "cp1257": "lt lv",
    "cp874": "th",
    "gb18030": "zh_CN",
    "big5": "zh_TW zh_HK",
    "shift_jis": "ja",
    "euc-jp": "ja",
    "euc-kr": "ko",
    "utf-16-le": "fr ru zh_CN",
}
_CHARSET_OF = [(charset, language) for charset, languages in _CHARSETS.items() for language in languages.split()]


def groups(folder: Path, quick: int = 1) -> Iterator[tuple[str, Iterator[bytes | str]]]:
    """Kinds of good text, each with its texts; of the lines every `quick`-th is taken."""
    languages = sorted(path for path in folder.glob("neg_*.txt") if path.stem not in _NO_LANGUAGES)
    yield f"lines in {len(languages)} other languages", (line for path in languages for line in _every(path, quick))
    yield "source code", _every(folder / "neg_code.txt", quick)
    yield "names", _every(folder / "neg_names.txt", quick)
    yield "Vietnamese amid English", _every(folder / "neg_vi-mixed.txt", quick)
    for kind in ("NFC", "NFD", "mixed", "unmarked"):
        yield f"Vietnamese {kind}", _varied(folder, kind, quick)
    files = sorted(folder.glob("*.txt"))
    yield "a seventh of them as UTF-8", (line.encode() for path in files for line in _every(path, 7 * quick))


def others(folder: Path, quick: int = 1) -> Iterator[tuple[str, Iterator[bytes | str]]]:
    """The same texts in shapes beyond single lines of Unicode."""
    yield "other languages' 8-bit charsets, undeclared", _encoded(folder, 2 * quick)
    yield f"documents of {DOCUMENT} lines", _documents(folder, quick)
    yield f"documents of {DOCUMENT} lines, 8-bit", _encoded_documents(folder, quick)


def _every(path: Path, step: int) -> Iterator[str]:
    return iter(lines_of(path)[::step] if path.is_file() else [])


def _varied(folder: Path, kind: str, step: int) -> Iterator[str]:
    rng = random.Random(kind)
    return (dict(variants(line, rng))[kind] for line in _every(folder / "vi.txt", step))


def _encoded(folder: Path, step: int) -> Iterator[bytes]:
    for charset, language in _CHARSET_OF:
        for line in _every(folder / f"neg_{language}.txt", step):
            if not line.isascii() and (data := _in(line, charset)) is not None:
                yield data


def _in(line: str, charset: str) -> bytes | None:
    try:
        return line.encode(charset)
    except UnicodeEncodeError:
        return None


def _documents(folder: Path, step: int) -> Iterator[str]:
    for path in sorted(folder.glob("*.txt")):
        if path.stem != "vi_docs":
            lines = lines_of(path)
            yield from ("\n".join(lines[at : at + DOCUMENT]) for at in range(0, len(lines), DOCUMENT * step))


def _encoded_documents(folder: Path, step: int) -> Iterator[bytes]:
    for charset, language in _CHARSET_OF:
        found = [data for line in _every(folder / f"neg_{language}.txt", 1) if (data := _in(line, charset)) is not None]
        feed = "\n".encode(charset)
        yield from (feed.join(found[at : at + DOCUMENT]) for at in range(0, len(found), DOCUMENT * step))


def plain_ascii(lines: list[str]) -> list[str]:
    """The lines in which no other character stands."""
    return [line for line in lines if re.fullmatch(r"[ -~]+", line)]
