"""Whether the spam filter answers, and what: it is asked about a message of our own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from gateway.checks.files import unreadable
from gateway.checks.findings import Findings
from gateway.config import Rspamd as RspamdConfig
from gateway.config import Settings
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.spam.rspamd import Failure, Rspamd

_HINTS: dict[Failure, str] = {
    "down": "nobody answers there: is rspamd's normal worker (or proxy) running, and does this user reach its socket?",
    "time": "does not answer in time",
    "error": "answers, and not as rspamd's /checkv2 does: a wrong worker, or a password that it does not take",
    "size": "max_size is too small for any message",
}


async def inspect(settings: Settings, findings: Findings) -> str:
    """Ask it about a message of our own. Returns what was learnt in a line, "" where it gave no answer."""
    given = settings.rspamd
    made = _client(given)
    content = _probe(settings.gateway.hostname)

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    began = time.monotonic()
    try:
        answer = await made.check(pieces, len(content), _envelope(settings.gateway.hostname), "check-config")
    finally:
        await made.close()
    if answer.spam is None:
        findings.error("rspamd.url", given.url, _HINTS.get(answer.failed, "gives no answer"))
        return ""
    elapsed = (time.monotonic() - began) * 1000
    return f"rspamd {given.url}: {elapsed:.0f} ms; rejects from {answer.spam.required:g} points"


def _client(given: RspamdConfig) -> Rspamd:
    password = ""
    if given.password_file is not None and not unreadable(given.password_file):
        password = given.password_file.read_text("utf-8", "replace").partition("\n")[0].strip()
    return Rspamd(
        given.url, connections=1, timeout=given.timeout, max_size=max(given.max_size, 2**16), password=password
    )


def _envelope(hostname: str) -> Envelope:
    session = Session("check-config", "check-config", Direction.INBOUND, "127.0.0.1", 0, helo=hostname)
    postmaster = Address(f"postmaster@{hostname}")
    return Envelope(session, postmaster, [Recipient(postmaster)])


def _probe(hostname: str) -> bytes:
    return (
        f"From: postmaster@{hostname}\r\nTo: postmaster@{hostname}\r\nSubject: check-config\r\n\r\n"
        "congthu check-config asks whether the spam filter answers.\r\n"
    ).encode()
