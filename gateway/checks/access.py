"""The exact sources' settings: who may post to us and what others see of it, and what the readers need."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from gateway.checks import files, secrets
from gateway.checks.findings import Findings
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings
from gateway.config_use import Access, LastLogin

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{24,}")  # as gateway.sources.web takes them
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_URLS = ("postgresql://", "postgresql+psycopg://", "sqlite:///")


def check(settings: Settings, findings: Findings) -> None:
    """[access] and [access.last_login]."""
    access = settings.access
    _check_endpoint(access, findings)
    _check_programs(access, findings)
    _check_last_login(settings, findings)
    _check_ldap(settings, findings)
    if access.lastpop and settings.imap.host is None:
        findings.error("access.lastpop", True, "needs the server and the account of [imap]: set imap.host")
    asked = access.last_login.url_file is not None or access.ldap or access.lastpop
    if asked and access.every > settings.lifecycle.fresh:
        hint = "is longer than lifecycle.fresh: what a source says is stale before it is asked again"
        findings.error("access.every", access.every, hint)


def _check_endpoint(access: Access, findings: Findings) -> None:
    if access.bind is None:
        for name in ("tokens_file", "certificate", "key"):
            if (path := getattr(access, name)) is not None:
                hint = "nobody can post without access.bind: name an address and a port"
                findings.warn(f"access.{name}", str(path), hint)
        return
    if not (access.events or access.policy):
        findings.warn("access.bind", access.bind, "events and policy are both off: nothing is taken there")
    if access.tokens_file is None:
        hint = "name the file with the tokens of those who may post, one a line (openssl rand -hex 24)"
        findings.error("access.tokens_file", None, hint)
    else:
        _check_tokens(access.tokens_file, findings)
    _check_tls(access, findings)


def _check_tokens(path: Path, findings: Findings) -> None:
    found = secrets.lines(path, "access.tokens_file", findings)
    for number, token in enumerate(found, start=1):
        if not _TOKEN.fullmatch(token):
            hint = f"line {number} is no token: it has at least 24 letters, digits and -._~ (openssl rand -hex 24)"
            findings.error("access.tokens_file", str(path), hint)


def _check_tls(access: Access, findings: Findings) -> None:
    assert access.bind is not None
    for name, other in (("certificate", "key"), ("key", "certificate")):
        if getattr(access, name) is not None and getattr(access, other) is None:
            findings.error(f"access.{other}", None, f"access.{name} is set: TLS needs both")
    if access.certificate and access.key:
        files.check_certificate((access.certificate, access.key), "access", findings)
    elif access.certificate is None and access.key is None and not is_loopback(access.bind):
        hint = "without a certificate tokens, logins and addresses cross the network in the clear"
        findings.warn("access.certificate", None, hint)


def _check_programs(access: Access, findings: Findings) -> None:
    for name in ("programs", "devices", "masters"):
        for position, one in enumerate(getattr(access, name)):
            if not one.strip():
                hint = "an empty name: take it out" if name == "masters" else "an empty name is a part of every name"
                findings.error(f"access.{name}[{position}]", one, hint)
    for name in ("jobs", "device_networks"):
        for position, network in enumerate(getattr(access, name)):
            if network.prefixlen == 0:
                hint = "this is everybody: no login would count as a person's"
                findings.error(f"access.{name}[{position}]", network, hint)


def _check_last_login(settings: Settings, findings: Findings) -> None:
    given, key = settings.access.last_login, "access.last_login"
    _check_names(given, findings)
    if given.complete_since is not None and given.complete_since > datetime.datetime.now().astimezone().date():
        findings.error(f"{key}.complete_since", given.complete_since.isoformat(), "is a day that has not come yet")
    if given.url_file is None:
        if given.model_fields_set:
            findings.warn(f"{key}.url_file", None, "the table is not read without it")
        return
    url = secrets.line(given.url_file, f"{key}.url_file", findings)
    if url and not url.startswith(_URLS):
        hint = "must hold postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:////FILE"
        findings.error(f"{key}.url_file", str(given.url_file), hint)
    if settings.imap.host is None and not settings.access.masters and given.complete_since is None:
        hint = "the table's silence counts from visit to visit of the poller (imap.host), or by your word only"
        findings.warn(f"{key}.complete_since", None, hint)


def _check_names(given: LastLogin, findings: Findings) -> None:
    if given.table.count(".") > 1 or not all(_NAME.fullmatch(one) for one in given.table.split(".")):
        findings.error("access.last_login.table", given.table, "write TABLE or SCHEMA.TABLE: letters, digits and _")
    for name in ("user_column", "login_column", "time_column"):
        if not _NAME.fullmatch(getattr(given, name)):
            hint = "write a column's name: letters, digits and _"
            findings.error(f"access.last_login.{name}", getattr(given, name), hint)


def _check_ldap(settings: Settings, findings: Findings) -> None:
    access, ldap = settings.access, settings.ldap
    if not access.ldap:
        return
    if not ldap.url or not ldap.base:
        findings.error("access.ldap", access.ldap, "needs the server of [ldap]: set ldap.url and ldap.base")
    elif access.ldap != ldap.map:
        findings.warn("access.ldap", access.ldap, f'ldap.map is "{ldap.map}": is it the same server\'s schema?')
