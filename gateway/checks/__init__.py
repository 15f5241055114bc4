"""Do the settings make sense together, and on this machine?

Each module here looks at one part and adds what it finds to `Findings`. Nothing is started, bound or delivered, and
nothing is written except a probe in the data folder; `connect` alone opens connections, and only when asked to.
"""

from __future__ import annotations

from gateway.checks import (
    access,
    console,
    contents,
    copies,
    files,
    identity,
    imap,
    lifecycle,
    limits,
    listeners,
    passwords,
    places,
    policy,
    refusal_notices,
    reports,
    spam,
    upstreams,
)
from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.errors import Problem

__all__ = ["Findings", "check"]

_CHECKS = (
    places.check,
    listeners.check,
    upstreams.check,
    policy.check,
    identity.check,
    contents.check,
    spam.check,
    limits.check,
    imap.check,
    access.check,
    lifecycle.check,
    passwords.check,
    console.check,
    refusal_notices.check,
    copies.check,
    reports.check,
    files.check,
)


def check(settings: Settings) -> tuple[list[Problem], list[Problem]]:
    """Everything that is wrong (the daemon must not start) and everything that is doubtful (it may)."""
    findings = Findings()
    for part in _CHECKS:
        part(settings, findings)
    return findings.errors, findings.warnings
