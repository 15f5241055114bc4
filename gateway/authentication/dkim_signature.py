"""What one signature says of itself: DKIM-Signature (RFC 6376 3.5), and ARC's two that are made like it (RFC 8617 4.1).

Strict: what the grammar does not allow is refused before any key is looked up. Pure; verifies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gateway.authentication.dkim_tags import Tags, Unusable, base64_of, number_of, required, text_of, words_of
from gateway.authentication.domains import domain_of, same_or_below, selector_of
from gateway.who import Result

_NAME = re.compile(rb"[!-9<-~]{1,256}\Z")
_AGENT_LONGEST = 320
_MOST_NAMES = 300
_DIGEST = 32  # octets of SHA-256


class Algorithm(StrEnum):
    """Signing algorithms that are accepted (RFC 8301 3.1, RFC 8463)."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature whose form is right. `names`: h=, lower case, as often as named. `length`: l=, None for all.

    `body_hash` is empty for an ARC-Seal. `agent`: i= with its local part, "@" and the domain where there is none.
    """

    algorithm: Algorithm
    domain: str
    selector: str
    signature: bytes
    body_hash: bytes = b""
    names: tuple[bytes, ...] = ()
    relaxed_header: bool = True
    relaxed_body: bool = True
    length: int | None = None
    agent: str = ""
    signed_at: int = 0
    expires: int = 0

    @property
    def record(self) -> str:
        """Where its key is published (RFC 6376 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"


def claimed(tags: Tags) -> tuple[str, str]:
    """Domain and selector that a tag list claims, "" for what is not one: to name a signature that is refused."""
    return _quiet(domain_of, tags, "d"), _quiet(selector_of, tags, "s")


def _quiet(reading: Callable[[str], str], tags: Tags, name: str) -> str:
    return reading(tags.get(name, b"").decode("utf-8", "replace"))


def dkim_signature(tags: Tags) -> Signature:
    """A DKIM-Signature. Unusable where RFC 6376 6.1.1 lets it be ignored."""
    if required(tags, "v") != b"1":
        raise Unusable("unknown version")
    return message_signature(tags)


def message_signature(tags: Tags) -> Signature:
    """What DKIM-Signature and ARC-Message-Signature have in common."""
    domain, selector = _place(tags)
    relaxed_header, relaxed_body = _canonicalization(tags.get("c", b"simple/simple"))
    if b"dns/txt" not in words_of(tags.get("q", b"dns/txt")):
        raise Unusable("unknown way to query for the key")
    signed_at, expires = _times(tags)
    return Signature(
        algorithm=_algorithm(tags),
        domain=domain,
        selector=selector,
        signature=base64_of(tags, "b"),
        body_hash=_body_hash(tags),
        names=_names(tags),
        relaxed_header=relaxed_header,
        relaxed_body=relaxed_body,
        length=number_of(tags, "l") if "l" in tags else None,
        agent=_agent(tags, domain),
        signed_at=signed_at,
        expires=expires,
    )


def seal_signature(tags: Tags) -> Signature:
    """An ARC-Seal (RFC 8617 4.1.3), which covers no body and no chosen fields. Unusable where it has h=."""
    if "h" in tags or "bh" in tags:
        raise Unusable("a seal with h= or bh=")
    domain, selector = _place(tags)
    return Signature(_algorithm(tags), domain, selector, base64_of(tags, "b"), signed_at=number_of(tags, "t"))


def _algorithm(tags: Tags) -> Algorithm:
    name = required(tags, "a").lower()
    if name == b"rsa-sha1":
        raise Unusable("rsa-sha1 is not accepted (RFC 8301)", Result.POLICY)
    if name not in (b"rsa-sha256", b"ed25519-sha256"):
        raise Unusable("unknown algorithm")
    return Algorithm(name.decode("ascii"))


def _place(tags: Tags) -> tuple[str, str]:
    domain = domain_of(text_of(required(tags, "d")))
    if not domain:
        raise Unusable("d= is not a domain")
    selector = selector_of(text_of(required(tags, "s")))
    if not selector:
        raise Unusable("s= is not a selector")
    if len(selector) + len(domain) + len("._domainkey.") > 253:
        raise Unusable("s= and d= are too long")
    return domain, selector


def _canonicalization(value: bytes) -> tuple[bool, bool]:
    """(header relaxed, body relaxed), RFC 6376 3.5 c=."""
    header, _, body = value.lower().partition(b"/")
    kinds = {b"simple": False, b"relaxed": True}
    if header not in kinds or (body or b"simple") not in kinds:
        raise Unusable("unknown canonicalization")
    return kinds[header], kinds[body or b"simple"]


def _body_hash(tags: Tags) -> bytes:
    digest = base64_of(tags, "bh")
    if len(digest) != _DIGEST:
        raise Unusable("bh= has the wrong length")
    return digest


def _names(tags: Tags) -> tuple[bytes, ...]:
    names = tuple(words_of(required(tags, "h")))
    if len(names) > _MOST_NAMES:
        raise Unusable("h= names too many fields")
    if not all(map(_NAME.match, names)):
        raise Unusable("h= names what is no header field")
    if b"from" not in names:
        raise Unusable("From is not signed")  # RFC 6376 5.4
    return names


def _agent(tags: Tags, domain: str) -> str:
    """i=, which must stand at or below d= (RFC 6376 3.5)."""
    if "i" not in tags:
        return f"@{domain}"
    text = "".join(text_of(tags["i"]).split())
    local, at, host = text.rpartition("@")
    host = domain_of(host)
    if not at or not same_or_below(host, domain):
        raise Unusable("i= does not belong to d=")
    if len(text) > _AGENT_LONGEST or not text.isprintable():
        raise Unusable("i= is not an address")
    return f"{local}@{host}"


def _times(tags: Tags) -> tuple[int, int]:
    """t= and x=, seconds since 1970, 0 for none."""
    signed_at, expires = number_of(tags, "t"), number_of(tags, "x")
    if "x" in tags and expires <= signed_at:
        raise Unusable("x= is not after t=")
    return signed_at, expires
