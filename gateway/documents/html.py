"""HTML as a reader sees it: text by block, with the fonts of tags, style attributes and style sheets; titles, hints.

A `.html` attachment is opened in a browser: script in it is reported as active. Text that only some programs show
(Outlook's conditional comments) is read too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.charset import Decoded
from gateway.documents.css import StyleSheets, capitals_in, fonts_in
from gateway.documents.document import Sink, SpentError
from gateway.documents.htmlfonts import OpenElements
from gateway.documents.htmltokens import Comment, End, Raw, Start, Text, tokens
from gateway.documents.loud import lines_of
from gateway.documents.source import pieces
from gateway.documents.txt import as_text, load_bytes

QUOTED = "quoted "
"""How the place of a paragraph begins that quotes another mail: "quoted paragraph 12"."""

_PRESCAN = 4096
_META = re.compile(rb"<meta\s[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_CONDITIONAL = re.compile(r"\[if [^\]]{0,200}\]>(.*)<!\[endif\]\Z", re.DOTALL | re.IGNORECASE)
_SCRIPT_URL = re.compile(r"[\x00-\x20]*(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:", re.IGNORECASE)
_BLOCKS_NAMES = (
    "address article aside blockquote body button caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe input label legend li main nav noscript"
    " ol option p pre section select summary table tbody td template textarea tfoot th thead title tr ul xmp"
)
BLOCKS = frozenset(_BLOCKS_NAMES.split(" "))
"""Elements that begin a paragraph of their own, and end one."""
_STYLES = 1000  # style attributes remembered
# How mail clients mark what they quote; what follows such an element is the other mail to the end.
_QUOTE = re.compile(
    r"gmail_quote|yahoo_quoted|moz-(?:cite-prefix|forward-container)|OutlookMessageHeader|divRplyFwdMsg|appendonsend"
    r"|OLK_SRC_BODY_SECTION|mail-editor-reference-message|ms-outlook-mobile-reference|zmail_extra|protonmail_quote"
)
_NO_BORDER = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)  # a blockquote that only indents
# What a page that runs something holds somewhere; an entity may spell it, and ISO-2022-JP put escapes into it.
_SUSPECT = re.compile(
    rb"(?i)<script|[\s/\"']on[a-z]{3}|s\s*c\s*r\s*i\s*p\s*t\s*:|srcdoc|<applet|data:|&#|&(?:tab|newline|colon);|\x1b"
)
_HINTS = ("title", "alt", "placeholder", "label", "summary")
_METAS = ("description", "keywords", "author", "subject")
_LINKS = ("href", "src", "action", "formaction", "data", "xlink:href")
_FRAMES = ("iframe", "object", "embed", "applet", "frame")


def read(file: BinaryIO, sink: Sink) -> None:
    """Read an HTML file into the sink; see `document`."""
    sink.document.format = "html"
    if not sink.text and not any(_SUSPECT.search(data) for data in pieces(file)):  # a map, say, is long
        return
    data = load_bytes(file, sink)
    read_source(as_text(data, declared_charset(data)), sink)


def declared_charset(data: bytes) -> str:
    """The charset that a page names itself, "" for none."""
    declared = _META.search(data[:_PRESCAN])
    return declared[1].decode("ascii", "ignore") if declared else ""


def read_source(source: Decoded, sink: Sink) -> None:
    """Read HTML that is decoded already."""
    reader = HtmlText(source, sink)
    reader.run(source.text)
    reader.finish()


class HtmlText:
    """One document being read."""

    def __init__(self, source: Decoded, sink: Sink) -> None:
        self._source, self._sink = source, sink
        self._sheets = StyleSheets()
        self._elements = OpenElements()
        self._left = sink.limits.references
        self._styles: dict[str, tuple[str, ...]] = {}
        self._loud: dict[str, bool | None] = {}  # what the same styles say of capitals
        self._number = 0
        self._pieces: list[str] = []
        self._fonts: dict[str, None] = {}
        self._shown: list[int] = []  # the pieces that are shown in capitals
        self._after_blank = True
        self._quotes: list[bool] = []  # the blockquotes that are open, and whether each quotes
        self._quoted = False  # everything from here on is quoted

    def run(self, source: str, depth: int = 0) -> None:
        """Read a document, or what a conditional comment hides in it. Raises `SpentError` (too many tags)."""
        for token in tokens(source):
            if isinstance(token, Text):
                self._add(token.data, exactly=self._elements.preformatted)
            elif isinstance(token, Start):
                self._start(token)
            elif isinstance(token, End):
                self._end(token.name)
            elif isinstance(token, Raw):
                self._raw(token)
            else:
                self._hidden(token, depth)

    def finish(self) -> None:
        """The document ends."""
        self._flush()

    def _start(self, token: Start) -> None:
        self._left -= 1
        if self._left < 0:
            raise SpentError(Why.TOO_MANY, "tags")
        name, attributes = token.name, token.attributes
        if name in BLOCKS:
            self._flush()
        elif name == "br":
            self._break()
        if attributes or name in _FRAMES or name == "script":
            self._judge(name, attributes)
            self._hints(name, attributes)
            self._quote(attributes)
        if name == "blockquote":
            self._quotes.append(not _NO_BORDER.search(attributes.get("style", "")))
        self._elements.begin(name, self._own_fonts(name, attributes), capitals=self._own_capitals(name, attributes))

    def _own_capitals(self, name: str, attributes: dict[str, str]) -> bool | None:
        said = None
        if (style := attributes.get("style")) is not None:
            if style not in self._loud and len(self._loud) < _STYLES:
                self._loud[style] = capitals_in(style)
            said = self._loud[style] if style in self._loud else capitals_in(style)
        return self._sheets.capitals(name, attributes) if said is None else said

    def _own_fonts(self, name: str, attributes: dict[str, str]) -> tuple[str, ...]:
        found = self._fonts_of_style(attributes["style"]) if "style" in attributes else ()
        if not found and name in ("font", "basefont") and "face" in attributes:
            found = fonts_in(f"font-family:{attributes['face']}")
        return found or self._sheets.of(name, attributes)

    def _fonts_of_style(self, style: str) -> tuple[str, ...]:
        """The same styles stand at most paragraphs."""
        found = self._styles.get(style)
        if found is None:
            found = fonts_in(style)
            if len(self._styles) < _STYLES:
                self._styles[style] = found
        return found

    def _end(self, name: str) -> None:
        if name in BLOCKS:
            self._flush()
        if name == "blockquote" and self._quotes:
            self._quotes.pop()
        self._elements.end(name)

    # text

    def _raw(self, token: Raw) -> None:
        if token.name == "style":
            self._sheets.add(token.data)
        elif token.name == "title":
            self._unit("property title", _BLANKS.sub(" ", token.data).strip(" "))
        elif token.name != "script":
            self._add(token.data, exactly=True)

    def _hidden(self, token: Comment, depth: int) -> None:
        """What a conditional comment holds for some programs."""
        hidden = _CONDITIONAL.match(token.data)
        if hidden and not depth:
            self.run(hidden[1], depth + 1)

    def _add(self, data: str, *, exactly: bool) -> None:
        text = data if exactly else _BLANKS.sub(" ", data)
        if self._after_blank and not exactly:
            text = text.removeprefix(" ")
        if not text:
            return
        self._after_blank = text[-1] in " \n"
        if self._elements.capitals and not text.isspace():
            self._shown.append(len(self._pieces))
        self._pieces.append(text)
        if self._elements.fonts and not text.isspace():
            self._fonts.update(dict.fromkeys(self._elements.fonts))

    def _break(self) -> None:
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].removesuffix(" ")
            self._pieces.append("\n")
        self._after_blank = True

    def _flush(self) -> None:
        whole = "".join(self._pieces).rstrip(" \n") if self._pieces else ""
        text = whole.lstrip(" \n")
        if text:
            self._number += 1
            quoted = self._quoted or True in self._quotes
            place = f"{QUOTED if quoted else ''}paragraph {self._number}"
            self._unit(place, text, self._fonts, loud=self._loud_lines(whole, text) if self._shown else ())
            self._fonts = {}
        self._pieces, self._shown = [], []
        self._after_blank = True

    def _loud_lines(self, whole: str, text: str) -> Collection[int]:
        before = whole.count("\n", 0, len(whole) - len(text))
        return [line - before for line in lines_of(self._pieces, self._shown)]

    def _unit(self, place: str, text: str, fonts: Iterable[str] = (), *, loud: Collection[int] = ()) -> None:
        text, raw = self._source.unit(text)
        self._sink.unit(place, text, fonts, raw, loud=loud)

    # attributes

    def _quote(self, attributes: dict[str, str]) -> None:
        """What follows is another mail, where the element is one that mail clients put before it."""
        marks = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('name', '')}"
        self._quoted = self._quoted or (len(marks) > 2 and _QUOTE.search(marks) is not None)

    def _hints(self, name: str, attributes: dict[str, str]) -> None:
        hints = [(word, attributes[word]) for word in _HINTS if word in attributes]
        if name in ("input", "button") and attributes.get("type", "").lower() != "hidden":
            hints.append(("value", attributes.get("value", "")))
        if name == "meta" and attributes.get("name", "").lower() in _METAS:
            hints.append((f"property {attributes['name'].lower()}", attributes.get("content", "")))
        for place, hint in hints:
            self._unit(place, hint)

    def _judge(self, name: str, attributes: dict[str, str]) -> None:
        """Script that runs when the file is opened, or when a link in it is followed."""
        handlers = any(key.startswith("on") and len(key) > 4 for key in attributes)
        links = any(
            _SCRIPT_URL.match(attributes.get(key, "")) for key in ("href", "src", "action", "data", "xlink:href")
        )
        framed = name in _FRAMES and ("srcdoc" in attributes or attributes.get("src", "").lower().startswith("data:"))
        if handlers or links or framed or name == "applet" or (name == "script" and _is_program(attributes)):
            self._sink.active()


def _is_program(attributes: dict[str, str]) -> bool:
    """A script of a type that no browser runs is data."""
    kind = attributes.get("type", "").lower().strip()
    return not kind or "script" in kind or kind == "module" or "src" in attributes
