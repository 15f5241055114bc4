"""The poller's settings: a server that can be reached as said, and an account whose password only we can read."""

from __future__ import annotations

from gateway.checks import files, secrets
from gateway.checks.findings import Findings
from gateway.checks.listeners import is_host
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings
from gateway.config_use import Imap
from gateway.config_values import HostPort


def check(settings: Settings, findings: Findings) -> None:
    """[imap]."""
    imap = settings.imap
    if imap.host is None:
        _unused(imap, findings)
        return
    _check_host(imap, imap.host, findings)
    _check_account(imap, findings)
    if imap.tls_ca is not None:
        files.check_authorities(imap.tls_ca, "imap.tls_ca", findings)
    if imap.interval > settings.lifecycle.fresh:
        hint = "is longer than lifecycle.fresh: every observation is stale before the next one, and nothing can be told"
        findings.error("imap.interval", imap.interval, hint)
    if imap.timeout > imap.interval:
        findings.error("imap.timeout", imap.timeout, "is longer than imap.interval")


def _unused(imap: Imap, findings: Findings) -> None:
    for name in ("user", "password_file", "tls_ca", "tls_name"):
        if getattr(imap, name):
            hint = "nothing is polled without imap.host: name the mail server, host:993"
            findings.warn(f"imap.{name}", str(getattr(imap, name)), hint)


def _check_host(imap: Imap, host: HostPort, findings: Findings) -> None:
    if not is_host(host):
        findings.error("imap.host", host, "this is neither an address nor a name of a machine")
    elif host.port == 0:
        findings.error("imap.host", host, "port 0 cannot be connected to: 993, or 143 with STARTTLS")
    elif imap.tls == "loopback" and not (is_loopback(host) or host.host == "localhost"):
        findings.error("imap.tls", imap.tls, f'{host} is not on this machine: use "implicit" or "starttls"')
    if (imap.tls, host.port) in (("implicit", 143), ("starttls", 993)):
        findings.warn("imap.tls", imap.tls, f"port {host.port} mostly speaks the other way: implicit 993, starttls 143")


def _check_account(imap: Imap, findings: Findings) -> None:
    if not imap.user:
        findings.error("imap.user", None, "name the master user, which may log in as every mailbox (docs/poller.md)")
    elif imap.login == "separator" and imap.separator in imap.user:
        hint = f"has the separator {imap.separator!r} in it: the server would take another name out of it"
        findings.error("imap.user", imap.user, hint)
    if imap.password_file is None:
        findings.error("imap.password_file", None, "name the file with the master user's password, one line")
    else:
        secrets.line(imap.password_file, "imap.password_file", findings)
