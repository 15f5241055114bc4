"""How phrases are written down, and which text they are looked for in. Knows no particular phrase.

A phrase is words with blanks between; `a/b` is either word, a `?` behind one says that it may be missing. A word that
is written with marks is also found without them, in sentences that have hardly any: there `hop thu` may be `hộp thư`.
A `!` behind a word forbids that: without its marks it is too many others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from gateway.vietnamese.unmarked import folded

ADDRESS = "\ue000"
"""What stands in readable text for an e-mail address."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff"
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]+")
_OVERRIDE = re.compile("\u202e([^\u202c\n]*+)\u202c?")  # shown from right to left, whatever the letters are
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтвнАВЕКМНОРСТХІЈЅοαενικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwkmtbhabekmhopctxijsoaevikptuxabezhikmnoptyx",
)
_LOCAL, _LABEL = r"[\w.%+'=-]{1,64}+", r"[\w-]{1,63}+"
_MAILBOX = re.compile(rf"(?<![\w.%+'=-]){_LOCAL}@{_LABEL}(?:\.{_LABEL}){{1,8}}+")
_LINK = re.compile(r"\bhttps?://[^\s<>\"]{1,2000}+")
_BETWEEN = re.compile(rf"[^\w{ADDRESS}.,;:!?\n+]+")
_STOPS = re.compile(r" +(?=[.,;:!?\n])|(?<=\n) +")
_SPELLINGS = {"e mail": "email", "e mails": "email", "emails": "email", "pass word": "password", "log in": "login"}
_SPELLED = re.compile(r"\b(?:e mails?|emails|pass word|log in)\b")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# The tone of open oa, oe and uy stands on either letter: hòa, hoà (kept on the second one here).
_OPEN = re.compile(f"(o)([{_TONES}])([ae])(?![a-z\u0300-\u036f])|(u)([{_TONES}])(y)(?![a-z\u0300-\u036f])")
_RENAMED = re.compile(r"\b(địa chỉ|mail|email) (?:[a-z][a-z\d]{3,30}) (thành|sang) (?:[a-z][a-z\d]{3,30})\b")
_WORD = re.compile(rf"\w+|{ADDRESS}")
_MARKED_SHARE = 5  # one word in so many has marks where marks are written


def readable(text: str) -> str:
    """Text to look for phrases in: lower case, NFC, single blanks, one spelling of tones, nothing invisible.

    Addresses become `ADDRESS`; letters that look like Latin ones become those. Line ends and stops stay.
    """
    if not text.isascii():
        text = _OVERRIDE.sub(lambda match: match[1][::-1], text)
        text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)[: 2 * len(text)])  # some letters grow eighteenfold
    if "://" in text:
        text = _LINK.sub(" ", text)
    if "@" in text:
        text = _MAILBOX.sub(f" {ADDRESS} ", text)
    text = spelled(text.translate(_LOOKALIKES) if not text.isascii() else text)
    return _RENAMED.sub(rf"{ADDRESS} \2 {ADDRESS}", _STOPS.sub("", _BETWEEN.sub(" ", text))).strip(" ")


def spelled(text: str) -> str:
    """Lower case, and one spelling where there are several."""
    text = text.lower()
    if not text.isascii():
        decomposed = _OPEN.sub(_on_second, unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", decomposed)
    return _SPELLED.sub(lambda match: _SPELLINGS[match[0]], text.replace("e-mail", "email"))


def _on_second(match: re.Match[str]) -> str:
    first, tone, second = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
    return first + second + tone


def is_marked(sentence: str) -> bool:
    """Whether marks are written in it: then a word without any is another word."""
    if sentence.isascii():
        return False
    words = sentence.replace(ADDRESS, "").split()
    marked = sum(not word.isascii() for word in words)
    return marked > 0 and marked * _MARKED_SHARE >= len(words)


_Either = re.Pattern[str] | dict[str, list[str]]
"""Phrases by concept, and the pattern that they become."""


class Lexicon:
    """Phrases by concept; those of the first concept that has one at a place are found there."""

    def __init__(self, concepts: Mapping[str, str], unmarked: Mapping[str, str] | None = None) -> None:
        """`concepts`: each a text of phrases, one a line. `unmarked`: the same, added where no marks are written."""
        both = {name: (unmarked or {}).get(name, "") + "\n" + lines for name, lines in concepts.items()}
        self._marked = _written(concepts, unmarked=False)
        self._unmarked = _written(both, unmarked=True)

    def finds(self, sentence: str) -> Iterator[tuple[str, int, int]]:
        """Concept, start and end of each phrase in `readable` text, in order."""
        patterns = self._marked if is_marked(sentence) else self._unmarked
        end = 0
        for word in _WORD.finditer(sentence):
            if word.start() < end:
                continue
            pattern = _pattern(patterns, word[0]) or (_pattern(patterns, "#") if word[0].isdigit() else None)
            if pattern is None or (match := pattern.match(sentence, word.start())) is None:
                continue
            assert match.lastgroup is not None
            end = match.end()
            yield match.lastgroup, match.start(), end


def _pattern(patterns: dict[str, _Either], word: str) -> re.Pattern[str] | None:
    """The pattern of the phrases that begin with this word, made when it is first met: all of them take 0.2 s."""
    known = patterns.get(word)
    if isinstance(known, dict):
        known = patterns[word] = _either(known)
    return known


def _written(concepts: Mapping[str, str], *, unmarked: bool) -> dict[str, _Either]:
    """The phrases by the words that they begin with: most words of a text begin none, and are passed over."""
    phrases: dict[str, dict[str, list[str]]] = {}
    for name, lines in concepts.items():
        for line in filter(None, map(str.strip, lines.splitlines())):
            pattern = phrase(line, unmarked=unmarked)
            for word in _beginnings(line, unmarked=unmarked):
                phrases.setdefault(word, {}).setdefault(name, []).append(pattern)
    return dict(phrases)


def _either(by_concept: Mapping[str, list[str]]) -> re.Pattern[str]:
    groups = "|".join(f"(?P<{name}>{'|'.join(patterns)})" for name, patterns in by_concept.items())
    return re.compile(rf"(?:{groups})(?!\w)")


def phrase(written: str, *, unmarked: bool) -> str:
    """The pattern of one phrase. `unmarked`: its words are found without their marks, too."""
    pattern, begun = "", False
    for word in written.split():
        forms, optional = _forms(word, unmarked=unmarked)
        either = "|".join(re.escape(form) if form != "#" else r"\d{1,4}" for form in forms)
        either = f"(?:{either})"
        if begun:
            pattern += f"(?: {either})?" if optional else f" {either}"
        else:
            pattern += f"(?:{either} )?" if optional else either
            begun = not optional
    return pattern


def _beginnings(written: str, *, unmarked: bool) -> Iterator[str]:
    """The words that the phrase may begin with."""
    for word in written.split():
        forms, optional = _forms(word, unmarked=unmarked)
        yield from forms
        if not optional:
            return


@cache  # a lexicon's words come again and again
def _forms(word: str, *, unmarked: bool) -> tuple[tuple[str, ...], bool]:
    """The forms of a phrase's word, and whether it may be missing."""
    forms: dict[str, None] = {}
    for one in word.removesuffix("?").split("/"):
        form = spelled(one.removesuffix("!"))
        forms[form] = None
        if unmarked and not one.endswith("!"):
            forms[folded(form)] = None
    return tuple(forms), word.endswith("?")
