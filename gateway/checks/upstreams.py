"""Next hops: each has hosts or a Maildir, is used, is not ourselves, and is told passwords under TLS only."""

from __future__ import annotations

from gateway.checks.findings import Findings, offers_auth
from gateway.checks.listeners import address_of, is_host
from gateway.config import Settings, UpstreamConfig
from gateway.config_values import HostPort


def check(settings: Settings, findings: Findings) -> None:
    """All [upstream.NAME] tables, and what the listeners ask of them."""
    used = {listener.upstream for listener in settings.listener}
    for name, upstream in settings.upstream.items():
        key = f"upstream.{name}"
        _check_target(upstream, key, findings)
        _check_loop(settings, upstream, key, findings)
        _check_tls(upstream, key, findings)
        if name not in used:
            findings.warn(key, None, "no listener uses it")
    _check_passwords(settings, findings)


def _check_target(upstream: UpstreamConfig, key: str, findings: Findings) -> None:
    if upstream.hosts and upstream.maildir:
        findings.error(key, [*upstream.hosts, str(upstream.maildir)], "has both hosts and maildir: keep one")
    if not upstream.hosts and not upstream.maildir:
        findings.error(f"{key}.hosts", None, 'name the next hop: hosts = ["10.0.0.5:25"], or maildir = "maildir"')
    for position, host in enumerate(upstream.hosts):
        if not is_host(host):
            findings.error(f"{key}.hosts[{position}]", host, "this is neither an address nor a name of a machine")
        if host.port == 0:
            findings.error(f"{key}.hosts[{position}]", host, "port 0 cannot be connected to")
        if host in upstream.hosts[:position]:
            findings.warn(f"{key}.hosts[{position}]", host, "stands twice")


def _check_loop(settings: Settings, upstream: UpstreamConfig, key: str, findings: Findings) -> None:
    for position, host in enumerate(upstream.hosts):
        for number, listener in enumerate(settings.listener):
            if _reaches(host, listener.bind):
                hint = f"this is listener[{number}] of the gateway itself: mail would go round in circles"
                findings.error(f"{key}.hosts[{position}]", host, hint)


def _reaches(host: HostPort, bind: HostPort) -> bool:
    if host.port != bind.port:
        return False
    target, ours = address_of(host), address_of(bind)
    if target is None or ours is None:
        return host.host == bind.host
    return target == ours or (ours.is_unspecified and target.is_loopback and target.version == ours.version)


def _check_tls(upstream: UpstreamConfig, key: str, findings: Findings) -> None:
    if upstream.tls == "none" and upstream.tls_verify:
        findings.error(f"{key}.tls_verify", True, 'nothing to verify with tls = "none": use "required"')
    if upstream.tls == "opportunistic" and upstream.tls_verify:
        hint = 'with "opportunistic" somebody in between can take TLS away: use tls = "required"'
        findings.warn(f"{key}.tls_verify", True, hint)
    if upstream.maildir and (upstream.xclient or upstream.xforward):
        findings.warn(key, None, "xclient and xforward mean nothing to a Maildir")


def _check_passwords(settings: Settings, findings: Findings) -> None:
    for position, listener in enumerate(settings.listener):
        upstream = settings.upstream.get(listener.upstream)
        if upstream is None or not offers_auth(listener):
            continue
        if upstream.maildir:
            hint = f"a Maildir knows no passwords, and listener[{position}] offers AUTH: name the mail server's hosts"
            findings.error(f"upstream.{listener.upstream}.maildir", str(upstream.maildir), hint)
        if all(is_loopback(host) for host in upstream.hosts):
            continue
        key = f"upstream.{listener.upstream}.tls"
        if upstream.tls == "none":
            hint = f'passwords of listener[{position}] would go over the network in clear: use tls = "required"'
            findings.error(key, "none", hint)
        elif upstream.tls == "opportunistic":
            hint = f"listener[{position}] passes passwords on: AUTH fails where this host offers no STARTTLS"
            findings.warn(key, "opportunistic", hint + '; "required" says so at once')


def is_loopback(host: HostPort) -> bool:
    """Whether a host is an address of this machine that no network sees."""
    address = address_of(host)
    return address is not None and address.is_loopback
