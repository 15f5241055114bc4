"""How the limits' counters of a sender look to a person, for `congthu senders show`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from gateway.conduct.words import sentences
from gateway.rates import Measure, Scope, Usage
from gateway.usage import Counted

_WINDOWS: Final = {60: "a minute", 3600: "an hour", 86400: "a day"}


def usage_json(counted: Counted) -> dict[str, Any]:
    """As JSON has it."""
    conduct = counted.conduct
    return {
        "limits": [
            {
                "account": charge.key,
                "measure": usage.limit.measure.value,
                "window": usage.limit.seconds,
                "limit": usage.limit.count,
                "used": usage.used,
            }
            for charge, usages in counted.accounts
            for usage in usages
        ],
        "limits_failed": counted.failed,
        "override": counted.override,
        "conduct": {"score": conduct.score, "evidence": dict(conduct.evidence)} if conduct is not None else None,
    }


def usage_lines(counted: Counted) -> Iterator[str]:
    """For people: an account's line only where something was counted, but for the sender's own."""
    if counted.failed:
        yield counted.failed
    if counted.override:
        yield f"exception: {counted.override}"
    for charge, usages in counted.accounts:
        if charge.scope is Scope.MAILBOX or any(usage.used for usage in usages):
            of_measures = groupby(usages, key=lambda usage: usage.limit.measure)
            yield f"{charge.key}: " + "; ".join(_shown(measure, list(of)) for measure, of in of_measures)
    if counted.conduct is not None:
        yield f"conduct now: score {counted.conduct.score:.2f}"
        yield from (vietnamese for vietnamese, _ in sentences(counted.conduct.evidence))


def _shown(measure: Measure, usages: Sequence[Usage]) -> str:
    """One measure over its windows: "recipients 3 of 250 a minute, 12 of 600 an hour"."""
    unit = 2**10 if measure is Measure.BYTES else 1
    name = "KiB" if measure is Measure.BYTES else measure.value.replace("_", " ")
    windows = (
        f"{math.ceil(usage.used / unit):,} of {round(usage.limit.count / unit):,} "
        f"{_WINDOWS.get(usage.limit.seconds, f'in {usage.limit.seconds} s')}"
        for usage in usages
    )
    return f"{name} {', '.join(windows)}"
