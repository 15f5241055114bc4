"""DKIM signatures on what goes out (RFC 6376 5): which fields, with which keys, over exactly what is forwarded.

Signed is the message as the next hop gets it: the fields that we take out are not there, and what we put before it is
not signed. Knows no rule: whether to sign is asked elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.authentication.dkim_body import Content, Wanted, body_hashes
from gateway.authentication.dkim_header import Header, Skip, signed_text, whole_header
from gateway.authentication.dkim_tags import Unusable
from gateway.authentication.domains import domain_of
from gateway.authentication.keys import SigningKey

_WIDTH = 72  # octets of a line
_MOST_FIELDS = 1000
_MOST_SIGNED = 100  # names in one h=
_LONGEST_ON_LOOP = 2048  # bits of a key that signs in less than a millisecond


@dataclass(frozen=True, slots=True)
class SigningProfile:
    """How signatures are made. `names`: the fields that are signed where they are there, each as often as it is.

    `oversigned`: named once more than they are there, so that none can be added (RFC 6376 8.15); From always, the
    others where there is one. `life`: seconds until x=, 0 for no x=.
    """

    names: tuple[str, ...] = (
        "from",
        "to",
        "cc",
        "date",
        "message-id",
        "subject",
        "sender",
        "reply-to",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    )
    oversigned: frozenset[str] = frozenset(
        (
            "from",
            "to",
            "cc",
            "date",
            "message-id",
            "subject",
            "reply-to",
            "mime-version",
            "content-type",
            "content-transfer-encoding",
        )
    )
    relaxed_header: bool = True
    relaxed_body: bool = True
    life: int = 0

    @property
    def canonicalization(self) -> str:
        """The c= of its signatures."""
        kinds = ("simple", "relaxed")
        return f"{kinds[self.relaxed_header]}/{kinds[self.relaxed_body]}"


class Signer:
    """Signs with the keys of a sender's domain. Immutable: a reload makes another."""

    def __init__(self, keys: Sequence[SigningKey], profile: SigningProfile | None = None) -> None:
        self.profile = profile or SigningProfile()
        self._keys: dict[str, tuple[SigningKey, ...]] = {}
        for key in keys:
            self._keys[key.domain] = (*self._keys.get(key.domain, ()), key)

    def for_domain(self, domain: str) -> tuple[SigningKey, ...]:
        """The keys of this domain, or of the nearest one above it that has any; () for none."""
        name = domain_of(domain)
        while name:
            if name in self._keys:
                return self._keys[name]
            name = name.partition(".")[2]
        return ()

    async def sign(
        self, domain: str, header: bytes, content: Content, body_start: int, now: float, skip: Skip = ()
    ) -> bytes:
        """A DKIM-Signature field for each key of From's `domain`, to stand right before the message's first byte.

        `header`: raw, without its blank line; the body of `content` begins at `body_start` (bytes); `skip`: byte ranges
        of whole header fields that are not forwarded. b"" without a key, and where the header is none that a signature
        could vouch for: a line that is no field, no From or several. OSError where the content is gone.
        """
        keys = self.for_domain(domain)
        if not keys:
            return b""
        try:
            fields = whole_header(header, body_start, content.size, _MOST_FIELDS, skip)
        except Unusable:
            return b""
        names = names_to_sign(fields, self.profile)
        if len(fields.named(b"from")) != 1 or len(names) > _MOST_SIGNED:
            return b""
        wanted = Wanted(self.profile.relaxed_body)
        hashed = (await body_hashes(content, body_start, [wanted]))[wanted]
        made = []
        for key in keys:
            tags = self._tags(key, names, hashed.digest, now)
            made.append(await signed(key, fields, tags, names, relaxed=self.profile.relaxed_header))
        return b"".join(made)

    def _tags(self, key: SigningKey, names: Sequence[str], body_hash: bytes, now: float) -> list[str]:
        time = int(now)
        times = f"t={time}; x={time + self.profile.life}" if self.profile.life else f"t={time}"
        return [
            f"v=1; a={key.algorithm.value}; c={self.profile.canonicalization}",
            f"d={key.domain}; s={key.selector}; {times}",
            *common_tags(names, body_hash),
        ]


def common_tags(names: Sequence[str], body_hash: bytes) -> list[str]:
    """h= and bh=."""
    return ["h=" + folded_names(names), f"bh={b64encode(body_hash).decode('ascii')}"]


def names_to_sign(header: Header, profile: SigningProfile) -> list[str]:
    """The h= of a signature over this header."""
    names: list[str] = []
    for name in profile.names:
        count = len(header.places.get(name.encode("ascii"), ()))
        more = name in profile.oversigned and (count > 0 or name == "from")
        names += [name] * (count + more)
    return names


def folded_names(names: Sequence[str]) -> str:
    """Names with colons between them, in lines of bearable length."""
    lines: list[str] = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + len(name) > _WIDTH:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n\t ".join(lines)[:-1]


async def signed(
    key: SigningKey,
    header: Header,
    tags: Sequence[str],
    names: Sequence[str],
    *,
    relaxed: bool,
    name: str = "DKIM-Signature",
) -> bytes:
    """The whole field, CRLF-terminated, with the signature of `key` over the named fields and the tags."""
    unsigned = f"{name}: " + ";\r\n\t".join((*tags, "b="))
    own = Header(unsigned.encode("ascii"), 1).fields[0]
    text = signed_text(header, [n.encode("ascii") for n in names], own, relaxed=relaxed)
    return unsigned.encode("ascii") + await signature_value(key, text)


async def signature_value(key: SigningKey, text: bytes) -> bytes:
    """The value of b= over some octets, folded, with the CRLF that ends the field."""
    digest = hashlib.sha256(text).digest()
    slow = getattr(key.private, "key_size", 0) > _LONGEST_ON_LOOP
    made = b64encode(await asyncio.to_thread(key.sign, digest) if slow else key.sign(digest))
    return b"\r\n\t ".join(made[at : at + _WIDTH] for at in range(0, len(made), _WIDTH)) + b"\r\n"
