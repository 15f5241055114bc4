"""The words of a file's name or a title, cut into chunks, and where a level of secrecy stands among them.

A chunk is what stands between brackets, dashes and the like. Says what stands where; what it means is `marking_names`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.vietnamese.marking_forms import Level, composed
from gateway.vietnamese.unmarked import folded, table

SPACED_CUTS = re.compile(r"[()\[\]{}<>【】;,.+&@#~=|_]|\s[-–—]+\s?|[-–—]+\s|[-–—]{2,}")
"""Where a name with blanks is cut."""
JOINED_CUTS = re.compile(r"[()\[\]{}<>【】;,+&@#~=|.]|[-–—_]{2,}|_-|-_")
"""Where a name without blanks is cut: a single "-" or "_" stands for a blank there."""
TITLE_CUTS = re.compile(r"[()\[\]{}<>【】|_]|\s[-–—]+\s")

_LEVEL = re.compile(r"[Mm][AaÂâẬậẠạ][\u0302\u0323]*[Tt](?![^\W_])")  # nearly every name and title ends here
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_HEAD, _TAIL = re.compile(r"([^\W_]+)(?: {1,2}|[-_.])\Z"), re.compile(r"(?: {1,2}|[-_.])([^\W_]+)")
_NEAR = 24  # characters in which a neighbour is looked for

_LEVELS = {
    **dict.fromkeys(("mật", "mat"), Level.SECRET),
    **dict.fromkeys(("tốimật", "toimat"), Level.TOP),
    **dict.fromkeys(("tuyệtmật", "tuyetmat"), Level.HIGHEST),
}
_PAIRS = {
    **{(first, second): Level.TOP for first in ("tối", "toi") for second in ("mật", "mat")},
    **{(first, second): Level.HIGHEST for first in ("tuyệt", "tuyet") for second in ("mật", "mat")},
}
_PAPERS = table(
    "cong-van van-ban tai-lieu bao-cao ke-hoach ho-so quyet-dinh to-trinh cong-dien phuong-an chi-thi nghi-quyet de-thi"
    " ban-do"
)
_KINDS = table("bc cv vb kh qd ttr ct nq cd tb ubnd hdnd")
"""How papers' kinds and issuers are shortened in their numbers: 12/BC-UBND."""


_BODILY = table("gan tuy soi tui ong duong ngot hoa")
_ORGANS = frozenset(("gan", "tụy", "tuỵ", "tuy", "lách", "lach"))
"""Beside them "mật" is one of them: a hospital's "khoa Gan - Mật - Tụy"."""


@dataclass(frozen=True, slots=True)
class Word:
    """`start`: offset in the text that was cut."""

    text: str
    start: int

    @property
    def key(self) -> str:
        return composed(self.text).lower()

    @property
    def plain(self) -> str:
        return folded(self.text)

    @property
    def capitals(self) -> bool:
        return self.text.isupper()

    @property
    def number(self) -> bool:
        return self.text.isdigit()


@dataclass(frozen=True, slots=True)
class Place:
    """A level among the words of its chunk.

    `edge`: in the first or last chunk; `others`: there are other chunks; `paper`: a paper's kind or number is in the
    text; `bodily`: so are organs, or what is sweet; `organ`: one is the word before or after, whatever cuts them;
    `neighbours`: the words before and after, also across a mere "_" or "-", "" for none.
    """

    level: Level
    words: tuple[Word, ...]
    left: tuple[Word, ...]
    right: tuple[Word, ...]
    bracketed: bool
    edge: bool
    others: bool
    paper: bool
    bodily: bool
    organ: bool
    neighbours: tuple[str, str]

    @property
    def plain(self) -> bool:
        """Written without marks."""
        return any(word.key.isascii() for word in self.words)

    @property
    def capitals(self) -> bool:
        return all(word.capitals for word in self.words)

    @property
    def higher(self) -> bool:
        """One of the two higher levels, whose two words are hardly ever anything else."""
        return self.level is not Level.SECRET

    @property
    def chunk(self) -> bool:
        """The whole chunk."""
        return not self.left and not self.right


def places(text: str, cuts: re.Pattern[str]) -> tuple[Place, ...]:
    """Every level in the text, in order."""
    if not _LEVEL.search(text):
        return ()
    chunks = list(_chunks(text, cuts))
    paper = any(is_paper(chunk) for chunk, _ in chunks)
    words = [word for chunk, _ in chunks for word in chunk]
    bodily = any(word.plain in _BODILY for word in words)
    return tuple(
        Place(
            level,
            chunk[at : at + width],
            chunk[:at],
            chunk[at + width :],
            bracketed,
            index in (0, len(chunks) - 1),
            len(chunks) > 1,
            paper,
            bodily,
            _beside_an_organ(words, chunk[at], chunk[at + width - 1]),
            _neighbours(text, chunk[at], chunk[at + width - 1]),
        )
        for index, (chunk, bracketed) in enumerate(chunks)
        for at, width, level in _levels(chunk)
    )


def is_paper(words: Sequence[Word]) -> bool:
    """A kind of paper is among the words: "công văn", "BC"."""
    plain = [word.plain for word in words]
    return not _KINDS.isdisjoint(plain) or any(f"{first}-{second}" in _PAPERS for first, second in pairwise(plain))


def _chunks(text: str, cuts: re.Pattern[str]) -> Iterator[tuple[tuple[Word, ...], bool]]:
    """The words between two cuts, and whether brackets hold them."""
    begin, opened = 0, ""
    for found in [*cuts.finditer(text), None]:
        end, mark = (found.start(), found[0]) if found else (len(text), "")
        words = tuple(Word(word[0], begin + word.start()) for word in _WORD.finditer(text[begin:end]))
        if words:
            yield words, opened in tuple("([{<【") and mark in tuple(")]}>】")
        begin, opened = (found.end() if found else end), mark


def _levels(chunk: tuple[Word, ...]) -> Iterator[tuple[int, int, Level]]:
    """Where in the chunk a level stands: its first word, its number of words, the level."""
    for at, word in enumerate(chunk):
        pair = _PAIRS.get((chunk[at - 1].key, word.key)) if at else None
        if pair:
            yield at - 1, 2, pair
        elif word.key in _LEVELS:
            yield at, 1, _LEVELS[word.key]


def _beside_an_organ(words: Sequence[Word], first: Word, last: Word) -> bool:
    before, after = words.index(first) - 1, words.index(last) + 1
    return (before >= 0 and words[before].key in _ORGANS) or (after < len(words) and words[after].key in _ORGANS)


def _neighbours(text: str, first: Word, last: Word) -> tuple[str, str]:
    head = _HEAD.search(composed(text[max(0, first.start - _NEAR) : first.start]).lower())
    end = last.start + len(last.text)
    tail = _TAIL.match(composed(text[end : end + _NEAR]).lower())
    return (head[1] if head else ""), (tail[1] if tail else "")
