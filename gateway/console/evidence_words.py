"""The stable names of a finding's evidence in words: `violation` is "vi phạm". Fractions as the language writes. Pure.

A name that is missing here is shown as it is: evidence of an older or newer version stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.console.words import PROOFS, Words

_VERDICTS: Final = {
    "ok": Words("đạt", "fine"),
    "note": Words("ghi chú", "note"),
    "warning": Words("cảnh báo", "warning"),
    "violation": Words("vi phạm", "violation"),
}
_SOURCES: Final = {
    "header": Words("tiêu đề thư", "header"),
    "name": Words("tên tệp", "file name"),
    "body": Words("nội dung thư", "body"),
    "quoted": Words("phần trích dẫn, chuyển tiếp", "quoted or forwarded text"),
    "document": Words("văn bản đính kèm", "attached document"),
}
_FORMS: Final = {
    "stamp": Words("dấu đứng riêng", "a stamp on its own"),
    "field": Words("mục “Độ mật”", "a field of secrecy"),
    "spaced": Words("viết cách từng chữ cái", "letter by letter"),
    "unmarked": Words("không dấu", "without diacritics"),
}
_LEVELS: Final = {
    "mật": Words("mật", "secret (mật)"),
    "tối mật": Words("tối mật", "top secret (tối mật)"),
    "tuyệt mật": Words("tuyệt mật", "the highest (tuyệt mật)"),
}
_NATURES: Final = {
    "executable": Words("chương trình thực thi", "a program"),
    "script": Words("tệp lệnh (script)", "a script"),
    "installer": Words("bộ cài đặt", "an installer"),
    "shortcut": Words("lối tắt chạy lệnh", "a shortcut that runs a command"),
    "macros": Words("văn bản có macro", "a document with macros"),
    "active-content": Words("văn bản chứa chương trình", "a document that carries a program"),
    "remote-content": Words("văn bản tải nội dung từ máy khác", "a document that loads from another machine"),
    "disk-image": Words("ảnh đĩa", "a disk image"),
}
_TRICKS: Final = {
    "double-extension": Words("hai phần mở rộng", "two extensions"),
    "bidi-name": Words("ký tự đảo chiều trong tên", "a name that reorders itself"),
    "name-mismatch": Words("tên không đúng loại thật", "a name of another type"),
}
_FLAWS: Final = {
    "foreign-provider": Words("hộp thư của nhà cung cấp bên ngoài", "a foreign provider's mailbox"),
    "personal-mailbox": Words("hộp thư cá nhân", "a personal mailbox"),
    "service-mailbox": Words("hộp thư dịch vụ", "a service mailbox"),
    "locked-mailbox": Words("hộp thư đang khóa", "a locked mailbox"),
    "not-registered": Words("không có trong danh bạ", "not in the directory"),
    "disputed-header": Words("tiêu đề có thể đọc nhiều cách", "a header that reads in several ways"),
    "no-author": Words("không có người viết", "no author"),
    "several-authors": Words("nhiều người viết", "several authors"),
    "null-reverse-path": Words("người gửi rỗng", "the null sender"),
    "rewritten-reverse-path": Words("địa chỉ gửi đã bị viết lại", "a rewritten envelope sender"),
    "other-reverse-path": Words("địa chỉ gửi khác người viết", "another envelope sender"),
    "other-sender": Words("ô Sender khác người viết", "another Sender"),
    "other-reply-to": Words("ô Reply-To khác người viết", "another Reply-To"),
    "resent-by-another": Words("người khác gửi lại", "resent by another"),
    "shows-another-address": Words("hiện một địa chỉ khác", "shows another address"),
    "unproved": Words("chưa chứng minh được người gửi", "the sender is not proved"),
}
_BY_KEY: Final[Mapping[str, Mapping[str, Words]]] = {
    "verdict": _VERDICTS,
    "source": _SOURCES,
    "form": _FORMS,
    "level": _LEVELS,
    "why": _NATURES,
    "tricks": _TRICKS,
    "flaws": _FLAWS,
    "how": PROOFS,
    "proof": PROOFS,
}


def spoken(key: str, value: object, language: str) -> str:
    """A value of this key in words; of any other, the value itself, a fraction as the language writes it."""
    if isinstance(value, float):
        text = str(round(value, 3))
        return text if language == "en" else text.replace(".", ",")
    found = _BY_KEY.get(key, {}).get(str(value))
    return found.of(language) if found is not None else str(value)
