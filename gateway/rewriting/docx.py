"""The rewriting itself: what is in a legacy charset is found over the whole document, and written in Unicode.

A font's name is a hint and not a proof (`vietnamese.fonts`): where the text under one legacy font is found to be that
font's charset, all of it is read so, also the words that are too short to tell by themselves; where it is not, only
what the detector finds is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from gateway.documents.document import DocumentError, Sink
from gateway.rewriting.fonts import drawn, fonts_of, replaced
from gateway.rewriting.left import left_in
from gateway.rewriting.parts import LIMITS, opened, packed
from gateway.rewriting.refusal import NotRewrittenError, Reason, reason_of
from gateway.rewriting.segments import Segment, segments_of
from gateway.vietnamese import Family, convert, detect

_CHARACTERS: Final = 8 * 1024 * 1024  # of all texts together
_UNICODE: Final = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A document. `charsets`: what was found, by name; `texts`: stretches that were written anew; `fonts`: names.

    `embedded`: other files are in it (a table of Excel, a picture of a program), whose text is as it was. `left`: how
    many of what stays as it was, by kind (`left_words.WORDS`).
    """

    data: bytes
    charsets: tuple[str, ...]
    texts: int
    fonts: int
    embedded: bool = False
    left: Mapping[str, int] = field(default_factory=dict)


def rewrite(data: bytes, family: Family | None = None) -> Rewritten:
    """The same document in Unicode. `family`: what all of its text is in, where its owner knows. NotRewrittenError."""
    try:
        return _rewritten(data, family)
    except DocumentError as error:
        raise NotRewrittenError(reason_of(error.reason)) from error


def _rewritten(data: bytes, family: Family | None) -> Rewritten:
    found = opened(data)
    fonts = fonts_of(found, Sink(LIMITS))
    segments: dict[str, list[Segment]] = {name: list(segments_of(tree, fonts)) for name, tree in found.trees.items()}
    everything = list(chain.from_iterable(segments.values()))
    if sum(len(one.text) for one in everything) > _CHARACTERS:
        raise NotRewrittenError(Reason.TOO_LARGE)
    left = left_in(found)
    made, charsets = _converted(everything, family)
    changed = {name for name, ours in segments.items() if any(id(one) in made for one in ours)}
    names = {name: replaced(tree) for name, tree in found.trees.items()}
    changed |= {name for name, count in names.items() if count}
    if not changed:
        raise NotRewrittenError(Reason.NOTHING)
    written = packed(found, {name: found.trees[name] for name in changed})
    return Rewritten(written, tuple(charsets), len(made), sum(names.values()), found.embedded, left)


def _converted(segments: Sequence[Segment], family: Family | None) -> tuple[set[int], dict[str, None]]:
    """Convert what is to be; the segments that changed, by identity, and the charsets that were found."""
    groups: defaultdict[str, list[Segment]] = defaultdict(list)
    for one in segments:
        groups[one.font].append(one)
    lines = {font: [one.text for one in ours] for font, ours in groups.items()}
    found = {font: [family] if family is not None else _families(texts, font) for font, texts in lines.items()}
    proved = {shape for font, families in found.items() if (shape := drawn(font)) in families[:1]}
    changed: set[int] = set()
    for font, ours in groups.items():
        sure = family or (drawn(font) if drawn(font) in proved else None)
        texts = _meant(lines[font], font, sure, found[font], given=family is not None)
        for one, line, text in zip(ours, lines[font], texts, strict=True):
            if text != line:
                changed.add(id(one))
                if not one.put(text):
                    _each(one, font, sure)
    return changed, {one.label: None for families in found.values() for one in families}


def _families(lines: Sequence[str], font: str) -> list[Family]:
    """The charsets that are found in lines under one font, that of the whole first."""
    found = detect("\n".join(lines), fonts=(font,) if font else ())
    return list(dict.fromkeys(one for one in (found.family, *(span.family for span in found.spans)) if one is not None))


def _meant(lines: list[str], font: str, sure: Family | None, found: Sequence[Family], *, given: bool) -> list[str]:
    """Lines under one font in Unicode. `sure`: what all of them are in, but those that show Unicode; `given`: all."""
    if sure is not None:
        return [convert(line, None if not given and _UNICODE.search(line) else sure, font=font) for line in lines]
    if not found:
        return lines
    made = convert("\n".join(lines), font=font).split("\n")
    return made if len(made) == len(lines) else [convert(line, font=font) for line in lines]


def _each(segment: Segment, font: str, family: Family | None) -> None:
    """Each piece by itself, where the words of the whole do not fit its own."""
    for piece in segment.pieces:
        piece.put(convert(piece.text, family, font=font))
