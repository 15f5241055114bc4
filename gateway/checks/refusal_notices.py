"""Letters about refused mail: can they be sent, and do the names in their settings exist?"""

from __future__ import annotations

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.model import Direction
from gateway.rules.table import RULES


def check(settings: Settings, findings: Findings) -> None:
    """[refusal_notices]. What a template says is tried at start."""
    given = settings.refusal_notices
    if not given.enabled:
        return
    if not settings.notices.upstream:
        findings.error("notices.upstream", None, "refusal_notices.enabled: name the next hop that takes our letters")
    if not settings.gateway.domains:
        findings.error("gateway.domains", None, "refusal_notices.enabled: letters go to our own domains only")
    _check_names(settings, findings)
    if given.templates is not None and not given.templates.is_dir():
        findings.error("refusal_notices.templates", given.templates, "there is no such folder")


def _check_names(settings: Settings, findings: Findings) -> None:
    given = settings.refusal_notices
    directions = {one.name: one.direction for one in settings.listener}
    for name in given.listeners:
        if name not in directions:
            findings.error("refusal_notices.listeners", name, f"there is no listener {name}")
        elif directions[name] is Direction.INBOUND:
            findings.warn("refusal_notices.listeners", name, "nobody is told of mail from outside: it is inbound")
    rules = {rule.name for rule in RULES}
    for name in given.silent:
        if name not in rules:
            findings.error("refusal_notices.silent", name, f"there is no rule {name}")
    if not given.listeners and all(one is Direction.INBOUND for one in directions.values()):
        findings.warn("refusal_notices.enabled", given.enabled, "every listener is inbound: nobody is ever told")
