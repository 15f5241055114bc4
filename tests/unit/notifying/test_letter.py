"""The letter says what a clerk needs, in both forms, and no stranger's text changes its form."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.letters import Letterhead
from gateway.errors import StartError
from gateway.notifying.letter import SAMPLE, Letters, Office
from gateway.notifying.refusal import Reason, Refusal
from gateway.regulations import load

OFFICE = Office(
    Letterhead("q4@tphcm.example", "Văn phòng Quận 4"),
    "gw.tinh.example",
    lambda reference: f"https://tracuu.tinh.example/{reference}",
    "028 0000",
)
LETTERS = Letters(OFFICE)


def parsed(refusal: Refusal, letters: Letters = LETTERS) -> tuple[EmailMessage, str, str]:
    made = message_from_bytes(letters.write(refusal).message, policy=policy.default)
    assert isinstance(made, EmailMessage)
    text, page = made.iter_parts()
    assert [one.get_content_type() for one in (text, page)] == ["text/plain", "text/html"]
    return made, text.get_content(), page.get_content()


def test_what_it_says() -> None:
    message, text, page = parsed(SAMPLE)
    clause = load("tphcm-q4-03-2013").clauses["Q4 4.2"].text
    for told in (text, page):
        for words in (
            "Báo cáo quý",
            "vanphong@khac.example",
            "2 người khác",
            "20,0 MB",
            "15,0 MB",
            "bao-cao.pdf",
            "Nén lại tệp",
            clause,
            SAMPLE.reference,
            f"https://tracuu.tinh.example/{SAMPLE.reference}",
            "028 0000",
            "Văn phòng Quận 4",
            "not delivered",
        ):
            assert words in told, words
    assert message["Subject"] == (
        "Thư không gửi được: Tệp đính kèm quá lớn / Mail not sent: Attachments too large [01KB-3F9X-72QM-5D0R]"
    )


def test_it_is_an_automatic_reply() -> None:
    notice, (message, _, _) = LETTERS.write(SAMPLE), parsed(SAMPLE)
    assert (notice.kind, notice.about, notice.sender, notice.recipient) == (
        "refused",
        SAMPLE.reference,
        "",
        SAMPLE.mailbox,
    )
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == message["References"] == SAMPLE.message_id
    assert message["From"].addresses[0].addr_spec == "q4@tphcm.example"
    assert message["To"] == SAMPLE.mailbox
    assert message["Message-ID"].endswith("@gw.tinh.example>")
    assert not list(message.iter_attachments())
    assert all(len(line) <= 998 for line in notice.message.split(b"\r\n"))
    assert b"\n" not in notice.message.replace(b"\r\n", b"")


def test_what_is_not_known_is_left_out() -> None:
    plain = Letters(Office(Letterhead("q4@tphcm.example"), "gw.tinh.example"))
    message, text, page = parsed(replace(SAMPLE, message_id="", subject="", count=1), plain)
    assert message["In-Reply-To"] is None
    for told in (text, page):
        assert "(không có)" in told
        assert "người khác" not in told
        assert "http" not in told.replace("https://www.w3.org", "")
        assert "q4@tphcm.example" in told


class _Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, tuple[str, ...]]] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add((tag, tuple(name for name, _ in attrs)))


_KNOWN = _Tags()
_KNOWN.feed(parsed(SAMPLE)[2])
_FIELDS = {name.lower() for name in (*parsed(SAMPLE)[0].keys(), "Content-Transfer-Encoding")}
HOSTILE = 'a\r\nBcc: x@y\r\n\r\n<script>alert(1)</script>"onload="x" {{ 7*7 }} {% raw %} \u202e\u2028\x00\ud800 &lt;'
TEXT = st.text(max_size=80) | st.just(HOSTILE) | st.text(alphabet="<>\"'&\r\n\t :{}%#\\", max_size=30)


@given(TEXT, TEXT, TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_no_hostile_text_injects_anything(subject: str, name: str, reply: str, named: str, people: list[str]) -> None:
    evidence = {"total": 1, "limit": 1, "largest": [{"filename": name, "bytes": 5}]}
    charset = {"texts": [{"text": name, "charset": reply, "passages": [{"sent": subject, "understood": name}]}]}
    reasons = (
        Reason("attachment-cap", (name, "Q4 4.2"), evidence, reply),
        Reason("vietnamese-charset", (), charset, reply),
        Reason(name, (), {}, reply),
    )
    from gateway.explaining.values import plain

    refusal = replace(
        SAMPLE,
        subject=plain(subject, 150),
        recipients=tuple(plain(one, 254) for one in people),
        reasons=reasons,
        message_id=named,
    )
    message, text, page = parsed(refusal)
    assert {name.lower() for name in message.keys()} <= _FIELDS  # noqa: SIM118 -- a message's keys may repeat
    assert len(message.get_all("To", [])) == 1
    tags = _Tags()
    tags.feed(page)
    assert tags.seen <= _KNOWN.seen
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", text + page)


def test_a_strangers_text_is_no_template() -> None:
    _, text, page = parsed(replace(SAMPLE, subject="{{ 7 * 7 }}{% set a = 1 %}"))
    for told in (text, page):
        assert "{{ 7 * 7 }}{% set a = 1 %}" in told


def test_templates_of_the_offices_own(tmp_path: Path) -> None:
    (tmp_path / "refused.txt").write_text("Chào {{ mailbox }}: {{ reasons[0].title.vi }}\n")
    _, text, page = parsed(SAMPLE, Letters(OFFICE, tmp_path))
    assert text.strip() == "Chào an@tinh.example: Tệp đính kèm quá lớn"
    assert "Cách khắc phục" in page, "what is not there is ours"


@pytest.mark.parametrize(
    ("name", "template", "says"),
    [
        ("refused.txt", "a\n{% if %}", r"refused\.txt.*line 2"),
        ("refused.html", "{{ nobody }}", "'nobody' is undefined"),
        ("refused.html", "{{ 1 / 0 }}", "ZeroDivisionError"),
        ("refused.txt", "{{ mailbox.__class__.__mro__ }}", "unsafe"),
        ("refused.txt", "{{ mailbox.encode }}{{ ''.__class__ }}", "unsafe"),
    ],
)
def test_a_wrong_template_is_named(tmp_path: Path, name: str, template: str, says: str) -> None:
    (tmp_path / name).write_text(template)
    with pytest.raises(StartError, match=r"refusal_notices\.templates") as told:
        Letters(OFFICE, tmp_path)
    assert re.search(says, str(told.value))


def test_addresses_beyond_ascii() -> None:
    message, _, _ = parsed(replace(SAMPLE, mailbox="ân@tỉnh.example"))
    assert message["To"] == "ân@tỉnh.example"


@pytest.mark.parametrize(
    ("last", "words"), [("hour", ("trong giờ", "this hour")), ("day", ("trong ngày", "today")), ("", ())]
)
def test_the_last_letter_says_so(last: str, words: tuple[str, ...]) -> None:
    _, text, page = parsed(replace(SAMPLE, last=last))
    for told in (text, page):
        assert ("Đã đủ số thư báo" in told) is bool(last)
        assert all(word in told for word in words)
