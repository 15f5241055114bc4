"""What is remembered of a mailbox between two polls: the last observation, and since when what holds. Bounded, as JSON.

Whoever keeps it sees bytes. What cannot be read back, or is of another version, is as if nothing were remembered.
It is read and written at each poll: lists by place, which cost a third of objects by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gateway.access import Failure, Folder, Observation, Quota, Use

_VERSION = 2
_LONGEST = 64 * 1024  # bytes
_WHOLE: set[type] = {int}
_TIME: set[type] = {float, int}
_MAYBE: set[type] = {float, int, type(None)}
_USES = {use.value: use for use in Use}


@dataclass(frozen=True, slots=True)
class Baseline:
    """`since`: begin of the chain of polls without a failure in it. `cut`: a poll failed after this observation.

    `kept`: since when the same message is \\Recent in the inbox for sure, None where none is. `dated`: the same by the
    dates of the first poll; `dated_saved`: they were SAVEDATEs. `counted`: when old messages were counted.
    """

    seen: Observation
    since: float
    kept: float | None = None
    dated: float | None = None
    dated_saved: bool = False
    cut: bool = False
    counted: float = 0.0

    def to_bytes(self) -> bytes:
        """For the store."""
        seen, quota = self.seen, self.seen.quota
        folders = [
            (one.name, one.use, one.uidvalidity, one.uidnext, one.messages, one.recent, one.unseen, one.modseq)
            for one in seen.folders
        ]
        made = (
            _VERSION,
            (seen.mailbox, seen.began, seen.at, seen.listed, seen.old_messages),
            (quota.used, quota.limit) if quota else (),
            seen.doubts,
            folders,
            (self.since, self.kept, self.dated, self.dated_saved, self.cut, self.counted),
        )
        return _encode(made).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Baseline | None:
        """Back from the store; None for nothing, for another version and for anything that is none of ours."""
        if not data or len(data) > _LONGEST:
            return None
        try:
            version, *read = json.loads(data)
            return cls._of(*read) if version == _VERSION else None
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    @classmethod
    def _of(cls, seen: list[Any], quota: list[Any], doubts: list[Any], folders: list[Any], own: list[Any]) -> Baseline:
        mailbox, began, at, listed, old = seen
        since, kept, dated, saved, cut, counted = own
        _check(type(mailbox) is str and type(saved) is bool and type(cut) is bool)
        _check(_TIME.issuperset(map(type, (began, at, listed, since, counted))))
        _check(_MAYBE.issuperset(map(type, (kept, dated, old))))
        observation = Observation(
            mailbox,
            began,
            at,
            tuple([_folder(*one) for one in folders]),
            _quota(*quota) if quota else None,
            None,
            old,
            listed,
            tuple(map(Failure, doubts)),
        )
        if not folders:
            raise ValueError("not a baseline")
        return cls(observation, since, kept, dated, saved, cut, counted)


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _folder(name: str, use: str, *numbers: int) -> Folder:
    _check(type(name) is str and _WHOLE.issuperset(map(type, numbers)))
    return Folder(name, _USES[use], *numbers)


def _quota(used: int, limit: int) -> Quota:
    _check(type(used) is int and type(limit) is int)
    return Quota(used, limit)


def _check(right: bool) -> None:
    if not right:
        raise ValueError("not a baseline")
