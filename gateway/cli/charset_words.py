"""What `congthu charset` says to people, in Vietnamese and English: verdicts, notes, and how each thing is repaired.

Knows no files and prints nothing. UniKey's names for the charsets are those of its Toolkit (Ctrl+Shift+F6).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from gateway.contents import LegacyText, Source
from gateway.vietnamese import Family


class Said(NamedTuple):
    """The same in two languages."""

    vi: str
    en: str


VERDICTS: Final = {
    "ok": Said("đạt", "ok"),
    "note": Said("ghi chú", "note"),
    "not-checked": Said("chưa kiểm tra", "not checked"),
    "warning": Said("cảnh báo", "warning"),
    "violation": Said("vi phạm", "violation"),
}
NOTES: Final = {
    "nfd": Said("Unicode tổ hợp (NFD), vẫn hợp lệ", "decomposed Unicode (NFD), which conforms"),
    "eth": Said("dùng Ð (U+00D0) thay cho Đ (U+0110)", "Ð (U+00D0) written for Đ (U+0110)"),
    "undeclared": Said("chữ 8 bit không khai đúng bảng mã", "8-bit text without its right charset"),
    "legacy-font": Said("phông cũ trên chữ Unicode", "a legacy font over good Unicode"),
    "telex": Said("phím Telex chưa thành chữ (vd. Coongj hoaf)", "raw Telex keystrokes (e.g. Coongj hoaf)"),
    "lossy": Said("chữ có dấu đã mất thành dấu ?", "letters lost to question marks"),
    "declared": Said("bảng mã cũ nhưng khai đúng", "a legacy charset, rightly declared"),
}
SOURCES: Final = {
    Source.HEADER: Said("tiêu đề thư", "header"),
    Source.NAME: Said("tên tệp", "file name"),
    Source.BODY: Said("nội dung thư", "body"),
    Source.QUOTED: Said("phần trích dẫn, chuyển tiếp", "quoted or forwarded text"),
    Source.DOCUMENT: Said("văn bản", "text"),
}

_UNIKEY: Final = {
    Family.TCVN3: "TCVN3 (ABC)",
    Family.VNI: "VNI Windows",
    Family.VISCII: "VISCII",
    Family.VPS: "VPS",
    Family.VIQR: "VIQR",
    Family.BKHCM1: "BK HCM 1",
    Family.BKHCM2: "BK HCM 2",
    Family.CP1258: "Vietnamese Locale CP 1258",
    Family.VIETWARE_F: "Vietware F",
    Family.VIETWARE_X: "Vietware X",
}
_MOJIBAKE = Said(
    "UTF-8 bị đọc sai bảng mã: mở lại bản gốc và chọn mã UTF-8, hoặc lấy chữ đúng bằng congthu charset --convert.",
    "UTF-8 was read in another charset: open the original as UTF-8 again, or take the text of congthu charset "
    "--convert.",
)
_RENAME = Said("Đổi tên tệp, gõ lại bằng Unicode.", "Rename the file, typing its name in Unicode.")
_RETYPE = Said(
    "Gõ lại tiêu đề, tên hiển thị với bảng mã Unicode trong UniKey.",
    "Type the subject or display name anew, with the charset Unicode in UniKey.",
)
_PLAIN = Said("Chuyển mã: congthu charset --convert TỆP -o TỆP-MỚI", "Convert: congthu charset --convert FILE -o NEW")
_PDF = Said("Chuyển mã tệp gốc rồi xuất lại PDF.", "Convert the document that it was made from, and export it again.")
_TOOLKIT = Said(
    "Sao chép đoạn chữ; UniKey Toolkit (Ctrl+Shift+F6): nguồn {0}, đích Unicode, Chuyển mã; dán lại, chọn phông "
    "Unicode (Times New Roman).",
    "Copy the text; UniKey Toolkit (Ctrl+Shift+F6): source {0}, destination Unicode, convert; paste it back, choose a "
    "Unicode font (Times New Roman).",
)
_BY_NOTE: Final = {
    "lossy": Said("Chữ đã mất không khôi phục được: lấy lại bản gốc.", "What is lost stays lost: take the original."),
    "telex": Said("Bật UniKey rồi gõ lại.", "Turn UniKey on and type it again."),
    "eth": Said("Tìm và thay Ð (U+00D0) bằng Đ (U+0110).", "Find Ð (U+00D0) and replace it by Đ (U+0110)."),
    "legacy-font": Said("Đổi phông sang phông Unicode (Times New Roman).", "Choose a Unicode font (Times New Roman)."),
    "undeclared": Said("Lưu lại bằng mã UTF-8.", "Save it as UTF-8."),
    "declared": Said("Lưu hoặc gửi lại bằng UTF-8.", "Save or send it as UTF-8."),
}
_TEXTS = frozenset(("txt", "csv"))


def repair(found: LegacyText, format_: str) -> Said | None:
    """How a person mends a text of this format ("docx", "txt" …); None where nothing needs it."""
    if not found.family:
        return next((said for note, said in _BY_NOTE.items() if note in found.notes), None)
    if found.source is Source.NAME:
        return _RENAME
    if found.source is Source.HEADER:
        return _RETYPE
    if found.source is Source.DOCUMENT and format_ in _TEXTS:
        return _PLAIN
    if found.source is Source.DOCUMENT and format_ == "pdf":
        return _PDF
    name = _UNIKEY.get(Family(found.family))
    return Said(*(said.format(name) for said in _TOOLKIT)) if name else _MOJIBAKE
