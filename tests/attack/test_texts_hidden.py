"""Legacy text and markings of secrecy in forms that a mail client shows and that the gateway once passed over."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.attack.texts import LEGACY, docx_with, eml, refused, sheet
from tests.support.congthu import Gateway, listener, upstream
from tests.support.mime import attached, zipped
from tests.support.recorder import Recorder

MARK = "[TỐI MẬT] Kế hoạch"
PAPER = "TỐI MẬT\n\nSố: 12/KH-UBND\n\nKẾ HOẠCH công tác quý tới.\n"
HTML, PLAIN = "text/html; charset=utf-8", "text/plain; charset=utf-8"
CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.fixture(scope="module")
def reading() -> Iterator[Gateway]:
    """A gateway with every rule as it comes, for our own mail."""
    with (
        Recorder() as recorder,
        Gateway([listener(direction="outbound")], {"mailserver": upstream(recorder.port)}) as made,
    ):
        yield made


def word(text: str) -> str:
    """An encoded word."""
    return "=?utf-8?B?" + base64.b64encode(text.encode()).decode() + "?="


SECRET = {
    "empty-words": eml("xem", PLAIN, subject="=?utf-8?Q??= " * 200 + word(MARK)),
    "a-word-a-letter": eml("xem", PLAIN, subject="\r\n ".join(map(word, "x" * 150 + " - TỐI MẬT"))),
    "utf-7-body": eml(PAPER.encode("utf-7"), "text/plain; charset=utf-7"),
    "utf-7-subject": eml("xem", PLAIN, subject="=?utf-7?Q?" + MARK.encode("utf-7").decode().replace(" ", "_") + "?="),
    "icelandic-eth": eml("Ðộ mật: Mật\nSố: 12/KH-UBND\n", PLAIN),
    "inline-element": eml("<p>" + "".join(f"<nobr>{c}</nobr>" for c in "TỐI MẬT") + "</p>", HTML),
    "tag-in-a-tag": eml("<p><span title='a>b'>TỐI MẬT</span></p>", HTML),
    "tag-left-open": eml("<p a=<>TỐI MẬT</p><p>Số: 12</p>", HTML),
    "for-one-program": eml("<!--[if mso]><p>T&#7888;I M&#7852;T</p><![endif]-->", HTML),
    "calendar": eml(CALENDAR.format(f"SUMMARY:{MARK}"), "text/calendar; charset=utf-8; method=REQUEST"),
    "calendar-notes": eml(CALENDAR.format("DESCRIPTION:TỐI M\n ẬT\\nHọp kín"), "text/calendar; charset=utf-8"),
    "calendar-html": eml(
        CALENDAR.format("DESCRIPTION:x\nX-ALT-DESC;FMTTYPE=text/html:<p>TỐI M\n ẬT</p><p>Họp kín</p>"),
        "text/calendar; charset=utf-8; method=REQUEST",
    ),
    "calendar-file": eml(
        CALENDAR.format("ATTACH;ENCODING=BASE64:" + base64.b64encode(PAPER.encode()).decode()), "text/calendar"
    ),
    "styled-capitals": eml("<p style='text-transform: uppercase'>Tối m&#7853;t</p><p>Số: 12/KH-UBND</p>", HTML),
    "class-capitals": eml("<style>.a{font-variant:small-caps}</style><p class=a><b>Tối</b> mật</p>", HTML),
    "docx-capitals": attached(("a.docx", docx_with("<w:r><w:rPr><w:caps/></w:rPr><w:t>Tối mật</w:t></w:r>"))),
    "chinese-label": eml(PAPER.encode("gb18030"), "text/plain; charset=gb2312"),
    "folder": attached(("a.zip", zipped({"TỐI MẬT/ke hoach.txt": b"noi dung"}))),
    "spaced-name": attached(("a.zip", zipped({"M Ậ T.txt": b"noi dung"}))),
    "unseen-letters": eml("T\u200eỐI M\u034fẬ\ufe0fT\n\nSố: 12/KH-UBND\n", PLAIN),
    "sheet-header": attached(("a.xlsx", sheet('&amp;C&amp;"Arial,Bold"&amp;14TỐI MẬT&amp;RTrang &amp;P'))),
}
OLD = {
    "iso-2022-jp": eml(LEGACY.encode("latin-1"), "text/plain; charset=iso-2022-jp"),
    "utf-7": eml(LEGACY.encode("utf-7"), "text/plain; charset=utf-7"),
    "unknown-elements": eml("".join(f"<x-y>{c}</x-y>" for c in LEGACY), HTML),
    "calendar-qp": eml(
        CALENDAR.format("SUMMARY;ENCODING=QUOTED-PRINTABLE:" + "=\n".join(f"={c:02X}" for c in LEGACY.encode())),
        "text/calendar; charset=utf-8",
    ),
    "docx-letters": attached(("a.docx", docx_with("".join(f"<w:r><w:t>{c}</w:t></w:r>" for c in LEGACY)))),
}


@pytest.mark.parametrize("name", SECRET)
def test_a_marking_is_found(reading: Gateway, name: str) -> None:
    assert refused(reading, SECRET[name]).startswith("550-5.7.1 Co dau chi do mat ")


@pytest.mark.parametrize("name", OLD)
def test_legacy_text_is_found(reading: Gateway, name: str) -> None:
    assert refused(reading, OLD[name]).startswith("550-5.6.1 Chu Viet ")
