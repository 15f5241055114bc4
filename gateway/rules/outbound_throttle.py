"""Does a sender, its unit, its domain or its client send more than it may?

AG 8.6, 10.2e and Q4 11.7: no spam leaves through official mail. What was counted comes with the facts; counting itself
is not this rule's business. It puts off, for a limit is no judgement of a message: whoever waits may send. Only what
would not fit if nothing else were sent is refused, so that nobody waits for what never comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rates import Exceeded, Limit, Measure, Scope
from gateway.rules.listed import NO_MODES, NO_NEEDS
from gateway.rules.malware import parse_unavailable
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.signs import RATED

_KEPT = 320  # characters of a name in evidence
_SHOWN = 100
_COUNTED = {
    Measure.RECIPIENTS: ("người nhận", "recipients"),
    Measure.MESSAGES: ("thư", "messages"),
    Measure.NEW: ("người nhận mới", "new recipients"),
    Measure.BYTES: ("dữ liệu", "of mail"),
}
_WINDOWS = {60: ("phút", "a minute"), 3600: ("giờ", "an hour"), 86400: ("ngày", "a day")}
_WHOSE = {
    Scope.MAILBOX: ("Hộp thư {who}", "The mailbox {who}"),
    Scope.PATH: ("Hộp thư {who}", "The mailbox {who}"),
    Scope.NULL: ("Thư báo của máy chủ {who}", "Notifications of the server {who}"),
    Scope.UNIT: ("Đơn vị của hộp thư gửi", "The sender's unit"),
    Scope.DOMAIN: ("Tên miền {who}", "The domain {who}"),
    Scope.CLIENT: ("Máy có địa chỉ {who}", "The client {who}"),
}

_CROWD = ("Các địa chỉ gửi không có trong danh bạ", "All senders that the directory does not have")


class OutboundThrottle:
    """Puts off what is beyond a limit: 450 4.7.1 with the time to wait; what never fits is refused.

    `unavailable`: where nothing was counted.
    """

    name = "outbound-throttle"
    clauses: tuple[str, ...] = ("Q4 11.7", "AG 8.6", "AG 10.2e")
    stages: tuple[Stage, ...] = (Stage.RCPT, Stage.MESSAGE)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.OUTBOUND, Direction.SUBMISSION, Direction.PROXY_FILTER)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"unavailable": parse_unavailable})
    defaults: Mapping[str, object] = MappingProxyType({"unavailable": "pass"})
    needs = NO_NEEDS
    signs = RATED

    def check(self, facts: Facts) -> Finding | None:
        """A finding for the limit that keeps the sender waiting longest, above all for ever."""
        rates = facts.rates
        if rates.exceeded:
            return self._exceeded(max(rates.exceeded, key=lambda one: (_is_vain(one), one.retry_after)), facts)
        return self._uncounted(facts) if rates.failed else None

    def _exceeded(self, worst: Exceeded, facts: Facts) -> Finding:
        limit = worst.limit
        evidence = {
            "account": f"{worst.scope.value}:{worst.who[:_KEPT]}",
            "measure": limit.measure.value,
            "limit": limit.count,
            "window": limit.seconds,
            "used": worst.used,
            "retry_after": math.ceil(worst.retry_after),
        }
        if _is_vain(worst):
            del evidence["used"], evidence["retry_after"]
            return Finding(self.name, facts.clauses, Action.REJECT, _refuse(worst, facts), evidence)
        return Finding(self.name, facts.clauses, Action.TEMPFAIL, _wait(worst, facts), evidence)

    def _uncounted(self, facts: Facts) -> Finding:
        waits = facts.parameters["unavailable"] == "tempfail"
        reply = refusal(
            451,
            "4.7.1",
            "Tạm thời chưa đếm được lượng thư gửi; hãy gửi lại sau ít phút.",
            "What is sent cannot be counted now; try again in a few minutes.",
            utf8=facts.envelope.smtputf8,
        )
        mode = Mode.ENFORCE if waits else Mode.OBSERVE
        return Finding(self.name, facts.clauses, Action.TEMPFAIL, reply, {"uncounted": True}, mode)


def _is_vain(one: Exceeded) -> bool:
    """Whether waiting for room helps nothing."""
    return one.never or one.limit.count == 0


def _whose(worst: Exceeded) -> tuple[str, str]:
    who = worst.who[:_SHOWN] or "<>"
    crowd = worst.scope is Scope.UNIT and any(name in worst.who for name in ("unknown:", "foreign:"))
    vietnamese, english = _CROWD if crowd else _WHOSE[worst.scope]
    return vietnamese.format(who=who), english.format(who=who)


def _how_much(limit: Limit) -> tuple[str, str]:
    """The limit, with its window: "600 người nhận mỗi giờ", "600 recipients an hour"."""
    counted, counted_in_english = _COUNTED[limit.measure]
    window, window_in_english = _WINDOWS.get(limit.seconds, (f"{limit.seconds} giây", f"in {limit.seconds} seconds"))
    count = _size(limit.count) if limit.measure is Measure.BYTES else f"{limit.count}"
    return f"{count} {counted} mỗi {window}", f"{count} {counted_in_english} {window_in_english}"


def _refuse(worst: Exceeded, facts: Facts) -> Reply:
    """The message is larger than the whole limit, or the limit is nothing at all."""
    whose, whose_in_english = _whose(worst)
    much, much_in_english = _how_much(worst.limit)
    vietnamese = f"{whose} chỉ được gửi {much}{cited(facts.clauses)}"
    english = f"{whose_in_english} may send {much_in_english}{cited_in_english(facts.clauses)}"
    utf8 = facts.envelope.smtputf8
    if worst.limit.measure is not Measure.BYTES:
        vietnamese, english = f"{vietnamese}. Hãy liên hệ quản trị.", f"{english}. Ask your administrator."
        return refusal(550, "5.7.1", vietnamese, english, utf8=utf8)
    return refusal(
        552,
        "5.3.4",
        f"{vietnamese}; thư này lớn hơn thế, gửi lại cũng không được. Hãy bớt hoặc nén tệp, chia thành nhiều thư, hoặc "
        "gửi đường dẫn.",
        f"{english}; this message is larger, so it never fits. Send fewer or smaller files, several messages, or a "
        "link.",
        utf8=utf8,
    )


def _wait(worst: Exceeded, facts: Facts) -> Reply:
    utf8 = facts.envelope.smtputf8
    whose, whose_in_english = _whose(worst)
    much, much_in_english = _how_much(worst.limit)
    soon, soon_in_english = _time(worst.retry_after)
    clauses = cited_in_english(facts.clauses)
    machine = worst.scope is Scope.NULL
    return refusal(
        450,
        "4.7.1",
        f"{whose} đã gửi đến mức {much}{cited(facts.clauses)}. Hãy gửi lại sau {soon}."
        + ("" if machine else " Nếu không phải anh/chị gửi, hãy đổi mật khẩu ngay và báo quản trị."),
        f"{whose_in_english} reached {much_in_english}{clauses}. Send again in {soon_in_english}."
        + ("" if machine else " If you did not send them, change the password now and tell your administrator."),
        utf8=utf8,
    )


def _size(count: int) -> str:
    """Bytes as the configuration writes them."""
    for unit, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count} byte"


def _time(seconds: float) -> tuple[str, str]:
    """How long to wait, rounded up to what people say."""
    minutes = max(1, math.ceil(seconds / 60))
    if minutes < 120:
        return f"{minutes} phút", f"{minutes} minute{'s' if minutes > 1 else ''}"
    hours = math.ceil(minutes / 60)
    return f"{hours} giờ", f"{hours} hours"
