"""The package around a Word document: what may be rewritten is let in, in bounds, and packed again. Knows no text.

Parts are unpacked by the readers' own room (`documents.container`): no size that the file declares is believed. What is
rewritten is parsed whole, so its size is bounded by itself; every other part is carried over byte for byte.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from gateway.contents import Why
from gateway.documents import package
from gateway.documents.container import Part, parts_of
from gateway.documents.document import DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from gateway.documents.xml import Handler, parse, root_of_head, short_name
from gateway.rewriting.refusal import NotRewrittenError, Reason

PARSED: Final = 32 * 1024 * 1024  # bytes of XML that is rewritten
LIMITS: Final = DocumentLimits(expanded=96 * 1024 * 1024)
_ROOTS: Final = frozenset(
    (
        *("w:document", "w:hdr", "w:ftr", "w:footnotes", "w:endnotes", "w:comments", "w:glossaryDocument"),
        *("w:styles", "w:fonts", "w:numbering", "a:theme", "cp:coreProperties"),
        *("c:chartSpace", "dgm:dataModel", "dsp:drawing"),
    )
)
_MAIN: Final = "w:document"
_PIECE: Final = 64 * 1024
_SIGNATURES: Final = "_xmlsignatures/"
_XMLDSIG: Final = b"http://www.w3.org/2000/09/xmldsig#"


@dataclass(slots=True)
class Opened:
    """A package. `trees`: the parts that are rewritten, by name; `raw`: those parts as they came."""

    parts: list[Part]
    trees: dict[str, Any]
    roots: dict[str, str]
    raw: dict[str, bytes]
    embedded: bool


def opened(data: bytes) -> Opened:
    """Open a document, once it is known to hold no macros and to fetch nothing. NotRewrittenError, DocumentError."""
    acting = _refuse_dangers(data)
    sink = Sink(LIMITS)
    parts = parts_of(io.BytesIO(data), sink)
    _refuse_names(parts)
    found = Opened(parts, {}, {}, {}, acting or any("embeddings/" in part.key for part in parts))
    room = PARSED
    for part in parts:
        root = root_of_head(part.head(), sink)
        if root.endswith(":Signature") and _XMLDSIG in part.head():
            raise NotRewrittenError(Reason.SIGNED)  # ECMA-376 part 2 gives the part no fixed name
        if root in _ROOTS:
            content = part.content(room)
            room -= len(content)
            found.raw[part.name], found.roots[part.name] = content, root
            found.trees[part.name] = _tree(content, sink)
    if _MAIN not in found.roots.values():
        raise NotRewrittenError(Reason.NOT_DOCX)
    return found


def _refuse_dangers(data: bytes) -> bool:
    """Whether objects are in it: they are carried over as they are. NotRewrittenError, DocumentError."""
    if not data.startswith(b"PK"):
        raise NotRewrittenError(Reason.NOT_DOCX)
    sink = Sink(LIMITS, text=False)
    package.read(io.BytesIO(data), sink)
    document = sink.document
    if document.format != "docx":
        raise NotRewrittenError(Reason.NOT_DOCX)
    for there, reason in (
        (document.encrypted, Reason.ENCRYPTED),
        (document.macros, Reason.MACROS),
        (document.remote, Reason.REMOTE),
        (Why.DAMAGED in document.unchecked, Reason.DAMAGED),
        (bool(document.unchecked), Reason.TOO_LARGE),
    ):
        if there:
            raise NotRewrittenError(reason)
    return document.active


def _refuse_names(parts: Iterable[Part]) -> None:
    """Two parts of one name, or a name that leads out of a folder: no honest program writes them."""
    seen: set[str] = set()
    for part in parts:
        if part.key.startswith(_SIGNATURES):
            raise NotRewrittenError(Reason.SIGNED)
        if part.key in seen or not part.key or ".." in part.key.split("/") or not part.name.isprintable():
            raise NotRewrittenError(Reason.DAMAGED)
        seen.add(part.key)


def _tree(content: bytes, sink: Sink) -> Any:
    """The tree of a part that has no DTD and is not too deep: a stream of events says so first."""
    parse(pieces(content), lambda _: Handler(), sink)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        for piece in pieces(content):
            parser.feed(piece)
        tree = parser.close()
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError(Why.DAMAGED, f"XML: {type(error).__name__}") from error
    if tree.getroottree().docinfo.doctype:  # type: ignore[attr-defined, unused-ignore]
        raise DocumentError(Why.DAMAGED, "a DTD")
    return tree


def pieces(content: bytes) -> Iterator[bytes]:
    """As parsers take it: in one piece some ten megabytes are too much for them."""
    return (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))


def packed(found: Opened, changed: Mapping[str, Any]) -> bytes:
    """The package again, `changed` trees in place of what was there; parts in their order. DocumentError."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in found.parts:
            content = _bytes(changed[part.name]) if part.name in changed else found.raw.get(part.name)
            archive.writestr(zipfile.ZipInfo(part.name), content or part.content(LIMITS.expanded), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _bytes(tree: Any) -> bytes:
    written: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)
    return written


def name_of(element: Any) -> str:
    """An element's short name, "" for a comment or an instruction."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(4096)
def _short(tag: str) -> str:
    return short_name(tag)
