"""The root of ordinary XML without a parser: nothing, or what the parser says."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.documents.document import Sink
from gateway.documents.limits import DocumentLimits
from gateway.documents.xml import by_local, local, root_of, root_of_head, short_name
from gateway.documents.xmlroot import plain_root

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
NAMED = f'<w:document xmlns:w="{WORD}" xmlns:r="urn:r" r:id="1">'.encode()


def parsed(head: bytes) -> str:
    """As lxml has it."""
    return root_of([head], Sink(DocumentLimits()))


@pytest.mark.parametrize("before", [b"", HEAD, b"\xef\xbb\xbf" + HEAD, b'<?xml version="1.0"?>', b"\xef\xbb\xbf"])
def test_ordinary_beginnings(before: bytes) -> None:
    assert plain_root(before + NAMED + b"<w:body>") == f"{{{WORD}}}document"
    assert plain_root(before + b'<a xmlns="urn:a" b="1"\r\n c="2"/>') == "{urn:a}a"
    assert plain_root(before + b"<a>text") == "a"
    assert root_of_head(before + NAMED, Sink(DocumentLimits())) == "w:document"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<",
        b"text<a>",
        b"<!-- x --><a>",
        b"<!DOCTYPE a><a>",
        b"<a b='1'>",
        b'<a b="&lt;">',
        b'<a b="1" b="2">',
        b'<a b="\xc3\xa9">',
        b'<a xmlns:b="u" xmlns:c="u" b:d="1" c:d="2">',
        b'<b:a c="1">',
        b'<a b:c="1">',
        b'<a xmlns:b="">',
        b'<a xml:space="preserve">',
        b'<a xmlns:xml="urn:x">',
        b'<xml:a xmlns:xml="http://www.w3.org/XML/1998/namespace">',
        b'<a xmlns:b="http://www.w3.org/XML/1998/namespace">',
        b'<a xmlns="http://www.w3.org/2000/xmlns/">',
        b'<a xmlns="a b">',
        '<?xml version="1.0" encoding="UTF-16"?><a>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-16"?><a>',
        b'<?xml version="1.0" encoding="windows-1258"?><a>',
        b'<?xml version="1.1"?><a>',
        NAMED[:-1],
        b"<a" + b' b="' + b"x" * 2000 + b'">',
    ],
)
def test_of_anything_else_nothing_is_said(head: bytes) -> None:
    assert plain_root(head) == ""
    assert root_of_head(head, Sink(DocumentLimits())) == parsed(head)


PIECES = [
    HEAD,
    b"\xef\xbb\xbf",
    b"\r\n",
    b" ",
    b"<",
    b"w:document",
    b"a",
    b":",
    b">",
    b"/>",
    b"</a>",
    b"<!-- c -->",
    b"\0",
    b"\xff",
    f' xmlns:w="{WORD}"'.encode(),
    b' xmlns="urn:a"',
    b' xmlns:a=""',
    b' xmlns=""',
    b' b="1"',
    b" c='1'",
    b' w:d="2"',
    b' xmlns:a="u"',
    b' xmlns:b="u"',
    b' a:d="2"',
    b' b:d="3"',
    b' xml:space="preserve"',
    b' e="&amp;"',
    b' f="a b"',
    b"-a",
    b' xmlns:q="http://www.w3.org/XML/1998/namespace"',
    b' xmlns:xmlns="q"',
    b' 1a="2"',
    b"<!DOCTYPE a>",
    b"=",
    b'"',
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9), st.integers(0, 4))
@example([HEAD, b"<", b"a", b' b:d="3"', b' xmlns:b="u"', b">"], 0)
@example([b"<", b"w:document", b">"], 0)
def test_the_parser_says_the_same(pieces: list[bytes], at: int) -> None:
    beginning = [HEAD, b"<", b"w:document", PIECES[14]][:at]
    head = b"".join([*beginning, *pieces])
    tag = plain_root(head)
    assert not tag or short_name(tag) == parsed(head)


NAMES = st.sampled_from(["val", "{a}val", "{b}val", "id", "{a}id", "{c}eval"])


@given(st.dictionaries(NAMES, st.text(max_size=3)))
def test_all_attributes_at_once(attributes: dict[str, str]) -> None:
    found = by_local(attributes)
    assert {name: found.get(name, "") for name in ("val", "id", "eval", "x")} == {
        name: local(attributes, name) for name in ("val", "id", "eval", "x")
    }
