"""Evidence in words, Vietnamese and English: used between when and when, by what it is known, how sure that is. Pure.

For `mailboxes show`, letters and pages. What comes from outside (an actor's name) is bounded and printable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from gateway.access import Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.days import wall
from gateway.lifecycle.silence import Doubt, Known
from gateway.lifecycle.stages import Phase

_MOST: Final = 20
_MOMENT: Final = 60.0  # seconds: shorter intervals are told as a moment


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str


SIGNS: Final[dict[Sign, Words]] = {
    Sign.RECENT_CLEARED: Words("thư mới trong Hộp thư đến đã được mở", "the inbox was opened: new mail was claimed"),
    Sign.READ: Words("có thư chuyển sang đã đọc", "messages became read"),
    Sign.CHANGED: Words("dấu của thư thay đổi", "flags of messages changed"),
    Sign.REMOVED: Words("có thư bị xóa hoặc chuyển đi", "messages were removed"),
    Sign.SENT: Words("có thư mới trong thư mục Đã gửi", "a message was put into Sent"),
    Sign.FILED: Words("có thư mới trong Nháp hoặc thư mục khác", "a message was put into Drafts or another folder"),
    Sign.RECENT_KEPT: Words("thư mới vẫn chưa ai mở", "the same new mail stayed unclaimed"),
    Sign.BETWEEN_DATES: Words("theo ngày của thư, ở lần xem đầu tiên", "by the dates of messages, at the first look"),
    Sign.OLDEST_UNCLAIMED: Words("theo ngày của thư cũ nhất chưa mở", "by the date of the oldest unclaimed message"),
    Sign.UIDVALIDITY: Words("hộp thư đã được tạo lại", "the mailbox was made anew"),
    Sign.INDEX_LOST: Words("chỉ mục của hộp thư bị mất", "the mailbox's index was lost"),
    Sign.LOGIN: Words("đăng nhập", "a login"),
    Sign.SELECT: Words("mở một thư mục", "a folder was opened"),
    Sign.IDLE: Words("thiết bị giữ kết nối chờ thư", "a device stayed connected for new mail"),
    Sign.LAST_LOGIN: Words("máy chủ ghi lần đăng nhập sau cùng", "the server's record of the last login"),
}

SOURCES: Final[dict[Source, Words]] = {
    Source.IMAP: Words("suy ra qua IMAP", "inferred over IMAP"),
    Source.DOVECOT_EVENTS: Words("Dovecot báo", "told by Dovecot's events"),
    Source.DOVECOT_POLICY: Words("Dovecot hỏi khi đăng nhập", "told by Dovecot's login policy"),
    Source.LAST_LOGIN: Words("bảng last_login của Dovecot", "Dovecot's last_login table"),
    Source.LASTPOP: Words("lần lấy thư POP3 sau cùng của Cyrus", "Cyrus' last POP3 login"),
    Source.ZIMBRA: Words("LDAP của Zimbra", "Zimbra's LDAP"),
    Source.ACTIVE_DIRECTORY: Words("Active Directory", "Active Directory"),
    Source.SUBMISSION: Words("đăng nhập gửi thư qua cổng thư", "a login on our submission listener"),
}

STRENGTHS: Final[dict[Strength, Words]] = {
    Strength.EXACT: Words("chính xác", "exact"),
    Strength.STRONG: Words("chắc chắn", "sure"),
    Strength.MEDIUM: Words("có thể do việc của quản trị viên", "an administrator's job could have done it"),
    Strength.WEAK: Words("chỉ là dấu hiệu", "a hint only"),
}

_KINDS: Final[dict[Kind, Words]] = {
    Kind.ACCESS: Words("Có truy cập", "Used"),
    Kind.AUTOMATIC: Words("Thiết bị hoặc chương trình truy cập", "Used by a device or a program"),
    Kind.UNUSED: Words("Không ai mở Hộp thư đến", "Nobody opened the inbox"),
    Kind.RESET: Words("Không so sánh được với trước", "Not to be compared with what was before"),
}

DOUBTS: Final[dict[Doubt, Words]] = {
    Doubt.NONE: Words("", ""),
    Doubt.NO_EVIDENCE: Words("chưa xem hộp thư này lần nào", "nobody has looked at this mailbox yet"),
    Doubt.STALE: Words("lần xem gần nhất đã quá lâu", "the last look is too long ago"),
    Doubt.GAP: Words("có khoảng thời gian không xem được", "there was a time in which nobody could look"),
    Doubt.RESET: Words("hộp thư hoặc chỉ mục đã được tạo lại", "the mailbox or its index was made anew"),
    Doubt.NOTHING_WAITING: Words(
        "không có thư mới nào chờ, nên ai mở hộp thư cũng không để lại dấu vết",
        "no new mail was waiting, so whoever opens the inbox leaves no trace",
    ),
    Doubt.WEAK_SILENCE: Words("chỉ biết theo ngày của thư", "it rests on the dates of messages only"),
    Doubt.WEAK_USE: Words("có dấu hiệu sử dụng", "there is a hint of use"),
    Doubt.DISAGREE: Words("các nguồn nói khác nhau", "the sources disagree"),
    Doubt.CLOCK: Words("có thời điểm không thể có: đồng hồ sai", "there are times that cannot be: a clock is wrong"),
    Doubt.POLLING_ONLY: Words(
        "chỉ biết qua IMAP; chương trình chỉ xem (EXAMINE) thì không thấy được, cần nguồn chính xác",
        "only polling says so, and it does not see clients that only ever look (EXAMINE): have an exact source",
    ),
    Doubt.WATCHED_SINCE: Words("mới theo dõi, chưa đủ thời hạn", "it is watched for less than the period"),
}

PHASES: Final[dict[Phase, Words]] = {
    Phase.ACTIVE: Words("đang sử dụng", "active"),
    Phase.CANNOT_TELL: Words("chưa xác định được", "cannot tell"),
    Phase.EXEMPT: Words("được miễn", "exempt"),
    Phase.TO_WARN: Words("cần cảnh báo", "to be warned"),
    Phase.WARNED: Words("đã cảnh báo", "warned"),
    Phase.TO_LOCK: Words("đến hạn tạm khóa", "to be locked"),
    Phase.LOCKED: Words("đang tạm khóa", "locked"),
    Phase.TO_REWARN: Words("cần cảnh báo thu hồi", "to be warned of the reclaiming"),
    Phase.REWARNED: Words("đã cảnh báo thu hồi", "warned of the reclaiming"),
    Phase.TO_RECLAIM: Words("đến hạn thu hồi", "to be reclaimed"),
    Phase.RECLAIMED: Words("đã thu hồi", "reclaimed"),
}


def explain(evidence: Iterable[Evidence]) -> list[Words]:
    """Each statement in words, the newest first, at most 20."""
    told = sorted(evidence, key=lambda one: (one.not_after, one.not_before), reverse=True)
    return [sentence(one) for one in told[:_MOST]]


def sentence(one: Evidence) -> Words:
    """One statement in words."""
    head, sign, source, sure = _KINDS[one.kind], SIGNS[one.sign], SOURCES[one.source], STRENGTHS[one.strength]
    actor = f", {_clean(one.actor)}" if one.actor else ""
    times = _times(one)
    return Words(
        f"{head.vi} {times.vi}: {sign.vi} ({source.vi}{actor}; {sure.vi}).",
        f"{head.en} {times.en}: {sign.en} ({source.en}{actor}; {sure.en}).",
    )


def summary(known: Known) -> Words:
    """What all evidence together says of the last use."""
    if known.silent is not None:
        since = minute(known.silent.since)
        until = minute(known.silent.until)
        vi = f"Chắc chắn không ai dùng từ {since} đến {until}."
        en = f"Surely not used from {since} to {until}."
    elif known.supposed is not None:
        since, until = minute(known.supposed.since), minute(known.supposed.until)
        vi = f"Qua IMAP không thấy ai mở Hộp thư đến từ {since} đến {until}; chưa chắc chắn."
        en = f"Polling saw nobody open the inbox from {since} to {until}; that is not sure."
    elif known.used is not None:
        return _used(known.used, DOUBTS[known.doubt])
    else:
        vi, en = "Chưa xác định được.", "Cannot tell."
    doubt = DOUBTS[known.doubt]
    return Words(f"{vi} ({doubt.vi})" if doubt.vi else vi, f"{en} ({doubt.en})" if doubt.en else en)


def _used(last: Evidence, doubt: Words) -> Words:
    """The use is certain; what came behind it is what may be in doubt, and is said apart from it."""
    when = _when(last)
    since = Words(f" Từ đó đến nay chưa rõ: {doubt.vi}.", f" Since then nobody can tell: {doubt.en}.")
    vi, en = f"Chắc chắn có dùng {when.vi}.", f"Certainly used {when.en}."
    return Words(vi + since.vi, en + since.en) if doubt.vi else Words(vi, en)


def minute(moment: float) -> str:
    """A moment as offices write it: 07:45 22/11/2026, in Vietnam's time."""
    return wall(moment).strftime("%H:%M %d/%m/%Y")


def _when(one: Evidence) -> Words:
    """When somebody was there: at a moment, or at some time between two."""
    since, until = minute(one.not_before), minute(one.not_after)
    if one.not_after - one.not_before < _MOMENT:
        return Words(f"lúc {until}", f"at {until}")
    return Words(f"trong khoảng từ {since} đến {until}", f"between {since} and {until}")


def _times(one: Evidence) -> Words:
    if one.not_after - one.not_before >= _MOMENT and one.kind in (Kind.UNUSED, Kind.RESET):
        since, until = minute(one.not_before), minute(one.not_after)
        return Words(f"từ {since} đến {until}", f"from {since} to {until}")
    return _when(one)


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:100])
