"""Copies of accepted mail: does the archive that is named exist?"""

from __future__ import annotations

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.directory.entry import clean_address


def check(settings: Settings, findings: Findings) -> None:
    """[copies]."""
    given = settings.copies
    if not given.address:
        if given.upstream:
            findings.warn("copies.address", None, "no copies are made: write the archive's address")
        return
    try:
        clean_address(given.address)
    except ValueError as error:
        findings.error("copies.address", given.address, str(error))
    if given.upstream and given.upstream not in settings.upstream:
        findings.error("copies.upstream", given.upstream, f"there is no [upstream.{given.upstream}]")
    names = {one.name for one in settings.listener}
    for name in given.listeners:
        if name not in names:
            findings.error("copies.listeners", name, f"there is no listener {name}")
