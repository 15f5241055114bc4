"""Sentences that ask by telling what to do: no "please", a deed, a mailbox and for whom. Takes `readable` text.

The same words tell what was or will be done, rule, or warn; so an order is short, and none of their words is in it.
"""

from __future__ import annotations

import re

_WORDS = 40  # of an order: what is longer tells
_NUMBER = r"(?:\d{1,3}|một|hai|ba|bốn|năm|vài|mấy|mot|bon|vai|may)"
_PEOPLE = (
    r"(?:công chức|cán bộ|nhân viên|viên chức|chuyên viên|nhân sự|đồng chí|đ c|bạn|người|anh|chị|em"
    r"|cong chuc|can bo|nhan vien|vien chuc|chuyen vien|nhan su|dong chi|d c|nguoi)"
)
_FOR = (
    rf"cho (?:{_NUMBER} )?(?:(?:ông|bà|cô|thầy|ong|ba|mr|mrs|ms) \w+|{_PEOPLE}\b)"
    r"|for (?:\d{1,3} |our |the |a )?(?:new |mr|mrs|ms|colleague|employee|staff|clerk)"
)
_WHOM = re.compile(rf"\b(?:{_FOR})")
_ACCOUNT = re.compile(rf"\b(?:tài khoản|tai khoan|user|acc|accounts?|username|login)(?: mới| moi)? (?:{_FOR})")
_TOLD = re.compile(
    r"\b(?:đã|vừa|sẽ|rồi|xong|đang|chưa|được|khi|nếu|phải|từng|các|mọi|mỗi|nhiều|hôm qua|không|đừng|việc|theo quy"
    r"|từ|bị|hàng|tổng|ai|nào|da|vua|se|roi|chua|duoc|khi|neu|phai|tung|moi nguoi|hom qua|khong|dung|viec|bi"
    r"|has|have|was|were|will|if|when|must|all|every|each|never|not)\b"
)
_PASSWORD = re.compile(
    r"\b(?:gửi|gởi|nhắn|đọc|gui|goi|nhan|doc) (?:lại |giúp |lai |giup )?(?:mật khẩu|mat khau|pass|password|mk)\b"
    r".{0,60}\b(?:số|so|zalo|sms|điện thoại|dien thoai|sđt|sdt)\b"
)
_SECOND = re.compile(
    r"\b(?:tắt|bỏ|gỡ|hủy|huỷ|tat|bo|go|huy) (?:giúp |hộ |giup |ho )?(?:xác thực|xac thuc|bảo mật|bao mat) "
    r"(?:hai|2|đa|da) (?:lớp|bước|yếu|nhân|lop|buoc|yeu|nhan)\b|\b(?:disable|turn off) (?:2fa|mfa|two factor)\b"
)


def is_order(sentence: str) -> bool:
    """Whether a sentence with a deed and a mailbox or account in it says for whom, and tells of nothing."""
    return _WHOM.search(sentence) is not None and _is_plain(sentence)


def is_for_somebody(sentence: str) -> bool:
    """Whether a sentence says for whom an account is asked for, and nothing of what it opens."""
    return _ACCOUNT.search(sentence) is not None and sentence.count(" ") < _WORDS


def order_of(sentence: str) -> str:
    """What is ordered by words that say by themselves what they are about: a kind, "" for nothing."""
    if _PASSWORD.search(sentence) and _is_plain(sentence):
        return "reissue"
    return "change" if _SECOND.search(sentence) and _is_plain(sentence) else ""


def _is_plain(sentence: str) -> bool:
    return sentence.count(" ") < _WORDS and _TOLD.search(sentence) is None
