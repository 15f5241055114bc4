"""Which texts rule rather than ask, and which only hand over or answer what they quote. Takes `readable` text.

A regulation says in its articles how mailboxes are asked for: that is no asking. A few lines that are numbered like
articles make no regulation, and what stands before its first article is a letter's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.wording.requests_phrases import ADDRESS

_FEW, _MANY = 2, 5  # articles behind the title of a regulation; of a text that has none
_LENGTH = 120  # characters of an article in the middle, where there is no title: in a regulation several times as many
_ARTICLE = re.compile(r"(?:điều|dieu|chương|chuong|article|section) [\divx]{1,4}(?:[.:]|\Z)")
_TITLE = re.compile(
    r"(?:dự thảo |du thao )?(?:quy chế|quy định|quyết định|thông tư|nghị định|hướng dẫn|nội quy|quy che|quy dinh"
    r"|quyet dinh|thong tu|nghi dinh|huong dan|noi quy|regulation|policy)"
)
# What a letter says and an article does not: who is asked, who asks, for whom.
_LETTER = re.compile(
    rf"(?:thư|mail|khoản|khẩu|cho|thu|khoan|khau|box) {ADDRESS}"
    r"|\b(?:kính (?:gửi|đề nghị|mong|nhờ)|trân trọng|nhờ|giúp (?:em|tôi|chúng|đơn|phòng|sở|phường|xã)"
    r"|(?:bà|ông|anh|chị|em|tôi|đồng chí) (?!bà|có|và|được|phải|là)\w+|kinh (?:gui|de nghi|mong|nho)|tran trong"
    r"|nho (?:anh|chi|quy)|giup (?:em|toi|chung|don|phong|so|phuong|xa)|cho (?:ong|anh|chi|em|toi|dong chi)"
    r"|please|dear|kindly)\b"
)
_HANDED = re.compile(
    r"\b(?:xử l[ýí]|giải quyết|thực hiện|xem giúp|xem xét|chuyển|fyi|fwd?|bên dưới|dưới đây|phía dưới|ở dưới|như dưới"
    r"|nội dung sau|đính kèm|kèm theo|trong thư|theo thư|làm giúp|giúp (?:em|tôi|mình|sở|phòng|phường|xã)|hỗ trợ"
    r"|xu ly|giai quyet|thuc hien|xem giup|xem xet|chuyen|ben duoi|duoi day|phia duoi|o duoi|nhu duoi|noi dung sau"
    r"|dinh kem|kem theo|trong thu|theo thu|lam giup|giup (?:em|toi|minh|so|phong|phuong|xa)|ho tro"
    r"|please|below|attached|forward(?:ed|ing)?|handle|process)\b"
)
_ANSWERED = re.compile(
    r"\b(?:(?:đã|vừa|mới) (?:\w+ ){0,2}?(?:xử lý|giải quyết|thực hiện|hoàn thành|cấp|tạo|mở|đổi|xóa|hủy|thu hồi|reset"
    r"|đặt lại|xong)|(?:cấp|tạo|mở|đổi|xóa|hủy|khóa|reset|đặt lại|làm|lại) (?:xong )?rồi|xong rồi|làm xong"
    r"|(?:da|vua|moi) (?:\w+ ){0,2}?(?:xu ly|giai quyet|thuc hien|hoan thanh|cap|tao|mo|doi|xoa|huy|thu hoi|reset"
    r"|dat lai|xong)|(?:cap|tao|mo|doi|xoa|huy|khoa|reset|dat lai|lam|lai) (?:xong )?roi|xong roi|lam xong"
    r"|(?:has|have) been (?:created|reset|done|removed|unlocked)|done)\b"
)
_SHORT, _COVER = 20, 80  # words of a text that only stands above what is quoted; of one that says that it hands it over


def articles(read: Sequence[str]) -> range:
    """Which of a text's sentences stand in the articles of a regulation; an empty range where it is none."""
    heads = [at for at, sentence in enumerate(read) if _ARTICLE.match(sentence)]
    titled = bool(heads) and any(map(_TITLE.match, read[: heads[0]]))
    if len(heads) < (_FEW if titled else _MANY):
        return range(0)
    ends = [*heads[1:], len(read)]
    sizes = sorted(sum(map(len, read[head:end])) for head, end in zip(heads, ends, strict=True))
    return range(heads[0], len(read)) if titled or sizes[len(sizes) // 2] >= _LENGTH else range(0)


def is_personal(sentence: str) -> bool:
    """Whether a sentence is a letter's, wherever it stands."""
    return _LETTER.search(sentence) is not None


def hands_over(text: str) -> bool:
    """Whether a text is short and says that what it quotes is to be dealt with."""
    return _HANDED.search(text) is not None and len(text.split()) <= _COVER


def is_message(text: str) -> bool:
    """Whether a text says something of its own, and is no mere cover."""
    return len(text.split()) > _SHORT and not hands_over(text)


def answers(sentence: str) -> bool:
    """Whether somebody tells that what was asked for is done."""
    return _ANSWERED.search(sentence) is not None
