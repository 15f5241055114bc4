"""The console's settings: who could listen in, whom a proxy's word would fool, what is set for nothing."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from gateway.checks import files
from gateway.checks.findings import Findings
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings
from gateway.config_console import Console


def check(settings: Settings, findings: Findings) -> None:
    """[console]."""
    console = settings.console
    _check_places(settings, findings)
    _check_tls(console, findings)
    if console.public_url and console.public_bind is None:
        hint = "refusals would carry an address that this gateway does not serve: set console.public_bind"
        findings.warn("console.public_url", console.public_url, hint)
    if console.url and console.bind is None:
        findings.warn("console.url", console.url, "there is no console without console.bind")
    _check_provider(console, findings)
    if console.idle > console.lifetime:
        findings.warn("console.idle", console.idle, "is longer than console.lifetime, which ends a session first")


def _check_provider(console: Console, findings: Findings) -> None:
    """[console.oidc]."""
    oidc = console.oidc
    if not oidc.issuer:
        if oidc.viewer_groups or oidc.security_groups or oidc.administrator_groups:
            findings.warn("console.oidc.issuer", None, "groups give roles, no provider is named: nobody comes in")
        return
    if not console.url:
        hint = 'console.oidc needs the address under which people reach the console, such as "https://congthu.example"'
        findings.error("console.url", None, f"{hint}: the provider sends them back there")
    if not oidc.client_id:
        findings.error("console.oidc.client_id", None, "write the name that the provider knows this console by")
    if not _may_ask(oidc.issuer):
        findings.error("console.oidc.issuer", oidc.issuer, "the provider is asked over https only; write https://…")


def _may_ask(url: str) -> bool:
    """Whether a provider is asked at this address: over https, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_places(settings: Settings, findings: Findings) -> None:
    """Two servers on one address: the second would never start."""
    console = settings.console
    taken = {bind for bind in (settings.http.bind, settings.access.bind) if bind is not None and bind.port}
    taken |= {listener.bind for listener in settings.listener if listener.bind.port}
    for name in ("bind", "public_bind"):
        bind = getattr(console, name)
        if bind is not None and bind in taken:
            findings.error(f"console.{name}", bind, "another part of this configuration listens there already")
        if bind is not None and bind.port:
            taken.add(bind)


def _check_tls(console: Console, findings: Findings) -> None:
    if (console.certificate is None) != (console.key is None):
        missing = "key" if console.key is None else "certificate"
        findings.error(f"console.{missing}", None, "a certificate needs its key, and a key its certificate: set both")
    elif console.certificate is not None and console.key is not None:
        files.check_certificate((console.certificate, console.key), "console", findings)
    elif console.bind is not None and not is_loopback(console.bind) and not console.trusted_proxies:
        hint = "passwords would cross the network in clear: set console.certificate and key, or name a TLS proxy"
        findings.error("console.bind", console.bind, f"{hint} in console.trusted_proxies")
