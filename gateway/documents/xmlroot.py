"""The root element of ordinary XML, without a parser: most parts of a package are asked for nothing else.

Only what every parser reads alike is taken: a declaration of UTF-8 or none, then a start tag in ASCII whose attributes
are quoted, distinct and hold no reference, and whose prefixes it declares itself. Of anything else nothing is said.
"""

from __future__ import annotations

import re

_NAME = rb"[A-Za-z][A-Za-z0-9_.-]{0,63}+"
_VALUE = rb'"[^"<&\x00-\x1f\x7f-\xff]{0,1024}+"'
_BLANKS = rb"[ \t\r\n]"
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=\"1\.0\"(?: encoding=\"(?:UTF-8|utf-8)\")?(?: standalone=\"(?:yes|no)\")?"
    rb" ?\?>%(blanks)s{0,8}+)?<((?:%(name)s:)?+%(name)s)((?:%(blanks)s{1,8}+(?:%(name)s:)?+%(name)s=%(value)s){0,64}+)"
    rb"%(blanks)s{0,8}+/?>" % {b"name": _NAME, b"value": _VALUE, b"blanks": _BLANKS}
)
_ATTRIBUTE = re.compile(rb"([A-Za-z0-9_.:-]+)=\"([^\"]*)\"")
_XMLNS = "xmlns"
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")  # Namespaces in XML 1.0, 3


def plain_root(head: bytes) -> str:
    """The name of the root, "{namespace}local" or "local"; "" where this is no ordinary beginning. Linear."""
    found = _START.match(head)
    if found is None:
        return ""
    attributes = [(name.decode(), value.decode()) for name, value in _ATTRIBUTE.findall(found[2])]
    spaces = {name[6:]: value for name, value in attributes if name.startswith("xmlns:")}
    names = {_expanded(name, spaces) for name, _ in attributes}
    if len(names) != len(attributes) or "" in names or not _are_usual(spaces):
        return ""
    own = dict(attributes).get(_XMLNS, "")
    return "" if own and not _is_usual(own) else _expanded(found[1].decode(), {**spaces, "": own})


def _expanded(name: str, spaces: dict[str, str]) -> str:
    """A name with its namespace, "" where its prefix is not declared."""
    prefix, colon, local = name.rpartition(":")
    if prefix == _XMLNS:
        return name
    space = spaces.get(prefix, "")
    return f"{{{space}}}{local}" if space else "" if colon else local


def _are_usual(spaces: dict[str, str]) -> bool:
    return all(map(_is_usual, spaces.values())) and not any(prefix.lower().startswith("xml") for prefix in spaces)


def _is_usual(space: str) -> bool:
    return bool(space) and " " not in space and space not in _RESERVED
