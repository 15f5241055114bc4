"""What looks into messages: the document workers and the malware scanner, held against the rules that need them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.model import Direction, Mode

_SUBMISSION = 30.0  # seconds after which mail clients give up; post_dot_timeout's default there


def check(settings: Settings, findings: Findings) -> None:
    """Time-outs that cannot be kept, rules without what they need."""
    malware = settings.rules.get("malware")
    if malware is not None and malware.mode is not Mode.OFF and not settings.clamd.address:
        findings.warn("rules.malware", malware.mode or "enforce", "is off without [clamd] address: no scanner is asked")
    if not settings.document_workers.count:
        hint = "no archive or document is opened: dangerous-type and unscannable see attachments from outside only"
        findings.warn("document_workers.count", 0, hint)
    for key, value, hint in _too_slow(settings):
        findings.warn(key, value, hint)


def _too_slow(settings: Settings) -> Iterator[tuple[str, float, str]]:
    for position, listener in enumerate(settings.listener):
        default = _SUBMISSION if listener.direction is Direction.SUBMISSION else 300.0
        allowed = listener.post_dot_timeout or default
        for key, value, on in (
            ("document_workers.timeout", settings.document_workers.timeout, True),
            ("clamd.timeout", settings.clamd.timeout, bool(settings.clamd.address)),
            ("rspamd.timeout", settings.rspamd.timeout, bool(settings.rspamd.url)),
        ):
            if on and value >= allowed:
                hint = (
                    f"listener[{position}] answers within {allowed:g} s of the final dot: nothing is left to deliver in"
                )
                yield key, value, hint
