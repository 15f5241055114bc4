"""What people read of a header: free fields, and names beside addresses."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.fields import FREE, NAMED, _fields_in, header_texts, names_of
from tests.unit.wording.mail import mail, scanned

TCVN = "ViÖt".encode("latin-1")


def texts(header: bytes) -> list[tuple[str, str]]:
    return [
        (field, unit.text) for field, (units, _) in header_texts(scanned(mail(b"", header=header))) for unit in units
    ]


def b64(text: str, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?=".encode()


def test_of_a_plain_header_the_subject_is_a_text() -> None:
    header = b'From: "Nguyen Van A" <a@example.com>\r\nSUBJECT: Meeting\r\n at ten\r\nComments: none\r\nX-Mailer: x\r\n'
    assert texts(header) == [("Subject", "Meeting at ten")]


def test_every_free_field_and_every_name() -> None:
    header = (
        b"Subject: " + b64("Về việc") + b"\r\nComments: " + b64("Ghi chú") + b"\r\nKeywords: a\r\n"
        b"Organization: " + b64("Sở Nội vụ") + b"\r\nThread-Topic: " + b64("Chủ đề") + b"\r\n"
        b"From: " + b64("Nguyễn Văn A") + b" <a@example.com>\r\n"
        b'To: "plain" <b@example.com>, "'
        + b64("Trần B")
        + b'" <c@example.com>,\r\n '
        + b64("Lê C")
        + b" <d@example.com>\r\n"
        b"Cc: e@example.com (" + b64("Phạm D") + b")\r\nReply-To: " + b64("Vũ") + b" <f@example.com>\r\n"
        b"X-Secret: " + b64("không đọc") + b"\r\n"
    )
    assert texts(header) == [
        ("Subject", "Về việc"), ("Comments", "Ghi chú"), ("Keywords", "a"), ("Organization", "Sở Nội vụ"),
        ("Thread-Topic", "Chủ đề"), ("From", "Nguyễn Văn A"), ("Reply-To", "Vũ"), ("To", "Trần B"), ("To", "Lê C"),
        ("Cc", "Phạm D"),
    ]  # fmt: skip


def test_raw_bytes_are_left_as_they_are() -> None:
    ((field, (units, charsets)),) = header_texts(scanned(mail(b"", header=b"Subject: " + TCVN + b" Nam\r\n")))
    assert (field, units[0].raw, charsets) == ("Subject", TCVN + b" Nam", ("",))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ('"Việt, Nam" <a@example.com>', ["Việt, Nam"]),
        ('"Vi\\"ệt" <a@example.com>', ['Vi"ệt']),
        ("Việt Nam <a@example.com>, b@example.com", ["Việt Nam"]),
        ("a@example.com (Việt Nam)", ["Việt Nam"]),
        ("Phòng: a@example.com, Việt <b@example.com>;", ["Phòng", "Việt"]),
        ("<việt@example.com>", []),
        ("việt@example.com", []),
        ("Plain Name <a@example.com>", []),
        ('"unclosed Việt', ["unclosed Việt"]),
        ("=?utf-8?Q?Nguy=E1=BB=85n,_A?= <a@example.com>", ["=?utf-8?Q?Nguy=E1=BB=85n,_A?="]),
    ],
)
def test_names_beside_addresses(value: str, names: list[str]) -> None:
    assert [name.decode() for name in names_of(value.encode())] == names


@pytest.mark.parametrize("piece", [b'"', b'\\"', b"(", b"=?x?Q?", b"<", b"a", b"\xe1", b'"\\'])
def test_long_lists_take_little_time(piece: bytes) -> None:
    names = list(names_of(b"\xe1 " + piece * 500_000))
    assert len(names) <= 1000


@given(
    st.lists(
        st.sampled_from(
            [b'"', b"\\", b"(", b")", b"<", b">", b",", b"=?", b"?=", b"?Q?", b"\xe1\xbb\x87", b"a", b"@", b" "]
        )
    ).map(b"".join)
)
def test_any_list_is_read(value: bytes) -> None:
    assert all(name and b"@" not in name for name in names_of(value))


FIELD = st.builds(
    lambda name, colon, value: (name + colon + value).encode("utf-8", "replace"),
    st.sampled_from((*FREE, *NAMED, "SUBJECT", "to", "Tô", "X-To", " To", "Received", "Total")),
    st.sampled_from((":", ":", " :", "", ":\r\n To:")),
    st.sampled_from((" a", " Việt", " =?utf-8?q?a?= <a@b.example>", "", "\r\n Việt")),
)


@given(st.lists(FIELD, max_size=6), st.sampled_from((b"\r\n", b"\r\n", b"\n", b"\r")))
def test_no_field_that_is_there_is_left_out(lines: list[bytes], end: bytes) -> None:
    message = scanned(mail(b"", header=b"".join(line + end for line in lines)))
    there = _fields_in(message.header_block)
    assert not [field for field in (*FREE, *NAMED) if message.count(field) and field not in there]


def test_what_is_remembered_of_a_list_of_names_stays_as_it_is() -> None:
    header = b"To: " + b64("Trần B") + b" <b@example.com>\r\nSubject: =?utf-8?q?a?=\r\n"
    assert texts(header) == texts(header) == [("Subject", "a"), ("To", "Trần B")]
