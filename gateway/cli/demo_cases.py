"""What goes wrong in the invented weeks of `congthu demo`: each sort of mail with a rule's reply and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.model import Action, Finding, Mode, Reply

_MIB: Final = 2**20
Sheet = tuple[str, str, str, int]
"""A file: name, declared type, real type, bytes."""


@dataclass(frozen=True, slots=True)
class Case:
    """One sort of mail. `percent` of all mail is such."""

    percent: float
    action: str
    rule: str
    clauses: tuple[str, ...]
    code: int
    enhanced: str
    text: str
    evidence: Mapping[str, Any]
    mode: Mode = Mode.ENFORCE
    direction: str = "submission"
    stage: str = "message"
    senders: tuple[str, ...] = ()
    recipient: str = ""
    size: int = 30_000
    files: tuple[Sheet, ...] = field(default=())

    def finding(self) -> Finding:
        """As the rule would write it."""
        action = Action.TEMPFAIL if self.code < 500 else Action.REJECT
        return Finding(
            self.rule, self.clauses, action, Reply(self.code, self.enhanced, self.text), self.evidence, self.mode
        )


_CHARSET: Final[Mapping[str, Any]] = {
    "count": 1,
    "texts": [
        {
            "text": "nội dung thư",
            "source": "body",
            "part": "1",
            "verdict": "violation",
            "family": "tcvn3",
            "charset": "TCVN3/ABC",
            "damaged": 23,
            "confidence": 1.0,
            "passages": [
                {
                    "place": "dòng 1",
                    "charset": "TCVN3/ABC",
                    "sent": "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
                    "understood": "Cộng hoà xã hội chủ nghĩa Việt Nam",
                },
                {
                    "place": "dòng 4",
                    "charset": "TCVN3/ABC",
                    "sent": "KÝnh göi V¨n phßng, ®¬n vÞ göi b¸o c¸o.",
                    "understood": "Kính gửi Văn phòng, đơn vị gửi báo cáo.",
                },
            ],
        }
    ],
}
_CHARSET_TEXT: Final = (
    "Chu Viet trong noi dung thu, dong 4 dung bang ma TCVN3/ABC, khong phai Unicode TCVN 6909:2001 (Q4 7.3). "
    "Hay chuyen sang Unicode (UniKey: Ctrl+Shift+F6) roi gui lai."
)
_PROGRAM: Final[Sheet] = ("bao-gia.zip", "application/zip", "application/zip", 412_300)
_VIDEO: Final[Sheet] = ("ho-so-hop.zip", "application/zip", "application/zip", 18 * _MIB)

CASES: Final = (
    Case(
        2.2, "reject", "vietnamese-charset", ("Q4 7.3",), 550, "5.6.1", _CHARSET_TEXT, _CHARSET,
        senders=("p13.q4@tphcm.gov.vn", "ttbinh.q4@tphcm.gov.vn"),
    ),
    Case(
        2.6, "accept", "vietnamese-charset", ("Q4 7.3",), 550, "5.6.1", _CHARSET_TEXT, _CHARSET,
        mode=Mode.OBSERVE, direction="inbound", senders=("vanthu@so-noivu.example",),
    ),
    Case(
        1.6, "reject", "attachment-cap", ("Q4 4.2",), 552, "5.3.4",
        "Tong dung luong tep dinh kem la 18 MB, vuot muc toi da 15 MB (Q4 4.2). Hay bot hoac nen tep, chia thanh nhieu "
        "thu, hoac gui duong dan tai tep.",
        {"total": 18 * _MIB, "limit": 15 * _MIB, "count": 1, "largest": [{"filename": _VIDEO[0], "bytes": _VIDEO[3]}]},
        size=25 * _MIB, files=(_VIDEO,),
    ),
    Case(
        0.8, "reject", "dangerous-type", (), 550, "5.7.1",
        'Tep "bao-gia.zip > bao-gia.pdf.exe" la chuong trinh thuc thi, khong duoc gui qua he thong nay.',
        {"count": 1, "files": [{"file": "bao-gia.zip › bao-gia.pdf.exe", "part": "1.2", "why": "executable",
                                "kind": "application/x-dosexec", "bytes": 402_176, "tricks": ["double-extension"]}]},
        direction="inbound", senders=("ketoan@nhathau.example", "billing@freight.example"), files=(_PROGRAM,),
        size=600_000,
    ),
    Case(
        0.3, "reject", "secret-marking", ("Q4 7.1",), 550, "5.7.1",
        "Co dau chi do mat (TOI MAT) o noi dung thu. Tai lieu mat khong duoc gui qua he thong thu nay (Q4 7.1).",
        {"count": 1, "markings": [{"text": "nội dung thư", "source": "body", "part": "1", "place": "dòng 1",
                                   "level": "tối mật", "form": "stamp"}]},
        senders=("pnv.q4@tphcm.gov.vn",),
    ),
    Case(
        0.6, "reject", "request-channel", ("Q4 6.1",), 550, "5.7.1",
        "Hop thu nay chi nhan yeu cau tu hop thu don vi da dang ky (Q4 6.1).",
        {"channel": ["capthu.q4@tphcm.gov.vn"], "sender": "phuong1.q4@gmail.com", "how": "none", "flaws": ["private"]},
        direction="inbound", senders=("phuong1.q4@gmail.com",), recipient="capthu.q4@tphcm.gov.vn",
    ),
    Case(
        1.0, "tempfail", "outbound-throttle", ("Q4 11.7",), 451, "4.7.1",
        "Ban gui qua nhieu trong mot gio (Q4 11.7). Hay doi roi gui lai.",
        {"scope": "mailbox", "mailbox": "ptckh.q4@tphcm.gov.vn", "limit": 600, "used": 600, "retry_after": 420},
        senders=("ptckh.q4@tphcm.gov.vn",), stage="rcpt",
    ),
    Case(
        1.4, "reject", "spam", (), 550, "5.7.1", "Thu nay bi coi la thu rac.",
        {"score": 18.4, "threshold": 15.0}, direction="inbound",
        senders=("offer@deals.example", "win@lottery.example", "info@seo-rank.example"),
    ),
    Case(
        0.5, "reject", "own-domain", (), 550, "5.7.1",
        "Dia chi nguoi gui thuoc ten mien cua chung toi nhung thu den tu ben ngoai.",
        {"domain": "tphcm.gov.vn", "checks": ["spf=fail", "dkim=none", "dmarc=fail"]}, direction="inbound",
        senders=("chutich.q4@tphcm.gov.vn",), stage="mail",
    ),
    Case(
        1.8, "accept", "vietnamese-diacritics", (), 550, "5.6.1", "Noi dung thu la tieng Viet khong dau.",
        {"syllables": 46, "share": 0.97, "sample": "Kinh gui Phong Noi vu, don vi xin bao cao so lieu quy III"},
        mode=Mode.OBSERVE,
    ),
)  # fmt: skip
