"""uuencode against binascii and the uuencode of sharutils, well-formed and not."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.defects import Flaw
from tests.unit.message.encoders import uu, uu64
from tests.unit.message.mail import cut
from tests.unit.message.runs import ENDS, decode, find, octets, only

_PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)
_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"='), min_size=1)


@given(
    raw=st.binary(max_size=600),
    backtick=st.booleans(),
    end=st.sampled_from(ENDS),
    name=_NAMES,
    prose=st.sampled_from([b"", b"Hi,\r\n\r\n", b"begin reading the file\n", b"begin 644 reading\r\nIt is good.\r\n"]),
    places=_PLACES,
)
@settings(max_examples=150, deadline=None)
def test_what_was_encoded_is_found(
    raw: bytes, backtick: bool, end: bytes, name: str, prose: bytes, places: list[int]
) -> None:
    text = prose + uu(raw, name.encode(), backtick=backtick, end=end) + b"Regards\r\n"
    (run,) = find(*cut(text, places))
    assert only(text, "uuencode", raw) == run
    assert run.filename == name[:255]
    assert run.whole
    assert text[run.start :].startswith(b"begin 644 " + name.encode())
    assert text[: run.end].rstrip().endswith(b"\rend" if end == b"\r" else b"\nend")


@given(raw=st.binary(max_size=600), end=st.sampled_from(ENDS), places=_PLACES)
@settings(max_examples=100, deadline=None)
def test_the_base64_form_is_found_and_is_no_second_run(raw: bytes, end: bytes, places: list[int]) -> None:
    text = b"Hi\r\n" + uu64(raw, end=end) + b"Regards\r\n"
    (run,) = find(*cut(text, places))
    assert only(text, "uuencode", raw) == run
    assert run.whole


@given(raw=st.binary(min_size=1, max_size=400), places=_PLACES)
@settings(max_examples=100, deadline=None)
def test_blanks_cut_off_line_ends_are_zeros(raw: bytes, places: list[int]) -> None:
    raw = bytes(45) + raw
    text = b"\r\n".join(line.rstrip() for line in uu(raw, backtick=False).split(b"\r\n"))
    assert find(*cut(text, places)) == (only(text, "uuencode", raw),)


@given(
    raw=st.binary(min_size=1, max_size=400), backtick=st.booleans(), mark=st.sampled_from([b"> ", b">", b"| > ", b"\t"])
)
@settings(max_examples=100, deadline=None)
def test_quote_marks_before_every_line(raw: bytes, backtick: bool, mark: bytes) -> None:
    text = b"".join(mark + line + b"\r\n" for line in uu(raw, backtick=backtick).splitlines())
    assert only(b"On Monday:\r\n" + text + b"\r\nYes.\r\n", "uuencode", raw).whole


_RAW = os.urandom(45 * 9 + 7)
_LINES = uu(_RAW).split(b"\r\n")


def _joined(lines: list[bytes]) -> bytes:
    return b"\r\n".join(lines) + b"\r\n"


def test_without_its_end() -> None:
    run = only(b"Hi\r\n" + _joined(_LINES[:-3]), "uuencode", _RAW)
    assert run.flaws == (Flaw.ENCODING_UNENDED,)
    text = b"Hi\r\n" + _joined(_LINES[:-3]) + b"That was all.\r\n" * 20
    run = only(text, "uuencode", _RAW)
    assert Flaw.ENCODING_UNENDED in run.flaws
    assert text[run.end :] == b"That was all.\r\n" * 20


def test_the_text_ends_in_a_line() -> None:
    text = b"\r\n".join(_LINES[:-3])
    run = only(text, "uuencode", _RAW)
    assert run.end == len(text)


@pytest.mark.parametrize("extra", [b"x", b"ab", b"!", b"  \t", b" a longer remark"])
def test_something_behind_every_line(extra: bytes) -> None:
    only(_joined([_LINES[0], *(line + extra for line in _LINES[1:-3]), *_LINES[-3:]]), "uuencode", _RAW)


@pytest.mark.parametrize(
    "gap", [[b""], [b"", b"", b""], [b"-- page 2 --"], [b"Content-Type: text/plain", b"", b"more:"]]
)
def test_foreign_lines_in_between(gap: list[bytes]) -> None:
    run = only(_joined([*_LINES[:5], *gap, *_LINES[5:]]), "uuencode", _RAW)
    assert run.whole == (not any(gap))


def test_a_run_in_the_gap_of_another_is_found() -> None:
    other = os.urandom(300)
    text = _joined(_LINES[:5]) + uu(other) + _joined(_LINES[5:])
    first, second = find(text)
    assert (first.decoded_size, second.decoded_size) == (45 * 4, 300)
    assert find(*octets(text)) == (first, second)


def test_data_goes_on_behind_the_line_that_ends_it() -> None:
    """Some decoders stop there and some do not: the larger total counts."""
    for extra in (b"", b" a longer remark"):
        lines = [*_LINES[:5], b"`", _LINES[5], _LINES[6] + extra, *_LINES[7:]]
        assert only(_joined(lines), "uuencode", _RAW).flaws == (Flaw.ENCODING_DAMAGED,)


@pytest.mark.parametrize("strange", [b'">', b"$", b"hello", b"hello\r\n\r\nhello\r\n"])
def test_strange_lines_before_the_data(strange: bytes) -> None:
    decoded = {b'">': b"x\0", b"$": bytes(4)}.get(strange, b"")
    run = only(_joined([_LINES[0], strange, *_LINES[1:]]), "uuencode", decoded + _RAW)
    assert run.flaws == (Flaw.ENCODING_DAMAGED,)


@pytest.mark.parametrize(
    ("begin", "name"),
    [
        (b"begin 0644 my file (1).txt", "my file (1).txt"),
        (b'begin 644 "my file.txt"  ', "my file.txt"),
        (b"begin  report.exe", "report.exe"),
        (b"begin 644", ""),
        (b"begin\t644\ta.exe", "a.exe"),
        ("begin 644 báo cáo.doc".encode(), "báo cáo.doc"),
        (b"begin 644 =?utf-8?B?YsOhby5kb2M=?=", "báo.doc"),
        (b"begin 644 b\xe1o.doc", "báo.doc"),
        (b"begin 644 a\x00b\x1b.exe", "a\ufffdb\ufffd.exe"),
    ],
)
def test_names(begin: bytes, name: str) -> None:
    assert only(_joined([begin, *_LINES[1:]]), "uuencode", _RAW).filename == name


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 reading\r\nand go on\r\nend\r\n",
        b"begin 644 reading\r\n\r\nREGARDS\r\n",
        b"begin 644 reading\r\nHELLO WORLD\r\nend\r\n",
        b"begin 644 a.txt",
        b"begin 644 a.txt\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" + b"\r\n".join(_LINES[1:]),
        b"begin with the end\r\nend\r\n",
        b"to begin 644 a.txt\r\n" + b"\r\n".join(_LINES[1:]),
        b"beginning\r\n" + b"\r\n".join(_LINES[1:]),
        b"begin 644 a.txt\r\n" + b" " * 70 + b"\r\n",
    ],
)
def test_prose_is_no_run(text: bytes) -> None:
    assert find(text) == find(*octets(text)) == ()


_BEFORE = [b"", b"\r\n", b"See below.\r\n\r\n", b"begin 644 reading\r\nIt is good.\r\n"]


@given(raw=st.binary(max_size=300), places=_PLACES, before=st.sampled_from(_BEFORE))
@settings(max_examples=100, deadline=None)
def test_as_a_declared_encoding(raw: bytes, places: list[int], before: bytes) -> None:
    for name in ("x-uuencode", "uuencode", "x-uue"):
        assert decode(name, cut(before + uu(raw), places)) == (raw, set())


def test_declared_and_never_begun() -> None:
    assert decode("x-uuencode", [b"Nothing here.\r\n"]) == (b"", {Flaw.ENCODING_UNBEGUN})
    assert decode("x-uuencode", [_joined(_LINES[1:])]) == (_RAW, set())
    assert decode("x-uuencode", octets(b"\r\nHi.\r\n" + _joined(_LINES[1:]))) == (_RAW, set())


def test_declared_is_the_first_run() -> None:
    text = uu(_RAW) + uu(b"second")
    assert decode("x-uuencode", [text])[0] == decode("x-uuencode", octets(text))[0] == _RAW


_PIECES = st.sampled_from(
    [b"begin 644 a", b"begin", b"-base64 644 b", b"\r\n", b"\n", b"\r", b"end", b"`", b" ", b"M", b"#0V%T", b"====",
     b"QUJD", *_LINES[1:4], b"> ", b"x" * 60, b"\0", b"M" + b" " * 60, b"M" * 61]
)  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=60), places=_PLACES)
@settings(max_examples=200, deadline=None)
@example(pieces=[b"begin 644 a", b"\r\n", *[b"M" * 61, b"\r\n"] * 9, *[b"x" * 60, b"\n"] * 9, b"M" * 61], places=[300])
def test_any_text_is_cut_anywhere(pieces: list[bytes], places: list[int]) -> None:
    text = b"".join(pieces)
    runs = find(text)
    assert find(*cut(text, places)) == runs == find(*octets(text))
    for run in runs:
        assert 0 <= run.start == run.body_start <= run.body_end == run.end <= len(text)
        decoded, _flaws = decode(run.encoding, [text[run.body_start : run.body_end]])
        assert len(decoded) == run.decoded_size
    for encoding in ("x-uuencode", "x-yenc"):
        assert decode(encoding, [text]) == decode(encoding, octets(text))


@pytest.mark.skipif(shutil.which("uuencode") is None, reason="sharutils is not installed")
@pytest.mark.parametrize("option", [[], ["-m"]])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 44, 45, 46, 5000])
def test_the_real_encoder(option: list[str], size: int) -> None:
    raw = os.urandom(size)
    text = subprocess.run(["uuencode", *option, "a b.bin"], input=raw, stdout=subprocess.PIPE, check=True).stdout
    run = only(b"Here:\n" + text + b"\nBye\n", "uuencode", raw)
    assert run.whole
    assert run.filename == "a b.bin"
