"""Authentication-Results (RFC 8601): ours written from checks.

Pure. Nothing from a stranger enters but names that were read strictly, or in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gateway.authentication.domains import domain_of
from gateway.authentication.results_forged import forged as forged
from gateway.who import Check, Method, Result

_TOKEN = re.compile(r"(?:[A-Za-z0-9.!#$&*+_^{}~-]{0,64}@)?[A-Za-z0-9_][A-Za-z0-9._-]{0,252}\Z")
_UNQUOTABLE = re.compile(r"[^ -~]")
_MOST = 20  # checks in one field
_LONGEST = 200  # characters of one value


def authentication_results(authserv_id: str, checks: Sequence[Check], *, mail_from: str = "", helo: str = "") -> bytes:
    """The whole field, CRLF-terminated, to stand before the message. Without checks it says "none" (RFC 8601 2.2).

    `authserv_id`: our name. `mail_from`, `helo`: what SPF looked at; the domain that it checked, where they are "".
    Where something was checked and no signature was found, it says dkim=none.
    """
    payload = results_payload(authserv_id, checks, mail_from=mail_from, helo=helo)
    return f"Authentication-Results: {payload}\r\n".encode("ascii")


def results_payload(authserv_id: str, checks: Sequence[Check], *, mail_from: str = "", helo: str = "") -> str:
    """The field's value, folded; what ARC-Authentication-Results has after its i= (RFC 8617 4.1.1)."""
    return ";\r\n\t".join(
        [_value(domain_of(authserv_id) or authserv_id), *_statements(checks, {"mailfrom": mail_from, "helo": helo})]
    )


def _statements(checks: Sequence[Check], envelope: Mapping[str, str]) -> Iterator[str]:
    if not checks:
        yield "none"
        return
    if not any(check.method is Method.DKIM for check in checks):
        yield "dkim=none"
    for check in checks[:_MOST]:
        yield " ".join(_statement(check, envelope))


def _statement(check: Check, envelope: Mapping[str, str]) -> Iterator[str]:
    """method=result (comment) reason="…" properties (RFC 8601 2.2)."""
    yield f"{check.method.value}={_result(check).value}"
    if check.method is Method.DMARC and check.policy:
        yield f"(p={_UNQUOTABLE.sub('?', check.policy.translate(_NO_COMMENT))[:_LONGEST]})"
    if check.reason:
        yield f"reason={_quoted(check.reason)}"
    for name, value in _properties(check, envelope):
        if value:
            yield f"{name}={_value(value)}"


_NO_COMMENT = str.maketrans("()\\", "???")


def _result(check: Check) -> Result:
    """ARC has three results only (RFC 8617 10.1)."""
    if check.method is Method.ARC and check.result not in (Result.PASS, Result.NONE):
        return Result.FAIL
    return check.result


def _properties(check: Check, envelope: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if check.method is Method.SPF:
        scope = check.scope or "mailfrom"
        yield f"smtp.{scope}", envelope.get(scope) or check.domain
    elif check.method is Method.DMARC:
        yield "header.from", check.domain
    elif check.method is Method.DKIM:
        yield "header.d", check.domain
        yield "header.s", check.selector
        if check.agent not in ("", f"@{check.domain}"):
            yield "header.i", check.agent


def _value(text: str) -> str:
    return text if _TOKEN.match(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = _UNQUOTABLE.sub("?", text[:_LONGEST]).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
