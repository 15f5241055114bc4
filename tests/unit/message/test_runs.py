"""Encoded runs in a text: bare base64, armours, several kinds at once, and texts that only look like it."""

from __future__ import annotations

import hashlib
import os
import re
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.defects import Flaw
from gateway.message.runs import RunFinder, RunLimits
from gateway.message.textlines import LONG, TextLines
from tests.unit.message.encoders import base64_lines, binhex, uu, uu64, yenc
from tests.unit.message.mail import cut
from tests.unit.message.runs import ENDS, decode, find, octets, only

_PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)
_RAW = os.urandom(900)
# The EICAR test file, put together at run time: no file that is written of this one holds it whole, either.
_EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"))


@given(
    raw=st.binary(min_size=200, max_size=900),
    width=st.sampled_from([40, 41, 60, 64, 76, 100, 9000]),
    prefix=st.sampled_from([b"", b"", b"> ", b">> ", b"\t", b"| "]),
    end=st.sampled_from(ENDS),
    places=_PLACES,
)
@settings(max_examples=150, deadline=None)
def test_bare_base64_is_found(raw: bytes, width: int, prefix: bytes, end: bytes, places: list[int]) -> None:
    raw += bytes(range(200))  # letters of both cases, whatever the rest is
    text = b"Hi,\r\n\r\n" + base64_lines(raw, width, prefix=prefix, end=end) + b"\r\nRegards\r\n"
    run = only(text, "base64", raw)
    assert find(*cut(text, places)) == (run,)
    assert run.start == 7
    assert run.whole


@pytest.mark.parametrize("width", [76, 92, 1000])
def test_a_small_payload_is_found(width: int) -> None:
    only(b"Hello\r\n" + base64_lines(_EICAR, width), "base64", _EICAR)


def test_a_very_long_line() -> None:
    raw = os.urandom(100_000)
    text = b"Hello\r\n" + base64_lines(raw, 1 << 20) + b"Bye\r\n"
    run = only(text, "base64", raw)
    assert find(text[:LONG], text[LONG : LONG + 7], text[LONG + 7 :]) == (run,)
    broken = text.replace(b"\r\nBye", b");\r\nBye")
    run = only(broken, "base64", raw)
    assert broken[run.end :] == b");\r\nBye\r\n"


@pytest.mark.parametrize("gap", [b"\r\n", b"\r\n\r\n\r\n", b"> \r\n"])
def test_blank_lines_in_between(gap: bytes) -> None:
    lines = base64_lines(_RAW).splitlines(keepends=True)
    only(b"".join([*lines[:5], gap, *lines[5:]]), "base64", _RAW)


def test_short_lines_in_between() -> None:
    text = base64_lines(_RAW).replace(b"\r\n", b"").rstrip(b"=")
    lines = [text[at : at + 60] + b"\r\n" + text[at + 60 : at + 77] + b"\r\n" for at in range(0, len(text), 77)]
    only(b"".join(lines), "base64", _RAW)


def test_what_follows_padding_goes_on() -> None:
    (run,) = find(base64_lines(_RAW[:56]) * 9)
    assert run.decoded_size == 56 * 9
    assert run.flaws == (Flaw.BASE64_PADDING,)


def test_other_lines_end_it() -> None:
    for other in (b"Best regards,\r\n", b"--\r\n", b"\r\n" * 4, b"a b\r\n", b"word\r\nword\r\n"):
        first, second = find(base64_lines(_RAW[:855]) + other + base64_lines(_RAW))
        assert (first.decoded_size // 3, second.decoded_size) == (855 // 3 + (other[:2] == b"wo"), 900)


_PROSE = [
    b"A quick brown fox jumps over the lazy dog and it does so again and again until the end of the line.\r\n" * 20,
    b"Hanoi\r\nHue\r\nDaNang\r\nSaigon\r\n" * 20,
    b"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd4741\r\n",
    b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
    b"================================================================================\r\n" * 3,
    b"////////////////////////////////////////////////////////////////////////////////////////\r\n" * 3,
    b"https://example.com/" + b"aB3" * 60 + b"\r\n",
    b'<img src="' + b"aB3" * 60 + b'">\r\n',
    b"Token: " + b"aB3" * 60 + b"\r\n",
    b"aB3" * 15 + b"\r\n",
    b"aB3" * 20 + b".\r\n" + b"aB3" * 20 + b"!\r\n",
]


@pytest.mark.parametrize("text", _PROSE)
def test_prose_is_no_run(text: bytes) -> None:
    assert find(text) == find(*octets(text)) == ()


_ARMOUR = (
    b"-----BEGIN PGP MESSAGE-----\r\nVersion: GnuPG v2\r\nComment: x y\r\n\r\n"
    + base64_lines(_RAW, 64)
    + b"=AbCd\r\n-----END PGP MESSAGE-----"
)
_PKCS7 = b"-----BEGIN PKCS7-----\r\n" + base64_lines(_RAW, 64) + b"-----END PKCS7-----"


@pytest.mark.parametrize(
    "armour",
    [
        _ARMOUR,
        _PKCS7,
        _ARMOUR.replace(b"MESSAGE", b"MESSAGE, PART 01/02"),
        _PKCS7.replace(b"PKCS7", b"PKCS #7 SIGNED DATA"),
        _PKCS7.replace(b"PKCS7", b"CMS"),
        _ARMOUR.replace(b"\r\n", b"\n"),
        _ARMOUR.replace(b"\r\n", b"\r\n> "),
    ],
)
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\r\n\r\nRegards\r\n"])
def test_an_armour_is_taken_as_it_stands(armour: bytes, after: bytes) -> None:
    run = only(b"Hi,\r\n\r\n" + armour + after, "pgp", armour)
    assert run.whole
    assert run.encoding == ""


def test_an_armour_without_its_end() -> None:
    cut_off = _ARMOUR[:-50]
    for after in (b"", b"\r\n\r\nYes, that was all.\r\n", b"\r\n" * 3000 + base64_lines(_RAW[:9])):
        assert only(cut_off + after, "pgp", cut_off).flaws == (Flaw.ENCODING_UNENDED,)


@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN PGP MESSAGE-----\r\n",
        b"-----BEGIN PGP MESSAGE-----\r\nis how it begins.\r\n",
        b"-----BEGIN PGP MESSAGE-----\r\n-----END PGP MESSAGE-----\r\n",
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nword\r\n\r\nThat was it.\r\n",
        b"x " + _ARMOUR.replace(base64_lines(_RAW, 64), b""),
        _ARMOUR.replace(base64_lines(_RAW, 64), b"").replace(b"\r\n\r\n", b"\r\n" + b"A: b\r\n" * 40),
    ],
)
def test_no_armour(text: bytes) -> None:
    assert find(text) == find(*octets(text)) == ()


def test_signatures_and_certificates_are_base64() -> None:
    text = b"-----BEGIN CERTIFICATE-----\r\n" + base64_lines(_RAW, 64) + b"-----END CERTIFICATE-----\r\n"
    only(text, "base64", _RAW)


def test_every_kind_at_once() -> None:
    text = b"\r\n".join([uu(_RAW), _ARMOUR, yenc(_RAW), b"Hi", binhex(_RAW), base64_lines(_RAW), uu64(_RAW), _PKCS7])
    runs = find(text)
    assert [run.kind for run in runs] == ["uuencode", "pgp", "yenc", "binhex", "base64", "uuencode", "pgp"]
    digest = hashlib.sha256(_RAW).hexdigest()
    assert [run.sha256 == digest for run in runs] == [run.kind != "pgp" for run in runs]
    assert find(*octets(text)) == runs


def test_no_run_hides_another() -> None:
    """A run without its end goes on to the end of the text: what it swallows is found all the same."""
    for start in (yenc(b"abc").split(b"=yend")[0], uu(b"abc").split(b"`")[0], binhex(b"abc")[:80], _ARMOUR[:200]):
        for kind, inner in (("uuencode", uu(_RAW)), ("binhex", binhex(_RAW)), ("base64", base64_lines(_RAW))):
            digests = {run.sha256 for run in find(start + b"\r\n\r\n" + inner + b"\r\n") if run.kind == kind}
            covered = kind == "base64" and start.startswith(b"-----")  # it is the armour's own body
            assert covered or hashlib.sha256(_RAW).hexdigest() in digests, (start[:20], kind)


def test_only_so_many_are_kept() -> None:
    finder = RunFinder(RunLimits(runs=3))
    finder.feed(uu(b"abc") * 3)
    assert not finder.more
    finder.feed(uu(b"abc"))
    assert len(finder.finish()) == 3
    assert finder.more


def test_only_so_many_beginnings_are_tried() -> None:
    finder = RunFinder()
    finder.feed(b"begin 644 a\n" * 19_999)
    assert not finder.more
    finder.feed(b"begin 644 a\n" + uu(_RAW))
    assert finder.more
    assert finder.finish() == ()


_FULL_UU = b"M" + b"A" * 60 + b"\r\n"
_SHORT_LINES = {
    "uuencode": (b"begin 644 a\r\n" + _FULL_UU, b"#86)C\r\n"),
    "base64": (b"", b"QUJD" * 13 + b"\r\n" + b"QUJD\r\n" + b"=\r\n" * 8),
    "pgp": (b"", b"-----BEGIN PGP MESSAGE-----\r\nAAA\r\n" + b"=\r\n" * 20),
}


@pytest.mark.parametrize("kind", _SHORT_LINES)
def test_only_so_many_short_lines_are_taken(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a step of Python: a stranger's megabytes of them are not read to their end, and that is said."""
    monkeypatch.setattr("gateway.message.seek._LINES", 2000)
    start, line = _SHORT_LINES[kind]
    few, many = RunFinder(), RunFinder()
    few.feed(start + line * (1000 // line.count(b"\n")))
    few.finish()
    assert not few.more
    for _ in range(4):
        many.feed(start + line * (20_000 // line.count(b"\n")))
    many.finish()
    assert many.more


def test_padding_stands_alone_once() -> None:
    """A stray "=" in each of many lines is no base64."""
    raw = bytes(range(90, 150)) * 2
    text = base64_lines(raw, 80).rstrip(b"=\r\n") + b"\r\n"
    run = only(text + b"=\r\n=\r\n", "base64", raw)
    assert run.end == len(text) + 6
    assert only(text + b"=\r\n" * 50, "base64", raw).end < len(text) + 12


def test_short_lines_of_base64_are_the_same_at_once_and_one_by_one() -> None:
    raw = os.urandom(600)
    lines = base64_lines(raw, 9).rstrip(b"=\r\n") + b"\r\n"
    for cover in (b"", b"QQ==\r\n"):
        text = b"begin-base64 644 a\r\n" + lines + cover + b"====\r\n"
        (whole,) = [run for run in find(text) if run.kind == "uuencode"]
        (apart,) = [
            run for run in find(*[text[at : at + 7] for at in range(0, len(text), 7)]) if run.kind == "uuencode"
        ]
        assert whole == apart and whole.head.startswith(raw)


def test_a_name_is_cut() -> None:
    finder = RunFinder(RunLimits(filename=10))
    finder.feed(uu(b"abc", b"n" * 50))
    assert finder.finish()[0].filename == "n" * 10


def test_an_empty_text() -> None:
    assert find() == find(b"") == find(b"\r") == find(b"\n") == ()


@given(
    pieces=st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"ab", b"x" * 8190, b"x" * 8191, b"x" * 8192])),
    places=_PLACES,
)
@settings(max_examples=150, deadline=None)
def test_lines_keep_their_places(pieces: list[bytes], places: list[int]) -> None:
    text = b"".join(pieces)
    taken: list[tuple[int, bytes, bool, bool]] = []

    def take(data: bytes, start: int, end: int, base: int, first: bool, last: bool) -> None:
        for line in data[start:end].splitlines(keepends=True) if first and last else [data[start:end]]:
            taken.append((base + start, line, first, last))
            start += len(line)

    whole, parts = TextLines(take), TextLines(take)
    whole.feed(text)
    whole.finish()
    expected, taken[:] = list(taken), []
    for piece in cut(text, places):
        parts.feed(piece)
    parts.finish()
    assert taken == expected
    given_text = re.sub(rb"\r(?!\n)", b"\n", text)
    assert b"".join(line for _at, line, _first, _last in taken) in (given_text, given_text + b"\n")
    at = 0
    for start, line, _first, last in taken:
        assert start == at
        assert len(line) <= LONG
        assert last == line.endswith(b"\n")
        at += len(line)


_MIXTURE = [uu(_RAW[:120]), uu64(_RAW[:120]), yenc(_RAW[:300]), binhex(_RAW[:120]), base64_lines(_RAW[:200]), _ARMOUR]
_LINES = [line for text in _MIXTURE for line in text.splitlines(keepends=True)]
_STRAY = [
    b"\r\n",
    b"\n\n",
    b"\r",
    b"Prose: a line.\r\n",
    b"REGARDS\r\n",
    b"====",
    b"=",
    b":",
    b"> ",
    b"`",
    b" ",
    b"M" * 8192,
]


@given(pieces=st.lists(st.sampled_from(_MIXTURE + _STRAY * 2 + _LINES), max_size=12), places=_PLACES)
@settings(max_examples=150, deadline=None)
def test_any_mixture_is_cut_anywhere_and_decodes_to_what_was_found(pieces: list[bytes], places: list[int]) -> None:
    text = b"".join(pieces)
    runs = find(text)
    assert find(*cut(text, places)) == runs == find(*octets(text))
    for run in runs:
        assert 0 <= run.start <= run.body_start <= run.body_end <= run.end <= len(text)
        body = text[run.body_start : run.body_end]
        if run.kind != "pgp" or body.count(b"\r") == body.count(b"\r\n"):
            assert hashlib.sha256(decode(run.encoding, [body])[0]).hexdigest() == run.sha256


_SHAPES: dict[str, Callable[[int], bytes]] = {
    "begins": lambda size: b"begin 644 a\n" * (size // 12),
    "begins in one line": lambda size: b"begin 644 a " * (size // 12),
    "uuencode with a wrong line a block": lambda size: (b"M" + b"A" * 60 + b"\n") * (size // 62) + b"Mx\n",
    "full lines, each of them wrong": lambda size: b"begin 644 a\n" + (b"M" + b"A" * 59 + b"a\n") * (size // 62),
    "full and foreign lines": lambda size: b"begin 644 a\n" + ((b"M" + b"A" * 60 + b"\n") * 4 + b"x\n") * (size // 250),
    "zero lines": lambda size: b"begin 644 a\n" + b"`\n!AAA\n" * (size // 8),
    "base64 lines of 40": lambda size: (b"aB" * 20 + b"\n") * (size // 41),
    "base64 lines and others": lambda size: ((b"aB" * 20 + b"\n") * 4 + b".\n") * (size // 166),
    "base64 of every width": lambda size: b"".join(b"aB" * (20 + at % 40) + b"\n" for at in range(size // 80)),
    "padding": lambda size: (b"aB" * 20 + b"==\n") * (size // 43),
    "words": lambda size: (b"aB" * 20 + b".") * (size // 41),
    "blank lines": lambda size: b"aB" * 40 + b"\n" + b"\n" * size,
    "lone CRs": lambda size: b"aB\r" * (size // 3),
    "yEnc begins": lambda size: b"=ybegin line=1 size=1 name=a\n" * (size // 29),
    "yEnc escapes": lambda size: b"=ybegin line=1 size=1\n" + b"=" * size,
    "yEnc keywords that are none": lambda size: b"=ybegin line=1 size=1\n\xff\n" + b"=y\n" * (size // 3),
    "BinHex begins": lambda size: b":AAAAAAAAAAAA\n" * (size // 14),
    "colons": lambda size: b":" * size,
    "lines of a colon": lambda size: b":\n" * (size // 2),
    "BinHex marks": lambda size: b"with BinHex 4\n" * (size // 14),
    "BinHex foreign lines": lambda size: binhex(_RAW)[:300] + b"\n" + b"AAAA\n~\n" * (size // 7),
    "run lengths": lambda size: binhex(b"a" * 200_000)[:-9] + b"j(j(" * (size // 4),
    "armours": lambda size: b"-----BEGIN PGP MESSAGE-----\n" * (size // 28),
    "an armour of short lines": lambda size: _ARMOUR[:90] + b"aB\n" * (size // 3),
    "an armour of blank lines": lambda size: _ARMOUR[:200] + b"\naB\n\n" * (size // 5),
    "an armour of dashes": lambda size: _ARMOUR[:200] + b"\n" + b"aBaBaBaBaBaBaBaB-\n" * (size // 18),
    "nothing but NUL": bytes,
}


def _cost(text: bytes, piece: int) -> float:
    least = float("inf")
    for _ in range(2):
        began = time.process_time()
        find(*[text[at : at + piece] for at in range(0, len(text), piece)])
        for encoding in ("x-uuencode", "x-yenc", "x-binhex"):
            decode(encoding, [text[at : at + piece] for at in range(0, len(text), piece)])
        least = min(least, time.process_time() - began)
    return least


@pytest.mark.parametrize("shape", _SHAPES.values(), ids=_SHAPES)
@pytest.mark.parametrize("piece", [1000, 1 << 20])
def test_hostile_shapes_cost_no_more_than_their_size(shape: Callable[[int], bytes], piece: int) -> None:
    """Eight times the size: eight times the time, or a little more; sixty-four times would be a square."""
    small, large = shape(16_000), shape(128_000)
    assert _cost(large, piece) < 30 * max(_cost(small, piece), 0.001)


def test_memory_is_bounded() -> None:
    pieces = [b"begin 644 a\n", b"=ybegin line=1 size=1\n", b"\xff" * 40_000, *[(b"aB" * 30 + b"\n") * 1000] * 80]
    tracemalloc.start()
    finder = RunFinder()
    for piece in pieces:
        finder.feed(piece)
    finder.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20
