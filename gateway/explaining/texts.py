"""Refusals for what a message's texts are, and what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.explaining.values import Evidence, Words, number, plain, rows


def charset(evidence: Evidence) -> Iterator[Words]:
    """Q4 7.3, AG 3.1: as sent and as understood, so that a clerk sees it is the font and not the spelling."""
    for one in rows(evidence, "texts", 3):
        where, label = plain(one.get("text"), 120), plain(one.get("charset"), 60)
        named = Words(f"bảng mã {label}", f"charset {label}") if label else Words("bảng mã cũ", "an old charset")
        yield Words(f"Chữ Việt ở {where}: {named.vi}.", f"Vietnamese text in {in_english(where)}: {named.en}.")
        for passage in rows(one, "passages", 2):
            yield from _passage(passage)


def _passage(passage: Evidence) -> Iterator[Words]:
    sent, understood = plain(passage.get("sent"), 100), plain(passage.get("understood"), 100)
    font = plain(passage.get("font"), 60)
    if sent and understood:
        told = Words(f" (phông {font})", f" (font {font})") if font else Words("", "")
        yield Words(f"“{sent}” đọc là “{understood}”{told.vi}", f"“{sent}” is read as “{understood}”{told.en}")


CHARSET_FIX: Final = (
    Words(
        "Chuyển văn bản sang Unicode: trong UniKey mở “Công cụ” (CTRL+SHIFT+F6), chọn bảng mã nguồn như trên, đích là "
        "Unicode; sau đó đổi phông sang Times New Roman.",
        "Convert the text to Unicode: UniKey's toolkit (CTRL+SHIFT+F6), from the charset above to Unicode; then set "
        "the font to Times New Roman.",
    ),
    Words(
        "Đặt bảng mã gõ của bộ gõ thành Unicode (không dùng TCVN3, VNI Windows) rồi gửi lại.",
        "Set the input method to Unicode (not TCVN3 or VNI Windows), and send it again.",
    ),
    Words(
        "Nếu chữ đã hỏng khi sao chép: lấy lại từ bản gốc rồi gửi lại.",
        "Where the text is garbled already: take it from its original.",
    ),
)


_PLACES: Final = (  # as gateway/rules/words.py names texts in the journal, the longer before its beginning
    ("nội dung thư", "the body"),
    ("phần thư trích lại", "a quoted part"),
    ("tiêu đề thư (Subject)", "the subject"),
    ("phần đầu thư", "header field"),
    ("tên tệp", "file name"),
    ("tệp", "file"),
)


def in_english(where: str) -> str:
    """The name of a text, which the journal keeps in Vietnamese; one that is not known stays."""
    for vietnamese, english in _PLACES:
        if where.startswith(vietnamese):
            return english + where.removeprefix(vietnamese)
    return where


def diacritics(evidence: Evidence) -> Iterator[Words]:
    """AG 3.3."""
    for one in rows(evidence, "texts", 3):
        where, sample = plain(one.get("text"), 120), plain(one.get("sample"), 100)
        shown = f": “{sample}”" if sample else ""
        yield Words(
            f"Tiếng Việt không dấu ở {where}{shown}", f"Vietnamese without its marks in {in_english(where)}{shown}"
        )


DIACRITICS_FIX: Final = (
    Words(
        "Viết lại bằng tiếng Việt có dấu (Unicode) rồi gửi lại.",
        "Write it with its marks (Unicode), and send it again.",
    ),
)


def marking(evidence: Evidence) -> Iterator[Words]:
    """AG 4.4, Q4 7.1: the place and the level, never words of the document."""
    for one in rows(evidence, "markings", 3):
        where, level = plain(one.get("text"), 120), plain(one.get("level"), 40).upper()
        yield Words(f"Dấu chỉ độ mật {level} ở {where}.", f"A marking of secrecy ({level}) in {in_english(where)}.")
    if not number(evidence, "count"):
        yield Words("Thư mang dấu chỉ độ mật.", "The message bears a marking of secrecy.")


MARKING_FIX: Final = (
    Words(
        "Văn bản mật không gửi qua hệ thống thư này: hãy gửi theo quy định về bảo vệ bí mật nhà nước.",
        "Secret documents do not travel by this mail: send them as the rules on state secrets say.",
    ),
    Words(
        "Nếu không phải văn bản mật: bỏ dấu chỉ độ mật khỏi trang đầu hoặc tên tệp, hoặc báo bộ phận quản lý thư.",
        "If it is no secret document: take the marking off its first page or name, or tell the mail staff.",
    ),
)
