"""The spam filter held against the rule that needs it: what others could hear, what passes unasked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from gateway.checks.files import unreadable
from gateway.checks.findings import Findings
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings
from gateway.config_values import MIB, HostPort
from gateway.model import Mode


def check(settings: Settings, findings: Findings) -> None:
    """The rule without its filter; a filter that others can listen to, or whose password they can read."""
    rule, given = settings.rules.get("spam"), settings.rspamd
    if not given.url:
        if rule is not None and rule.mode is not Mode.OFF:
            hint = "is off without [rspamd] url: no spam filter is asked"
            findings.warn("rules.spam", rule.mode or "enforce", hint)
        return
    _check_url(given.url, findings)
    if given.password_file is not None:
        _check_password(given.password_file, findings)
    _check_size(settings, findings)


def _check_url(url: str, findings: Findings) -> None:
    if url.startswith("unix:"):
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        place = HostPort(f"{f'[{host}]' if ':' in host else host}:{parts.port or 80}")
    except ValueError:
        findings.error("rspamd.url", url, 'write "http://127.0.0.1:11333" or "unix:/run/rspamd/worker.sock"')
        return
    if parts.scheme == "http" and not (is_loopback(place) or host == "localhost"):
        findings.warn("rspamd.url", url, "whole messages cross the network in the clear: use https, or a tunnel")


def _check_password(path: Path, findings: Findings) -> None:
    if why := unreadable(path):
        findings.error("rspamd.password_file", str(path), why)
    elif path.stat().st_mode & 0o007:
        findings.error("rspamd.password_file", str(path), "others on this machine can use the password: chmod o=")


def _check_size(settings: Settings, findings: Findings) -> None:
    largest = max((listener.max_size for listener in settings.listener), default=0)
    if settings.rspamd.max_size < largest:
        hint = f"messages from there to {largest / MIB:g} MiB pass unasked: spam only has to be large"
        findings.warn("rspamd.max_size", settings.rspamd.max_size, hint)
