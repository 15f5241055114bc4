"""XML as a stream of events into a handler, in bounded memory. No tree, no DTD, no entities, no network.

Element names reach handlers as "prefix:local" with the prefixes of `namespaces`, whatever the file calls them;
transitional, strict and older namespaces of one vocabulary are one prefix.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from lxml import etree

from gateway.contents import Why
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.namespaces import PREFIXES
from gateway.documents.xmlroot import plain_root

Attributes = Mapping[str, str]
Opening = Callable[[Attributes], None]
Closing = Callable[[], None]

_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[\]<>]{0,400}>")
_ROOT = 1024 * 1024  # bytes in which a root element must appear


class Handler:
    """What is done at which element: `opening` and `closing` are keyed by short names, `text` gets character data."""

    def __init__(self) -> None:
        self.opening: dict[str, Opening] = {}
        self.closing: dict[str, Closing] = {}

    def text(self, data: str) -> None:
        """Character data; one text may come in several pieces."""


class _Enough(Exception):  # noqa: N818  # not an error: the root is known
    pass


def local(attributes: Attributes, name: str, default: str = "") -> str:
    """An attribute by its local name, in whatever namespace."""
    value = attributes.get(name)
    if value is not None:
        return value
    end = "}" + name
    for key, value in attributes.items():
        if key.endswith(end):
            return value
    return default


def by_local(attributes: Attributes) -> dict[str, str]:
    """All attributes by the names under which `local` finds them: sooner, where several are wanted."""
    found: dict[str, str] = {}
    for key, value in attributes.items():
        name = key.rpartition("}")[2]
        if name == key:
            found[name] = value
        else:
            found.setdefault(name, value)
    return found


def qualified(attributes: Attributes, prefix: str, name: str, default: str = "") -> str:
    """An attribute that has a namespace: `qualified(a, "r", "id")` where a plain `id` stands beside it."""
    for key, value in attributes.items():
        if key[0] == "{" and short_name(key) == f"{prefix}:{name}":
            return value
    return default


def short_name(tag: str) -> str:
    """ "{namespace}local" as "prefix:local"; "?:local" for a namespace that is not known, ":local" for none."""
    namespace, bracket, name = tag.rpartition("}")
    return f"{PREFIXES.get(namespace[1:], '?') if bracket else ''}:{name}"


class _Target:
    """lxml's parser target: resolves names once, counts depth, and calls the handler."""

    def __init__(self, sink: Sink, choose: Callable[[str], Handler | None]) -> None:
        self.root = ""
        self._choose = choose
        self._handler = Handler()
        self._text = self._handler.text
        self._open: dict[str, Opening | None] = {}
        self._close: dict[str, Closing | None] = {}
        self._depth = 0
        self._sink = sink
        self._deepest = sink.limits.depth

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > self._deepest:
            raise DocumentError(Why.TOO_DEEP, "XML elements")
        try:
            act = self._open[tag]
        except KeyError:
            act = self._learn(tag)
        if act is not None:
            act(attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        act = self._close[tag]
        if act is not None:
            act()

    def data(self, data: str) -> None:
        """Character data."""
        self._text(data)

    def doctype(self, *_: object) -> None:
        """No document of ours declares a DTD; only attacks do."""
        raise DocumentError(Why.DAMAGED, "a DTD")

    def close(self) -> None:
        """The end of the document."""

    def _learn(self, tag: str) -> Opening | None:
        self._sink.learn(tag)
        name = short_name(tag)
        if not self.root:
            self._choose_handler(name)
        self._close[tag] = self._handler.closing.get(name)
        act = self._open[tag] = self._handler.opening.get(name)
        return act

    def _choose_handler(self, root: str) -> None:
        self.root = root
        handler = self._choose(root)
        if handler is None:
            raise _Enough
        self._handler = handler
        self._text = handler.text


# lxml asks for it with each parser that is made, and finding it takes longer than the rest of that.
_Target.start.__signature__ = inspect.signature(_Target.start)  # type: ignore[attr-defined]


def parse(
    pieces: Iterable[bytes], choose: Callable[[str], Handler | None], sink: Sink, *, lenient: bool = False
) -> str:
    """Read XML; `choose` gives the handler by the root's short name, or None to stop there. Returns the root's name.

    `sink` bounds depth and names. `lenient`: go on behind errors (VML is often not well-formed). Raises
    `DocumentError` (damaged, too deep), and lets pass what handlers raise.
    """
    target: Any = _Target(sink, choose)
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=lenient
    )
    try:
        for piece in _without_doctype(pieces):
            parser.feed(piece)
        parser.close()
    except _Enough:
        pass
    except (DocumentError, SpentError):
        raise
    except (etree.LxmlError, SyntaxError, ValueError, LookupError) as error:
        raise DocumentError(Why.DAMAGED, f"XML: {type(error).__name__}") from error
    return cast("str", target.root)


def _without_doctype(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """OpenOffice writes a DOCTYPE without declarations, which says nothing; one that has some stays and is refused."""
    source = iter(pieces)
    yield _DOCTYPE.sub(b"", next(source, b""), count=1)
    yield from source


def root_of(pieces: Iterable[bytes], sink: Sink) -> str:
    """The short name of the root element, "" where this is no XML or the root does not come early."""
    found: list[str] = []

    def choose(root: str) -> None:
        found.append(root)

    try:
        parse(_first(pieces), choose, sink)
    except SpentError:
        raise
    except DocumentError:
        pass
    return found[0] if found else ""


def root_of_head(head: bytes, sink: Sink) -> str:
    """`root_of` of the first bytes, sooner where they begin as most XML does."""
    tag = plain_root(head)
    if not tag:
        return root_of([head], sink)
    sink.learn(tag)
    return short_name(tag)


def _first(pieces: Iterable[bytes]) -> Iterable[bytes]:
    taken = 0
    for piece in pieces:
        yield piece
        taken += len(piece)
        if taken > _ROOT:
            return
