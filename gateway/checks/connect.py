"""What the next hops and the spam filter say of themselves, and whether it fits the settings.

Opens connections; sends no mail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.checks import postfix
from gateway.checks.findings import Findings, offers_auth
from gateway.checks.listeners import BASE64_GROWTH, CAP
from gateway.checks.upstreams import is_loopback
from gateway.config import Settings, UpstreamConfig
from gateway.config_values import MIB, HostPort, parse_size
from gateway.upstream.base import Capabilities
from gateway.upstream.inspect import HostReport, inspect_upstream

_EXTENSIONS = (
    ("eightbit", "8BITMIME", "mail in UTF-8 is refused or sent on without a promise"),
    ("smtputf8", "SMTPUTF8", "addresses with letters beyond ASCII are refused"),
    ("dsn", "DSN", "requests for delivery reports are not passed on"),
    ("pipelining", "PIPELINING", "each message takes more round trips"),
    ("chunking", "CHUNKING", "DATA is used instead of BDAT"),
)


@dataclass(slots=True)
class Inspection(Findings):
    """Findings, and what was learnt: one line a host."""

    facts: list[str] = field(default_factory=list)


async def inspect(settings: Settings, findings: Inspection) -> None:
    """Ask every host of every next hop, all at the same time; then a Postfix on this machine, and the spam filter."""
    names = list(settings.upstream)
    hostname = settings.gateway.hostname
    reports = await asyncio.gather(*(inspect_upstream(settings.upstream[name], hostname) for name in names))
    for name, report in zip(names, reports, strict=True):
        for position, host in enumerate(report.hosts):
            judge(settings, name, f"upstream.{name}.hosts[{position}]", host, findings)
    await postfix.check(settings, findings)
    if settings.store.shared:
        from gateway.checks import limits_asked  # and the library of a store that most do not have

        if learnt := await limits_asked.inspect(settings, findings):
            findings.facts.append(f"store.shared {learnt}")
    from gateway.checks import use_asked  # and the rooms of mailboxes' use

    await use_asked.inspect(settings, findings)
    if settings.rspamd.url:
        from gateway.checks import spam_asked  # and its HTTP library: nobody else needs it

        if learnt := await spam_asked.inspect(settings, findings):
            findings.facts.append(learnt)


def judge(settings: Settings, name: str, key: str, report: HostReport, findings: Inspection) -> None:
    """Compare one host with the settings."""
    if not report.reachable:
        findings.error(key, report.host, f"cannot be used: {report.error}")
        return
    findings.facts.append(_fact(name, report))
    upstream = settings.upstream[name]
    _judge_tls(upstream, key, report, findings)
    _judge_size(settings, name, key, report, findings)
    _judge_extensions(upstream, key, report.capabilities, findings)
    _judge_auth(settings, name, key, report.capabilities, findings)


def _fact(name: str, report: HostReport) -> str:
    size = "no SIZE" if report.size is None else "no limit of size"
    size = f"up to {report.size / MIB:.1f} MiB" if report.size else size
    return f"{name} {report.host}: {report.tls or 'no TLS'}, {size}, {report.elapsed * 1000:.0f} ms; {report.greeting}"


def _judge_tls(upstream: UpstreamConfig, key: str, report: HostReport, findings: Findings) -> None:
    if report.certificate:
        hint = f"its certificate would not pass a check: {report.certificate}"
        findings.warn(key, report.host, f'{hint}; tls = "{upstream.tls}" does not check')
    if not report.tls and upstream.tls == "opportunistic" and not is_loopback(HostPort(report.host)):
        findings.warn(key, report.host, "offers no STARTTLS: mail crosses the network in clear")


def attachment_cap(settings: Settings) -> int:
    """The largest attachments that the rules let pass, bytes decoded: as configured, else the regulations' 15 MiB."""
    rule = settings.rules.get("attachment-cap")
    limit = (rule.model_extra or {}).get("limit") if rule else None
    return CAP if limit is None else parse_size(limit)


def _judge_size(settings: Settings, name: str, key: str, report: HostReport, findings: Findings) -> None:
    if report.size is None:
        findings.warn(key, report.host, "offers no SIZE: a message that is too large for it is refused after its data")
    if not report.size:
        return
    cap = attachment_cap(settings)
    needed, shown = int(cap * BASE64_GROWTH), f"{report.size / MIB:.1f} MiB"
    if report.size < needed:
        hint = (
            f"takes {shown}, and {cap / MIB:g} MiB of attachments are {needed / MIB:.1f} MiB in base64: raise its limit"
        )
        findings.error(key, report.host, hint + f" to at least {needed} bytes (Postfix: message_size_limit)")
    for position, listener in enumerate(settings.listener):
        if listener.upstream == name and listener.max_size > report.size:
            hint = f"the next hop takes {shown} only, so no more is offered to clients ({report.host})"
            findings.warn(f"listener[{position}].max_size", listener.max_size, hint)


def _judge_extensions(upstream: UpstreamConfig, key: str, offered: Capabilities, findings: Findings) -> None:
    lacking = list(_lacking(upstream, offered))
    if lacking:
        meaning = "; ".join(f"{keyword}: {what}" for keyword, what in lacking)
        findings.warn(key, ", ".join(keyword for keyword, _ in lacking), f"not offered in EHLO ({meaning})")
    for asked, found, keyword in (
        (upstream.xclient, offered.xclient, "XCLIENT"),
        (upstream.xforward, offered.xforward, "XFORWARD"),
    ):
        if asked and not found:
            hint = f"configured, and {keyword} is not offered to us (Postfix: smtpd_authorized_{keyword.lower()}_hosts)"
            findings.error(f"{key.partition('.hosts')[0]}.{keyword.lower()}", True, hint)


def _lacking(upstream: UpstreamConfig, offered: Capabilities) -> Iterator[tuple[str, str]]:
    for attribute, keyword, meaning in _EXTENSIONS:
        if not getattr(offered, attribute) and (upstream.chunking or keyword != "CHUNKING"):
            yield keyword, meaning


def _judge_auth(settings: Settings, name: str, key: str, offered: Capabilities, findings: Findings) -> None:
    if {"PLAIN", "LOGIN"} & offered.auth:
        return
    for position, listener in enumerate(settings.listener):
        if listener.upstream == name and offers_auth(listener):
            hint = f"listener[{position}] passes AUTH on to it, and it offers neither PLAIN nor LOGIN"
            findings.error(key, ", ".join(sorted(offered.auth)) or None, hint)
