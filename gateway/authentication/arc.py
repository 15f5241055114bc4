"""ARC: what relays before us saw, in a chain that each of them sealed (RFC 8617 5.2).

A chain that passes says who vouches, not that they speak the truth: whom to believe is asked elsewhere. Nothing that a
stranger writes raises.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.authentication.answer import Budget
from gateway.authentication.dkim_body import Content, Wanted, body_hashes
from gateway.authentication.dkim_header import Header, HeaderField, signed_text
from gateway.authentication.dkim_keys import PublicKey, TextLookup, check_signature, find_key
from gateway.authentication.dkim_signature import Signature, message_signature, seal_signature
from gateway.authentication.dkim_tags import Tags, Unusable, required, tags_of
from gateway.authentication.dkim_verify import LIMITS, Limits, check_times, read_header
from gateway.who import Check, Method, Result

RESULTS, MESSAGE, SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"
MOST_SETS = 50  # RFC 8617 4.2.1
_INSTANCE = re.compile(rb"[ \t\r\n]*+i[ \t\r\n]*+=[ \t\r\n]*+([0-9]{1,3})[ \t\r\n]*+;", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArcSet:
    """One relay's three fields. `validation`: the cv= of its seal."""

    results: HeaderField
    message: HeaderField
    seal: HeaderField
    validation: bytes
    message_signature: Signature
    seal_signature: Signature

    @property
    def fields(self) -> tuple[HeaderField, HeaderField, HeaderField]:
        """In the order in which seals cover them (RFC 8617 5.1.1)."""
        return self.results, self.message, self.seal


async def check_arc(
    resolver: TextLookup,
    budget: Budget,
    header: bytes,
    content: Content,
    body_start: int,
    now: float,
    limits: Limits = LIMITS,
) -> Check:
    """The chain's state: none, pass, fail, or temperror where DNS did not answer. `domain`: the newest sealer's.

    Arguments as those of `dkim_verify.check_dkim`.
    """
    if b"arc-" not in header.lower():
        return Check(Method.ARC, Result.NONE)
    newest = ""
    try:
        fields = read_header(header, content, body_start, limits)
        sets = arc_sets(fields)
        if not sets:
            return Check(Method.ARC, Result.NONE)
        newest = sets[-1].seal_signature.domain
        _check_validations(sets)
        check_times(sets[-1].message_signature, now, limits)
        partial = await _verify(resolver, budget, fields, sets, content, body_start, limits)
    except Unusable as error:
        result = Result.TEMPERROR if error.result is Result.TEMPERROR else Result.FAIL
        return Check(Method.ARC, result, newest, error.reason)
    last = sets[-1].seal_signature
    return Check(Method.ARC, Result.PASS, newest, selector=last.selector, signed_at=last.signed_at, partial=partial)


def arc_sets(header: Header) -> list[ArcSet]:
    """The sets in order, the oldest first. Unusable where the chain is not whole (RFC 8617 5.2, steps 2 and 3)."""
    kinds = [_by_instance(header.named(name)) for name in (RESULTS, MESSAGE, SEAL)]
    count = max(map(len, kinds))
    if any(set(kind) != set(range(1, count + 1)) for kind in kinds):
        raise Unusable("the chain has gaps")
    results, messages, seals = kinds
    return [_set(results[i], messages[i], seals[i]) for i in range(1, count + 1)]


def _by_instance(fields: Sequence[HeaderField]) -> dict[int, HeaderField]:
    if len(fields) > MOST_SETS:
        raise Unusable("the chain is too long")
    found: dict[int, HeaderField] = {}
    for field in fields:
        number = instance_of(field)
        if number in found:
            raise Unusable("an instance stands twice")
        found[number] = field
    return found


def instance_of(field: HeaderField) -> int:
    """Its i=, 1 to 50. Unusable otherwise. ARC-Authentication-Results begins with it (RFC 8617 4.1.1)."""
    if field.name == RESULTS:
        match = _INSTANCE.match(field.value)
        number = int(match[1]) if match else 0
    else:
        value = required(tags_of(field.value), "i")
        number = int(value) if value.isdigit() and len(value) <= 3 else 0
    if not 1 <= number <= MOST_SETS:
        raise Unusable("an instance has no number")
    return number


def _set(results: HeaderField, message: HeaderField, seal: HeaderField) -> ArcSet:
    seal_tags, message_tags = tags_of(seal.value), tags_of(message.value)
    return ArcSet(results, message, seal, _validation(seal_tags), _message(message_tags), seal_signature(seal_tags))


def _validation(tags: Tags) -> bytes:
    value = required(tags, "cv").lower()
    if value not in (b"none", b"pass", b"fail"):
        raise Unusable("unknown cv=")
    return value


def _message(tags: Tags) -> Signature:
    signature = message_signature({name: value for name, value in tags.items() if name != "i"})
    if SEAL in signature.names:
        raise Unusable("a message signature covers seals")  # RFC 8617 4.1.2
    return signature


def _check_validations(sets: Sequence[ArcSet]) -> None:
    """RFC 8617 5.2, steps 1 and 3C: the first says none, all others pass."""
    if sets[-1].validation == b"fail":
        raise Unusable("a relay before us found the chain broken")
    if [one.validation for one in sets] != [b"none"] + [b"pass"] * (len(sets) - 1):
        raise Unusable("a seal's cv= does not fit its place")


async def _verify(
    resolver: TextLookup,
    budget: Budget,
    header: Header,
    sets: Sequence[ArcSet],
    content: Content,
    body_start: int,
    limits: Limits,
) -> bool:
    """The newest message signature and every seal (RFC 8617 5.2, steps 4 and 6). True where l= leaves some out."""
    signature = sets[-1].message_signature
    records = {signature.record, *(one.seal_signature.record for one in sets)}
    keys = await _keys(resolver, budget, records)
    if len(sets) > limits.verified or sum(len(field.raw) for field in header.fields) > limits.inline:
        await asyncio.to_thread(_check_signatures, header, sets, keys)
    else:
        _check_signatures(header, sets, keys)
    wanted = Wanted(signature.relaxed_body, signature.length)
    try:
        hashed = (await body_hashes(content, body_start, [wanted]))[wanted]
    except OSError:
        raise Unusable("the message could not be read", Result.TEMPERROR) from None
    if hashed.digest != signature.body_hash or (signature.length or 0) > hashed.total:
        raise Unusable("the body does not fit its hash", Result.FAIL)
    return signature.length is not None and signature.length < hashed.total


def _check_signatures(header: Header, sets: Sequence[ArcSet], keys: Mapping[str, PublicKey]) -> None:
    newest = sets[-1]
    signature = newest.message_signature
    text = signed_text(header, signature.names, newest.message, relaxed=signature.relaxed_header)
    _check(signature, keys, hashlib.sha256(text).digest(), "message signature")
    for number, digest in enumerate(seal_digests(sets)):
        _check(sets[number].seal_signature, keys, digest, f"seal {number + 1}")


async def _keys(resolver: TextLookup, budget: Budget, records: set[str]) -> Mapping[str, PublicKey]:
    names = sorted(records)
    found = await asyncio.gather(*(find_key(resolver, budget, name) for name in names))
    keys: dict[str, PublicKey] = {}
    for name, key in zip(names, found, strict=True):
        if isinstance(key, Unusable):
            raise key
        keys[name] = key
    return keys


def _check(signature: Signature, keys: Mapping[str, PublicKey], digest: bytes, what: str) -> None:
    try:
        check_signature(signature, keys[signature.record], digest)
    except Unusable as error:
        raise Unusable(f"{what}: {error.reason}", error.result) from None


def seal_digests(sets: Sequence[ArcSet]) -> list[bytes]:
    """What each seal signs: all sets up to its own, its own field without b= (RFC 8617 5.1.1). Linear in the header."""
    before = hashlib.sha256()
    digests: list[bytes] = []
    for one in sets:
        for field in (one.results, one.message):
            before.update(field.canonical(relaxed=True) + b"\r\n")
        own = before.copy()
        own.update(one.seal.unsigned(relaxed=True))
        digests.append(own.digest())
        before.update(one.seal.canonical(relaxed=True) + b"\r\n")
    return digests
