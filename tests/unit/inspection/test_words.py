"""Words read in real, confined children: what is there by the time they are confined must be all they need."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from gateway.contents import NO_WORDS, Source, Why
from gateway.message.spool import SpoolPool
from gateway.wording.inline import SMALL, read_inline
from gateway.wording.kept import merged
from gateway.wording.reader import REQUEST, WANTS
from gateway.wording.requests import THRESHOLD
from tests.unit.documents.packages import docx, pack, paragraph, xlsx
from tests.unit.inspection.support import FILES, inspector, mail, part, scan, zipped
from tests.unit.wording.mail import GOOD, TCVN3, UNMARKED, VNI, spooled

REAL = "gateway.inspection.child"
RAW = TCVN3.encode("latin-1")
ALL = FILES | WANTS
LARGE = (GOOD + "\r\n").encode() * (SMALL // len(GOOD.encode()) + 1)


async def test_a_confined_child_reads_words_of_every_kind() -> None:
    vni = VNI.encode("latin-1")
    mojibake = GOOD.encode().decode("windows-1252", "replace").replace("\ufffd", " ").encode()
    raw = mail(
        part(RAW, "a.txt"), part(vni, "b.txt"), part(mojibake, "c.txt"), part(f"TỐI MẬT\r\n{GOOD}".encode(), "d.txt"),
        part(UNMARKED.encode(), "e.txt"), part(zipped([(f"{TCVN3}.txt", b"x")]), "f.zip"),
    )  # fmt: skip
    with structlog.testing.capture_logs() as lines:
        async with inspector(REAL) as made:
            found = await made.inspect(raw, scan(raw), ALL)
            assert not [name for name in made.lacking if name.startswith(("gateway.vietnamese", "gateway.wording"))]
    assert [line for line in lines if line["event"] == "inspection.bug"] == [], "something is loaded too late"
    assert [(one.names[0], one.family) for one in found.words.legacy] == [
        ("a.txt", "tcvn3"), ("b.txt", "vni"), ("c.txt", "mojibake"), ("f.zip", "tcvn3"),
    ]  # fmt: skip
    assert [(one.names, one.level) for one in found.words.markings] == [(("d.txt",), "tối mật")]
    assert [one.names for one in found.words.unmarked] == [("e.txt",)]
    assert (found.words_failed, found.unchecked) == ("", ())


async def test_what_was_read_by_the_worker_too_is_the_same(tmp_path: Path) -> None:
    raw = mail(part(RAW, f"{TCVN3}.txt")).replace(b"\r\n\r\nhello", b"\r\n\r\n" + RAW, 1)
    content = spooled(raw, tmp_path)
    words, left = read_inline(content, content.scan, WANTS)
    assert left
    assert [one.source for one in words.legacy] == [Source.NAME, Source.BODY]
    async with inspector(REAL) as made:
        found = await made.inspect(content.spool, content.scan, ALL)
    assert sorted(one.source for one in found.words.legacy) == ["body", "document", "name"]
    both = merged(words, found.words)
    assert [one.source for one in both.legacy] == [Source.NAME, Source.BODY, Source.DOCUMENT]
    content.spool.close()


async def test_large_bodies_are_read_by_the_child(tmp_path: Path) -> None:
    body = b"\r\n\r\n" + LARGE + RAW + b"\r\n> " + RAW
    raw = mail(part(b"\x89PNG\r\n\x1a\n", "a.png")).replace(b"\r\n\r\nhello", body, 1)
    content = spooled(raw, tmp_path)
    assert read_inline(content, content.scan, WANTS) == (NO_WORDS, True)
    async with inspector(REAL) as made:
        found = await made.inspect(content.spool, content.scan, WANTS)
    assert [(one.source, one.part, one.family) for one in found.words.legacy] == [
        (Source.BODY, "1.1", "tcvn3"),
        (Source.QUOTED, "1.1", "tcvn3"),
    ]
    content.spool.close()


async def test_a_message_on_disk_is_read_by_the_child(tmp_path: Path) -> None:
    raw = mail(part(bytes(3_000_000), "a.dat")).replace(b"\r\n\r\nhello", b"\r\n\r\n" + RAW, 1)
    spool = SpoolPool(tmp_path, 1 << 19, 1 << 26, 1 << 26).new()
    spool.feed(raw)
    await spool.flush()
    await spool.finish()
    assert spool.in_memory() is None
    async with inspector(REAL) as made:
        found = await made.inspect(spool, scan(raw), WANTS)
    spool.close()
    assert [one.source for one in found.words.legacy] == [Source.BODY]


async def test_texts_of_other_readings_are_read() -> None:
    hidden = b"Content-Type: text/plain\r\n\r\n" + RAW
    raw = mail(part(b"x", "a.jpg")).replace(
        b"\r\n\r\nhello", b"\r\n\r\nhello\r\n--other\r\n" + hidden + b"\r\n--other--", 1
    )
    raw = raw.replace(b"MIME-Version", b'Content-Type: multipart/mixed; boundary="other"\r\nMIME-Version', 1)
    scanned = scan(raw)
    assert scanned.suspicious
    async with inspector(REAL) as made:
        found = await made.inspect(raw, scanned, ALL)
    assert "tcvn3" in {one.family for one in found.words.legacy}


@pytest.mark.parametrize(("subject", "failed"), [("exit", Why.DIED), ("sleep", Why.TIME)])
async def test_a_child_that_does_not_end_its_work(subject: str, failed: Why) -> None:
    raw = mail(part(zipped([("b.txt", b"hello")]), "a.zip"), subject=subject)
    async with inspector(timeout=5.0 if failed is Why.TIME else 60.0) as made:
        found = await made.inspect(raw, scan(raw), ALL)
    assert found.words == NO_WORDS
    assert found.words_failed == failed.value


async def test_nobody_there() -> None:
    raw = mail(part(RAW, "a.txt"))
    async with inspector(REAL, count=0) as made:
        found = await made.inspect(raw, scan(raw), ALL)
        assert (found.words_failed, found.unchecked[0].reason) == ("unavailable", Why.UNAVAILABLE)
        assert (await made.inspect(raw, scan(raw), FILES)).words_failed == ""


LETTER = (
    "ỦY BAN NHÂN DÂN PHƯỜNG 3",
    "V/v cấp mới hộp thư điện tử công vụ",
    "Kính gửi: Văn phòng. Phường 3 đề nghị cấp mới hộp thư cho hai cán bộ mới được tuyển dụng, danh sách kèm theo.",
)
PEOPLE = (("Họ và tên", "Chức vụ", "Địa chỉ thư"), ("Nguyễn Văn An", "Văn thư", "an.q4@tphcm.gov.vn"))


async def test_a_request_in_attached_files_is_put_together_with_what_the_worker_read(tmp_path: Path) -> None:
    letter = pack(docx("".join(paragraph(f"<w:t>{line}</w:t>") for line in LETTER)))
    cells = "".join(
        f'<row r="{row}">{"".join(_cell(row, column, text) for column, text in enumerate(texts))}</row>'
        for row, texts in enumerate(PEOPLE, 1)
    )
    raw = mail(part(letter, "CV.docx"), part(pack(xlsx(cells)), "ds.xlsx"), subject="phuong 3, xoa mail a@b.vn")
    content = spooled(raw, tmp_path)
    wants = frozenset((REQUEST,))
    words, left = read_inline(content, content.scan, wants)
    assert left
    assert words.request.kinds == ("remove",)
    async with inspector(REAL) as made:
        found = await made.inspect(content.spool, content.scan, wants)
    assert (found.words_failed, found.words.request.kinds) == ("", ("create",))
    both = merged(words, found.words).request
    assert both.reason
    assert [(one.part, one.names, one.where, one.rows) for one in both.lists] == [
        ("1.3", ("ds.xlsx",), "sheet 'Tháng 1'", 1)
    ]
    assert set(both.kinds) == {"create", "remove"}
    assert both.score >= max(THRESHOLD, words.request.score, found.words.request.score)
    content.spool.close()


def _cell(row: int, column: int, text: str) -> str:
    return f'<c r="{"ABC"[column]}{row}" t="inlineStr"><is><t>{text}</t></is></c>'


async def test_bodies_that_take_long_are_left_for_the_child(tmp_path: Path) -> None:
    long = ("Kính gửi Văn phòng.\r\n" * 400 + "Đề nghị mở lại hộp thư a@b.vn.\r\n").encode()
    content = spooled(mail().replace(b"\r\n\r\nhello", b"\r\n\r\n" + long, 1), tmp_path)
    assert read_inline(content, content.scan, WANTS) == (NO_WORDS, False)
    assert read_inline(content, content.scan, frozenset((REQUEST,)))[1]
    async with inspector(REAL) as made:
        found = await made.inspect(content.spool, content.scan, frozenset((REQUEST,)))
    assert found.words.request.kinds == ("unlock",)
    content.spool.close()
