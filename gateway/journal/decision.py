"""What the rest of the gateway hands to the journal: a decision, or a later word about one.

These are values; how they become rows is payload.py's knowledge.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from gateway.model import Attachment, Finding

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing to confuse on the telephone
_PAIRS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_BY_BYTE: Final = (_ALPHABET * 8).encode()  # 256 = 8 times 32: every letter is as likely as any other
_AT_ONCE: Final = 512  # random parts asked of the system in one call, which costs more than all the rest
_ready: list[str] = []  # random parts not yet used, "RRR-RRRR"; a list's pop and extend are safe between threads
os.register_at_fork(after_in_child=_ready.clear)  # or parent and child would use the same ones


def new_reference(now: float | None = None) -> str:
    """A reference that finds one decision: 16 letters and digits in four groups, ASCII, "01KB-3F9X-72QM-5D0R".

    The first 45 bits are the time (milliseconds), so that new rows stand together in the index; 35 bits are random.
    """
    moment = int((time.time() if now is None else now) * 1000) & 0x1FFF_FFFF_FFFF
    try:
        rest = _ready.pop()
    except IndexError:
        rest = _more()
    first, second = _PAIRS[moment >> 35], _PAIRS[moment >> 25 & 1023]
    third, fourth = _PAIRS[moment >> 15 & 1023], _PAIRS[moment >> 5 & 1023]
    return f"{first}{second}-{third}{fourth}-{_ALPHABET[moment & 31]}{rest}"


def _more() -> str:
    """A random part of a reference, with others made ready."""
    text = os.urandom(7 * _AT_ONCE).translate(_BY_BYTE).decode("ascii")
    made = [f"{text[at : at + 3]}-{text[at + 3 : at + 7]}" for at in range(0, len(text), 7)]
    taken = made.pop()
    _ready.extend(made)
    return taken


@dataclass(slots=True)
class Decision:
    """One decision about one transaction. Empty means unknown or not applicable.

    `time` is epoch seconds (UTC); sizes are bytes; `seconds` is how long the transaction took; `action` is `accept`,
    `tempfail` or `reject`; `stage` is the stage's name in lower case; `reply` is what the client got, `upstream_reply`
    what the next hop said; `outcome` is what became of it where that differs ("delivered, client not told");
    `exempted` names rules that a written exemption switched off for this message; `proved` is the mailbox, or the
    domain, that was proved to write, `proved_by` how (who.Proof); `passed`: it was judged at an earlier passage.
    """

    time: float
    reference: str
    session_id: str = ""
    listener: str = ""
    direction: str = ""
    client_address: str = ""
    client_name: str = ""
    helo: str = ""
    tls: str = ""
    user: str = ""
    stage: str = "message"
    action: str = "accept"
    reverse_path: str = ""
    recipients: Sequence[str] = ()
    size: int = 0
    sha256: str = ""
    attachment_bytes: int = 0
    attachments: Sequence[Attachment] = ()
    findings: Sequence[Finding] = ()
    checked: tuple[str, ...] = ()
    exempted: tuple[str, ...] = ()
    reply: str = ""
    upstream_reply: str = ""
    upstream: str = ""
    outcome: str = ""
    seconds: float = 0.0
    error_digest: str = ""
    message_id: str = ""
    proved: str = ""
    proved_by: str = ""
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A later word about the decision `about` (its reference): an `outcome`, or a person's `review`.

    An `action` is what a person did with the gateway itself; `about` then names what it was done to (a sender, an
    account, a reference). `time` is epoch seconds, 0 for when it is written; `by` names who says it ("gateway", a
    login); `text` is bounded to 4,000 characters. `what`: a review's verdict or an action's stable name, "release";
    `client`: the address from which the person did it.
    """

    kind: Literal["outcome", "review", "action"]
    about: str
    text: str
    by: str = "gateway"
    time: float = 0.0
    what: str = ""
    client: str = ""
