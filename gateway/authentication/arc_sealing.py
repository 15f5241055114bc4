"""ARC sealing (RFC 8617 5.1): our own set on top of what came with a message, for relays behind us. Off by default.

A set says what we saw; it is made over exactly what is forwarded, as our signatures are (see `signing`).
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.authentication.arc import MESSAGE, RESULTS, SEAL, arc_sets
from gateway.authentication.dkim_body import Content, Wanted, body_hashes
from gateway.authentication.dkim_header import Header, HeaderField, Skip, whole_header
from gateway.authentication.dkim_tags import Unusable
from gateway.authentication.keys import SigningKey
from gateway.authentication.results import results_payload
from gateway.authentication.signing import SigningProfile, common_tags, names_to_sign, signature_value, signed
from gateway.who import Check, Method, Result

_MOST_FIELDS = 1000
_MOST_SETS = 50
_ONCE = frozenset({"from"})
_PROFILE = SigningProfile(names=(*SigningProfile().names, "dkim-signature"), oversigned=_ONCE)


async def seal(
    key: SigningKey,
    authserv_id: str,
    checks: Sequence[Check],
    header: bytes,
    content: Content,
    body_start: int,
    now: float,
    skip: Skip = (),
) -> bytes:
    """Our ARC set, three fields with CRLF, to stand right before the message's first byte.

    `checks`: what was found of this message, its ARC chain among them: a message whose chain was not checked is not
    sealed. b"" too where the chain is full, where a relay before us ended it, or where the header cannot be read.
    """
    chain = next((check for check in checks if check.method is Method.ARC), None)
    if chain is None or chain.result is Result.TEMPERROR:
        return b""
    try:
        fields = whole_header(header, body_start, content.size, _MOST_FIELDS, skip)
        before = _before(fields, chain)
    except Unusable:
        return b""
    if before is None or len(before) >= 3 * _MOST_SETS:
        return b""
    number = _next(fields, chain)
    wanted = Wanted(True)
    body = (await body_hashes(content, body_start, [wanted]))[wanted].digest
    results = f"ARC-Authentication-Results: i={number}; {results_payload(authserv_id, checks)}\r\n".encode("ascii")
    message = await _message(key, number, fields, body, now)
    return await _seal(key, number, chain, before, results + message, now) + message + results


def _before(header: Header, chain: Check) -> list[HeaderField] | None:
    """The fields of earlier sets that our seal covers; none for a broken chain (RFC 8617 5.1.2); None: do not seal."""
    if chain.result is Result.NONE:
        return []
    if chain.result is not Result.PASS:
        return None if _ended(header) else []
    return [field for one in arc_sets(header) for field in one.fields]


def _ended(header: Header) -> bool:
    """Whether the newest relay said that the chain is broken: nobody goes on then (RFC 8617 5.1)."""
    return any(b"cv=fail" in field.canonical(relaxed=True).replace(b" ", b"").lower() for field in header.named(SEAL))


def _next(header: Header, chain: Check) -> int:
    """Our i=: one above the highest that is there."""
    if chain.result is Result.PASS:
        return len(header.named(SEAL)) + 1
    return 1 + max(len(header.named(name)) for name in (RESULTS, MESSAGE, SEAL))


async def _message(key: SigningKey, number: int, header: Header, body: bytes, now: float) -> bytes:
    names = names_to_sign(header, _PROFILE)
    tags = [
        f"i={number}; a={key.algorithm.value}; c=relaxed/relaxed",
        f"d={key.domain}; s={key.selector}; t={int(now)}",
        *common_tags(names, body),
    ]
    return await signed(key, header, tags, names, relaxed=True, name="ARC-Message-Signature")


async def _seal(
    key: SigningKey, number: int, chain: Check, before: Sequence[HeaderField], own: bytes, now: float
) -> bytes:
    validation = chain.result.value if chain.result in (Result.NONE, Result.PASS) else "fail"
    unsigned = (
        f"ARC-Seal: i={number}; a={key.algorithm.value}; t={int(now)}; cv={validation};\r\n"
        f"\td={key.domain}; s={key.selector}; b="
    ).encode("ascii")
    made = Header(own + unsigned, 3).fields
    lines = [field.canonical(relaxed=True) for field in (*before, *made[:2])]
    text = b"\r\n".join((*lines, made[2].canonical(relaxed=True)))
    return unsigned + await signature_value(key, text)
