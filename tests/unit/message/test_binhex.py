"""BinHex 4.0 against an encoder written from RFC 1741, and against Perl's Convert::BinHex where it is installed."""

from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.binhex import RunLengths
from gateway.message.defects import Flaw
from tests.unit.message.encoders import BINHEX_MARK, binhex, binhex_text, mac_file, run_lengths
from tests.unit.message.mail import cut
from tests.unit.message.runs import ENDS, decode, find, octets, only

_PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)
_REPEATED = st.lists(st.tuples(st.sampled_from([0, 1, 65, 0x90]), st.integers(1, 600))).map(
    lambda runs: b"".join(bytes([octet]) * count for octet, count in runs)
)
_RAW = os.urandom(700)


@given(
    raw=st.binary(max_size=600) | _REPEATED,
    resource=st.binary(max_size=90),
    name=st.text("abc .x", min_size=1, max_size=63).filter(str.strip),
    end=st.sampled_from(ENDS),
    places=_PLACES,
)
@settings(max_examples=150, deadline=None)
def test_the_data_fork_is_found(raw: bytes, resource: bytes, name: str, end: bytes, places: list[int]) -> None:
    text = b"Hi: see below\r\n" + binhex(raw, name.encode(), resource, end=end) + b"Regards: me\r\n"
    run = only(text, "binhex", raw)
    assert find(*cut(text, places)) == (run,)
    assert run.whole
    assert run.filename == name.strip()
    assert (run.start, text[run.end :].lstrip(b"\n")) == (15, b"Regards: me\r\n")
    assert decode("x-binhex", cut(text, places)) == (raw, set())


@given(data=st.lists(st.sampled_from([b"\x90", b"\0", b"\1", b"\2", b"\xff", b"ab"])).map(b"".join), places=_PLACES)
@settings(max_examples=200, deadline=None)
@example(data=b"a\x90\x90\x90\x05", places=[2])
def test_run_lengths_are_cut_anywhere(data: bytes, places: list[int]) -> None:
    whole, pieces = RunLengths(most=1000), RunLengths(most=1000)
    expanded = whole.expand(data)
    assert b"".join([pieces.expand(piece) for piece in cut(data, places)]) == expanded
    assert len(expanded) <= 1000


@given(st.binary(max_size=900) | _REPEATED)
def test_run_lengths_are_what_was_packed(raw: bytes) -> None:
    assert RunLengths().expand(run_lengths(raw)) == raw


def test_a_file_that_expands_beyond_the_limit_is_cut_off() -> None:
    runs = RunLengths(most=1000)
    assert runs.expand(b"a\x90\xff" * 3) == b"a" * 765
    assert not runs.dropped
    assert runs.expand(b"a\x90\xff" * 3) == b"a" * 235
    assert runs.dropped
    assert runs.expand(b"abc") == b""


def test_a_bomb_is_expanded_in_small_pieces() -> None:
    packed = binhex_text(run_lengths(mac_file(b"")) + b"a" + b"\x90\xff" * 40_000)
    decoder_input = [packed[at : at + 1000] for at in range(0, len(packed), 1000)]
    assert len(decode("x-binhex", decoder_input)[0]) == 0  # the header says that there is no data fork
    (run,) = find(packed)
    assert run.decoded_size == 0


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        (binhex_text(run_lengths(mac_file(_RAW))), set()),
        (binhex(_RAW).replace(BINHEX_MARK, b"Please convert with BinHex 4.0 the file below, thanks!"), set()),
        (binhex(_RAW)[:-3] + b"\r\n", {Flaw.ENCODING_UNENDED}),
        (binhex(_RAW).replace(b"\r\n", b"\r\n\r\n"), set()),
        (binhex(_RAW).replace(b"\r\n", b" \r\n  "), set()),
        (binhex_text(run_lengths(mac_file(_RAW)), 20_000), set()),
        (b"".join(b"> " + line for line in binhex(_RAW).splitlines(keepends=True)), set()),
    ],
)
def test_forms_that_are_taken(text: bytes, flaws: set[Flaw]) -> None:
    assert set(only(text, "binhex", _RAW).flaws) == flaws


def test_foreign_lines_in_between() -> None:
    lines = binhex(_RAW).splitlines(keepends=True)
    for gap in (b"-- page 2 --\r\n", b"Subject: go on\r\nX: y\r\n"):
        run = only(b"".join([*lines[:5], gap, *lines[5:]]), "binhex", _RAW)
        assert run.flaws == (Flaw.ENCODING_DAMAGED,)


@pytest.mark.parametrize("at", [3, 20, 100, 745, 747])
def test_checksums_are_compared(at: int) -> None:
    """In the name, the header's numbers, the data fork, its checksum and that of the resource fork."""
    packed = bytearray(mac_file(_RAW, resource=b"r" * 9))
    packed[at if at < 700 else at - 15] ^= 1
    text = BINHEX_MARK + b"\r\n" + binhex_text(run_lengths(bytes(packed)))
    (run,) = find(text)
    assert run.flaws == (Flaw.ENCODING_DAMAGED,)
    assert find(*octets(text)) == (run,)


def test_cut_off() -> None:
    text = binhex(_RAW)
    (run,) = find(text[:600])
    assert set(run.flaws) == {Flaw.ENCODING_DAMAGED, Flaw.ENCODING_UNENDED}
    assert 300 < run.decoded_size < 600
    (run,) = find(text[:600] + b"\r\nThat is all: nothing.\r\n" * 20)
    assert 300 < run.decoded_size < 600
    _first, second = find(text[:600] + b"\r\n" + text)
    assert (second.start, second.decoded_size) == (602, 700)


def test_one_after_the_other_and_one_in_the_other() -> None:
    text = binhex(_RAW) + binhex(b"second", b"b.txt")
    first, second = find(text)
    assert (first.filename, second.filename) == ("a.bin", "b.txt")
    assert first.end == second.start
    lines = binhex(_RAW).splitlines(keepends=True)
    runs = find(b"".join(lines[:5]) + binhex(b"second", b"b.txt"))
    assert runs[1].filename == "b.txt"


def test_an_introduction_is_of_one_file() -> None:
    bare = binhex_text(run_lengths(mac_file(b"ab")))
    first, second = find(BINHEX_MARK + b"\r\n" + bare + bare)
    assert first.end == second.start


def test_behind_many_lines_with_colons() -> None:
    for count in (60, 63, 64, 65, 300):
        for prose in (b"Name: value\r\n", b":-)\r\n", b":\r\n"):
            only(prose * count + binhex_text(run_lengths(mac_file(_RAW))), "binhex", _RAW)


_BAD_HEADER = mac_file(b"x" * 90)[:-20]


@pytest.mark.parametrize(
    "text",
    [
        BINHEX_MARK + b"\r\nis what such a file begins with: nothing else\r\n",
        b":" + b"A" * 64 + b"\r\n" * 3,
        b":abcdefhij\r\n:-)\r\n",
        binhex_text(b"\5a.bin\1" + _BAD_HEADER[7:]),
        binhex_text(b"\5b.bin" + _BAD_HEADER[6:]),
        binhex_text(b"\0" + _BAD_HEADER),
        binhex_text(b"\x7f" + _BAD_HEADER),
    ],
)
def test_prose_is_no_run(text: bytes) -> None:
    assert find(text) == find(*octets(text)) == ()


def test_declared_and_never_begun() -> None:
    assert decode("mac-binhex40", [b"Nothing here.\r\n"]) == (b"", {Flaw.ENCODING_UNBEGUN})


_TEXT = binhex(_RAW[:99])
_PIECES = st.sampled_from(
    [*_TEXT.splitlines(keepends=True), *_TEXT.splitlines(), b":", b"::", b"\r\n", b"\n", b"\r", b":AAAAAAAAAAAA",
     b"word ", b"A" * 9000, b" ", BINHEX_MARK]
)  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=30), places=_PLACES)
@settings(max_examples=150, deadline=None)
@example(pieces=[*_TEXT.splitlines(keepends=True)[:3], *[b"word \n"] * 9, *_TEXT.splitlines(keepends=True)], places=[9])
def test_any_text_is_cut_anywhere(pieces: list[bytes], places: list[int]) -> None:
    text = b"".join(pieces)
    runs = find(text)
    assert find(*cut(text, places)) == runs == find(*octets(text))
    for run in runs:
        if run.kind == "binhex":
            assert len(decode("x-binhex", [text[run.body_start : run.body_end]])[0]) == run.decoded_size
    assert decode("x-binhex", [text]) == decode("x-binhex", cut(text, places))


_PERL = """
use Convert::BinHex; local $/; my $data = <STDIN>;
my $made = Convert::BinHex->new; $made->filename('a b.bin'); $made->data(Data => $data);
$made->resource(Data => 'rsrc' x 20); $made->encode(\\*STDOUT);
"""


def _perl_has_it() -> bool:
    return subprocess.run(["perl", "-MConvert::BinHex", "-e", "1"], capture_output=True).returncode == 0


@pytest.mark.skipif(not _perl_has_it(), reason="libconvert-binhex-perl is not installed")
@pytest.mark.parametrize("raw", [b"", b"a", b"\x90" * 5, b"a" * 5000, os.urandom(3000)], ids=len)
def test_another_encoder(raw: bytes) -> None:
    text = subprocess.run(["perl", "-e", _PERL], input=raw, stdout=subprocess.PIPE, check=True).stdout
    run = only(text, "binhex", raw)
    assert run.filename == "a b.bin"
    assert run.whole
