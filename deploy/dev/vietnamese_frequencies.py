"""Writes gateway/vietnamese/frequencies.py: how often syllables are used, which foreign words look like legacy ones.

    python deploy/dev/vietnamese_frequencies.py CORPUS

CORPUS: the training split that deploy/dev/vietnamese_corpus.py builds from packages: plain UTF-8 text, Vietnamese in
vi*.txt, every other language in a neg_*.txt of its own. Counts are facts about a language; no sentence enters the
repository.
"""

from __future__ import annotations

import argparse
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from gateway.vietnamese.family import Family
from gateway.vietnamese.hack import from_hack
from gateway.vietnamese.score import foreign_letters
from gateway.vietnamese.syllables import is_syllable
from gateway.vietnamese.words import LETTERS, WORD

TARGET = Path(__file__).parents[2] / "gateway/vietnamese/frequencies.py"
HACKS = [family for family in Family if family not in (Family.VIQR, Family.MOJIBAKE)]
RAREST = 13  # classes end here: what is rarer is told by its letters alone
SMALL = 5_000  # words below which a language's shares say little
VIETNAMESE_ONLY = re.compile("[ăđơưạ-ỹ]")
HEAD = '''"""How often words occur, in nats: "7 là" is e**-7 of all words. Two lists, each line "class word word …".

Written by deploy/dev/vietnamese_frequencies.py from the corpus's training split, not by hand.
"""

'''


def counted(files: Iterable[Path], pattern: re.Pattern[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for file in files:
        text = unicodedata.normalize("NFC", file.read_text("utf-8")).lower()
        counts.update(pattern.findall(text))
    return counts


def vietnamese(folder: Path) -> dict[str, int]:
    """Word → class. Others than syllables are kept if they have a mark and are no accident (qđ, hđnd)."""
    counts = counted(sorted(folder.glob("vi*.txt")), LETTERS)
    kept = {w: n for w, n in counts.items() if is_syllable(w) or (n >= 3 and not w.isascii() and len(w) <= 7)}
    return classes(kept, sum(kept.values()))


def classes(counts: Mapping[str, int], total: int) -> dict[str, int]:
    found = {word: round(-math.log(count / total)) for word, count in counts.items()}
    return {word: min(klass, RAREST) for word, klass in found.items()}


def foreign(folder: Path) -> dict[str, int]:
    """Words of other languages that read as a syllable under some family, and are commoner than their letters say."""
    rates: dict[str, float] = {}
    for file in sorted(set(folder.glob("neg_*.txt")) - {folder / "neg_vi-mixed.txt"}):
        counts = counted([file], WORD)
        total = max(counts.total(), SMALL)
        for word, count in counts.items():
            if count >= 2 and len(word) <= 8 and not word.isascii() and not VIETNAMESE_ONLY.search(word):
                rates[word] = max(rates.get(word, 0.0), count / total)
    found = {word: round(-math.log(rate)) for word, rate in rates.items()}
    return {word: klass for word, klass in found.items() if -klass > foreign_letters(word) + 1 and confusable(word)}


def confusable(word: str) -> bool:
    if is_syllable(word):  # read as mojibake's result: não, là
        return True
    readings = (from_hack(form, family).lower() for family in HACKS for form in (word, word.upper(), word.capitalize()))
    return any(reading != word and is_syllable(reading) for reading in readings)


def listed(name: str, words: Mapping[str, int]) -> str:
    lines = [f'{name} = """\\']
    for klass in sorted(set(words.values())):
        line = str(klass)
        for word in sorted(word for word, of in words.items() if of == klass):
            if len(line) + len(word) >= 119:
                lines.append(line)
                line = str(klass)
            line += f" {word}"
        lines.append(line)
    return "\n".join([*lines, '"""', ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=TARGET)
    chosen = parser.parse_args()
    parts = [listed("VIETNAMESE", vietnamese(chosen.corpus)), listed("FOREIGN", foreign(chosen.corpus))]
    chosen.out.write_text(HEAD + "\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
