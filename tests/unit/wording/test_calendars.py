"""What clients show of invitations and visiting cards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.calendars import properties


def texts(data: str, declared: str = "utf-8") -> list[tuple[str, str]]:
    return [(unit.place, unit.text) for unit in properties(data.encode(), declared)]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("SUMMARY:Họp giao ban", [("SUMMARY", "Họp giao ban")]),
        ("BEGIN:VEVENT\r\nsummary;LANGUAGE=vi:Họ\r\n p\r\nUID:1\r\n", [("SUMMARY", "Họp")]),
        ('DESCRIPTION;ALTREP="cid:a:b":x\\ny\\, z\\;', [("DESCRIPTION", "x\ny, z;")]),
        ("item1.ORG:Sở Nội vụ\nPHOTO;ENCODING=b:AAAA\n AAAA\nNOTE:a", [("ORG", "Sở Nội vụ"), ("NOTE", "a")]),
        ("NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:H=E1=\r\n=BB=8Dp=\nSUMMARY:x\nTITLE:y",
         [("NOTE", "HọpSUMMARY:x"), ("TITLE", "y")]),
        ("LOCATION:a=\nSUMMARY:b", [("LOCATION", "a="), ("SUMMARY", "b")]),
        ("ATTENDEE:x\nSUMMARYX:y\n SUMMARY:z", []),
    ],
)  # fmt: skip
def test_shown_properties(data: str, shown: list[tuple[str, str]]) -> None:
    assert texts(data) == shown


def test_a_charset_of_its_own_and_the_mails() -> None:
    (unit,) = properties(b"FN;CHARSET=x-unknown:C\xe9ng", "utf-8")
    assert unit.raw == b"C\xe9ng"
    (unit,) = properties("FN:é".encode("latin-1"), "iso-8859-1")
    assert unit.text == "é"


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-7", "viscii", "big5"]))
def test_any_bytes(data: bytes, declared: str) -> None:
    for unit in properties(b"SUMMARY:" + data, declared):
        assert unit.place


@pytest.mark.parametrize(
    "data", ["NOTE;ENCODING=QUOTED-PRINTABLE:=\r\n", 'SUMMARY;a="', "SUMMARY:x\n y\n", "a.", "SUMMARY;a=b;"]
)
def test_hostile_texts_end(data: str) -> None:
    """None is read more than once: what took a square of the time would not end here."""
    assert sum(1 for _ in properties(data.encode() * (1_000_000 // len(data)), "utf-8")) <= 2001


def test_what_comes_after_many_is_read_together() -> None:
    *_, last = properties(b"SUMMARY:hop\n" * 2001 + "NOTE:TỐI MẬT".encode(), "utf-8")
    assert (last.place, last.text) == ("REST", "hop\nTỐI MẬT")
