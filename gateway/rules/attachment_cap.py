"""Are a message's attachments together larger than the regulation allows?

Q4 4.2: "Dung lượng tập tin đính kèm tối đa của mỗi thư điện tử là 15 Megabyte." Counted is what the recipient would
save: decoded bytes, all attachments together. 15 MiB passes, one byte more does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.config_values import parse_size
from gateway.model import Action, Facts, Finding, Message, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_DEFAULTS, NO_MODES, NO_NEEDS
from gateway.rules.reply_text import refusal
from gateway.rules.signs import CONTENT

MIB = 2**20
_NAMED = 5  # files in the evidence, the largest first
_LONGEST_NAME = 200


class AttachmentCap:
    """Refuses a message whose attachments exceed `limit` (bytes, decoded): 552 5.3.4."""

    name = "attachment-cap"
    clauses: tuple[str, ...] = ("Q4 4.2",)
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"limit": parse_size})
    defaults = NO_DEFAULTS
    needs = NO_NEEDS
    signs = CONTENT

    def check(self, facts: Facts) -> Finding | None:
        """A finding if the total is above the limit."""
        message, limit = facts.message, facts.parameters["limit"]
        if message is None or message.attachment_bytes <= limit:
            return None
        binding = bool(facts.clauses)
        reply = _reply(message.attachment_bytes, limit, binding=binding, utf8=facts.envelope.smtputf8)
        evidence = _evidence(message, limit) | ({} if binding else {"binding": False})
        return Finding(self.name, facts.clauses or self.clauses, Action.REJECT, reply, evidence)


def _evidence(message: Message, limit: int) -> dict[str, object]:
    largest = sorted(message.attachments, key=lambda a: a.weight, reverse=True)[:_NAMED]
    return {
        "total": message.attachment_bytes,
        "limit": limit,
        "count": len(message.attachments),
        "largest": [{"filename": a.filename[:_LONGEST_NAME], "bytes": a.weight} for a in largest],
    }


def _reply(total: int, limit: int, *, binding: bool, utf8: bool) -> Reply:
    """`binding`: the clause is one of the regulation that governs; otherwise the reply says whose limit it is."""
    vietnamese = "Q4 4.2" if binding else "giới hạn của máy chủ, theo mức của Q4 4.2"
    english = "Q4 4.2" if binding else "this server's limit, modelled on Q4 4.2"
    found, cap = _megabytes(total), _megabytes(limit)
    return refusal(
        552,
        "5.3.4",
        f"Tổng dung lượng tệp đính kèm là {found} MB, vượt mức tối đa {cap} MB ({vietnamese}). "
        "Hãy bớt hoặc nén tệp, chia thành nhiều thư, hoặc gửi đường dẫn tải tệp.",
        f"Attachments total {found} MiB, the limit is {cap} MiB ({english}). "
        "Send fewer or smaller files, several messages, or a download link.",
        utf8=utf8,
    )


def _megabytes(size: int) -> str:
    """MiB rounded up to hundredths, so that a total over the limit never reads like the limit."""
    hundredths = -(-size * 100 // MIB)
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
