"""Reports that are mailed have a date, a way and readers; own templates are there; a ranking weighs something."""

from __future__ import annotations

import re

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.regulations import IDS, load

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def check(settings: Settings, findings: Findings) -> None:
    """[reports]."""
    own = settings.reports
    if own.templates is not None and not own.templates.is_dir():
        findings.error("reports.templates", str(own.templates), "there is no such folder")
    for address in own.mail_to:
        if not _ADDRESS.fullmatch(address):
            findings.error("reports.mail_to", address, "not an address: write name@domain")
    if not (own.rank_read or own.rank_used or own.rank_sending or own.rank_clean):
        findings.error("reports.rank_read", "0", "the ranking weighs nothing: one of the four rank_ keys is above 0")
    if own.mail_to or own.mail_units:
        _check_mailing(settings, findings)


def _check_mailing(settings: Settings, findings: Findings) -> None:
    key = "reports.mail_to" if settings.reports.mail_to else "reports.mail_units"
    named = (settings.gateway.regulation, *(one.regulation for one in settings.profile))
    if not any(load(name).parameters.get("reports") for name in named if name in IDS):
        findings.warn(key, _shown(settings), "no regulation of this configuration sets dates: nothing is mailed")
    if not settings.notices.upstream:
        findings.warn("notices.upstream", "", "reports that are mailed wait in the store: name the [upstream.NAME]")


def _shown(settings: Settings) -> str:
    return ", ".join(settings.reports.mail_to) or "true"
