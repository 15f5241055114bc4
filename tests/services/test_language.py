"""A running gateway that reads the texts: what it refuses in our own mail, tags in others', and never writes down."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.congthu import Gateway, listener, upstream
from tests.support.mime import attached, zipped
from tests.support.recorder import Recorder

# Typed in TCVN3 with a .VnTime font, read as Latin-1, kept as Unicode: what a document of 1999 holds.
LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
GOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
UNMARKED = (
    "Kinh gui cac dong chi, de nghi cac don vi khan truong bao cao tinh hinh thuc hien nhiem vu quy nay ve van phong "
    "uy ban nhan dan quan truoc ngay muoi lam de tong hop, xin cam on cac dong chi da quan tam phoi hop cong tac."
)


@pytest.fixture(scope="module")
def reading(recorder: Recorder) -> Iterator[Gateway]:
    """A gateway with every rule as it comes, in both directions."""
    directions = [listener(), listener(direction="outbound")]
    with Gateway(directions, {"mailserver": upstream(recorder.port)}) as made:
        yield made


def mail(body: str, subject: str = "Báo cáo", *, html: bool = False) -> bytes:
    """A message as a mail program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "vanthu@tinh.example", "an@khac.example", subject
    message.set_content(body, subtype="html" if html else "plain")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def docx(*paragraphs: str, header: str = "") -> bytes:
    """As little of a Word document as is one."""
    words = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    files = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{office}.document.main+xml"/>'
        f'<Override PartName="/word/header1.xml" ContentType="{office}.header+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{kinds}/relationships"><Relationship Id="r1" Target="word/document.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        "word/document.xml": f"<w:document {words}><w:body>{body}</w:body></w:document>",
        "word/header1.xml": f"<w:hdr {words}><w:p><w:r><w:t>{header}</w:t></w:r></w:p></w:hdr>",
    }
    return zipped({name: text.encode() for name, text in files.items()})


def told(gateway: Gateway, content: bytes, direction: str = "outbound", sender: str = "vanthu@tinh.example") -> Any:
    """What the client heard, and the journal's newest row."""
    with Client(gateway.port_of(direction)) as client:
        client.ehlo()
        to = "an@khac.example" if direction == "outbound" else "an@tinh.example"
        answer, row = gateway.judged(lambda: client.message(content, sender, to))
    return answer.text, row


def findings(row: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    """What one rule found."""
    return [finding for finding in row.get("findings", ()) if finding["rule"] == rule]


@pytest.mark.parametrize(
    "content",
    [
        mail(GOOD),
        mail(f"<html><body><p>{GOOD}</p></body></html>", html=True),
        mail("Plain English text of the usual kind, nothing else; a naïve café in Zürich, 5 µm ± 1."),
        mail(f"{GOOD}. Mật khẩu mới được gửi qua kênh khác; hãy giữ bí mật."),
        attached(("BaoCao.docx", docx(GOOD, header="UBND TỈNH"))),
        mail(f"{GOOD}\n" * 3000),
    ],
)
@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_ordinary_mail_passes_untouched(reading: Gateway, recorder: Recorder, content: bytes, direction: str) -> None:
    sender = "vanthu@tinh.example" if direction == "outbound" else "ai@khac.example"
    text, row = told(reading, content, direction, sender)
    assert text.startswith("250 ")
    assert not row.get("findings")
    assert recorder.messages[-1].content.endswith(content)
    assert b"X-Congthu-Charset" not in recorder.messages[-1].content


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (mail(LEGACY), "noi dung thu"),
        (mail(GOOD, subject="B¸o c¸o th¸ng m­êi hai n¨m hai ngh×n"), "tieu de thu (Subject)"),
        (mail(f"<html><body><p>{LEGACY}</p></body></html>", html=True), "noi dung thu"),
        (attached(("BaoCao.docx", docx(GOOD, LEGACY, GOOD))), 'tep "BaoCao.docx", doan 2'),
        (attached(("ho_so.zip", zipped({"cu/BaoCao.docx": docx(LEGACY)}))), 'tep "ho_so.zip > cu/BaoCao.docx", doan 1'),
        (attached(("danhsach.csv", f"STT,Tên\n1,{LEGACY}\n".encode())), 'tep "danhsach.csv"'),
        (mail(f"{GOOD}\n" * 2000 + f"{LEGACY}\n" + f"{GOOD}\n" * 2000), "noi dung thu"),
    ],
)
def test_our_own_legacy_text_is_refused_by_place(reading: Gateway, content: bytes, where: str) -> None:
    text, row = told(reading, content)
    assert text.startswith("550-5.6.1 Chu Viet trong ")
    assert where in text
    assert "TCVN3/ABC" in text
    assert "(AG 3.1)" in text
    (finding,) = findings(row, "vietnamese-charset")
    (passage,) = finding["evidence"]["texts"][0]["passages"][:1]
    assert passage["sent"]
    assert passage["understood"] == passage["understood"].encode().decode()
    assert row["reference"] in text


def test_the_record_has_the_words_as_sent_and_as_understood(reading: Gateway) -> None:
    _, row = told(reading, mail("Céng hoµ x· héi"))
    (finding,) = findings(row, "vietnamese-charset")
    (passage,) = finding["evidence"]["texts"][0]["passages"]
    assert (passage["sent"], passage["understood"]) == ("Céng hoµ x· héi", "Cộng hoà xã hội")


def test_mail_from_outside_arrives_with_a_tag_of_ours_only(reading: Gateway, recorder: Recorder) -> None:
    forged = b"X-Congthu-Charset: ok\r\n" + mail(LEGACY)
    text, row = told(reading, forged, "inbound", "ai@khac.example")
    assert text.startswith("250 ")
    arrived = recorder.messages[-1].content
    assert arrived.count(b"X-Congthu-Charset:") == 1
    assert b"X-Congthu-Charset: violation; charset=tcvn3; damaged=" in arrived
    assert arrived.endswith(mail(LEGACY))
    assert [finding["mode"] for finding in findings(row, "vietnamese-charset")] == ["observe"]


def test_a_forged_tag_is_taken_out_of_good_mail(reading: Gateway, recorder: Recorder) -> None:
    told(reading, b"x-congthu-CHARSET: violation\r\n" + mail(GOOD), "inbound", "ai@khac.example")
    assert b"congthu-charset" not in recorder.messages[-1].content.lower()
    assert recorder.messages[-1].content.endswith(mail(GOOD))


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (mail("TỐI MẬT\n\nSố: 12/KH-UBND\n\nKẾ HOẠCH công tác quý tới của đơn vị.\n"), "noi dung thu"),
        (attached(("KeHoach.docx", docx("KẾ HOẠCH", "Kính gửi các đơn vị", header="TỐI MẬT"))), 'tep "KeHoach.docx"'),
        (mail("Xem tệp.", subject="[TỐI MẬT] Kế hoạch"), "tieu de thu (Subject)"),
    ],
)
@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_marked_documents_are_refused_and_not_quoted(
    reading: Gateway, content: bytes, where: str, direction: str
) -> None:
    text, row = told(reading, content, direction)
    assert text.startswith("550-5.7.1 Co dau chi do mat (TOI MAT) o ")
    assert where in text
    (finding,) = findings(row, "secret-marking")
    assert "oạch" not in json.dumps(finding, ensure_ascii=False)
    assert "oạch" not in reading.daemon.output()


def test_prose_without_marks_is_observed_in_our_own_mail(reading: Gateway) -> None:
    text, row = told(reading, mail(UNMARKED))
    assert text.startswith("250 ")
    (finding,) = findings(row, "vietnamese-diacritics")
    assert finding["mode"] == "observe"


def test_what_is_quoted_is_a_warning(reading: Gateway) -> None:
    quoted = "\n".join(f"> {LEGACY}" for _ in range(5))
    text, row = told(reading, mail(f"{GOOD}\n\nVào ngày 1/2/2026, An đã viết:\n{quoted}\n"))
    assert text.startswith("250 ")
    assert [finding["mode"] for finding in findings(row, "vietnamese-charset")] == ["observe"]


def test_raw_bytes_that_declare_nothing(reading: Gateway) -> None:
    head = b"From: vanthu@tinh.example\r\nTo: an@khac.example\r\nSubject: x\r\n\r\n"
    text, _ = told(reading, head + LEGACY.encode("latin-1") + b"\r\n")
    assert text.startswith("550-5.6.1 ")


def test_a_body_in_base64_is_read(reading: Gateway) -> None:
    head = (
        b"From: vanthu@tinh.example\r\nTo: an@khac.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    body = base64.encodebytes(LEGACY.encode()).replace(b"\n", b"\r\n")
    text, _ = told(reading, head + body)
    assert text.startswith("550-5.6.1 ")
