"""DKIM verification (RFC 6376 6): each signature of a message, told as a `Check`.

A signature costs in this order: its form, its key's record, the header, the body; each step only where the one before
was good, so that forged signatures cost little. Nothing that a stranger writes raises.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.authentication.answer import Budget
from gateway.authentication.dkim_body import Content, Hashed, Wanted, body_hashes
from gateway.authentication.dkim_header import Header, HeaderField, signed_text, whole_header
from gateway.authentication.dkim_keys import PublicKey, TextLookup, check_signature, find_key
from gateway.authentication.dkim_signature import Signature, claimed, dkim_signature
from gateway.authentication.dkim_tags import Unusable, tags_of
from gateway.who import Check, Method, Result


@dataclass(frozen=True, slots=True)
class Limits:
    """`signatures`: looked at, from the top. `header`: octets. `fields`: of the header. `skew`: seconds that another
    clock may be wrong, for t= and x=. `inline`, `verified`: octets of a header, and signatures, up to which the header
    is worked on without leaving the event loop: half a millisecond.
    """

    signatures: int = 8
    header: int = 256 * 1024
    fields: int = 1000
    skew: int = 300
    inline: int = 16 * 1024
    verified: int = 3


LIMITS = Limits()


@dataclass(slots=True)
class Case:
    """One signature on its way. `why`: it is over, and why. `hashed`: what the body gave."""

    own: HeaderField
    domain: str = ""
    selector: str = ""
    signature: Signature | None = None
    key: PublicKey | None = None
    digest: bytes = b""
    hashed: Hashed | None = None
    why: Unusable | None = field(default=None)

    @property
    def wanted(self) -> Wanted | None:
        """The body's hash that it needs, where it is good so far."""
        if self.why is not None or self.signature is None:
            return None
        return Wanted(self.signature.relaxed_body, self.signature.length)


async def check_dkim(
    resolver: TextLookup,
    budget: Budget,
    header: bytes,
    content: Content,
    body_start: int,
    now: float,
    limits: Limits = LIMITS,
) -> tuple[Check, ...]:
    """Every signature of a message, from the top; () where it has none.

    `header`: raw, without its blank line; `content`: the whole message as received, whose body begins at `body_start`
    (bytes). `now`: seconds since 1970.
    """
    if b"dkim-signature" not in header.lower():
        return ()
    try:
        fields = read_header(header, content, body_start, limits)
    except Unusable as error:
        return (Check(Method.DKIM, error.result, reason=error.reason),)
    cases = [_begin(own, now, limits) for own in fields.named(b"dkim-signature")[: limits.signatures]]
    await _find_keys(resolver, budget, cases)
    if len(header) > limits.inline or len(cases) > limits.verified:
        await asyncio.to_thread(_check_headers, fields, cases)
    else:
        _check_headers(fields, cases)
    await add_bodies(content, body_start, cases)
    return tuple(map(_told, cases))


def read_header(header: bytes, content: Content, body_start: int, limits: Limits) -> Header:
    """The fields of a header of bearable size. Unusable for any other."""
    if len(header) > limits.header:
        raise Unusable("the header is too long")
    return whole_header(header, body_start, content.size, limits.fields)


def _begin(own: HeaderField, now: float, limits: Limits) -> Case:
    case = Case(own)
    try:
        tags = tags_of(own.value)
        case.domain, case.selector = claimed(tags)
        case.signature = dkim_signature(tags)
        check_times(case.signature, now, limits)
    except Unusable as error:
        case.why = error.with_traceback(None)  # which would hold the header
    return case


def check_times(signature: Signature, now: float, limits: Limits) -> None:
    """Unusable where it has expired, or was made in the future (RFC 6376 3.5 t=, x=)."""
    if signature.signed_at > now + limits.skew:
        raise Unusable("signed in the future", Result.FAIL)
    if signature.expires and signature.expires < now - limits.skew:
        raise Unusable("the signature has expired", Result.FAIL)


async def _find_keys(resolver: TextLookup, budget: Budget, cases: Sequence[Case]) -> None:
    open_cases = [(case, case.signature.record) for case in cases if case.signature and not case.why]
    records = list(dict.fromkeys(record for _, record in open_cases))
    keys = dict(zip(records, await asyncio.gather(*(find_key(resolver, budget, r) for r in records)), strict=True))
    for case, record in open_cases:
        key = keys[record]
        if isinstance(key, Unusable):
            case.why = key
        else:
            case.key = key


def _check_headers(header: Header, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.why is None:
            _check_header(header, case)


def _check_header(header: Header, case: Case) -> None:
    signature = case.signature
    assert signature is not None
    assert case.key is not None
    text = signed_text(header, signature.names, case.own, relaxed=signature.relaxed_header)
    case.digest = hashlib.sha256(text).digest()
    try:
        check_signature(signature, case.key, case.digest)
    except Unusable as error:
        case.why = error.with_traceback(None)


async def add_bodies(content: Content, body_start: int, cases: Sequence[Case]) -> None:
    """Hash the body for the cases that are good so far, and compare."""
    wanted = {case.wanted for case in cases} - {None}
    try:
        found = await body_hashes(content, body_start, [one for one in wanted if one is not None])
    except OSError:
        for case in cases:
            case.why = case.why or Unusable("the message could not be read", Result.TEMPERROR)
        return
    for case in cases:
        if case.wanted is not None:
            _compare(case, found[case.wanted])


def _compare(case: Case, hashed: Hashed) -> None:
    signature = case.signature
    assert signature is not None
    case.hashed = hashed
    if signature.length is not None and signature.length > hashed.total:
        case.why = Unusable("the body is shorter than l=", Result.FAIL)
    elif hashed.digest != signature.body_hash:
        case.why = Unusable("the body does not fit its hash", Result.FAIL)


def _told(case: Case) -> Check:
    signature, why = case.signature, case.why
    if signature is None:
        return Check(Method.DKIM, *_ended(case), selector=case.selector)
    return Check(
        Method.DKIM,
        *_ended(case),
        selector=signature.selector,
        agent=signature.agent,
        signed=tuple(name.decode("ascii") for name in signature.names),
        signed_at=signature.signed_at,
        expires=signature.expires,
        digest=_digest(signature, case.digest) if why is None else "",
        partial=_partial(case),
        testing=case.key is not None and case.key.testing,
    )


def _ended(case: Case) -> tuple[Result, str, str]:
    """Result, domain, reason. A key that is being tested (t=y) makes no failure of a signature (RFC 6376 3.6.1)."""
    why, testing = case.why, case.key is not None and case.key.testing
    if why is None:
        return Result.PASS, case.domain, "the key is marked as being tested" if testing else ""
    result = Result.NEUTRAL if testing and why.result is Result.FAIL else why.result
    return result, case.domain, why.reason


def _partial(case: Case) -> bool:
    length = case.signature.length if case.signature else None
    return length is not None and (case.hashed is None or length < case.hashed.total)


def _digest(signature: Signature, digest: bytes) -> str:
    named = f"{signature.domain}|{signature.selector}|".encode()
    return hashlib.sha256(named + digest).hexdigest()
