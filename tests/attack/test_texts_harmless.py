"""Ordinary mail that was refused once for its words, and records that held more than they may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.attack.texts import LEGACY, eml, refused, sheet
from tests.support.congthu import Gateway, listener, upstream
from tests.support.mime import attached
from tests.support.recorder import Recorder

HTML, PLAIN = "text/html; charset=utf-8", "text/plain; charset=utf-8"
HEAD = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
UNMARKED = (
    "Kinh gui cac dong chi, de nghi cac don vi khan truong bao cao tinh hinh thuc hien nhiem vu quy nay ve van phong "
    "uy ban nhan dan quan truoc ngay muoi lam de tong hop, xin cam on cac dong chi da quan tam phoi hop cong tac."
)
CELLS = "<table><tr><td>1</td><td>LÊ THỊ</td><td>MẬT</td><td>1990</td></tr><tr><td>2</td><td>TRẦN VĂN</td></tr></table>"


@pytest.fixture(scope="module")
def reading() -> Iterator[Gateway]:
    """A gateway with every rule as it comes, for our own mail."""
    with (
        Recorder() as recorder,
        Gateway([listener(direction="outbound")], {"mailserver": upstream(recorder.port)}) as made,
    ):
        yield made


GOOD_MAIL = {
    "a-name-in-cells": eml("DANH SÁCH CỬ TRI\nSTT\tHỌ ĐỆM\tTÊN\n1\tNGUYỄN VĂN\tMẬT\tNam\n2\tLÊ THỊ\tHOA\tNữ\n", PLAIN),
    "a-name-in-a-table": eml(CELLS, HTML),
    "a-name-in-a-sheet": attached(("ds.xlsx", sheet("", ("STT", "HỌ", "TÊN"), ("1", "NGUYỄN VĂN", "MẬT")))),
    "a-name-below-a-letterhead": eml(f"{HEAD}DANH SÁCH\nSTT\nHọ và\nTên\n1\nNguyễn Văn\nMật\n2\nLê Thị\nHoa\n", PLAIN),
    "signed": eml("Gửi anh tệp.\n\nTrân trọng,\n\nMẬT\nPhòng Kế toán\n", PLAIN),
    "columns": eml("Số: 12/BC-VP\nBÁO CÁO\nThống kê văn bản\nSTT\nThường\nMật\nKhẩn\n1\n100\n2\n5\n", PLAIN),
    "a-register": attached(("Thống kê văn bản mật.xlsx", sheet("", ("STT", "Số")))),
    "a-book": attached(("Sổ văn bản mật.xlsx", sheet("", ("STT", "Số")))),
    "a-person's-file": attached(("CV Trần Văn MẬT.xlsx", sheet("", ("STT", "Số")))),
    "calendar": eml(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Hội nghị bảo vệ bí mật nhà nước\n"
        "DESCRIPTION:Mật khẩu Wi-Fi: abc\\nBảo mật\nEND:VEVENT\nEND:VCALENDAR\n",
        "text/calendar; charset=utf-8; method=REQUEST",
    ),
    "seven-bits": eml("\x1b$B$*@$OC$K$J$C$F$*$j$^$9\x1b(B", "text/plain; charset=iso-2022-jp"),
    "utf-7": eml("Văn phòng + Sở Nội vụ: 1+1=2".encode("utf-7"), "text/plain; charset=utf-7"),
    "outlook": eml(
        "<!--[if gte mso 9]><xml><o:x>&quot;</o:x></xml><![endif]--><p>Kính gửi các đơn vị, 5 &lt; 6.</p>", HTML
    ),
}


@pytest.mark.parametrize("name", GOOD_MAIL)
def test_good_mail_passes(reading: Gateway, name: str) -> None:
    text, row = _judged(reading, GOOD_MAIL[name])
    assert text.startswith("250 ")
    assert "findings" not in row


def test_the_stamp_is_still_one(reading: Gateway) -> None:
    """What tells people from stamps leaves the stamps of provinces and of people's letterheads."""
    for head in ("HỌC VIỆN CHÍNH TRỊ QUỐC GIA\nHỒ CHÍ MINH", "UBND TỈNH AN GIANG", "Số: 12/BC-VP"):
        assert refused(reading, eml(f"{head}\nMẬT\nSố: 12/BC\n", PLAIN)).startswith("550-5.7.1 ")


@pytest.mark.parametrize("body", [LEGACY, UNMARKED])
def test_no_rule_keeps_words_of_a_marked_message(reading: Gateway, body: str) -> None:
    text, row = _judged(reading, eml(f"TỐI MẬT\n\nSố: 12/KH-UBND\n\n{body}\n", PLAIN))
    assert text.startswith("550-5.7.1 ")
    assert len(row["findings"]) > 1
    kept = json.dumps(row, ensure_ascii=False) + reading.daemon.output()
    assert not any(word in kept for word in ("nghÜa", "nghĩa", "dong chi", "Kinh gui"))


def _judged(gateway: Gateway, content: bytes) -> tuple[str, dict[str, Any]]:
    """What the client heard, and the journal's row."""
    return gateway.judged(lambda: refused(gateway, content))
