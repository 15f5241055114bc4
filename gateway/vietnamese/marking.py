"""The marking of a document's secrecy: MẬT, TỐI MẬT, TUYỆT MẬT as a stamp or as a field.

An Giang 50/2009 article 4.4: documents that are secret by law do not travel by this mail. What a marking looks like and
what counts as one, and why: docs/secret-marking.md; its sources: `marking_forms`. The words "mật khẩu", "bảo mật", a
decree that speaks of the levels, a list of them, are no markings. A result holds place and marking, never the words
around. The text is Unicode already, in any normal form.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from gateway.vietnamese.marking_forms import Level, composed, may_mark, plain_words, prefix, words
from gateway.vietnamese.marking_lines import Candidate, Form, Stands, stands
from gateway.vietnamese.marking_names import Named, name_markings, title_markings
from gateway.vietnamese.marking_sense import Standing, markings_of

__all__ = ["MARKINGS", "Form", "Kind", "Level", "Marking", "find_markings"]

Kind = Literal["body", "document", "header", "name"]
"""What the text is, which decides what standing alone means. "body": a mail's text; "document": the text of a file,
its paragraphs and cells a line each; "header": one mail header field, or a document's header or footer; "name": a
file's name."""

MARKINGS = 32
"""At most so many are reported of one text."""
_FIRST, _LAST = 96, 24  # levels of one text whose lines are looked at: where stamps stand
_OFTEN, _ENOUGH = 64, 200  # the word is looked at once in so many characters, and so often in a short text
_WIDTH = 200  # characters of a line on either side
_HEADING_LINES, _HEADING_WIDTH = 6, 800

_BROKEN = {"TỐI": Level.TOP, "TUYỆT": Level.HIGHEST}  # a line of its own, in a narrow frame
_STARTS = '\n:=|\t>–-])☒☑✓✔xX*_([“"'  # what may stand before a level in lower case that is a value, or a line
_STARTS_OR_LONGER = _STARTS + "tTiI"  # … or the end of "tuyệt", "tối"


@dataclass(frozen=True, slots=True)
class Marking:
    """`start`: offset in the text as given; `paragraph`: its line, from 1."""

    level: Level
    form: Form
    start: int
    paragraph: int


def find_markings(text: str, *, kind: Kind = "document") -> tuple[Marking, ...]:
    """The markings of secrecy in a text, in its order, at most `MARKINGS`.

    Give a document or a body as a whole: the lines around tell a stamp from a list of levels. Any text, linear time.
    """
    if kind == "name":
        return _of_named(name_markings(text)) or _spaced_in_name(text)
    markings = _of_standing(text, header=kind == "header") if may_mark(text) else ()
    if kind == "header" and not markings:
        return _of_named(title_markings(text))
    return markings


def _spaced_in_name(name: str) -> tuple[Marking, ...]:
    """ "M Ậ T.docx": letter-spaced words are cut apart where a name is read by its words."""
    if not may_mark(name):
        return ()
    begin = max(name.rfind("/"), name.rfind("\\")) + 1
    stem = name[begin:].rpartition(".")[0] or name[begin:]
    found = _of_standing(stem, header=True)
    return tuple(replace(each, start=each.start + begin) for each in found if each.form is Form.SPACED)


def _of_standing(text: str, *, header: bool) -> tuple[Marking, ...]:
    found = markings_of(text, list(_standing(text, header=header)))
    return tuple(Marking(each.level, each.form, each.start, each.line) for each in found[:MARKINGS])


def _of_named(found: Iterable[Named]) -> tuple[Marking, ...]:
    return tuple(
        Marking(each.level, Form.UNMARKED if each.plain else Form.STAMP, each.start, 1)
        for each in islice(found, MARKINGS)
    )


def _standing(text: str, *, header: bool) -> Iterator[Standing]:
    """Levels that stand by themselves, marked and without marks, in the order of the text."""
    both = [*_judged(text, _marked(text), header=header), *_judged(text, _plain(text), header=header, plain=True)]
    yield from _numbered(text, sorted(both, key=lambda each: each[2]))


def _judged(
    text: str, found: Iterator[tuple[Level, int, int]], *, header: bool, plain: bool = False
) -> Iterator[tuple[Candidate, Stands, int]]:
    for level, start, end in (*islice(found, _FIRST), *deque(found, _LAST)):
        candidate = _candidate(text, level, start, end, plain=plain, header=header)
        how = stands(candidate)
        if how is not Stands.WORD:
            yield candidate, how, start


def _marked(text: str) -> Iterator[tuple[Level, int, int]]:
    for start, end in islice(words(text), _most(text)):
        if _may_stand(text, start, end, _STARTS_OR_LONGER):
            level, begin = prefix(text, start)
            if _may_stand(text, begin, end, _STARTS):
                yield level, begin, end


def _most(text: str) -> int:
    return _ENOUGH + len(text) // _OFTEN


def _plain(text: str) -> Iterator[tuple[Level, int, int]]:
    for start, end in islice(plain_words(text), _most(text)):
        level, begin = prefix(text, start)
        yield level, begin, end


def _may_stand(text: str, begin: int, end: int, starts: str) -> bool:
    """Cheap: a word amid a sentence is not looked at further, in lower case only after one of `starts`."""
    following = text[end : end + 2].lstrip(" ")[:1]
    if following.islower() or (begin and text[begin - 1].isalnum()):
        return False
    return text[begin].isupper() or (text[max(0, begin - 3) : begin].rstrip(" ")[-1:] or "\n") in starts


def _candidate(text: str, level: Level, start: int, end: int, *, plain: bool, header: bool) -> Candidate:
    before, after = text[max(0, start - _WIDTH) : start], text[end : end + _WIDTH]
    above, line_before = _last_two(before, cut=start > _WIDTH)
    below, line_after = _first_two(after, cut=end + _WIDTH < len(text))
    heading = header or (start < _HEADING_WIDTH and text.count("\n", 0, start) < _HEADING_LINES)
    if not line_before.strip() and level is Level.SECRET:
        level = _BROKEN.get(composed(above).strip(), level)
    return Candidate(
        level,
        composed(text[start:end]),
        composed(line_before),
        composed(line_after),
        composed(above),
        composed(below),
        plain=plain,
        heading=heading,
        field=header,
    )


def _last_two(before: str, *, cut: bool) -> tuple[str, str]:
    """The last line with words before the last, and the last; a line that is cut off begins with "…"."""
    *above, last = f"{before}.".splitlines()
    head = "x… " if cut and not above else ""
    return _with_words(reversed(above)), head + last[:-1]


def _first_two(after: str, *, cut: bool) -> tuple[str, str]:
    first, *below = f".{after}".splitlines()
    tail = " …x" if cut and not below else ""
    return _with_words(below), first[1:] + tail


def _with_words(lines: Iterable[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _numbered(text: str, found: Iterable[tuple[Candidate, Stands, int]]) -> Iterator[Standing]:
    line, at = 1, 0
    for candidate, how, start in found:
        line += text.count("\n", at, start)
        at = start
        yield Standing(candidate, how, start, line)
