"""How phrases are written down, and which text they are looked for in. Knows no particular phrase.

A phrase is words with blanks between; `a/b` is either word, a `?` behind one says that it may be missing. A word that is
written with marks is also found without them, in sentences that have hardly any: there `hop thu` may be `hộp thư`. A
`!` behind a word forbids that: without its marks it is too many others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from gateway.vietnamese.unmarked import folded

ADDRESS = "\ue000"
"""What stands in readable text for an e-mail address."""

_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff"
_HIDDEN = re.compile(f"[{_INVISIBLE}]+")
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
_MARKED_SHARE = 5  # one word in so many has marks where marks are written


def readable(text: str) -> str:
    """Text to look for phrases in: lower case, NFC, single blanks, one spelling of tones, nothing invisible.

    Addresses become `ADDRESS`; letters that look like Latin ones become those. Line ends and stops stay.
    """
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)) if not text.isascii() else text
    if "://" in text:
        text = _LINK.sub(" ", text)
    if "@" in text:
        text = _MAILBOX.sub(f" {ADDRESS} ", text)
    text = spelled(text.translate(_LOOKALIKES) if not text.isascii() else text)
    return _STOPS.sub("", _BETWEEN.sub(" ", text)).strip(" ")


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


class Lexicon:
    """Phrases by concept; those of the first concept that has one at a place are found there."""

    def __init__(self, concepts: Mapping[str, str], unmarked: Mapping[str, str] | None = None) -> None:
        """`concepts`: each a text of phrases, one a line. `unmarked`: the same, added where no marks are written."""
        self._marked = _compiled((name, _phrases(lines), False) for name, lines in concepts.items())
        both = {name: (unmarked or {}).get(name, "") + "\n" + lines for name, lines in concepts.items()}
        self._unmarked = _compiled((name, _phrases(lines), True) for name, lines in both.items())

    def finds(self, sentence: str) -> Iterable[tuple[str, int, int]]:
        """Concept, start and end of each phrase in `readable` text, in order."""
        pattern = self._marked if is_marked(sentence) else self._unmarked
        for match in pattern.finditer(sentence):
            assert match.lastgroup is not None
            yield match.lastgroup, match.start(), match.end()


def _phrases(lines: str) -> list[str]:
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _compiled(concepts: Iterable[tuple[str, list[str], bool]]) -> re.Pattern[str]:
    groups = [
        f"(?P<{name}>{'|'.join(phrase(one, unmarked=unmarked) for one in phrases)})"
        for name, phrases, unmarked in concepts
        if phrases
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)")


def phrase(written: str, *, unmarked: bool) -> str:
    """The pattern of one phrase. `unmarked`: its words are found without their marks, too."""
    pattern, begun = "", False
    for word in written.split():
        optional, word = word.endswith("?"), word.removesuffix("?")
        forms = dict.fromkeys(form for one in word.split("/") for form in _forms(one, unmarked=unmarked))
        either = "|".join(re.escape(form) if form != "#" else r"\d{1,4}" for form in forms)
        either = f"(?:{either})" if len(forms) > 1 else either
        if begun:
            pattern += f"(?: {either})?" if optional else f" {either}"
        else:
            pattern += f"(?:{either} )?" if optional else either
            begun = not optional
    return pattern


def _forms(word: str, *, unmarked: bool) -> tuple[str, ...]:
    written = spelled(word.removesuffix("!"))
    return (written, folded(written)) if unmarked and not word.endswith("!") else (written,)
