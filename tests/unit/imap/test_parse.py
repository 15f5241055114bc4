"""Reading a server's answers: each form that servers use, and any bytes at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imap import parse
from gateway.imap.client import grouped, named

PARTS = st.lists(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(bytearray)), min_size=1, max_size=5)
IMAPISH = st.text('()"\\{}* \t[]0123456789STATUSLIDMXNEF-:+é', max_size=200).map(lambda text: text.encode())


class TestCounters:
    def test_by_name(self) -> None:
        assert parse.counters([b"INBOX (messages 3 UIDNEXT 4)"]) == {"MESSAGES": 3, "UIDNEXT": 4}

    @pytest.mark.parametrize(
        "line", [b'"a (MESSAGES 9)" (MESSAGES 3)', b"INBOX (MESSAGES 3) ", b"a(b (MESSAGES 3)", b")( (MESSAGES 3)"]
    )
    def test_whatever_the_folder_is_called(self, line: bytes) -> None:
        assert parse.counters([line]) == {"MESSAGES": 3}

    def test_a_name_as_a_literal(self) -> None:
        assert parse.counters([b"", bytearray(b"x (MESSAGES 9)\r\n"), b" (MESSAGES 3)"]) == {"MESSAGES": 3}

    @pytest.mark.parametrize(
        "line", [b"", b"INBOX", b"INBOX (", b"INBOX (MESSAGES)", b"INBOX (MESSAGES 1e3)", b"(A " + b"9" * 21 + b")"]
    )
    def test_none(self, line: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse.counters([line])


class TestNumber:
    def test_up_to_63_bits(self) -> None:
        assert parse.number(b"9223372036854775807") == 2**63 - 1

    @pytest.mark.parametrize("text", [b"", b"-1", b"+1", b" 1", b"1_0", b"9223372036854775808", "١".encode(), b"1\n"])
    def test_nothing_else(self, text: bytes) -> None:
        with pytest.raises(ValueError, match="number"):
            parse.number(text)


class TestListed:
    @pytest.mark.parametrize(
        ("parts", "flags", "name"),
        [
            ([b'(\\HasNoChildren \\Sent) "/" Sent'], {"\\hasnochildren", "\\sent"}, b"Sent"),
            ([b'() "." "INBOX.Th&AbA- g\\"i"'], set(), b'INBOX.Th&AbA- g"i'),
            ([b"(\\Noselect) NIL {3}", bytearray(b"a b")], {"\\noselect"}, b"a b"),
            ([b'() "\\\\" "a\\\\b"'], set(), b"a\\b"),
            ([b'() "/" ""'], set(), b""),
        ],
    )
    def test_attributes_and_name(self, parts: list[parse.Part], flags: set[str], name: bytes) -> None:
        assert parse.listed(next(iter(grouped(parts)))) == (flags, name)

    @pytest.mark.parametrize("line", [b"", b"Sent", b"(", b"()", b'() "/"', b")("])
    def test_none(self, line: bytes) -> None:
        with pytest.raises(ValueError, match="LIST"):
            parse.listed([line])


class TestStorage:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            (b'"User quota" (STORAGE 12 1048576)', (12, 1048576)),
            (b'"" (MESSAGE 5 100 storage 12 34)', (12, 34)),
            (b'"(STORAGE 1 2)" (MESSAGE 5 100)', None),
            (b'"" ()', None),
        ],
    )
    def test_storage(self, line: bytes, expected: tuple[int, int] | None) -> None:
        assert parse.storage([line]) == expected


class TestSearches:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            (b'(TAG "A1") UID MIN 3 MAX 9 COUNT 2', {"MIN": 3, "MAX": 9, "COUNT": 2}),
            (b'(TAG "A1") UID COUNT 0', {"COUNT": 0}),
            (b'(TAG "A1") UID', {}),
            (b"UID MIN 3", {"MIN": 3}),
            (b"", {}),
        ],
    )
    def test_extended(self, line: bytes, expected: dict[str, int]) -> None:
        assert parse.results([line]) == expected

    @pytest.mark.parametrize(("line", "expected"), [(b"3 1 2", [3, 1, 2]), (b"", []), (b"4 (MODSEQ 9)", [4])])
    def test_plain(self, line: bytes, expected: list[int]) -> None:
        assert parse.found([line]) == expected


class TestMoment:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            (b"05-Nov-2026 07:00:00 +0700", 1793836800.0),
            (b" 5-nov-2026 00:00:00 +0000", 1793836800.0),
            (b"05-Nov-2026 00:30:00 +0030", 1793836800.0),
            (b"04-Nov-2026 19:00:00 -0500", 1793836800.0),
            (b"31-Dec-2016 23:59:60 +0000", 1483228799.0),
        ],
    )
    def test_dates(self, date: bytes, expected: float) -> None:
        assert parse.moment(b'3 FETCH (INTERNALDATE "' + date + b'" UID 3)', "INTERNALDATE") == expected

    @pytest.mark.parametrize("line", [b"3 FETCH (UID 3)", b"3 FETCH (SAVEDATE NIL)", b""])
    def test_none_is_there(self, line: bytes) -> None:
        assert parse.moment(line, "SAVEDATE") is None

    @pytest.mark.parametrize("date", [b"", b"31-Feb-2026 00:00:00 +0000", b"05-Xyz-2026 00:00:00 +0000", b"5-Nov-2026"])
    def test_no_date(self, date: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse.moment(b'3 FETCH (INTERNALDATE "' + date + b'")', "INTERNALDATE")


@pytest.mark.parametrize("reader", [parse.counters, parse.storage, parse.listed, parse.results, parse.found])
@given(parts=st.one_of(PARTS, IMAPISH.map(lambda line: [line])))
def test_any_bytes(reader: Callable[[list[parse.Part]], object], parts: list[parse.Part]) -> None:
    with contextlib.suppress(ValueError):
        reader(parts)


@given(st.one_of(st.binary(max_size=100), IMAPISH))
def test_any_text(text: bytes) -> None:
    parse.code(text)
    parse.capabilities(text)
    with contextlib.suppress(ValueError, OverflowError):
        parse.moment(b'INTERNALDATE "' + text, "INTERNALDATE")


@given(st.lists(st.tuples(st.binary(max_size=20), st.none() | st.binary(max_size=20)), max_size=10))
def test_literals_find_their_line(answers: list[tuple[bytes, bytes | None]]) -> None:
    """As the library lists them: a line, its literal, the rest of the line."""
    lines: list[parse.Part] = []
    for text, literal in answers:
        lines.append(b"X " + text)
        if literal is not None:
            lines[-1] = b"X " + text + b"{%d}" % len(literal)
            lines += [bytearray(literal), b" end"]
    found = list(named(grouped(lines), b"X"))
    assert [len(one) for one in found] == [1 if literal is None else 3 for _, literal in answers]
    assert [bytes(one[0]) for one in found] == [text for text, _ in answers]
