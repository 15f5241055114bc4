"""HTML cut into tags, text and comments, in linear time whatever it holds. Knows no document tree.

Follows the tokenizer of the HTML standard (WHATWG 13.2.5) in what a reader sees. Libraries were measured and left
aside: lexbor takes 27 s for 100,000 nested elements, libxml2 does not end on some 10 MB of comments.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_RAW = frozenset({"script", "style", "xmp"})  # no markup and no entities in them
_RAW_WITH_ENTITIES = frozenset({"title", "textarea"})
_MARKUP = re.compile(r"<(?=[A-Za-z!?/])")  # any other "<" is text
_COMMENT_END = re.compile(r"--!?>")
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>\x00]{0,63})")
_NAME = re.compile(r"[\s/]*([^\s/>][^\s/>=]{0,255})[^\s/>=]*")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"[\s/]*")
_ENTITY = re.compile(r"&(?:#0{0,16}(\d{1,8});?|#[xX]0{0,16}([0-9a-fA-F]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31};?))")
_ATTRIBUTES = 100  # of one element
_WINDOWS = {code: bytes([code]).decode("windows-1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


@dataclass(slots=True)
class Start:
    """An element begins. `attributes`: names in lower case, values unescaped, the first of a name."""

    name: str
    attributes: dict[str, str]


@dataclass(slots=True)
class End:
    """An element ends."""

    name: str


@dataclass(slots=True)
class Text:
    """Text, unescaped."""

    data: str


@dataclass(slots=True)
class Comment:
    """A comment's content."""

    data: str


@dataclass(slots=True)
class Raw:
    """The content of an element that holds no markup, `name`; its end tag follows."""

    name: str
    data: str


Token = Start | End | Text | Comment | Raw


def tokens(source: str) -> Iterator[Token]:
    """Everything in a document, in order."""
    return _Tokenizer(source).run()


def unescape(text: str) -> str:
    """Entities to characters. Unlike `html.unescape`, keeps control characters (letters in VISCII) and never raises."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return html.unescape(match[0])
    code = int(match[1]) if match[1] else int(match[2], 16)
    if code in _WINDOWS:
        return _WINDOWS[code]
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


class _Tokenizer:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._unclosed: set[str] = set()  # what was looked for to the end once, and is not there

    def run(self) -> Iterator[Token]:
        source, end = self._source, len(self._source)
        while self._at < end:
            markup = _MARKUP.search(source, self._at)
            start = markup.start() if markup else end
            if start > self._at:
                yield Text(unescape(source[self._at : start]))
                self._at = start
            if start < end:
                yield from self._markup()

    def _markup(self) -> Iterator[Token]:
        tag = _TAG.match(self._source, self._at)
        if tag:
            yield from self._tag(tag)
        elif self._source.startswith("<!--", self._at):
            yield self._comment()
        else:
            end = self._source.find(">", self._at + 2)
            end = end if end >= 0 else len(self._source)
            yield Comment(self._source[self._at + 2 : end])
            self._at = end + 1

    def _comment(self) -> Comment:
        start = self._at + 4
        if self._source.startswith((">", "->"), start):
            self._at = self._source.index(">", start) + 1
            return Comment("")
        found = _COMMENT_END.search(self._source, start)
        self._at = found.end() if found else len(self._source)
        return Comment(self._source[start : found.start() if found else None])

    def _tag(self, tag: re.Match[str]) -> Iterator[Token]:
        name = tag[2].lower()
        self._at = tag.end()
        attributes = self._attributes()
        if tag[1]:
            yield End(name)
            return
        yield Start(name, attributes)
        if name in _RAW or name in _RAW_WITH_ENTITIES:
            yield self._raw(name)

    def _raw(self, name: str) -> Raw:
        """Up to the end tag, which is left to be read."""
        end = len(self._source)
        if name not in self._unclosed:
            found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self._source, self._at)
            if found:
                end = found.start()
            else:
                self._unclosed.add(name)
        text = self._source[self._at : end]
        self._at = end
        return Raw(name, text if name in _RAW else unescape(text))

    def _attributes(self) -> dict[str, str]:
        """Attributes up to the tag's end, and past it."""
        source = self._source
        found: dict[str, str] = {}
        if source.startswith(">", self._at):
            self._at += 1
            return found
        at = _end(_SPACE.match(source, self._at), self._at)
        while at < len(source) and source[at] != ">":
            match = _NAME.match(source, at)
            if match is None:
                break
            at, value = self._value(match.end())
            if len(found) < _ATTRIBUTES:
                found.setdefault(match[1].lower(), value)
            at = _end(_SPACE.match(source, at), at)
        self._at = at + 1
        return found

    def _value(self, at: int) -> tuple[int, str]:
        """Where an attribute's value ends, and what it is."""
        source = self._source
        equals = _EQUALS.match(source, at)
        if equals is None:
            return at, ""
        start = equals.end()
        quote = source[start : start + 1]
        if quote in ('"', "'") and quote not in self._unclosed:
            end = source.find(quote, start + 1)
            if end >= 0:
                return end + 1, unescape(source[start + 1 : end])
            self._unclosed.add(quote)  # as old browsers did: what follows is text again
        end = _end(_UNQUOTED.match(source, start), start)
        return end, unescape(source[start:end])


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise
