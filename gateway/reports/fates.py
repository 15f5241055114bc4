"""What became of one decision, read from its record alone. Pure.

The journal has a row for each decision: for each message that was judged and for each refusal before a message. What is
told again within a minute, protocol errors and clients that left have none (docs/reports.md), so reports count
decisions and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

Record = Mapping[str, Any]


class Fate(StrEnum):
    """Stable names, as in the reports' JSON."""

    ACCEPTED = "accepted"  # the next hop took it
    AGAIN = "again"  # it bears our own mark: judged and counted at its first passage, here it only passed
    REFUSED = "refused"  # by a rule
    REFUSED_BEHIND = "refused-behind"  # by the mail server behind us
    DELAYED = "delayed"  # by a rule: it may come again
    DELAYED_BEHIND = "delayed-behind"  # the mail server was away, or asked to wait
    DELAYED_OURS = "delayed-ours"  # trouble or lack of time of the gateway's own
    LOGIN = "login"  # no message: something about a login was noted
    UNREADABLE = "unreadable"  # the row was tampered with: `congthu decisions verify` says more


class Weight(StrEnum):
    """What a finding did. Stable names."""

    REFUSED = "refused"
    DELAYED = "delayed"
    OBSERVED = "observed"  # recorded; in observation, nothing was refused for it
    EXEMPT = "exempt"  # a written exemption spared it


BY_RULE: Final = (Fate.REFUSED, Fate.DELAYED)
_ENFORCED: Final = {"reject": Fate.REFUSED, "tempfail": Fate.DELAYED}


def fate_of(record: Record, *, late: bool = False) -> Fate:
    """What became of it. `late`: a later word says that the client heard 451, whatever the row says."""
    if record.get("kind") != "decision":
        return Fate.UNREADABLE
    action, findings = record.get("action"), record.get("findings", ())
    if record.get("passed"):
        return Fate.AGAIN
    if action == "accept":
        return Fate.LOGIN if record.get("stage") == "auth" else Fate.ACCEPTED
    if late or "late" in record:
        return Fate.DELAYED_OURS
    if any(enforced(one) for one in findings):
        return _ENFORCED.get(str(action), Fate.UNREADABLE)
    return _behind(record, action)


def _behind(record: Record, action: object) -> Fate:
    if action == "reject":
        return Fate.REFUSED_BEHIND
    outcome = record.get("outcome", "")
    behind = outcome.startswith("upstream ") or bool(record.get("upstream_reply"))
    return Fate.DELAYED_BEHIND if behind or outcome == "not delivered, client gone" else Fate.DELAYED_OURS


def enforced(finding: Mapping[str, Any]) -> bool:
    """Whether this finding took part in a refusal."""
    return finding.get("mode") == "enforce" and finding.get("action") != "accept"


def weight_of(finding: Mapping[str, Any], fate: Fate) -> Weight | None:
    """What a finding did in a decision with this fate; None for a remark that would be no violation in any mode."""
    if finding.get("action") == "accept":
        return None
    if "exempted" in finding.get("evidence", ()):
        return Weight.EXEMPT
    if finding.get("mode") != "enforce":
        return Weight.OBSERVED
    return Weight.REFUSED if fate is Fate.REFUSED else Weight.DELAYED


def weights(findings: Iterable[Mapping[str, Any]], fate: Fate) -> dict[str, tuple[Weight, tuple[str, ...]]]:
    """Each rule of a decision once: what it did, and the clauses it cites. Of two findings of a rule, the worse."""
    found: dict[str, tuple[Weight, tuple[str, ...]]] = {}
    for one in findings:
        weight = weight_of(one, fate)
        if weight is None:
            continue
        rule = str(one["rule"])
        kept = found.get(rule)
        clauses = tuple(dict.fromkeys((*(kept[1] if kept else ()), *map(str, one["clauses"]))))
        worse = weight if kept is None or _ORDER.index(weight) < _ORDER.index(kept[0]) else kept[0]
        found[rule] = (worse, clauses)
    return found


_ORDER: Final = (Weight.REFUSED, Weight.DELAYED, Weight.OBSERVED, Weight.EXEMPT)
