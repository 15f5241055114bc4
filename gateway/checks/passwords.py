"""Logins watched for their passwords: the rule and its switch go together, and the key lies apart from the store."""

from __future__ import annotations

from gateway.checks.findings import Findings, offers_auth
from gateway.config import Settings
from gateway.model import Direction, Mode

_RULE = "password-policy"


def check(settings: Settings, findings: Findings) -> None:
    """[passwords] and rules.password-policy."""
    rule, watch = settings.rules.get(_RULE), settings.passwords.watch
    if not watch:
        if rule is not None and rule.mode is not Mode.OFF:
            hint = "is off without passwords.watch = true (read docs/password-policy.md before)"
            findings.warn(f"rules.{_RULE}", rule.mode or "observe", hint)
        return
    if rule is not None and rule.mode is Mode.OFF:
        findings.warn("passwords.watch", True, f'nothing is made of it: rules.{_RULE} is "off"')
        return
    if rule is not None and rule.mode is Mode.ENFORCE:
        hint = "locks people out whose programs go on with the old password; better observe (docs/password-policy.md)"
        findings.warn(f"rules.{_RULE}", "enforce", hint)
    if not any(one.direction is Direction.SUBMISSION and offers_auth(one) for one in settings.listener):
        findings.warn("passwords.watch", True, "no submission listener offers AUTH: no password passes through")
    _check_key(settings, findings)


def _check_key(settings: Settings, findings: Findings) -> None:
    gateway, store = settings.gateway, settings.store
    if gateway.pass_key is None and (store.shared or store.url.startswith("postgres")):
        hint = "nodes that do not share this key take each other's digests for other passwords: nobody's grows old"
        findings.warn("gateway.pass_key", None, hint)
    elif not store.shared and (gateway.pass_key is None or gateway.pass_key.is_relative_to(gateway.data_dir)):
        hint = "the digests' key lies beside the digests: keep it on another disk (docs/password-policy.md, The risk)"
        findings.warn("gateway.pass_key", gateway.pass_key and str(gateway.pass_key), hint)
