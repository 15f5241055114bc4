"""Where a mailbox stands in its life, in words: what is due when, by which clause, and why not. Pure.

For `mailboxes show`, `lifecycle plan` and the console. An exemption's reason is the office's own text: it is bounded
and printable here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from gateway.lifecycle.days import day_of
from gateway.lifecycle.plan import Act, Wait
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Lock
from gateway.lifecycle.words import DOUBTS, PHASES, Words, minute

ACTS: Final[Mapping[Act, Words]] = {
    Act.WARN: Words("gửi cảnh báo", "warn"),
    Act.CLEAR: Words("rút cảnh báo", "take the warning back"),
    Act.CHECK: Words("xem lại hộp thư ngay", "look at it again now"),
    Act.LOCK: Words("tạm khóa", "lock"),
    Act.REWARN: Words("cảnh báo thu hồi", "warn of the reclaiming"),
    Act.RECLAIM: Words("thu hồi", "reclaim"),
    Act.ASK: Words("gửi thư hỏi", "send the letter that asks"),
}

WAITS: Final[Mapping[Wait, Words]] = {
    Wait.TOO_MANY: Words("nhiều bất thường, chờ người duyệt", "too many at once: a person has to allow them"),
    Wait.NOT_NOW: Words("chờ giờ làm việc", "waits for office hours"),
}

LOCKS: Final[Mapping[Lock, Words]] = {
    Lock.NONE: Words("", ""),
    Lock.DORMANT: Words("không sử dụng", "not used"),
    Lock.PASSWORD: Words("không đổi mật khẩu lần đầu", "the first password was not changed"),
    Lock.SECURITY: Words("mất quyền kiểm soát", "control over it was lost"),
    Lock.HAND: Words("người quản trị khóa", "locked by hand"),
}

_NEXT: Final[Mapping[Phase, Words]] = {
    Phase.ACTIVE: Words("cảnh báo sớm nhất ngày", "a warning at the earliest on"),
    Phase.CANNOT_TELL: Words("sớm nhất có thể kết luận ngày", "something can be told at the earliest on"),
    Phase.EXEMPT: Words("hết miễn, xét lại ngày", "judged again on"),
    Phase.TO_WARN: Words("cảnh báo từ ngày", "a warning from"),
    Phase.WARNED: Words("bước tiếp theo từ ngày", "the next step from"),
    Phase.TO_LOCK: Words("được tạm khóa từ ngày", "it may be locked from"),
    Phase.LOCKED: Words("cảnh báo thu hồi từ ngày", "a warning of the reclaiming from"),
    Phase.TO_REWARN: Words("cảnh báo thu hồi từ ngày", "a warning of the reclaiming from"),
    Phase.REWARNED: Words("thu hồi từ ngày", "it may be reclaimed from"),
    Phase.TO_RECLAIM: Words("được thu hồi từ ngày", "it may be reclaimed from"),
    Phase.RECLAIMED: Words("", ""),
}
_KINDS: Final = {"service": Words("hộp thư dịch vụ, quy chế không nói đến", "a service's mailbox, of no period")}
_LONGEST: Final = 200


def standing(told: Assessment) -> Words:
    """One sentence in each language."""
    head, parts = PHASES[told.phase], [part for part in _parts(told) if part.vi]
    clause = f" ({told.clause})" if told.clause else ""
    vi, en = "; ".join(part.vi for part in parts), "; ".join(part.en for part in parts)
    return Words(
        f"{head.vi[:1].upper()}{head.vi[1:]}{f': {vi}' if vi else ''}{clause}.",
        f"{head.en[:1].upper()}{head.en[1:]}{f': {en}' if en else ''}{clause}.",
    )


def _parts(told: Assessment) -> list[Words]:
    return [_reason(told), *_silence(told), _deadline(told), _due(told), _doubt(told)]


def _reason(told: Assessment) -> Words:
    if told.phase is Phase.LOCKED and told.reason in set(Lock):
        return LOCKS[Lock(told.reason)]
    if told.reason in _KINDS:
        return _KINDS[told.reason]
    text = "".join(c if c.isprintable() else " " for c in told.reason[:_LONGEST])
    return Words(text, text)


def _silence(told: Assessment) -> list[Words]:
    if told.idle_since is None:
        return []
    if told.proved_until is None:
        since = date(day_of(told.idle_since))
        if told.doubt is Doubt.POLLING_ONLY:
            return [Words(f"có vẻ không ai mở từ ngày {since}", f"it seems that nobody opened it since {since}")]
        return [Words(f"tính từ ngày {since}", f"counted from {since}")]
    since, until = minute(told.idle_since), minute(told.proved_until)
    vi = f"chắc chắn không ai dùng từ {since} đến {until}"
    return [Words(vi, f"surely not used from {since} to {until}")]


def _deadline(told: Assessment) -> Words:
    if told.deadline is None:
        return Words("", "")
    day = date(told.deadline)
    if told.doubt is Doubt.POLLING_ONLY:
        return Words(f"nếu đúng vậy, thời hạn đến hết ngày {day}", f"if so, the period ends with {day}")
    return Words(f"thời hạn đến hết ngày {day}", f"the period ends with {day}")


def _due(told: Assessment) -> Words:
    words = _NEXT[told.phase]
    if told.due is None or not words.vi:
        return Words("", "")
    day = date(told.due)
    return Words(f"{words.vi} {day}", f"{words.en} {day}")


def _doubt(told: Assessment) -> Words:
    return Words("", "") if told.doubt is Doubt.NONE else DOUBTS[told.doubt]


def date(day: datetime.date) -> str:
    """A day as offices write it."""
    return f"{day:%d/%m/%Y}"
