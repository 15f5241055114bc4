"""Regulations, profiles, rules and exemptions: does every name exist, and is every exemption still meant?

The names are the rules' own knowledge (gateway.rules.problems); added here is what may be allowed and not meant.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from gateway.checks.findings import Findings
from gateway.config import Exemption, Settings
from gateway.model import Mode


def check(settings: Settings, findings: Findings) -> None:
    """Everything that decides which rule is asked, about whom, and how."""
    from gateway.rules.problems import problems  # a room above this one: only while it is asked

    findings.errors += problems(settings)
    _check_twice(settings, findings)
    for position, exemption in enumerate(settings.exemption):
        _check_exemption(exemption, f"exemption[{position}]", findings)
        rule = settings.rules.get(exemption.rule)
        if rule is not None and rule.mode is Mode.OFF:
            findings.warn(
                f"exemption[{position}].rule", exemption.rule, "is off for everybody: nothing to be exempt from"
            )


def _check_twice(settings: Settings, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for position, profile in enumerate(settings.profile):
        pattern = profile.pattern.lower()
        if pattern in seen:
            hint = f"profile[{seen[pattern]}] has this pattern too: an address follows one regulation"
            findings.error(f"profile[{position}].pattern", profile.pattern, hint)
        seen.setdefault(pattern, position)


def _check_exemption(exemption: Exemption, key: str, findings: Findings) -> None:
    if exemption.expires < _today():
        findings.warn(f"{key}.expires", exemption.expires.isoformat(), "has expired and is ignored: remove or renew it")
    if not any(_conditions(exemption)):
        findings.warn(key, exemption.rule, "exempts all mail from the rule: name a sender, a recipient or a network")


def _conditions(exemption: Exemption) -> Iterator[object]:
    yield exemption.sender.strip("*@")
    yield exemption.recipient.strip("*@")
    yield exemption.network is not None and exemption.network.prefixlen


def _today() -> datetime.date:
    """The machine's own date: an expiry day is a working day of the office, not of UTC."""
    return datetime.datetime.now().astimezone().date()
