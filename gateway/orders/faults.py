"""Why an order cannot stand in a configuration, in both languages. Values only."""

from __future__ import annotations

from typing import Final, NamedTuple


class Fault(NamedTuple):
    """The same twice: `en` for logs and commands, `vi` for pages."""

    en: str
    vi: str

    def __str__(self) -> str:
        return self.en


FORBIDDEN: Final = Fault(
    "the configuration forbids it: console.may_change_rules",
    "cấu hình không cho phép: console.may_change_rules",
)
NO_MODE: Final = Fault("an order says enforce or observe", "lệnh phải nêu chế độ áp dụng hoặc theo dõi")
NOBODY: Final = Fault(
    "say a sender, a recipient or a network", "hãy nêu người gửi, người nhận hoặc mạng máy gửi được miễn trừ"
)
NO_END: Final = Fault("an exemption has a last day", "miễn trừ phải có ngày cuối")


def no_rule(name: str) -> Fault:
    """The rule is of another version."""
    return Fault(f"this version has no rule {name}", f"phiên bản này không có quy tắc {name}")


def no_listener(name: str) -> Fault:
    """The listener is gone from the file, or was never there."""
    return Fault(f"there is no listener {name}", f"cấu hình không có listener {name}")


def no_pattern(text: str) -> Fault:
    """What was given for an address or a network is neither."""
    return Fault(f"{text}: no address pattern or network", f"{text}: không phải mẫu địa chỉ hay mạng máy tính hợp lệ")
