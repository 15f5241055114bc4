"""What the sender of a refused request is told: why, by which clause, from which mailbox and to which address.

The directory is not told to strangers: whether an address is registered, and of which unit, is said to those only who
have proved which mailbox is theirs, or are logged in.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.contents import RequestSigns
from gateway.model import Facts, Reply
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.request_proof import Flaw, Standing
from gateway.senders import mailbox_of_login
from gateway.who import Channel, Mailbox

KINDS = {
    "create": ("cấp mới", "create"),
    "change": ("thay đổi thông tin", "change"),
    "remove": ("hủy, thu hồi", "remove"),
    "reissue": ("cấp lại, lấy lại mật khẩu", "re-issue"),
    "unlock": ("mở khóa", "unlock"),
}
"""What a request asks for, as the clauses say it (Q4 6.1, AG 6), and in English."""

_ABOUT_OTHERS = frozenset({Flaw.FOREIGN, Flaw.PERSONAL, Flaw.SERVICE})
# What of the message names somebody else, or nobody: how a clerk and whoever helps one finds it.
_OF_THE_MESSAGE = {
    Flaw.NO_AUTHOR: ("thiếu From", "there is no From"),
    Flaw.SEVERAL_AUTHORS: ("From có nhiều địa chỉ", "From has several addresses"),
    Flaw.OTHER_REPLY_TO: ("Reply-To (trả lời về) là hộp thư khác", "Reply-To is another mailbox"),
    Flaw.OTHER_SENDER: ("Sender là hộp thư khác", "Sender is another mailbox"),
    Flaw.OTHER_PATH: ("địa chỉ gửi (MAIL FROM) là hộp thư khác", "the envelope's sender is another mailbox"),
    Flaw.RESENT: ("thư do hộp thư khác gửi lại (Resent-)", "another mailbox has resent it"),
    Flaw.OTHER_SHOWN: ("tên hiển thị có địa chỉ khác", "a display name shows another address"),
    Flaw.DISPUTED: (
        "From, Sender hoặc Reply-To viết không đúng chuẩn",
        "From, Sender or Reply-To can be read in several ways",
    ),
}
_AUTHORS = frozenset({Flaw.NO_AUTHOR, Flaw.SEVERAL_AUTHORS})  # seen without the directory
_LONGEST_NAMED = 100  # characters of an address or a unit's name


def clauses_for(flaws: Sequence[Flaw], clauses: tuple[str, ...]) -> tuple[str, ...]:
    """Of the clauses that may be cited here, those that say it: other mailboxes (Q4 6.2, AG 4.2), or the way to ask."""
    wanted = ("Q4 6.2", "AG 4.2") if _ABOUT_OTHERS.intersection(flaws) else ("Q4 6.1", "AG 6")
    return tuple(clause for clause in clauses if clause in wanted) or clauses


def refused(facts: Facts, channel: Channel, standing: Standing, signs: RequestSigns) -> Reply:
    """550 5.7.1, by the first thing that is wrong."""
    clauses = clauses_for(standing.flaws, facts.clauses)
    why, why_in_english = _why(facts, standing)
    read, read_in_english = _read_as(channel, signs)
    address = channel.address[:_LONGEST_NAMED]
    return refusal(
        550,
        "5.7.1",
        f"{read}{why}{cited(clauses)}. Hãy đăng nhập hộp thư đơn vị đã đăng ký và gửi tới {address}, "
        "nêu rõ lý do, đính kèm danh sách.",
        f"{read_in_english}{why_in_english}{cited_in_english(clauses)}. Log in to your unit's registered mailbox and "
        f"send to {address}, with the reason and the list attached.",
        utf8=facts.envelope.smtputf8,
    )


def not_now(facts: Facts, channel: Channel) -> Reply:
    """451 4.7.1: who wrote it, or what it asks, cannot be told now."""
    address = channel.address[:_LONGEST_NAMED]
    return refusal(
        451,
        "4.7.1",
        f"Tạm thời chưa xác minh được người gửi thư yêu cầu tới {address}, hãy gửi lại sau.",
        f"Whether this may go to {address} cannot be told now, try again later.",
        utf8=facts.envelope.smtputf8,
    )


def _read_as(channel: Channel, signs: RequestSigns) -> tuple[str, str]:
    """What is taken in here, or what the message was read as."""
    if channel.exclusive:
        return "Địa chỉ này chỉ nhận yêu cầu về hộp thư: ", "This address takes requests about mailboxes only: "
    kind, kind_in_english = KINDS.get(signs.kinds[0], ("", "")) if signs.kinds else ("", "")
    named, named_in_english = (f" ({kind})", f" ({kind_in_english})") if kind else ("", "")
    return (
        f"Thư này là yêu cầu về hộp thư{named}: ",
        f"This reads as a request about mailboxes{named_in_english}: ",
    )


def _why(facts: Facts, standing: Standing) -> tuple[str, str]:
    flaws = frozenset(standing.flaws)
    if Flaw.FOREIGN in flaws:
        return (
            "không nhận từ hộp thư của nhà cung cấp bên ngoài (Yahoo, Gmail...)",
            "it is not taken from another provider's mailbox (Yahoo, Gmail...)",
        )
    own = _own_mailbox(facts)
    if own is not None and Flaw.LOCKED in flaws:
        return "hộp thư đơn vị đang bị khóa hoặc đã thu hồi", "your unit's mailbox is locked or reclaimed"
    if own is not None and flaws & _ABOUT_OTHERS:
        return _of_a_person(own, facts)
    wrong = next((texts for flaw, texts in _OF_THE_MESSAGE.items() if flaw in flaws), None)
    if wrong is not None and (_AUTHORS & flaws or (standing.mailbox is not None and _is_ours(facts, own))):
        return (
            f"{wrong[0]}, mọi địa chỉ gửi phải là một hộp thư đơn vị",
            f"{wrong[1]}, while all must be the one unit mailbox",
        )
    return (
        "chỉ nhận từ hộp thư đơn vị đã đăng ký, gửi qua hệ thống thư của cơ quan",
        "it is taken from a registered unit mailbox only, logged in to the official mail system",
    )


def _own_mailbox(facts: Facts) -> Mailbox | None:
    """The mailbox of whoever writes, where that is proved or logged in: it may be told what the directory says."""
    proved, login = facts.sender.identity.mailbox, facts.envelope.session.user
    if proved:
        return facts.directory.find(proved)
    return mailbox_of_login(login, facts.directory, facts.own_domains) if login else None


def _is_ours(facts: Facts, own: Mailbox | None) -> bool:
    """Whether a client of ours is spoken to: then it shows no secret that From is a unit's mailbox."""
    session = facts.envelope.session
    return own is not None or bool(session.user) or (session.trusted and not session.stranger)


def _of_a_person(own: Mailbox, facts: Facts) -> tuple[str, str]:
    """To an official of ours: which unit's mailbox to use."""
    unit = facts.directory.unit(own.unit) if own.unit else None
    named = f' "{unit.name[:_LONGEST_NAMED]}"' if unit is not None else ""
    return (
        f"không nhận từ hộp thư cá nhân hay dịch vụ, phải gửi từ hộp thư của đơn vị{named}",
        f"it is not taken from a personal or service mailbox, but from that of your unit{named}",
    )
