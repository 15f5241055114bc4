"""Refusals for who writes, to whom, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.explaining.values import Evidence, Words, number, plain, words

_LACKS: Final = {
    "reason": Words("lý do", "the reason"),
    "list": Words("danh sách hộp thư đính kèm", "the list of mailboxes"),
    "list-attached": Words("danh sách đính kèm thành tệp", "the list as a file"),
}
_FLAWS: Final = {
    "personal-mailbox": Words("thư gửi từ hộp thư cá nhân", "it came from a personal mailbox"),
    "service-mailbox": Words("thư gửi từ hộp thư của chương trình", "it came from a program's mailbox"),
    "foreign-provider": Words("thư gửi từ hộp thư ngoài hệ thống", "it came from a mailbox elsewhere"),
    "locked-mailbox": Words("hộp thư gửi đang bị khóa", "the mailbox is locked"),
    "not-registered": Words("địa chỉ gửi không phải hộp thư đơn vị đã đăng ký", "no registered unit mailbox wrote it"),
    "other-reply-to": Words("thư trả lời sẽ đi tới địa chỉ khác", "replies would go to another address"),
    "unproved": Words("không xác minh được hộp thư gửi", "the sender could not be proved"),
}


def own_address(evidence: Evidence) -> Iterator[Words]:
    """Q4 11.5, 12.1; AG 10.2d."""
    login, address = plain(evidence.get("login"), 120), plain(evidence.get("address"), 120)
    yield Words(
        f"Tài khoản {login} gửi thư bằng địa chỉ {address}, không phải địa chỉ của mình.",
        f"The login {login} sent as {address}, which is not its own.",
    )


OWN_ADDRESS_FIX: Final = (
    Words(
        "Trong chương trình thư, chọn người gửi là địa chỉ của mình; hoặc đề nghị thủ trưởng đơn vị ủy quyền sử dụng "
        "hộp thư đơn vị.",
        "Choose your own address as the sender, or have your unit's head delegate the unit's mailbox to you.",
    ),
    Words(
        "Nếu không phải bạn gửi thư này: đổi mật khẩu ngay và báo bộ phận quản lý thư.",
        "If you did not send it: change your password now and tell the mail staff.",
    ),
)


def request_channel(evidence: Evidence) -> Iterator[Words]:
    """Q4 6.1, 6.2; AG 4.2, 6."""
    channel = next(iter(words(evidence, "channel")), "")
    yield Words(
        f"Thư đề nghị gửi tới {channel} phải gửi từ hộp thư của đơn vị đã đăng ký.",
        f"A request to {channel} must come from a registered unit mailbox.",
    )
    for one in words(evidence, "flaws", 4):
        if one in _FLAWS:
            yield _FLAWS[one]


CHANNEL_FIX: Final = (
    Words(
        "Đăng nhập hộp thư của đơn vị và gửi lại, nêu rõ lý do, đính kèm danh sách.",
        "Log in to your unit's mailbox and send it again, with the reason and the list attached.",
    ),
)


def request_content(evidence: Evidence) -> Iterator[Words]:
    """Q4 6.1."""
    for one in words(evidence, "lacks"):
        lack = _LACKS.get(one)
        if lack is not None:
            yield Words(f"Thư đề nghị còn thiếu {lack.vi}.", f"The request lacks {lack.en}.")


CONTENT_FIX: Final = (
    Words(
        "Bổ sung lý do và danh sách (tệp xlsx, docx, csv hoặc pdf) rồi gửi lại.",
        "Add the reason and the list (xlsx, docx, csv or pdf), and send it again.",
    ),
)


def throttle(evidence: Evidence) -> Iterator[Words]:
    """Q4 11.7; AG 8.6, 10.2e."""
    limit, hours = number(evidence, "limit"), max(1, number(evidence, "window") // 3600)
    if limit:
        yield Words(
            f"Thư vượt giới hạn {limit} người nhận hoặc thư trong {hours} giờ.",
            f"It exceeds the limit of {limit} recipients or messages in {hours} h.",
        )


THROTTLE_FIX: Final = (
    Words(
        "Gửi cho ít người nhận hơn mỗi lần, hoặc dùng danh sách thư của cơ quan. "
        "Cần gửi nhiều hơn: đề nghị bộ phận quản lý thư.",
        "Send to fewer recipients at a time, or through the office's list. To send more, ask the mail staff.",
    ),
)
SPAM_FIX: Final = (
    Words(
        "Thư giống thư quảng cáo hoặc thư rác: viết rõ nội dung công việc, bỏ liên kết lạ, chỉ gửi cho người cần nhận.",
        "It looks like advertising: say what it is about, leave strange links out, send it to those who need it.",
    ),
    Words(
        "Nếu không phải bạn gửi thư này: đổi mật khẩu ngay và báo bộ phận quản lý thư.",
        "If you did not send it: change your password now and tell the mail staff.",
    ),
)
FORWARD_FIX: Final = (
    Words(
        "Tắt tự động chuyển tiếp thư công vụ sang hộp thư riêng.",
        "Switch off the automatic forwarding of official mail to a private mailbox.",
    ),
)
PRIVATE_FIX: Final = (
    Words(
        "Gửi tới địa chỉ thư công vụ của người nhận, tra trong danh bạ của cơ quan.",
        "Send it to the recipient's official address, which is in the office's directory.",
    ),
)


def nothing(_: Evidence) -> Iterator[Words]:
    """Where the reply's own words say enough."""
    return iter(())
