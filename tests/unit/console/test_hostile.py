"""Strings from mail that want to be more than text: in pages, addresses, headers, spreadsheets."""

from __future__ import annotations

import csv
import io
import time
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from gateway.console.accounts import Role
from gateway.journal.decision import Decision, Note
from gateway.model import Action, Attachment, Finding, Reply
from tests.unit.console.support import Running, post

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title></textarea><svg onload=alert(1)>",
    "{{ 7*7 }}{% for x in y %}",
    "\u202egnp.exe\u202c\u200b\u2066",
    "a\x00b\x1b[31mc\x85d",
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b",
    "%0d%0aSet-Cookie:%20a=b",
    "\ud800\udfff",
    "Ấ" * 3000,
)


class _Tags(HTMLParser):
    """Which tags and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def hostile(text: str, number: int) -> Decision:
    """A decision of which every text is hostile."""
    now = time.time() - number
    reply = Reply(550, "5.7.1", "no")
    made = Decision(now, f"AAAA-{number:04d}-BBBB-CCCC", text, "inbound", "inbound")
    made.client_address = made.client_name = made.helo = made.tls = made.user = text
    made.action, made.stage, made.reverse_path, made.recipients = "reject", "message", text, (text, text + "2")
    made.reply = made.upstream_reply = made.upstream = made.outcome = made.message_id = text
    made.attachments = [Attachment(text, text, text, 10, text)]
    evidence: dict[str, Any] = {text: text, "texts": [{"sent": text, "understood": text}], "deep": {"a": {"b": [text]}}}
    made.findings = [Finding("spam", (text,), Action.REJECT, reply, evidence)]
    made.checked = made.exempted = (text,)
    made.size = made.attachment_bytes = 10
    return made


@pytest.fixture
def evil(own: Running) -> Running:
    """A store full of it."""
    own.services.actions.keep(*(hostile(text, number) for number, text in enumerate(EVIL)))
    for number, text in enumerate(EVIL):
        own.services.actions.record(
            Note("review", f"AAAA-{number:04d}-BBBB-CCCC", text, by=text, what="incident", client=text)
        )
    return own


def check(text: str) -> None:
    found = _Tags()
    found.feed(text)
    assert not found.tags & {"img onerror", "iframe", "object", "embed"}
    assert not {name for name in found.attributes if name.startswith("on")}
    assert "alert(1)" not in "".join(link for link in found.links if link.startswith("javascript"))
    assert not [link for link in found.links if not link.startswith(("/", "#"))], found.links
    assert text.count("<script") == 1 and "<svg onload" not in text
    assert not set(text) & {"\u202e", "\u200b", "\u2066", "\x00", "\x1b", "\x85"}


def test_pages_show_them_as_text(evil: Running) -> None:
    client = evil.client(Role.ADMINISTRATOR)
    for path in ("/", "/quyet-dinh", "/nhat-ky", "/quyet-dinh?action=reject"):
        found = client.get(path)
        assert found.status_code == 200, path
        check(found.text)
    for number in range(len(EVIL)):
        found = client.get(f"/quyet-dinh/AAAA-{number:04d}-BBBB-CCCC")
        assert found.status_code == 200, EVIL[number]
        check(found.text)
    assert "49{" not in client.get("/quyet-dinh").text


@pytest.mark.parametrize("name", ["q", "sender", "recipient", "unit", "rule", "clause", "action", "listener", "sau"])
def test_what_is_asked_comes_back_as_text(evil: Running, name: str) -> None:
    client = evil.client(Role.VIEWER)
    for text in EVIL:
        found = client.get("/quyet-dinh", params={name: text.encode(errors="replace").decode()})
        assert found.status_code == 200
        check(found.text)


@pytest.mark.parametrize("path", ["/nguoi-gui/xem", "/hop-thu/xem", "/hop-thu", "/nguoi-gui", "/yeu-cau", "/nhat-ky"])
def test_other_pages_take_anything(evil: Running, path: str) -> None:
    client = evil.client(Role.ADMINISTRATOR)
    for text in EVIL:
        value = text[:300].encode(errors="replace").decode()
        params = dict.fromkeys(("dia-chi", "q", "hop-thu", "ai", "unit", "dang", "xong", "sau"), value)
        found = client.get(path, params=params)
        assert found.status_code in (200, 303, 404), (path, text)
        assert "set-cookie" not in found.headers and "evil" not in found.headers.get("location", "").partition("?")[0]


def test_a_reference_is_looked_up_and_nothing_else(evil: Running) -> None:
    client = evil.client(Role.VIEWER)
    for text in ("../../etc/passwd", "%2e%2e%2f", "' OR 1=1 --", "AAAA-%", "*", "x" * 3000, "%00"):
        assert client.get(f"/quyet-dinh/{text}").status_code in (404, 303), text
    numbers = [row.split('"')[0] for row in client.get("/quyet-dinh").text.split('href="/quyet-dinh/')[1:]]
    assert numbers  # rows are found by reference; the database's own numbers lead nowhere
    assert client.get("/quyet-dinh/1").status_code == 404


def test_a_review_is_about_a_decision_that_is_there(evil: Running) -> None:
    client = evil.client(Role.SECURITY)
    data = {"verdict": "incident", "note": "một ghi chú"}
    assert post(client, "/quyet-dinh/AAAA-9999-BBBB-CCCC/danh-gia", data).status_code == 404
    assert post(client, "/quyet-dinh/AAAA-0000-BBBB-CCCC/danh-gia", {**data, "verdict": "x"}).status_code == 400
    with evil.services.journal() as connection, connection.begin():
        about = connection.exec_driver_sql("SELECT reference FROM decisions WHERE kind = 'review' LIMIT 1").scalar()
    assert post(client, f"/quyet-dinh/{about}/danh-gia", data).status_code == 404  # a note is no decision


class TestSpreadsheets:
    def test_csv_has_no_formula(self, evil: Running) -> None:
        found = post(evil.client(Role.SECURITY), "/quyet-dinh/xuat/csv", {})
        assert found.status_code == 200 and found.content.startswith(b"\xef\xbb\xbf")
        assert found.headers["content-disposition"].startswith('attachment; filename="quyet-dinh-2')
        rows = list(csv.reader(io.StringIO(found.content.decode("utf-8-sig"))))
        assert len(rows) == len(EVIL) + 1
        assert not [cell for row in rows[1:] for cell in row if cell.lstrip(" ")[:1] in ("=", "+", "-", "@")]

    def test_a_workbook_has_no_formula(self, evil: Running) -> None:
        found = post(evil.client(Role.SECURITY), "/quyet-dinh/xuat/xlsx", {"action": "reject"})
        book = openpyxl.load_workbook(io.BytesIO(found.content), read_only=True)
        rows = list(book.worksheets[0].iter_rows())
        book.close()
        assert len(rows) == len(EVIL) + 1
        assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}

    def test_what_was_taken_is_on_record(self, evil: Running) -> None:
        post(evil.client(Role.SECURITY), "/quyet-dinh/xuat/csv", {"rule": "spam", "period": "7"})
        text = evil.client(Role.ADMINISTRATOR).get("/nhat-ky").text
        assert "Xuất dữ liệu" in text and "rule=spam; period=7" in text
