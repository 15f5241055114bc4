"""The exception tree. Every error of ours that may cross a room's border is here.

CongThuError
├── ConfigError              bad configuration: carries every problem at once (key, value, hint)
├── StartError               cannot start: port in use, data folder not writable, bad certificate
├── ProtocolError            a stranger broke a protocol; carries the reply that says so
├── MessageError
│   ├── SpoolFull            disk full or the spool's global cap reached (452 4.3.1)
│   └── MessageTooBig        larger than the listener's maximum (552 5.3.4)
├── UpstreamError
│   ├── UpstreamDown         no host answers, or all are backing off: nothing was delivered (451 4.4.1)
│   ├── UpstreamBroken       malformed or surplus replies, or a lost connection before the final dot (451 4.4.2)
│   └── UpstreamUnsure       lost after the final dot, before its reply: perhaps delivered (451 4.4.2, never 250)
├── JournalError
│   ├── JournalUnavailable   the row could not be committed (451 4.3.0)
│   └── JournalFull          the bounded queue is full (451 4.3.0)
├── InFlight                 a copy of a signed message is under way: what it proves is not known yet (451 4.7.1)
├── LimitsUnavailable        the store of limits gives no answer (451 4.7.1, or the mail passes, as configured)
├── RegulationError          a regulation's data file is inconsistent
└── in the rooms that raise them: DirectoryError (gateway.directory.errors); and not beyond gateway.inspection:
    ArchiveError (gateway.archives.errors), DocumentError (gateway.documents.document), FrameError
    (gateway.inspection.wire)

The text of an exception is for the log; it never leaves the process in a reply.
"""

from __future__ import annotations

from dataclasses import dataclass


class CongThuError(Exception):
    """Base of every error of ours."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration: which key, the value found (secrets masked), and what to do."""

    key: str
    value: str
    hint: str


class ConfigError(CongThuError):
    """The configuration cannot be used; `problems` lists everything that is wrong, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.key} = {p.value}: {p.hint}" for p in problems))
        self.problems = problems


class StartError(CongThuError):
    """The daemon cannot start; the text is one line that says what, where and what to do."""


class ProtocolError(CongThuError):
    """A peer broke a protocol."""


class MessageError(CongThuError):
    """A message cannot be taken."""


class SpoolFull(MessageError):
    """No room to spool: the disk is full or the global cap is reached."""


class MessageTooBig(MessageError):
    """The message exceeds the listener's maximum size."""


class UpstreamError(CongThuError):
    """The next hop did not do its part."""


class UpstreamDown(UpstreamError):
    """No host of the next hop can be reached; nothing was delivered."""


class UpstreamBroken(UpstreamError):
    """The next hop failed before the final dot; nothing was delivered."""


class UpstreamUnsure(UpstreamError):
    """The final dot was sent and no reply came: the next hop may or may not have the message."""


class JournalError(CongThuError):
    """The record of decisions cannot be kept."""


class JournalUnavailable(JournalError):
    """The decision could not be committed."""


class JournalFull(JournalError):
    """The journal's bounded queue is full."""


class InFlight(CongThuError):
    """A copy of the message is under way, or was when its worker died: nothing was taken, it may come again later."""


class LimitsUnavailable(CongThuError):
    """The store of limits gives no answer now."""


class RegulationError(CongThuError):
    """A regulation's data file is inconsistent."""
