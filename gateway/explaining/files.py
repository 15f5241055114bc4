"""Refusals for what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.explaining.values import Evidence, Words, number, plain, rows, size

_WHY: Final = {
    "executable": Words("chương trình chạy được", "a program"),
    "script": Words("tệp lệnh (script)", "a script"),
    "installer": Words("bộ cài đặt", "an installer"),
    "shortcut": Words("lối tắt chạy lệnh", "a shortcut that runs a command"),
    "macros": Words("văn bản có macro", "a document with macros"),
    "active-content": Words("văn bản có nội dung tự chạy", "a document with active content"),
    "remote-content": Words(
        "văn bản tự tải nội dung từ máy khác", "a document that loads something from another computer"
    ),
    "disk-image": Words("ảnh đĩa", "a disk image"),
}
_BLIND: Final = {
    "fragments": Words("thư chỉ là một mảnh của thư khác", "the message is a fragment of another"),
    "structure": Words(
        "cấu trúc thư sai chuẩn, các chương trình đọc khác nhau",
        "the message's form is broken: programs disagree on it",
    ),
    "bombs": Words(
        "tệp nén quá nhiều lớp hoặc quá lớn khi giải nén", "an archive that is nested or grows beyond limits"
    ),
    "encrypted": Words("tệp có mật khẩu, không mở ra kiểm tra được", "a file with a password, which cannot be opened"),
    "encrypted_mail": Words("thư được mã hóa", "the message is encrypted"),
    "unsupported": Words("loại tệp nén không mở được ở đây", "an archive of a kind that is not opened here"),
    "unchecked": Words("tệp hỏng, không biết bên trong có gì", "a damaged file: what is in it is not known"),
}


def attachment_cap(evidence: Evidence) -> Iterator[Words]:
    """Q4 4.2."""
    total, limit = size(number(evidence, "total")), size(number(evidence, "limit"))
    yield Words(
        f"Các tệp đính kèm nặng tổng cộng {total.vi}; giới hạn là {limit.vi}.",
        f"The attachments weigh {total.en} together; the limit is {limit.en}.",
    )
    for one in rows(evidence, "largest"):
        weight = size(number(one, "bytes"))
        name = plain(one.get("filename"), 120)
        yield Words(f"{name or '(không tên)'}: {weight.vi}", f"{name or '(no name)'}: {weight.en}")


CAP_FIX: Final = (
    Words(
        "Nén lại tệp, giảm dung lượng ảnh quét (150–200 dpi là đủ để đọc), hoặc chia thành nhiều thư.",
        "Compress the files, scan at a lower resolution (150–200 dpi is enough to read), or send several messages.",
    ),
    Words(
        "Với tài liệu rất lớn: đặt lên hệ thống lưu trữ của cơ quan và gửi đường dẫn.",
        "For very large documents: put them on the office's file server and send the link.",
    ),
)


def dangerous_type(evidence: Evidence) -> Iterator[Words]:
    """AG 8.6, 10.2e."""
    for one in rows(evidence, "files"):
        name, why = plain(one.get("file"), 160), _WHY.get(plain(one.get("why"), 40))
        if why is None:
            yield Words(f"Tệp: {name}", f"File: {name}")
        else:
            yield Words(f"Tệp: {name} – {why.vi}", f"File: {name} – {why.en}")


DANGEROUS_FIX: Final = (
    Words(
        "Bỏ tệp đó khỏi thư. Văn bản có macro: lưu lại dạng không macro (docx, xlsx) hoặc PDF rồi gửi.",
        "Take the file out. A document with macros: save it without them (docx, xlsx) or as PDF, and send that.",
    ),
    Words(
        "Nếu không tự đính kèm tệp này, máy có thể đã nhiễm mã độc: hãy báo bộ phận công nghệ thông tin.",
        "If you did not attach it yourself the computer may be infected: tell your IT staff.",
    ),
)


def malware(evidence: Evidence) -> Iterator[Words]:
    """AG 8.6, 10.2e."""
    for one in rows(evidence, "threats"):
        name = plain(one.get("signature"), 120)
        yield Words(f"Phát hiện mã độc: {name}", f"Malware was found: {name}")


MALWARE_FIX: Final = (
    Words(
        "Không gửi lại. Báo ngay bộ phận công nghệ thông tin và quét mã độc máy tính đã gửi thư này.",
        "Do not send it again. Tell your IT staff at once, and have the computer that sent it scanned.",
    ),
)


def unscannable(evidence: Evidence) -> Iterator[Words]:
    """Q4 4.2, AG 10.2e."""
    for one in rows(evidence, "blind"):
        where, why = plain(one.get("where"), 160), _BLIND.get(plain(one.get("reason"), 40))
        if why is not None:
            yield Words(f"{where}: {why.vi}" if where else why.vi, f"{where}: {why.en}" if where else why.en)


UNSCANNABLE_FIX: Final = (
    Words(
        "Gửi tệp không đặt mật khẩu, nén kiểu ZIP một lớp, hoặc gửi từng tệp riêng.",
        "Send files without a password, in a plain ZIP of one layer, or one by one.",
    ),
    Words(
        "Nếu thư không có tệp nén nào: soạn một thư mới, không chuyển tiếp thư cũ.",
        "Where nothing is compressed: write a new message instead of forwarding the old one.",
    ),
)
