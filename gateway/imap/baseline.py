"""What is remembered of a mailbox between two polls: the last observation, and since when what holds. Bounded, as JSON.

Whoever keeps it sees bytes. What cannot be read back, or is of another version, is as if nothing were remembered.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
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
        fields = asdict(self)
        return json.dumps({"version": _VERSION, **fields}, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Baseline | None:
        """Back from the store; None for nothing, for another version and for anything that is none of ours."""
        if not data or len(data) > _LONGEST:
            return None
        try:
            fields = json.loads(data)
            if fields.pop("version") != _VERSION:
                return None
            return cls(seen=_observation(fields.pop("seen")), **_scalars(fields))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None


def _observation(fields: dict[str, Any]) -> Observation:
    quota, folders, doubts = fields.pop("quota"), fields.pop("folders"), fields.pop("doubts")
    fields.pop("dates")  # told its tale when it was seen
    made = tuple(Folder(**{**folder, "use": Use(folder["use"])}) for folder in folders)
    if not made or any(type(value) is not int for folder in folders for value in _numbers(folder)):
        raise ValueError("not a baseline")
    return Observation(
        folders=made,
        quota=Quota(**quota) if quota else None,
        doubts=tuple(Failure(doubt) for doubt in doubts),
        **fields,
    )


def _numbers(folder: dict[str, Any]) -> list[Any]:
    return [value for key, value in folder.items() if key not in ("name", "use")]


def _scalars(fields: dict[str, Any]) -> dict[str, Any]:
    if any(isinstance(value, list | dict | str) for value in fields.values()):
        raise ValueError("not a baseline")
    return fields
