"""How full a mailbox is, its old mail, and its last poll: lines for people and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gateway.cli.poll_view import FAILURES
from gateway.cli.use_common import size, stamp
from gateway.lifecycle.capacity import Capacity, Fullness, capacity
from gateway.lifecycle.words import Words, minute
from gateway.upkeep.rows import Polled

Line = tuple[str, Words, str]
_STYLES: Final = {Fullness.FULL: "bad", Fullness.FILLING: "doubt", Fullness.FINE: "", Fullness.UNKNOWN: ""}


def capacity_line(held: Capacity) -> Iterator[Line]:
    """Used of what is allowed (Q4 4.2), past which threshold."""
    if held.fullness is Fullness.UNKNOWN:
        return
    room = f"{size(held.used)} / {size(held.limit)} ({held.share:.0%})" if held.limit else size(held.used)
    vi, en = f"đã dùng {room}", f"used {room}"
    if held.fullness is Fullness.FULL:
        vi, en = f"{vi}; đầy", f"{en}; full"
    elif held.threshold:
        vi, en = f"{vi}; quá mức {held.threshold:.0%}", f"{en}; past {held.threshold:.0%}"
    if held.differs:
        vi = f"{vi}; máy chủ thư đặt mức khác với quy chế (1 GB, Q4 4.2)"
        en = f"{en}; the mail server's limit is not the regulation's (1 GB, Q4 4.2)"
    yield "quota", Words(vi, en), _STYLES[held.fullness]


def capacity_of(polled: Polled | None, allowed: int) -> Capacity:
    """Judged as of the last good poll. `allowed`: the regulation's capacity in bytes, 0: it sets none."""
    return capacity(None if polled is None else polled.quota, allowed)


def old_line(polled: Polled | None) -> Iterator[Line]:
    """Messages of the inbox older than the regulation allows (Q4 11.8)."""
    if polled is None or polled.old_messages is None or polled.old_counted is None:
        return
    count, when = polled.old_messages, minute(polled.old_counted)
    vi = f"{count:,} thư trong Hộp thư đến cũ hơn 6 tháng (Q4 11.8), đếm lúc {when}"
    en = f"{count:,} messages of the inbox are older than 6 months (Q4 11.8), counted at {when}"
    yield "old mail", Words(vi, en), "doubt" if count else ""


def poll_line(polled: Polled | None) -> Iterator[Line]:
    """When it was looked at last, and why not since."""
    if polled is None:
        yield "poll", Words("cổng chưa xem hộp thư này lần nào", "the gateway has never looked at it"), "doubt"
        return
    seen = minute(polled.observed) if polled.observed is not None else ""
    vi = f"xem được lần sau cùng lúc {seen}" if seen else "chưa xem được lần nào"
    en = f"looked at last at {seen}" if seen else "never looked at with success"
    if polled.failure is None:
        yield "poll", Words(vi, en), ""
        return
    why, tried = FAILURES[polled.failure.value], minute(polled.attempted)
    yield (
        "poll",
        Words(f"{vi}; lúc {tried} không được: {why.vi}", f"{en}; failed at {tried}: {why.en} ({polled.failure.value})"),
        "bad",
    )


def capacity_json(held: Capacity, polled: Polled | None) -> dict[str, Any]:
    """Quota and old mail as JSON has them."""
    return {
        "quota": None
        if held.fullness is Fullness.UNKNOWN
        else {
            "used": held.used,
            "limit": held.limit,
            "share": round(held.share, 4),
            "fullness": held.fullness.value,
            "threshold": held.threshold,
            "differs": held.differs,
        },
        "old_messages": None if polled is None else polled.old_messages,
        "old_counted": None if polled is None else stamp(polled.old_counted),
    }


def poll_json(polled: Polled | None) -> dict[str, Any] | None:
    """The last poll as JSON has it; None: it was never polled."""
    if polled is None:
        return None
    return {
        "attempted": stamp(polled.attempted),
        "observed": stamp(polled.observed),
        "failure": None if polled.failure is None else polled.failure.value,
        "detail": polled.detail,
    }
