"""What is remembered of a mailbox between two polls: the last observation, and since when what holds. Bounded, as JSON.

Whoever keeps it sees bytes. What cannot be read back, or is of another version, is as if nothing were remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from gateway.access import Failure, Folder, Observation, Quota, Use

_VERSION = 1
_LONGEST = 64 * 1024  # bytes


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
        seen = {**_fields(self.seen, _SEEN), "folders": [_fields(folder, _FOLDER) for folder in self.seen.folders]}
        seen["quota"] = _fields(self.seen.quota, _QUOTA) if self.seen.quota else None
        made = {"version": _VERSION, **_fields(self, _BASELINE), "seen": seen}
        return json.dumps(made, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Baseline | None:
        """Back from the store; None for nothing, for another version and for anything that is none of ours."""
        if not data or len(data) > _LONGEST:
            return None
        try:
            read = json.loads(data)
            if read.pop("version") != _VERSION:
                return None
            return cls(seen=_observation(read.pop("seen")), **_scalars(read))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None


_BASELINE = tuple(field.name for field in fields(Baseline) if field.name != "seen")
_SEEN = tuple(field.name for field in fields(Observation) if field.name not in ("folders", "quota", "dates"))
_FOLDER = tuple(field.name for field in fields(Folder))
_QUOTA = tuple(field.name for field in fields(Quota))


def _fields(value: object, names: Iterable[str]) -> dict[str, Any]:
    """As `dataclasses.asdict`, ten times as fast: it is done at each poll."""
    return {name: getattr(value, name) for name in names}


def _observation(read: dict[str, Any]) -> Observation:
    quota, folders, doubts = read.pop("quota"), read.pop("folders"), read.pop("doubts")
    made = tuple(Folder(**{**folder, "use": Use(folder["use"])}) for folder in folders)
    if not made or any(type(value) is not int for folder in folders for value in _numbers(folder)):
        raise ValueError("not a baseline")
    return Observation(
        folders=made,
        quota=Quota(**quota) if quota else None,
        doubts=tuple(Failure(doubt) for doubt in doubts),
        **read,
    )


def _numbers(folder: dict[str, Any]) -> list[Any]:
    return [value for key, value in folder.items() if key not in ("name", "use")]


def _scalars(read: dict[str, Any]) -> dict[str, Any]:
    if any(isinstance(value, list | dict | str) for value in read.values()):
        raise ValueError("not a baseline")
    return read
