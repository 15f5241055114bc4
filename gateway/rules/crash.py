"""What a rule that raises becomes: never a pass and never a 5xx where it is enforced (promise 4).

The digest is the same for the same bug, so that repeated crashes can be counted; neither it nor the reply carries an
exception's text, which may quote a stranger's message. The whole traceback goes to the `on_crash` hook only.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from gateway.model import Action, Envelope, Finding, Message, Mode, Stage
from gateway.replies import TROUBLE

_LONGEST_TRACEBACK = 16_384
_FRAMES = 32


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule's exception, for the log. `digest` is 16 hex digits; `text` the traceback, at most 16 KiB."""

    rule: str
    stage: Stage
    digest: str
    text: str


def crashed(rule: str, stage: Stage, mode: Mode, error: BaseException) -> tuple[Finding, Crash]:
    """The finding that stands for the exception, and the facts for the log."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    digest = hashlib.sha256("|".join((rule, type(error).__name__, *places)).encode()).hexdigest()[:16]
    evidence = {"crash": digest, "error": type(error).__name__, "where": places[-1] if places else ""}
    text = "".join(traceback.format_exception(error, limit=_FRAMES))[-_LONGEST_TRACEBACK:]
    return Finding(rule, (), Action.TEMPFAIL, TROUBLE, evidence, mode), Crash(rule, stage, digest, text)


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that was tempfailed by our own errors `count` times: a person must look. `key` is a digest."""

    key: str
    count: int
    rule: str
    digest: str


class TempfailWatch:
    """Counts how often the same message was tempfailed by a crash; bounded, the longest unseen are forgotten.

    `alert` is called at `threshold` tempfails of one message and at each doubling after it, not in between.
    """

    def __init__(self, alert: Callable[[Alert], None], *, threshold: int = 3, capacity: int = 4096) -> None:
        self._alert, self._threshold, self._capacity = alert, threshold, capacity
        self._counts: OrderedDict[str, int] = OrderedDict()

    def note(self, finding: Finding, envelope: Envelope, message: Message | None = None) -> int:
        """Count one tempfail that `finding` (of a crash) caused; returns how often this message was seen."""
        key = message_key(envelope, message)
        count = self._counts.pop(key, 0) + 1
        self._counts[key] = count
        if len(self._counts) > self._capacity:
            self._counts.popitem(last=False)
        times, rest = divmod(count, self._threshold)
        if not rest and times & (times - 1) == 0:
            self._alert(Alert(key, count, finding.rule, str(finding.evidence.get("crash", ""))))
        return count

    def __len__(self) -> int:
        return len(self._counts)


def message_key(envelope: Envelope, message: Message | None) -> str:
    """What stays the same when a client sends again: reverse-path and Message-ID, else the content, else the envelope.

    A relay in front prepends a new Received each time, so the content's hash alone would not do.
    """
    identity = next(iter(message.headers("message-id")), b"").strip() if message is not None else b""
    if message is not None and not identity:
        identity = message.sha256.encode()
    session = envelope.session
    if not identity:
        identity = (
            f"{session.client_address} {envelope.recipients[0].address.key if envelope.recipients else ''}".encode()
        )
    return hashlib.sha256(envelope.reverse_path.key.encode() + b"\0" + identity[:1024]).hexdigest()[:32]
