"""The texts of a message that a client shows: which they are, and reading one.

A text inside a message that is inside the message is quoted, whatever it is. An HTML text that shows nothing remarkable
with its tags taken out is not read tag by tag: that is most of them, and takes a tenth of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.contents import Source
from gateway.documents.charset import Decoded
from gateway.documents.document import DocumentError, Sink, Unit
from gateway.documents.html import BLOCKS, declared_charset, read_source
from gateway.documents.htmltokens import unescape
from gateway.documents.limits import DocumentLimits
from gateway.message.part import CARDS, Part
from gateway.message.result import ScannedMessage
from gateway.vietnamese.fonts import family_of_font
from gateway.wording import calendars
from gateway.wording.charsets import decoded, units_of
from gateway.wording.judge import Origin
from gateway.wording.reader import Reader
from gateway.wording.seen import seen_units

HTML = "text/html"
_LIMITS = DocumentLimits()
_LONGEST = 4 * 1024 * 1024  # characters of an HTML text that is read tag by tag, which takes a second or two
_UNSHOWN = re.compile(r"<(?:(style|script|title)\b|!--)", re.IGNORECASE)
_ENDS = {name: re.compile(f"</{name}[^<>]*>?", re.IGNORECASE) for name in ("style", "script", "title")}
_COMMENT_END = re.compile("--!?>")
_BREAK = re.compile(
    rf"<(?=[A-Za-z/])/?(?:{'|'.join(sorted(BLOCKS, reverse=True))}|br)(?=[\s/>])[^<>]*+>", re.IGNORECASE
)
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*+>")
# A tag that does not end at the next ">": whoever looks for that one takes text for a tag, or a tag for text.
_CAPITALS = re.compile(r"\b(?:uppercase|(?:small|petite|titling)-caps|unicase)\b", re.IGNORECASE)
_LEVEL = re.compile(
    r"\bm(?:<[^<>]{0,99}>)*+(?:[aâậạ]|&#?\w{1,9};)(?:[\u0302\u0323]|&#?\w{1,9};|<[^<>]{0,99}>)*+t\b", re.IGNORECASE
)
_ODD_TAG = re.compile(r"""<[A-Za-z/!?][^<>]*+<|=\s*+(?:"[^"<>]*+[<>]|'[^'<>]*+[<>])""")
_QUOTES = ("<blockquote", "gmail_quote", "divRplyFwdMsg", "moz-cite-prefix", "appendonsend")
_FONTS = re.compile(r"f(?:ont(?:-family)?|ace)\s{0,8}[:=]([^;>]{1,200})")
_NAMES = 200  # fonts of one page that are looked up
_QUOTATION = str.maketrans("", "", "\"'")


@dataclass(frozen=True, slots=True)
class Body:
    """A text of a message: its place, its type, its charset as declared, and whether a message inside quotes it."""

    part: str
    content_type: str
    charset: str
    quoted: bool = False


def leaves_of(scanned: ScannedMessage) -> Iterator[tuple[Part, bool]]:
    """The parts that a client shows as text, and whether each stands in a message that is inside the message."""
    root = scanned.root
    if not root.children:
        if _is_text(root):
            yield root, False
        return
    waiting = [(root, False)]
    while waiting:
        part, quoted = waiting.pop()
        if part.children:
            quoted = quoted or part.content_type.startswith("message/")
            waiting.extend((child, quoted) for child in reversed(part.children))
        elif _is_text(part):
            yield part, quoted


def body_of(part: Part, quoted: bool) -> Body:
    """What is known of a part before it is read."""
    return Body(part.path, part.content_type, part.charset, quoted)


def _is_text(part: Part) -> bool:
    return not part.attachment and part.content_type.startswith("text/")


def read_body(reader: Reader, body: Body, data: bytes, names: tuple[str, ...] = ()) -> None:
    """Read a text; `data`: its decoded bytes. `names`: of the file that is the message it stands in."""
    origin = Origin(Source.QUOTED if body.quoted else Source.BODY, body.part, names)
    if body.content_type == HTML:
        _read_html(reader, body, data, origin)
    elif body.content_type in CARDS and (units := list(calendars.properties(data, body.charset))):
        reader.units(origin, units, body.charset)
        for page in calendars.pages(data, body.charset):
            _read_page(reader, page, body.charset, origin)
    else:
        reader.body(origin, units_of(data, body.charset), body.charset)


def _read_html(reader: Reader, body: Body, data: bytes, origin: Origin) -> None:
    charset = body.charset or ("" if data.isascii() else declared_charset(data).lower())
    _read_page(reader, decoded(data, charset), charset, origin)


def _read_page(reader: Reader, source: Decoded, charset: str, origin: Origin) -> None:
    text, raw = source.unit(source.text)
    if len(text) > _LONGEST and not raw:
        reader.body(origin, [Unit(f"piece {number}", shown) for number, shown in enumerate(shown_texts(text), 1)])
    elif source.raw or raw or _has_legacy_fonts(text) or is_odd(text) or not all(map(reader.passes, shown_texts(text))):
        reader.body(origin, html_units(source), charset)
        if reader.is_thorough and (seen := seen_units(source, _LIMITS)):
            reader.seen(origin, seen, charset)


def _has_legacy_fonts(source: str) -> bool:
    """Whether a font is named somewhere that was made for another charset."""
    lists = set(_FONTS.findall(source.lower()))
    names = {name.strip() for fonts in lists for name in fonts.translate(_QUOTATION).split(",")}
    return len(names) > _NAMES or any(family_of_font(name)[0] is not None for name in names)


def is_odd(source: str) -> bool:
    """Whether an HTML text has tags, or letters, that are not what they look like at first sight."""
    loud = _CAPITALS.search(source) is not None and _LEVEL.search(source) is not None
    return loud or _ODD_TAG.search(_without_unshown(source)) is not None


def shown_texts(source: str) -> Iterator[str]:
    """What an HTML text shows, roughly, a line for each block; what it quotes apart.

    Where letters stand in its tags, too, the source as it is comes first.
    """
    cut = _quote_at(source)
    for piece in (source[:cut], source[cut:]):
        text = _TAG.sub("", _BREAK.sub("\n", _without_unshown(piece)))
        if not piece.isascii() and _letters(piece) != _letters(text):
            yield piece
        if text:
            yield unescape(text.replace("&nbsp;", "\xa0"))


def _quote_at(source: str) -> int:
    """Where the first tag begins that clients put before what they quote; the source's length for none."""
    found = [at for at in map(source.find, _QUOTES) if at >= 0]
    return max(0, source.rfind("<", 0, min(found) + 1)) if found else len(source)


def _letters(text: str) -> int:
    """How many bytes beyond ASCII's its characters take."""
    return len(text.encode("utf-8", "surrogatepass")) - len(text)


def _without_unshown(source: str) -> str:
    """A text without its style sheets, scripts, titles and comments; what some programs show of these stays."""
    kept: list[str] = []
    at = 0
    while (found := _UNSHOWN.search(source, at)) is not None:
        kept.append(source[at : found.start()])
        end = (
            _ENDS[found[1].lower()].search(source, found.end())
            if found[1]
            else _COMMENT_END.search(source, found.end() - 2)
        )
        at = end.end() if end else len(source)
        if not found[1] and source.startswith("[if", found.end()):  # some programs show it
            hidden = source[source.find(">", found.end(), at) + 1 : at]
            kept.append("" if hidden.isascii() and "&" not in hidden else hidden)
    kept.append(source[at:])
    return "".join(kept)


def html_units(source: Decoded, limits: DocumentLimits = _LIMITS) -> list[Unit]:
    """An HTML text's paragraphs, with their fonts. Raises nothing: what is beyond the limits is left out."""
    sink = Sink(limits)
    try:
        read_source(source, sink)
    except (DocumentError, RecursionError):
        return sink.document.units
    return sink.document.units
