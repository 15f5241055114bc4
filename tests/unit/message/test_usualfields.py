"""The short ways to read headers say what the long ones say, and take nothing that is odd."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message import headers
from gateway.message.headers import ContentInfo, content_info, fields_of, info_of, unfolded
from gateway.message.oddbody import DecodedText
from gateway.message.oddheader import odd_block, odd_content, usual_lines
from gateway.message.topheader import TopHeader
from gateway.message.usualfields import usual_fields

_PIECES = st.sampled_from(
    [
        *(b"application/pdf", b"multipart/mixed", b"inline", b"attachment", b"base64", b"BASE64", b"7bit", b"name"),
        *(b"filename", b"boundary", b"charset", b"=", b"=", b";", b"; ", b";\r\n\t", b";\r\n ", b'"', b'"', b"a.pdf"),
        *(b"b c", b"=?utf-8?q?a?=", b"\\", b"'", b" ", b"\r\n", b"b" * 71, b"\xc3\xa1", b"*", b"*0", b"(x)", b"/"),
        *(b",", b"\t", b"x", b"%00"),
    ]
)
_VALUES = st.one_of(
    st.none(),
    st.lists(_PIECES, max_size=9).map(lambda pieces: b" " + b"".join(pieces) + b"\r\n"),
    st.builds(
        lambda kind, name, value: kind + b"; " + name + b'="' + value + b'"\r\n',
        st.sampled_from([b" application/pdf", b"attachment", b" a/b", b"inline"]),
        st.sampled_from([b"name", b"filename", b"boundary"]),
        st.sampled_from(
            [b"a.pdf", b"=?x", b"a=?utf-8?q?b?=", b" b", b"b ", b"b" * 71, b"b c", b"a.js", b"a.js%00.pdf"]
        ),
    ),
)


def said(info: ContentInfo) -> list[object]:
    """Everything that was read."""
    return [getattr(info, name) for name in ContentInfo.__slots__]


@given(kind=_VALUES, encoding=_VALUES, disposition=_VALUES)
@settings(max_examples=250, deadline=None)
def test_usual_fields(kind: bytes | None, encoding: bytes | None, disposition: bytes | None) -> None:
    usual = usual_fields(kind, encoding, disposition, "text/plain")
    if usual is None:
        return
    assert not odd_content(kind, encoding, disposition)
    short = headers._info(kind, encoding, disposition, "text/plain", 255)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(headers, "usual_fields", lambda *_values: None)
        assert said(headers._info(kind, encoding, disposition, "text/plain", 255)) == said(short)


@pytest.mark.parametrize("value", [b"a.js%00.pdf", b'"a.js%00.pdf"'])
def test_an_escaped_nul_is_odd(value: bytes) -> None:
    """Some end a name there: other readings are looked at."""
    assert usual_fields(None, None, b"attachment; filename=" + value, "a/b") is None
    assert usual_fields(b"a/b; name=" + value, None, None, "a/b") is None


def test_usual_fields_are_taken() -> None:
    for kind in (b' application/pdf; name="a b.pdf"\r\n', b"multipart/mixed;\r\n\tboundary=b", b" a/b\r\n"):
        assert (
            usual_fields(kind, b" base64\r\n", b' attachment; filename="a b.pdf"', "a/b") is not None
            or b"name" not in kind
        )
    assert usual_fields(b"a/b", b"base64", b"attachment; filename=a.pdf", "x/y") == (
        "a/b",
        "base64",
        "attachment",
        "a.pdf",
        b"",
    )


_LINES = st.sampled_from(
    [
        *(b"Subject: x\r\n", b"X:\r\n \r\n", b"X: \r\n\ty\r\n", b"Content-Type: a/b\r\n", b"X: end", b"\r"),
        *(b"content-type:\r\n c/d; name=x\r\n", b"CONTENT-DISPOSITION: inline\r\n", b"Content_Type: a/b\r\n"),
        *(b"Content-Transfer-Encoding: base64\r\n", b"x y\r\n", b"Content-Type : e/f\r\n", b" content-type: g/h\r\n"),
        *(b"a: b\n", b"a: b\rc\r\n", b"a\0: b\r\n", b".a: b\r\n", b"a: \x0b\r\n", b"From a\r\n"),
        *(b"X-" + b"y" * 255 + b": z\r\n", b"X: " + b"z" * 1000 + b"content-type: i/j\r\n"),
    ]
)


@given(lines=st.lists(_LINES, max_size=6))
@example(lines=[b"X: end", b"\r", b"a: b\n"])  # a CR in a line and the LF that it lacks at its end
@settings(max_examples=200, deadline=None)
def test_usual_headers(lines: list[bytes]) -> None:
    block = b"".join(lines)
    header = TopHeader(block)
    count = header.lines()
    if not count:
        return
    assert count == block.count(b"\n") and not odd_block(block)
    fields = fields_of(block, 0, 1000)
    assert header.fields() == fields
    for name in (b"content-type", b"x", b"subject"):
        assert list(header.values(name)) == [value for key, value, _start, _end in fields if key == name]
        assert header.count(name) == sum(field[0] == name for field in fields)
    content, (info, twice) = header.content(), content_info(fields, "text/plain", 255)
    assert (content is None) == twice
    if content is not None:
        assert {name: unfolded(value) for name, value in content.items()} == {
            name: unfolded(value) for name, value, _start, _end in fields if name in headers._OURS
        }
        assert said(info_of(content, "text/plain", 255)) == said(info)


def _seconds(call: Callable[[bytes], object], data: bytes) -> float:
    least = 9.0
    for _ in range(3):
        began = time.perf_counter()
        call(data)
        least = min(least, time.perf_counter() - began)
    return least


@pytest.mark.parametrize(
    "unit",
    [
        *(b'name="a\r\n ', b"a=b;", b"name=a(", b"name==?u?q?", b";", b" ", b"\r\n ", b"=?", b"name*0=", b"(b)", b'"'),
        *(
            b"boundary=a;",
            b"\n ",
            b"\ncontent-type:",
            b"\n\t\r",
            b"A: b\r\n",
            b"\nbegin ",
            b"\n> > ",
            b":" * 39 + b"\n",
        ),
        *(b"\r", b"c", b"\0"),
    ],
)
def test_cost_grows_with_the_length(unit: bytes) -> None:
    for start in (b"text/plain; ", b"text/plain; name=", b'text/plain; name="', b"X: "):
        short, long = start + unit * 2000, start + unit * 16000
        for call in (
            lambda data: odd_content(data, data, data),
            odd_block,
            lambda data: usual_fields(data, data, data, ""),
            lambda data: DecodedText(wide=True).feed(data),
        ):
            assert _seconds(call, long) < 60 * _seconds(call, short) + 0.01


@pytest.mark.parametrize(
    "line", [b"A: b\rc\nd", b"A: b\rX-Y: c\nZ: d", b"A: b\rc\n d\re\nF: g", b"A: b\r", b"A: b\nB: c"]
)
def test_a_header_with_a_bare_line_end_is_not_usual(line: bytes) -> None:
    assert usual_lines(b"Subject: a\r\nB: c\r\n") == 1
    assert usual_lines(b"Subject: a\r\n" + line + b"\r\n") == 0
