"""The gateway's own section, the store and the metrics' address."""

from __future__ import annotations

import re

from gateway.checks.findings import Findings
from gateway.config import Gateway, Settings, Store

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DOMAIN = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+")
_LONGEST_CONTACT = 160  # octets, so that a refusal's line stays within 512 (RFC 5321 4.5.3.1.5)
_STORES = ("sqlite:///", "postgresql://", "postgresql+")


def check(settings: Settings, findings: Findings) -> None:
    """[gateway], [store] and [http]."""
    _check_names(settings.gateway, findings)
    _check_networks(settings.gateway, findings)
    _check_store(settings.store, findings)
    _check_http(settings, findings)


def is_domain(text: str) -> bool:
    """Whether this is a domain in ASCII form with at least one dot, perhaps after `*.`."""
    return len(text) <= 255 and _DOMAIN.fullmatch(text) is not None


def _check_names(gateway: Gateway, findings: Findings) -> None:
    if len(gateway.hostname) > 255 or not _HOSTNAME.fullmatch(gateway.hostname):
        findings.error(
            "gateway.hostname", gateway.hostname, "write this machine's full name: letters, digits, - and dots"
        )
    elif "." not in gateway.hostname:
        findings.warn("gateway.hostname", gateway.hostname, "write the full name with its domain: others check EHLO")
    for position, domain in enumerate(gateway.domains):
        if not is_domain(domain):
            hint = 'write a domain such as "tinh.example" or "*.tinh.example", in its ASCII form (xn--…)'
            findings.error(f"gateway.domains[{position}]", domain, hint)
    contact = gateway.contact
    if not (contact.isascii() and (contact.isprintable())) or len(contact) > _LONGEST_CONTACT:
        hint = f"use ASCII only (it stands in SMTP replies), at most {_LONGEST_CONTACT} characters"
        findings.error("gateway.contact", contact, hint)


def _check_networks(gateway: Gateway, findings: Findings) -> None:
    for position, network in enumerate(gateway.trusted_networks):
        if network.prefixlen == 0:
            hint = "this trusts everybody: name the mail server's and the relays' own networks"
            findings.error(f"gateway.trusted_networks[{position}]", network, hint)


def _check_store(store: Store, findings: Findings) -> None:
    if not store.url.startswith(_STORES):
        findings.error("store.url", store.url, 'write "sqlite:///congthu.db" or "postgresql://user@host/database"')
    elif store.url.startswith("sqlite") and not store.url.removeprefix("sqlite:///").strip("/"):
        findings.error(
            "store.url", store.url, "name the database file: an SQLite journal in memory is lost at a restart"
        )


def _check_http(settings: Settings, findings: Findings) -> None:
    bind = settings.http.bind
    if bind.host in ("0.0.0.0", "::"):  # noqa: S104 -- we warn about it
        findings.warn("http.bind", bind, "metrics are shown to every network without a password: bind to 127.0.0.1")
