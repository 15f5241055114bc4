"""Verdicts on reading windows in words, Vietnamese and English. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.lifecycle.windows import Checked, Verdict, Why
from gateway.lifecycle.words import Words

VERDICTS: Final[Mapping[Verdict, Words]] = {
    Verdict.CHECKED: Words("có kiểm tra", "checked"),
    Verdict.NOT_CHECKED: Words("không kiểm tra", "not checked"),
    Verdict.NOT_OBSERVABLE: Words("không quan sát được", "not observable"),
}

WHYS: Final[Mapping[Why, Words]] = {
    Why.NONE: Words("", ""),
    Why.NOBODY_LOOKED: Words("cổng không xem ở hai đầu khung giờ", "nobody looked on both sides of the window"),
    Why.NOTHING_WAITING: Words("không có thư mới nào chờ", "no new mail was waiting"),
    Why.WIDE: Words(
        "có dùng giữa hai lần xem, trong hoặc ngoài khung giờ", "used between two looks, in the window or beside it"
    ),
    Why.WEAK: Words("chỉ có dấu hiệu", "a hint only"),
    Why.AUTOMATIC: Words("chỉ có thiết bị tự kết nối", "only a device that connects by itself"),
    Why.POLLING_ONLY: Words(
        "thư mới chờ suốt, nhưng chỉ có cách hỏi qua IMAP cho thấy vậy",
        "new mail waited all the time, but polling alone says so",
    ),
    Why.SESSION: Words("phiên mở từ trước có thể còn", "a session of before may still have been open"),
}

WINDOWS: Final[Mapping[str, Words]] = {
    "morning-start": Words("đầu buổi sáng", "start of the morning"),
    "morning-middle": Words("giữa buổi sáng", "middle of the morning"),
    "afternoon-start": Words("đầu buổi chiều", "start of the afternoon"),
    "afternoon-middle": Words("giữa buổi chiều", "middle of the afternoon"),
}


def window_name(name: str) -> Words:
    """A window's name for people; the office's own names stand as they are."""
    return WINDOWS.get(name, Words(name, name))


def verdict(one: Checked) -> Words:
    """One verdict with its reason."""
    said, why = VERDICTS[one.verdict], WHYS[one.why]
    return Words(f"{said.vi} ({why.vi})" if why.vi else said.vi, f"{said.en} ({why.en})" if why.en else said.en)
