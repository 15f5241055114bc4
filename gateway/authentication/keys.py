"""Keys that sign: made, read from their files, and the DNS record that publishes each (RFC 6376 3.6.1, RFC 8463 3.3).

Private keys stay inside `SigningKey`; no text made here, and no error, has any part of one.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from gateway.authentication.dkim_keys import LEAST_BITS, MOST_BITS
from gateway.authentication.dkim_signature import Algorithm
from gateway.authentication.domains import domain_of, selector_of
from gateway.errors import StartError

Private = RSAPrivateKey | Ed25519PrivateKey
_STRING = 255  # octets of one string of a TXT record (RFC 1035 3.3.14)
_LARGEST = 64 * 1024  # octets of a key file


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs for a domain. Domain and selector as `domain_of` and `selector_of` give them."""

    domain: str
    selector: str
    private: Private = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """The a= of its signatures."""
        return Algorithm.RSA if isinstance(self.private, RSAPrivateKey) else Algorithm.ED25519

    @property
    def record_name(self) -> str:
        """Where its public half belongs in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that publishes it, in one piece."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={b64encode(_public(self.private)).decode('ascii')}"

    def sign(self, digest: bytes) -> bytes:
        """The signature over a SHA-256 (RFC 8017 8.2.1; RFC 8463 3). RSA: 0.5 ms with 2048 bits, 3 ms with 4096."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(digest, PKCS1v15(), Prehashed(SHA256()))
        return self.private.sign(digest)


def _public(private: Private) -> bytes:
    if isinstance(private, RSAPrivateKey):
        return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def generate(kind: Literal["rsa", "ed25519"], bits: int = 2048) -> Private:
    """A new private key. `bits`: of an RSA key, 2048 to 4096 (RFC 8301 3.2); ValueError for others."""
    if kind == "ed25519":
        return Ed25519PrivateKey.generate()
    if not 2048 <= bits <= MOST_BITS:
        raise ValueError(f"an RSA key of {bits} bits")
    return generate_private_key(65537, bits)


def pem(private: Private) -> bytes:
    """The key as a PEM file has it, PKCS #8, not encrypted."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_key(path: Path, private: Private) -> None:
    """Write a new file that only its owner reads. StartError where it cannot be, or where there is one already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise StartError(f"{path} is there already: a key is never overwritten") from None
    except OSError as error:
        raise StartError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem(private))
        file.flush()
        os.fsync(file.fileno())


def load_key(path: Path, domain: str, selector: str) -> SigningKey:
    """A key from its PEM file (PKCS #8 or PKCS #1). StartError says in one line what is wrong with file or names."""
    name, under = domain_of(domain), selector_of(selector)
    if not name or not under:
        raise StartError(f"the DKIM key {path}: {selector!r} of {domain!r} is no selector of a domain")
    return SigningKey(name, under, _parsed(path, _octets(path)))


def _octets(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            octets = file.read(_LARGEST)
    except OSError as error:
        raise StartError(f"the DKIM key {path} cannot be read: {error.strerror}") from None
    if mode & 0o007:
        raise StartError(f"the DKIM key {path} is open to everybody on this machine: chmod o= {path}")
    return octets


def _parsed(path: Path, octets: bytes) -> Private:
    try:
        key = load_pem_private_key(octets, password=None)
    except TypeError:
        raise StartError(f"the DKIM key {path} is encrypted, and nobody is here to type its password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise StartError(f"the DKIM key {path} is not a private key in PEM") from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise StartError(f"the DKIM key {path} is neither RSA nor Ed25519")
    if isinstance(key, RSAPrivateKey) and not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise StartError(f"the DKIM key {path} has {key.key_size} bits: {LEAST_BITS} to {MOST_BITS} can be verified")
    return key


def strings_of(record: str) -> list[str]:
    """A TXT record in the strings of at most 255 octets that DNS carries it in."""
    return [record[at : at + _STRING] for at in range(0, len(record), _STRING)]


def zone_line(name: str, record: str) -> str:
    """The record as a zone file has it (RFC 1035 5.1), a string a line."""
    quoted = [f'"{text}"' for text in strings_of(record)]
    if len(quoted) == 1:
        return f"{name}. IN TXT {quoted[0]}"
    lines = "\n".join(f"    {text}" for text in quoted)
    return f"{name}. IN TXT (\n{lines}\n)"
