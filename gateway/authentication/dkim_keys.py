"""Public keys of signers: the record in DNS (RFC 6376 3.6.1), its key, and whether a signature was made with it.

Keys that were read are kept, a bounded number: reading one takes longer than using it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gateway.authentication.answer import Answer, Budget
from gateway.authentication.dkim_signature import Algorithm, Signature
from gateway.authentication.dkim_tags import Tags, Unusable, base64_of, tags_of, words_of
from gateway.who import Result

LEAST_BITS = 1024  # RFC 8301 3.2
MOST_BITS = 4096  # RFC 8301 3.2 asks for no more, and time grows with the square
_MOST_EXPONENT = 2**32
_RECORDS = 4  # looked at under one name
_ED25519 = 32  # octets

Public = RSAPublicKey | Ed25519PublicKey


class TextLookup(Protocol):
    """What this room's checks need of DNS: see `resolver.Resolver`."""

    async def txt(self, name: str, budget: Budget) -> Answer[bytes]:
        """TXT records, or none, or why nothing is known now."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A signer's key. `testing`: t=y. `strict`: t=s, i= must have exactly the domain of d=."""

    key: Public
    testing: bool = False
    strict: bool = False


async def find_key(resolver: TextLookup, budget: Budget, record: str) -> PublicKey | Unusable:
    """The key that is published under this name, or why there is none (RFC 6376 6.1.2)."""
    answer = await resolver.txt(record, budget)
    if answer.failed:
        return Unusable(f"no answer from DNS for the key ({answer.failed})", Result.TEMPERROR)
    if not answer.records:
        return Unusable("no key in DNS")
    return key_of(answer.records)


def key_of(records: Sequence[bytes]) -> PublicKey | Unusable:
    """The first usable key of some TXT records, or why the first record gives none."""
    why: Unusable | None = None
    for record in records[:_RECORDS]:
        try:
            return read_record(record)
        except Unusable as error:
            why = why or error.with_traceback(None)
    return why or Unusable("no key in DNS")


def read_record(record: bytes) -> PublicKey:
    """A key record. Unusable where it is none, was revoked, is for something else, or has a key that is not taken."""
    tags = tags_of(record, lenient=True)
    if "v" in tags and (next(iter(tags)) != "v" or tags["v"] != b"DKIM1"):
        raise Unusable("the record is no DKIM key")
    if "p" not in tags:
        raise Unusable("the record has no key")
    if not tags["p"]:
        raise Unusable("the key was revoked")
    if b"sha256" not in words_of(tags.get("h", b"sha256")):
        raise Unusable("the key is not for sha256")
    if not {b"*", b"email"} & set(words_of(tags.get("s", b"*"))):
        raise Unusable("the key is not for mail")
    flags = words_of(tags.get("t", b""))
    return PublicKey(_public(tags), testing=b"y" in flags, strict=b"s" in flags)


def _public(tags: Tags) -> Public:
    kind = tags.get("k", b"rsa").lower()
    if kind not in (b"rsa", b"ed25519"):
        raise Unusable("unknown kind of key")
    key = (_rsa if kind == b"rsa" else _ed25519)(base64_of(tags, "p"))
    if isinstance(key, str):
        raise Unusable(key)
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_BITS:
        raise Unusable(f"key of {key.key_size} bits", Result.POLICY)
    return key


@lru_cache(maxsize=2048)
def _rsa(octets: bytes) -> Public | str:
    """The key, or what is wrong with it: SubjectPublicKeyInfo, or RSAPublicKey alone (RFC 6376 3.6.1, its errata)."""
    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        return "the key cannot be read"
    if not isinstance(key, RSAPublicKey):
        return "the key is of another kind than k="
    if key.key_size > MOST_BITS or key.public_numbers().e >= _MOST_EXPONENT:
        return "the key is too large"
    return key


@lru_cache(maxsize=2048)
def _ed25519(octets: bytes) -> Public | str:
    if len(octets) != _ED25519:
        return "the key cannot be read"
    try:
        return Ed25519PublicKey.from_public_bytes(octets)
    except ValueError:
        return "the key cannot be read"


def check_signature(signature: Signature, key: PublicKey, digest: bytes) -> None:
    """Raise Unusable unless the signature was made over this SHA-256 with this key (RFC 8017 8.2.2, RFC 8463 3)."""
    public = key.key
    if isinstance(public, RSAPublicKey) is not (signature.algorithm is Algorithm.RSA):
        raise Unusable("the key is of another kind than a=")
    if key.strict and signature.agent.rpartition("@")[2] not in ("", signature.domain):
        raise Unusable("i= is a subdomain, which the key forbids")
    try:
        if isinstance(public, RSAPublicKey):
            public.verify(signature.signature, digest, PKCS1v15(), Prehashed(SHA256()))
        else:
            public.verify(signature.signature, digest)
    except InvalidSignature:
        raise Unusable("the signature does not fit the header", Result.FAIL) from None
