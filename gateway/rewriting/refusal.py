"""Why a document is not rewritten. Values only."""

from __future__ import annotations

from enum import StrEnum

from gateway.contents import Why
from gateway.errors import CongThuError


class Reason(StrEnum):
    """Stable names, as in JSON."""

    NOT_DOCX = "not-docx"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    REMOTE = "remote-content"
    SIGNED = "signed"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    NOTHING = "nothing"
    FAILED = "failed"

    @property
    def english(self) -> str:
        """For whoever asked."""
        return _WORDS[self][0]

    @property
    def vietnamese(self) -> str:
        """The same."""
        return _WORDS[self][1]


_WORDS = {
    Reason.NOT_DOCX: (
        "it is no Word document (.docx): open it in Word or LibreOffice and save it as .docx",
        "tệp không phải văn bản Word (.docx): hãy mở bằng Word hoặc LibreOffice và lưu thành .docx",
    ),
    Reason.ENCRYPTED: (
        "it has a password: take the password away first",
        "tệp có mật khẩu: hãy gỡ mật khẩu trước",
    ),
    Reason.MACROS: (
        "it has macros: save it as .docx without them first",
        "tệp có macro: hãy lưu thành .docx không có macro trước",
    ),
    Reason.REMOTE: (
        "it fetches a template or an object from another machine when it is opened: take that out first",
        "tệp tự tải mẫu hoặc đối tượng từ máy khác về khi mở: hãy gỡ bỏ trước",
    ),
    Reason.SIGNED: (
        "it is digitally signed, and a changed document loses its signature: sign the converted one",
        "tệp có chữ ký số, sửa đi thì chữ ký mất hiệu lực: hãy chuyển bản chưa ký rồi ký lại",
    ),
    Reason.DAMAGED: (
        "it is damaged: open it in Word, save it again, and try that",
        "tệp bị hỏng: hãy mở bằng Word, lưu lại rồi thử lại",
    ),
    Reason.TOO_LARGE: (
        "it is too large, or unpacks to too much",
        "tệp quá lớn, hoặc bung ra quá lớn",
    ),
    Reason.NOTHING: (
        "nothing in it needs converting: its text is Unicode and no font is a legacy one",
        "không có gì cần chuyển: chữ đã là Unicode và không dùng phông chữ cũ",
    ),
    Reason.FAILED: (
        "it could not be converted",
        "không chuyển được tệp này",
    ),
}
_LARGE = frozenset({Why.TOO_LARGE, Why.TOO_MANY, Why.RATIO, Why.OVERLAP, Why.TOO_DEEP})


class NotRewrittenError(CongThuError):
    """It is not rewritten; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.english)
        self.reason = reason


def reason_of(why: Why) -> Reason:
    """What a reader's reason comes to here."""
    if why in _LARGE:
        return Reason.TOO_LARGE
    known = {Why.ENCRYPTED: Reason.ENCRYPTED, Why.UNSUPPORTED: Reason.NOT_DOCX}
    return known.get(why, Reason.DAMAGED)
