"""The table of explanations, one row a rule, and the function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from gateway.explaining import files, people, texts
from gateway.explaining.values import Cited, Evidence, Explained, Words, plain
from gateway.regulations import all as regulations

_MOST: Final = 12  # lines of what was found
_LONGEST_REPLY: Final = 600


@dataclass(frozen=True, slots=True)
class _Row:
    title: Words
    found: Callable[[Evidence], Iterator[Words]]
    fix: tuple[Words, ...]


_ROWS: Final = {
    "attachment-cap": _Row(Words("Tệp đính kèm quá lớn", "Attachments too large"), files.attachment_cap, files.CAP_FIX),
    "dangerous-type": _Row(
        Words("Loại tệp nguy hiểm", "Dangerous file type"), files.dangerous_type, files.DANGEROUS_FIX
    ),
    "malware": _Row(Words("Mã độc", "Malware"), files.malware, files.MALWARE_FIX),
    "unscannable": _Row(Words("Không kiểm tra được", "Cannot be checked"), files.unscannable, files.UNSCANNABLE_FIX),
    "vietnamese-charset": _Row(
        Words("Chữ Việt không phải Unicode", "Vietnamese not in Unicode"), texts.charset, texts.CHARSET_FIX
    ),
    "vietnamese-diacritics": _Row(
        Words("Tiếng Việt không dấu", "Vietnamese without marks"), texts.diacritics, texts.DIACRITICS_FIX
    ),
    "secret-marking": _Row(Words("Dấu chỉ độ mật", "Marking of secrecy"), texts.marking, texts.MARKING_FIX),
    "own-address": _Row(
        Words("Gửi bằng địa chỉ của người khác", "Sent as another"), people.own_address, people.OWN_ADDRESS_FIX
    ),
    "request-channel": _Row(
        Words("Thư đề nghị về hộp thư", "Request about mailboxes"), people.request_channel, people.CHANNEL_FIX
    ),
    "request-content": _Row(
        Words("Thư đề nghị chưa đủ nội dung", "Incomplete request"), people.request_content, people.CONTENT_FIX
    ),
    "outbound-throttle": _Row(
        Words("Vượt giới hạn gửi thư", "Over the sending limit"), people.throttle, people.THROTTLE_FIX
    ),
    "spam": _Row(Words("Thư giống thư rác", "Looks like spam"), people.nothing, people.SPAM_FIX),
    "auto-forward": _Row(
        Words("Tự động chuyển tiếp ra ngoài", "Forwarded outside"), people.nothing, people.FORWARD_FIX
    ),
    "private-mailbox": _Row(
        Words("Gửi công việc tới hộp thư riêng", "Sent to a private mailbox"), people.nothing, people.PRIVATE_FIX
    ),
}
_ANY: Final = _Row(
    Words("Thư không được chuyển", "Not delivered"),
    people.nothing,
    (
        Words(
            "Làm theo lời từ chối ở trên; nếu chưa rõ, gọi bộ phận quản lý thư và đọc mã tham chiếu.",
            "Do as the refusal says; where that is not clear, call the mail staff and give the reference.",
        ),
    ),
)


def explain(rule: str, evidence: Evidence, clauses: Sequence[str], reply: str = "") -> Explained:
    """Explain one finding to its sender. `reply`: the refusal's text, which stands in where nothing else was found.

    Never raises: unknown rules, clauses of other versions and evidence of any form give what can be said.
    """
    row = _ROWS.get(rule, _ANY)
    found = tuple(islice((one for one in row.found(evidence) if one.vi), _MOST))
    if not found and (told := plain(reply, _LONGEST_REPLY)):
        found = (Words(told, told),)
    return Explained(plain(rule, 60), row.title, found, row.fix, cite(clauses))


def cite(clauses: Sequence[str]) -> tuple[Cited, ...]:
    """The clauses with their texts, each once."""
    names = dict.fromkeys(plain(one, 40) for one in clauses if isinstance(one, str))
    return tuple(Cited(name, _texts().get(name, "")) for name in islice(names, _MOST) if name)


@cache
def _texts() -> dict[str, str]:
    return {clause.id: clause.text for regulation in regulations() for clause in regulation.clauses.values()}
