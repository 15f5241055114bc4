"""Reads paragraphs out of the files of Debian packages: catalogues, manuals, help pages, sources. Bytes in, text out.

What a file is and whose language it is written in is told by its path alone, as Debian lays it out.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zlib
from collections.abc import Iterator
from gettext import GNUTranslations
from typing import NamedTuple

from lxml import etree, html

MAX_FILE = 8 * 2**20  # bytes of one file that is read
MAX_PARAGRAPH = 2000  # characters of a paragraph; a longer one is cut
CODE, NAMES = "code", "names"

_LANGUAGE = r"([a-z]{2,3}(?:[_@-][A-Za-z@-]+)?)"
_CATALOGUE = re.compile(rf"/{_LANGUAGE}/LC_MESSAGES/([^/]+)\.mo$")
_MANUAL = re.compile(rf"/man/{_LANGUAGE}(?:\.[\w-]+)?/man\d/[^/]+$")
_PAGE = re.compile(rf"/(?:help|doc/[^/]+|doc/[^/]+/html|errors|squid-langpack)/{_LANGUAGE}/.*\.(?:html|page|docbook)$")
_FORTUNES = re.compile(r"/games/fortunes/(?:[^/]+/)*([^/.]+)$")
_CODE = re.compile(
    r"/(?!copyright|changelog)[^/]+\.(?:py|pl|pm|js|css|php|sh|bash)$|/bash-completion/completions/[^/]+$"
)
_NAMES = re.compile(
    r"/faker/providers/(?:person|address|company|job)/\w+/__init__\.py$|/Locations\.xml$|/main/\w+\.xml$"
)
_NAME = re.compile(r"[\"'>]([^\"'<>{}\n\\]{2,80})[\"'<]")
_CHAPTER = re.compile(r"/doc/(?:doc-)?(?:debian|developers-reference)[^ ]*\.([a-z]{2})\.html$")
_BLOCKS = "p li td th dt dd h1 h2 h3 h4 h5 h6 title caption desc para term pre div screen".split()  # noqa: SIM905
_FORMAT = re.compile(
    r"%[\d$]*[-+ #0']*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z|j|t)?[diouxXeEfgGcsp%](?!\w)|%\([\w ]+\)\w|%\d"
)
_ROFF = re.compile(r"\\f(?:\[\w*\]|\(\w\w|\w)|\\[,/&|^]|\\s[+-]?\d")
_SPACES = re.compile(r"\s+")


class Text(NamedTuple):
    """The paragraphs of one file, in order, and the language that its path names (or `code`, `names`)."""

    language: str
    paragraphs: list[str]
    is_document: bool  # written to be read from top to bottom; False for catalogues


def read(path: str, data: bytes, package: str) -> Text | None:
    """The text of one file of a package; None for what is not text or cannot be read. `path` starts with a slash."""
    path, data = path.removesuffix(".gz"), _unpacked(path, data)
    if not data or len(data) > MAX_FILE:
        return None
    if match := _CATALOGUE.search(path):
        language = NAMES if match[2].startswith("iso_") and match[1] != "vi" else match[1]
        return Text(language, _of_catalogue(data), False)
    if match := _MANUAL.search(path):
        return Text(match[1], _of_manual(data.decode("utf-8", "replace")), True)
    if match := _PAGE.search(path):
        return Text(match[1], _of_page(data, path), True)
    return _read_rest(path, data, package)


def _read_rest(path: str, data: bytes, package: str) -> Text | None:
    text = data.decode("utf-8", "replace")
    if "�" in text or "\0" in text:
        return None
    if _NAMES.search(path):
        return Text(NAMES, [clean(one) for one in _NAME.findall(text)], False)
    if _FORTUNES.search(path) and package.startswith("fortunes-") and not path.endswith((".dat", ".u8")):
        return Text(package.split("-")[1], [clean(one) for one in re.split(r"(?m)^%$", text)], False)
    if match := re.search(r"/doc/maint-guide-(\w+)/.*\.html$", path):
        return Text(match[1], _of_page(data, path), True)
    if match := _CHAPTER.search(path):
        return Text(match[1], _of_page(data, path), True)
    if _CODE.search(path) and not re.search(r"_parsetab|/unicode|\.min\.", path):
        return Text(CODE, [line.strip()[:MAX_PARAGRAPH] for line in text.splitlines()], False)
    return None


def _unpacked(path: str, data: bytes) -> bytes:
    if not path.endswith(".gz"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""


def clean(text: str) -> str:
    """With single blanks, without blanks around, cut to the longest paragraph allowed."""
    return _SPACES.sub(" ", text).strip()[:MAX_PARAGRAPH]


def _of_catalogue(data: bytes) -> list[str]:
    try:
        catalogue = GNUTranslations(io.BytesIO(data))
    except (OSError, UnicodeDecodeError, LookupError, ValueError, struct.error):
        return []
    known = getattr(catalogue, "_catalog", {})
    found = [line for given, text in known.items() if given and text != given for line in _of_message(str(text))]
    return [line for line in found if line]


def _of_message(text: str) -> Iterator[str]:
    """A message's paragraphs: the marks of keyboard shortcuts, markup and escapes go, as a program shows it."""
    text = re.sub(r"<[^<>]{1,200}>", "", text)
    text = re.sub(r"(?<![\w&])&(?=\w)|(?<=\w)&(?=\w)(?!\w+;)|\b_(?=\w)|(?<=[^\W\d_])_(?=[^\W\d_])(?!\w*_)", "", text)
    text = re.sub(r"\s?\(\w\)(?=\W*$)", "", text)
    for part in re.split(r"\n[ \t]*\n|\\n", text):
        yield clean(_FORMAT.sub("3", part))


def _of_manual(text: str) -> list[str]:
    """A manual page's paragraphs, without roff's requests and escapes."""
    out: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith(('.\\"', "'\\\"")):
            continue
        if line.startswith((".", "'")):
            word, _, rest = line.partition(" ")
            if word not in (".B", ".I", ".BR", ".IR", ".RB", ".RI", ".IB", ".BI"):
                out.append([])
            line = "" if word in (".TP", ".TH", ".PP", ".RS", ".RE", ".nf", ".fi", ".so", ".br", ".if", ".de") else rest
        out[-1].append(_ROFF.sub("", line).replace("\\-", "-").replace("\\", "").replace('"', ""))
    return [one for one in (clean(" ".join(lines)) for lines in out) if one]


def _of_page(data: bytes, path: str) -> list[str]:
    """A help page's innermost blocks of text (HTML, Mallard, DocBook)."""
    try:
        if path.endswith("html"):
            root = html.document_fromstring(data)
        else:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, recover=True, no_network=True))
    except (etree.LxmlError, ValueError):
        return []
    return [] if root is None else [one for one in (_block(element) for element in root.iter("{*}*")) if one]


def _block(element: etree._Element) -> str:
    """The text of a block that holds no other block."""
    if not isinstance(element.tag, str) or etree.QName(element).localname not in _BLOCKS:
        return ""
    if any(isinstance(one.tag, str) and etree.QName(one).localname in _BLOCKS for one in element.iterdescendants()):
        return ""
    return clean("".join(str(one) for one in element.itertext() if one))
