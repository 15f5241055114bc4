"""What has to be kept of a mailbox's evidence, so that no answer changes; the rest may be forgotten. For stores."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.access import Coverage, Evidence, Kind


def needed(evidence: Iterable[Evidence], since: float) -> list[Evidence]:
    """The evidence that the lifecycle needs, in no order: what ended after `since`, and the newest of each sort.

    `since`: seconds; 13 months back is enough for every regulation here. Of uses before it the latest beginning and
    the latest end of each sort are kept; silences and resets before it are gone.
    """
    recent: list[Evidence] = []
    kept: dict[tuple[object, ...], Evidence] = {}
    for one in evidence:
        if one.not_after > since:
            recent.append(one)
        elif one.kind in (Kind.ACCESS, Kind.AUTOMATIC):
            sort = (one.source, one.kind, one.sign, one.strength)
            _newer(kept, ("begin", *sort), one, one.not_before)
            _newer(kept, ("end", *sort), one, one.not_after)
    return [*recent, *dict.fromkeys(kept.values())]


def _newer(kept: dict[tuple[object, ...], Evidence], key: tuple[object, ...], one: Evidence, moment: float) -> None:
    held = kept.get(key)
    if held is None or (held.not_before if key[0] == "begin" else held.not_after) < moment:
        kept[key] = one


def needed_coverage(coverage: Iterable[Coverage], since: float) -> list[Coverage]:
    """The coverage that reaches past `since`."""
    return [one for one in coverage if one.until > since]
