"""Made-up letters of officials and made-up spam, for what rspamd's own rules say of them. Nothing here is anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

SENDER = "an.nv@tinh.example"
_OFFICIAL = f"Nguyễn Văn An <{SENDER}>"
_TEXT = """\
Kính gửi: Các sở, ban, ngành tỉnh.

Thực hiện Kế hoạch số 123/KH-UBND ngày 20/11/2026, Văn phòng Ủy ban nhân dân tỉnh trân trọng kính mời
đại diện lãnh đạo các đơn vị tham dự cuộc họp.
Thời gian: 14 giờ 00, ngày 25/11/2026. Địa điểm: Phòng họp số 2.

Trân trọng./.
"""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WINNER = """\
<html><body><h1>CHÚC MỪNG BẠN ĐÃ TRÚNG THƯỞNG 100 TRIỆU</h1><a href="http://198.51.100.7/login.php">vietcombank.com.vn</a>
casino viagra</body></html>
"""
_QUOTA = """\
Dear user, your mailbox is almost full. Click http://webmail-tinh.weebly.example/ to verify your password immediately
or your account will be closed.
"""
_BARRISTER = """\
Dear Friend, I am a barrister. I have 10.5 million US dollars inheritance of a deceased client. Reply to
mr.john@mail.example with your bank account.
"""
_BLACKMAIL = """\
I hacked you. Send 1000 USD in bitcoin to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa within 48 hours or I send your video
to everybody.
"""


def _letter(
    subject: str,
    text: str,
    *,
    html: bool = False,
    author: str = _OFFICIAL,
    to: str = "ban@khac.example",
    files: Sequence[tuple[str, str, bytes]] = (),
    dated: bool = True,
) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = author, to, subject
    if dated:
        made["Date"], made["Message-ID"] = "Sun, 22 Nov 2026 10:00:00 +0700", "<20261122.1234@tinh.example>"
    made.set_content(text, subtype="html" if html else "plain", cte="base64" if html else "quoted-printable")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def official() -> dict[str, bytes]:
    """What officials write, with the habits that filters dislike."""
    offices = ", ".join(f"dv{n}@so{n % 20}.tinh.example" for n in range(200))
    office = [("Báo cáo.docx", _DOCX, b"PK\3\4" + bytes(5000)), ("ds.xlsx", "application/vnd.ms-excel", b"PK\3\4")]
    picture = '<html><body><a href="http://203.0.113.5/hop"><img src="http://203.0.113.5/a.png"></a></body></html>'
    page = f'<html><body>{_TEXT}<a href="https://tinh.example/van-ban/123">https://tinh.example</a></body></html>'
    return {
        "invitation": _letter("Giấy mời họp giao ban tháng 11", _TEXT),
        "subject in capitals": _letter("GIẤY MỜI HỌP KHẨN CẤP!!!", _TEXT),
        "a PDF and no text": _letter("V/v báo cáo quý IV", "\n", files=[("a.pdf", "application/pdf", b"%PDF-1.4\n")]),
        "docx and xlsx": _letter("Báo cáo", _TEXT, files=office),
        "HTML with a link": _letter("Thông báo", page, html=True),
        "a linked picture only": _letter("Mời dự hội nghị", picture, html=True),
        "200 recipients": _letter("Giấy mời", _TEXT, to=offices),
        "without marks": _letter("Moi hop", "Kinh gui quy co quan, moi anh chi du hop luc 14h.\n"),
        "one word": _letter("ok", "ok\n"),
        "no subject, a zip": _letter("", "Gửi anh file.\n", files=[("a.zip", "application/zip", b"PK\3\4")]),
        "no Date, no Message-ID": _letter("Gui anh", _TEXT, dated=False),
    }


def spam() -> dict[str, bytes]:
    """What is sent from a stolen account, of plain kinds."""
    bank = "Vietcombank <x9921@mail.example>"
    return {
        "you have won": _letter("🔥 KHUYẾN MÃI SỐC 90% - NHẬN NGAY!!!", _WINNER, html=True, author=bank),
        "mailbox is full": _letter("Mailbox quota exceeded", _QUOTA, author=f"Admin Support <{SENDER}>"),
        "an inheritance": _letter("URGENT BUSINESS PROPOSAL", _BARRISTER, author="Barrister <b@mail.example>"),
        "blackmail": _letter("I know your password", _BLACKMAIL),
    }
