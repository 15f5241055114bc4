"""Files with secrets: we can read them and nobody else can, and something is in them. Their content is never told."""

from __future__ import annotations

from pathlib import Path

from gateway.checks.files import unreadable
from gateway.checks.findings import Findings

_LONGEST = 4096


def lines(path: Path, key: str, findings: Findings) -> tuple[str, ...]:
    """What stands in it, line by line; () where it cannot be used, which becomes an error."""
    if why := unreadable(path):
        findings.error(key, str(path), why)
        return ()
    if path.stat().st_mode & 0o007:
        findings.error(key, str(path), "others on this machine can read the secret: chmod o=")
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST)
    except (OSError, UnicodeError):
        findings.error(key, str(path), "holds no text: write the secret into it, one line")
        return ()
    found = tuple(line for one in text.split("\n") if (line := one.strip()))
    if not found:
        findings.error(key, str(path), "is empty: write the secret into it, one line")
    return found


def line(path: Path, key: str, findings: Findings) -> str:
    """Its one line; "" where there is none or more, which becomes an error."""
    found = lines(path, key, findings)
    if len(found) > 1:
        findings.error(key, str(path), "holds several lines: it must be one")
        return ""
    return found[0] if found else ""
