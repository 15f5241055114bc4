"""When two messages count as the same content: a short name made of what the recipients' names do not change. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

_MOST: Final = 64  # attachments that are looked at
_LONG: Final = 1000  # characters of a subject that are looked at
_PREFIX: Final = re.compile(r"\s*(?:(?:re|fw|fwd|tl|tr|aw|v/v)\s*:\s*)+", re.IGNORECASE)
_VARYING: Final = re.compile(r"[\W\d_]+")
_STEP: Final = 1.25  # sizes that are this near to each other are taken for one


def likeness(subject: str, size: int, attachments: Iterable[str]) -> str:
    """16 hexadecimal digits, equal for messages of the same content; "" where there is too little to tell.

    `subject`: as people read it, or raw; numbers, punctuation and reply marks do not count. `size`: of the message in
    bytes, it counts by its order of size where no attachment tells more. `attachments`: SHA-256 (hex) of each.
    """
    words = _VARYING.sub(" ", _PREFIX.sub("", subject[:_LONG])).strip().casefold()
    files = sorted({digest[:64] for digest in islice(attachments, _MOST)})
    if not words and not files:
        return ""
    parts = [words, *(files or [str(_order(size))])]
    # The lengths stand before the parts, so that no two lists of parts read alike.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _order(size: int) -> int:
    order, bound = 0, 1000.0
    while size > bound and order < 100:
        order, bound = order + 1, bound * _STEP
    return order
