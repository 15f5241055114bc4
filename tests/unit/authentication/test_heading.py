"""What a binding signature must cover, as the header says it."""

from __future__ import annotations

import pytest

from gateway.authentication.heading import Heading, read_heading

HEADER = (
    b"From: q4@tphcm.example\r\nTo: VP <vp@tinh.example>,\r\n =?utf-8?Q?A?= <A@Tinh.example>\r\nCc: b@tinh.example\r\n"
    b"Date: Sat, 21 Nov 2026 08:30:00 +0700\r\nMessage-ID:\r\n <abc.1@tphcm.example>\r\nSubject: x\r\nsubject: y\r\n"
)


def test_a_heading() -> None:
    heading = read_heading(HEADER)
    assert heading.named == {"vp@tinh.example", "a@tinh.example", "b@tinh.example"}
    assert heading.date == 1795224600.0
    assert heading.message_id == "abc.1@tphcm.example"
    assert [heading.count(name) for name in ("from", "to", "subject", "sender")] == [1, 1, 2, 0]


def test_an_empty_one() -> None:
    heading = Heading()
    assert (heading.named, heading.date, heading.message_id, heading.count("to")) == (frozenset(), None, "", 0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("21 Nov 2026 08:30 +0700", 1795224600.0),
        ("Sat, 21 Nov 2026 01:30:00 GMT", 1795224600.0),
        ("Sat, 21 Nov 2026 08:30:00 +0700 (Indochina Time)", 1795224600.0),
        ("Sat, 21 Nov 2026 08:30:00 +0700\r\n (ICT)", 1795224600.0),
        ("Sat, 21 Nov 2026 08:30:00", None),
        ("Sat, 21 Nov 26 08:30:00 +0700", None),
        ("21/11/2026 08:30", None),
        ("Sat, 21 Foo 2026 08:30:00 +0700", None),
        ("Sat, 21 Nov 2026 08:30:00 +0700 x", None),
        ("Sat, 21 Nov 2026 08:30:00 +0700, Sun, 22 Nov 2026 08:30:00 +0700", None),
        ("Sat, 21 Nov 2026 08:30:00 +0700" + "(" * 2000, None),
        ("", None),
    ],
)
def test_dates(text: str, seconds: float | None) -> None:
    assert read_heading(f"Date: {text}\r\n".encode()).date == seconds


def test_impossible_dates_are_none_or_a_number() -> None:
    for text in ("99 Feb 9999 99:99:99 +9999", "00 Jan 0000 00:00:00 -9999", "31 Feb 2026 24:00:00 +0000"):
        date = read_heading(f"Date: {text}\r\n".encode()).date
        assert date is None or isinstance(date, float)


@pytest.mark.parametrize(
    "text", ["", "abc@d", "<a b@c>", "<a@b> <c@d>", "<a<b@c>", "<>", "<" + "a" * 600 + ">", "<ắ@b>"]
)
def test_what_is_no_message_id(text: str) -> None:
    assert read_heading(f"Message-ID: {text}\r\n".encode()).message_id == ""


@pytest.mark.parametrize(
    "to", ['"vp@tinh.example" <a@b.example>', "(vp@tinh.example) a@b.example", "undisclosed-recipients:;"]
)
def test_what_does_not_name_a_recipient(to: str) -> None:
    assert "vp@tinh.example" not in read_heading(f"To: {to}\r\n".encode()).named


def test_a_recipient_in_unicode_is_named_by_its_ascii_form() -> None:
    assert read_heading("To: a@tỉnh.example\r\n".encode()).named == {f"a@{'tỉnh.example'.encode('idna').decode()}"}


def test_of_several_fields_the_first_is_read() -> None:
    heading = read_heading(b"Cc: a@b.example\r\nCc: c@d.example\r\nMessage-ID: <1@a>\r\nMessage-ID: <2@a>\r\n")
    assert heading.named == {"a@b.example"}
    assert (heading.message_id, heading.count("cc")) == ("1@a", 2)
