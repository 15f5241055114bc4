"""What things are called in a Vietnamese report. A name that is missing here is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.reports.ranking import Measure
from gateway.who import Kind, State

RULES: Final[Mapping[str, str]] = {
    "attachment-cap": "Tệp đính kèm vượt dung lượng cho phép",
    "request-channel": "Gửi yêu cầu về hộp thư không đúng hộp thư đơn vị",
    "request-content": "Yêu cầu thiếu lý do hoặc danh sách hộp thư",
    "vietnamese-charset": "Chữ Việt không theo TCVN 6909:2001 (Unicode)",
    "vietnamese-diacritics": "Tiếng Việt không dấu",
    "secret-marking": "Văn bản có dấu chỉ độ mật",
    "outbound-throttle": "Gửi quá giới hạn số lượng",
    "blocked-sender": "Người gửi đang bị chặn",
    "spam": "Thư rác",
    "malware": "Thư có mã độc",
    "dangerous-type": "Tệp đính kèm thuộc loại nguy hiểm",
    "own-domain": "Mạo danh địa chỉ của cơ quan",
    "own-server": "Gửi qua máy chủ thư riêng của đơn vị",
    "auto-forward": "Tự động chuyển tiếp thư công vụ ra hộp thư riêng",
    "own-address": "Gửi bằng địa chỉ của người khác",
    "private-mailbox": "Dùng hộp thư riêng để trao đổi công việc",
    "mailbox-state": "Hộp thư đang bị khóa hoặc đã thu hồi",
    "password-policy": "Mật khẩu không đúng quy định",
    "unscannable": "Thư không kiểm tra được nội dung",
}
DIRECTIONS: Final[Mapping[str, str]] = {
    "inbound": "Thư từ bên ngoài gửi đến",
    "outbound": "Thư gửi ra bên ngoài",
    "submission": "Thư do người dùng gửi qua cổng",
    "proxy-filter": "Thư qua máy chủ thư, trong và ngoài cơ quan",
    "": "Không rõ chiều",
}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.UNIT: "Đơn vị",
    Kind.PERSONAL: "Cá nhân",
    Kind.SERVICE: "Dịch vụ",
}
STATES: Final[Mapping[State, str]] = {
    State.ACTIVE: "Đang sử dụng",
    State.WARNED: "Đã cảnh báo",
    State.LOCKED: "Tạm khóa",
    State.RECLAIMED: "Đã thu hồi",
}
MOVES: Final[Mapping[str, str]] = {
    "created": "Cấp mới",
    "changed": "Thay đổi thông tin",
    "warned": "Cảnh báo",
    "locked": "Tạm khóa",
    "reopened": "Mở lại",
    "reclaimed": "Thu hồi",
    "reissued": "Cấp lại",
    "removed": "Xóa",
}
MEASURES: Final[Mapping[Measure, str]] = {
    Measure.READ: "Kiểm tra thư đúng khung giờ",
    Measure.USED: "Hộp thư có sử dụng",
    Measure.SENDING: "Hộp thư có gửi thư công vụ",
    Measure.CLEAN: "Thư gửi không có vi phạm",
}


def rule(name: str) -> str:
    """A rule's name for people."""
    return RULES.get(name, name)


def direction(name: str) -> str:
    """A listener's direction for people."""
    return DIRECTIONS.get(name, name)
