"""A finding's evidence as rows for a person: names in Vietnamese, values bounded. Any JSON is safe. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.console import text as plain
from gateway.console.evidence_words import spoken
from gateway.console.words import Words

_LONG: Final = 1200  # characters of one value
_MOST: Final = 60  # rows
_DEEP: Final = 3
_WIDE: Final = 6  # columns of a small table

NAMES: Final = {
    "charset": Words("Bộ mã nhận ra", "Charset found"),
    "charsets": Words("Bộ mã nhận ra", "Charsets found"),
    "sample": Words("Trích đoạn", "Excerpt"),
    "samples": Words("Trích đoạn", "Excerpts"),
    "sent": Words("Như đã gửi", "As sent"),
    "shown": Words("Như đã gửi", "As sent"),
    "meant": Words("Đọc đúng là", "As understood"),
    "converted": Words("Đọc đúng là", "As understood"),
    "where": Words("Vị trí", "Where"),
    "place": Words("Vị trí", "Where"),
    "part": Words("Phần của thư", "Part"),
    "file": Words("Tệp", "File"),
    "files": Words("Tệp", "Files"),
    "filename": Words("Tên tệp", "File name"),
    "path": Words("Đường dẫn trong tệp nén", "Path in the archive"),
    "type": Words("Loại", "Type"),
    "declared": Words("Loại khai báo", "Declared type"),
    "sniffed": Words("Loại thật", "Real type"),
    "bytes": Words("Số byte", "Bytes"),
    "size": Words("Dung lượng", "Size"),
    "limit": Words("Giới hạn", "Limit"),
    "used": Words("Đã dùng", "Used"),
    "count": Words("Số lượng", "Count"),
    "share": Words("Tỷ lệ", "Share"),
    "texts": Words("Đoạn văn", "Text"),
    "text": Words("Ở", "In"),
    "passages": Words("Trích đoạn", "Passage"),
    "understood": Words("Đọc đúng là", "As understood"),
    "source": Words("Nguồn", "Source"),
    "verdict": Words("Nhận định", "Verdict"),
    "family": Words("Họ bộ mã", "Family"),
    "damaged": Words("Số chữ hỏng", "Damaged letters"),
    "confidence": Words("Độ chắc chắn", "Confidence"),
    "markings": Words("Dấu độ mật", "Marking"),
    "level": Words("Độ mật", "Level"),
    "form": Words("Hình thức", "Form"),
    "largest": Words("Tệp lớn nhất", "Largest file"),
    "total": Words("Tổng dung lượng", "Total"),
    "kind": Words("Loại thật", "Real type"),
    "tricks": Words("Thủ thuật che giấu", "Tricks"),
    "channel": Words("Kênh tiếp nhận", "Channel"),
    "flaws": Words("Thiếu sót", "Flaws"),
    "retry_after": Words("Gửi lại sau (giây)", "Retry after (seconds)"),
    "syllables": Words("Số âm tiết", "Syllables"),
    "symbols": Words("Dấu hiệu", "Symbols"),
    "score": Words("Điểm", "Score"),
    "threshold": Words("Ngưỡng", "Threshold"),
    "sender": Words("Người gửi", "Sender"),
    "recipient": Words("Người nhận", "Recipient"),
    "recipients": Words("Người nhận", "Recipients"),
    "mailbox": Words("Hộp thư", "Mailbox"),
    "unit": Words("Đơn vị", "Unit"),
    "proof": Words("Cách chứng minh", "Proof"),
    "how": Words("Cách chứng minh", "Proved by"),
    "proved": Words("Đã chứng minh", "Proved"),
    "why": Words("Vì sao", "Why"),
    "reason": Words("Lý do", "Reason"),
    "reasons": Words("Lý do", "Reasons"),
    "marking": Words("Dấu độ mật", "Marking"),
    "line": Words("Dòng", "Line"),
    "exempted": Words("Miễn trừ", "Exempted"),
    "order": Words("Theo lệnh số", "By order"),
    "state": Words("Trạng thái", "State"),
    "virus": Words("Tên mã độc", "Malware"),
    "signature": Words("Dấu hiệu", "Signature"),
    "scope": Words("Phạm vi", "Scope"),
    "window": Words("Trong khoảng", "Window"),
    "domain": Words("Tên miền", "Domain"),
    "author": Words("Người viết (From)", "Author (From)"),
    "checks": Words("Kết quả xác thực", "Checks"),
    "left_out": Words("Đã lược bỏ vì quá dài", "Left out as too long"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One row. `depth`: 0 for a name of the finding's own, more inside a list; `heads`, `cells`: a small table."""

    name: Words
    value: str
    depth: int = 0
    heads: tuple[Words, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


def shown(evidence: Mapping[str, Any], language: str = "vi") -> Iterator[Shown]:
    """The rows, at most 60, with values in this language."""
    for number, row in enumerate(_rows(evidence, 0, language)):
        if number == _MOST:
            yield Shown(Words("…", "…"), "")
            return
        yield row


def _rows(table: Mapping[str, Any], depth: int, language: str) -> Iterator[Shown]:
    for key, value in table.items():
        name = NAMES.get(str(key)) or Words(_spoken(key), _spoken(key))
        if _is_list(value) and len(value) > 0 and _is_flat(value):
            yield _table_of(name, value, depth, language)
        elif _is_list(value) and depth < _DEEP:
            for number, item in enumerate(value, 1):
                yield Shown(Words(f"{name.vi} {number}", f"{name.en} {number}"), "", depth)
                yield from _rows(item, depth + 1, language)
        elif isinstance(value, Mapping) and value and depth < _DEEP:
            yield Shown(name, "", depth)
            yield from _rows(value, depth + 1, language)
        else:
            yield Shown(name, _value(str(key), value, language), depth)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _is_flat(value: list[Mapping[str, Any]]) -> bool:
    """Whether the tables of a list are alike and small enough to stand as rows of one."""
    names = {key for item in value for key in item}
    plain_ones = all(
        not isinstance(part, list | Mapping) or _is_words(part) for item in value for part in item.values()
    )
    return plain_ones and len(names) <= _WIDE and (len(value) > 1 or len(names) <= 4 or "understood" in names)


def _is_words(part: object) -> bool:
    return isinstance(part, list) and all(not isinstance(one, list | Mapping) for one in part)


def _table_of(name: Words, value: list[Mapping[str, Any]], depth: int, language: str) -> Shown:
    keys = list(dict.fromkeys(key for item in value for key in item))
    heads = tuple(NAMES.get(str(key)) or Words(_spoken(key), _spoken(key)) for key in keys)
    cells = tuple(tuple(_value(str(key), item.get(key, ""), language) for key in keys) for item in value[:_MOST])
    return Shown(name, "", depth, heads, cells)


def _spoken(key: object) -> str:
    return plain.clip(str(key).replace("_", " "), 80)


def _value(key: str, value: object, language: str) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int) and key in ("bytes", "size", "limit", "total", "decoded_size") and value >= 1024:
        return f"{plain.size(value)} ({plain.number(value)} byte)"
    if isinstance(value, list | tuple):
        return plain.clip(", ".join(spoken(key, one, language) for one in value), _LONG)
    return plain.clip(spoken(key, value, language), _LONG)
