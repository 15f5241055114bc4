"""A judgement's evidence as sentences that a person can judge, Vietnamese and English. Pure.

Takes the evidence as it comes back from a store: any JSON is safe, and what is not understood is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.conduct.score import Sign

_MOST: Final = 16  # sentences
_NAMES: Final = 8  # networks that are named
_LONG: Final = 64  # characters of a network's name
_WINDOWS: Final[Mapping[str, tuple[str, str]]] = {
    "10min": ("trong 10 phút", "in ten minutes"),
    "hour": ("trong một giờ", "in one hour"),
    "day": ("trong 24 giờ", "in 24 hours"),
    "week": ("trong một tuần", "in a week"),
}
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    Sign.NEW_RECIPIENTS: (
        "{seen} người nhận mà hộp thư này chưa từng viết cho, {window}; ngày thường nhiều nhất khoảng {usual}",
        "{seen} recipients that this mailbox had not written to lately {window}; ordinarily at most about {usual}",
    ),
    Sign.FIRST_LETTERS: (
        "{seen} thư gửi tới người nhận mới {window}; bình thường nhiều nhất khoảng {usual}",
        "{seen} messages to new recipients {window}; ordinarily at most about {usual}",
    ),
    Sign.MANY_RECIPIENTS: (
        "{seen} người nhận {window}; ngày thường nhiều nhất khoảng {usual}",
        "{seen} recipients {window}; on ordinary days at most about {usual}",
    ),
    Sign.BURST: (
        "{seen} thư {window}; ngày thường nhiều nhất khoảng {usual}",
        "{seen} messages {window}; on ordinary days at most about {usual}",
    ),
    Sign.UNKNOWN_USERS: (
        "{seen} địa chỉ người nhận không tồn tại {window}; ngày thường nhiều nhất khoảng {usual}",
        "{seen} recipients that do not exist, {window}; on ordinary days at most about {usual}",
    ),
    Sign.SAME_CONTENT: (
        "cùng một nội dung gửi riêng từng thư tới {seen} người nhận {window}; ngày thường nhiều nhất khoảng {usual}",
        "the same content in separate messages to {seen} recipients {window}; on ordinary days at most about {usual}",
    ),
    Sign.SPAM: (
        "bộ lọc thư rác coi {seen} thư là thư rác {window}; ngày thường nhiều nhất khoảng {usual}",
        "the spam filter took {seen} messages for spam {window}; on ordinary days at most about {usual}",
    ),
    Sign.THROTTLED: (
        "{seen} người nhận bị từ chối vì vượt mức gửi {window}",
        "{seen} recipients refused for the rate {window}",
    ),
    Sign.ODD_HOURS: (
        "{seen} người nhận vào những giờ mà hộp thư này thường không gửi (đêm, ngày nghỉ), {window}",
        "{seen} recipients at hours when this mailbox does not usually write (night, days off), {window}",
    ),
    Sign.NEW_NETWORK: (
        "{seen} người nhận, gửi từ mạng mà hộp thư này chưa dùng, {window}",
        "{seen} recipients written to from networks that this mailbox has not used before, {window}",
    ),
    Sign.MANY_NETWORKS: (
        "gửi từ {seen} mạng khác nhau {window}; ngày thường nhiều nhất khoảng {usual}",
        "sent from {seen} different networks {window}; on ordinary days at most about {usual}",
    ),
    Sign.FAILED_LOGINS: (
        "{seen} lần đăng nhập sai {window}, rồi gửi thư từ một mạng mới",
        "{seen} failed logins {window}, then mail from a new network",
    ),
}


def sentences(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(Vietnamese, English) for each sign, the heaviest first, then the new networks and how long it is known."""
    signs = evidence.get("signs")
    made = [_sentence(sign) for sign in (signs if isinstance(signs, list) else [])[:_MOST]]
    lines = [line for line in made if line is not None]
    networks = evidence.get("networks")
    names = [str(name)[:_LONG] for name in (networks if isinstance(networks, list) else [])[:_NAMES]]
    if names:
        lines.append((f"mạng mới: {', '.join(names)}", f"new networks: {', '.join(names)}"))
    days = evidence.get("days_known")
    if isinstance(days, int):
        lines.append((
            f"thói quen của hộp thư được biết qua {days} ngày gửi thư bình thường",
            f"the mailbox's habits are known from {days} ordinary days of sending",
        ))  # fmt: skip
    return lines


def _sentence(sign: object) -> tuple[str, str] | None:
    if not isinstance(sign, Mapping):
        return None
    texts, windows = _TEXTS.get(str(sign.get("sign"))), _WINDOWS.get(str(sign.get("window")))
    seen, usual = sign.get("seen"), sign.get("usual")
    if texts is None or windows is None or not isinstance(seen, int) or not isinstance(usual, int):
        return None
    vi, en = (text.format(seen=seen, usual=usual, window=window) for text, window in zip(texts, windows, strict=True))
    return vi, en
