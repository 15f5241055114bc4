"""Envelopes: what is encrypted is told from what is only signed, and signed content is found however it was written."""

from __future__ import annotations

import datetime
import zlib
from dataclasses import replace

import pybase64
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives.limits import ArchiveLimits
from gateway.contents import Trait, Why
from gateway.inspection.sealed import enclosed, has_content, is_encrypted
from tests.unit.inspection.support import mail, part, zipped
from tests.unit.inspection.test_walk import LIMITS, PROGRAM, walk

INNER = mail(part(zipped([("x.exe", PROGRAM)]), "in.zip"), boundary="inner")
KEY = rsa.generate_private_key(65537, 2048)
_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
CERTIFICATE = (
    x509.CertificateBuilder(_NAME, _NAME, KEY.public_key(), 1)
    .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    .not_valid_after(datetime.datetime(2050, 1, 1, tzinfo=datetime.UTC))
    .sign(KEY, hashes.SHA256())
)
# gpg 2.2: -c, -c -a, -r … -e; the beginnings say all that is looked at
SYMMETRIC = pybase64.b64decode("jA0ECQMCn0pR3f6nY5v/0sAHAQ==")
ARMOURED = b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\njA0ECQMC\r\n-----END PGP MESSAGE-----\r\n"
TO_A_KEY = b"\x85\x01\x8c\x03" + bytes(8) + b"\x01" + bytes(300)
OCTETS = "application/octet-stream"
ROOM = 10**6


def signed(*options: pkcs7.PKCS7Options) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(CERTIFICATE, KEY, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def enveloped() -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(CERTIFICATE)
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def streamed(data: bytes, piece: int = 100) -> bytes:
    """Signed data as a sender writes it that does not know its length yet (BER), without signers."""
    pieces = b"".join(
        b"\x04" + bytes([len(data[at : at + piece])]) + data[at : at + piece] for at in range(0, len(data), piece)
    )
    content = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80" + pieces + b"\0\0" * 3
    head = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x80\0\0"
    return head + content + b"\x31\x00" + b"\0\0" * 3


def element(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def compressed(packed: bytes) -> bytes:
    """RFC 3274, as `openssl cms -compress` writes it where it has zlib."""
    smime = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10"
    algorithm = element(0x30, element(0x06, smime + b"\x03\x08"))
    data = element(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" + element(0xA0, element(0x04, packed)))
    inside = element(0xA0, element(0x30, b"\x02\x01\x00" + algorithm + data))
    return element(0x30, b"\x06\x0b" + smime + b"\x01\x09" + inside)


def as_text(data: bytes, label: str) -> bytes:
    lines = pybase64.encodebytes(data).replace(b"\n", b"\r\n")
    return f"-----BEGIN {label}-----\r\n".encode() + lines + f"-----END {label}-----\r\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        signed(),
        streamed(INNER),
        streamed(INNER, 1),
        compressed(zlib.compress(INNER)),
        as_text(signed(), "PKCS7"),
        as_text(compressed(zlib.compress(INNER)), "CMS"),
    ],
)
def test_what_is_signed_as_a_whole_is_looked_into(data: bytes) -> None:
    assert enclosed(data, ROOM) == INNER
    found = walk(mail(part(data, "smime.p7m", "application/pkcs7-mime")))
    assert found.names == ["smime.p7m", "smime.p7m/", "smime.p7m//in.zip", "smime.p7m//in.zip/x.exe"]
    assert found.traits("smime.p7m") == (Trait.CONTAINER,)
    assert found.unchecked == []


@pytest.mark.parametrize("packed", [b"", b"no zlib", zlib.compress(INNER)[:6]])
def test_what_cannot_be_unpacked_is_said(packed: bytes) -> None:
    found = walk(mail(part(compressed(packed), "smime.p7m", "application/pkcs7-mime")))
    assert found.missing == {("smime.p7m", Why.DAMAGED)}


def test_what_grows_without_end_is_said() -> None:
    bomb = compressed(zlib.compress(bytes(40_000_000)))
    assert len(enclosed(bomb, ROOM) or b"") == ROOM + 1
    found = walk(mail(part(bomb, "smime.p7m")), replace(LIMITS, archives=ArchiveLimits(size=ROOM)))
    assert found.missing == {("smime.p7m", Why.TOO_LARGE)}


def test_a_detached_signature_holds_nothing() -> None:
    data = signed(pkcs7.PKCS7Options.DetachedSignature)
    assert has_content(data)
    assert enclosed(data, ROOM) == b""
    found = walk(mail(part(data, "smime.p7m")))
    assert (found.names, found.unchecked) == (["smime.p7m"], [])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (enveloped(), "smime.p7m"),
        (as_text(enveloped(), "CMS"), "a.pem"),
        (SYMMETRIC, "a.gpg"),
        (ARMOURED, "a.asc"),
        (TO_A_KEY, "a"),
    ],
)
def test_what_is_encrypted_says_so(data: bytes, name: str) -> None:
    found = walk(mail(part(data, name)))
    assert found.traits(name) == (Trait.ENCRYPTED,)
    assert found.missing == {(name, Why.SEALED)}


@pytest.mark.parametrize(
    "data",
    [
        b"\x85\x01\x8c\x02" + bytes(100),
        b"\x84" + bytes(range(200)),
        b"\x8c\x0d\x04\x20\x03",
        b"\xc3" * 60,
        b"they wrote -----BEGIN PGP MESSAGE----- once",
        b"-----BEGIN PGP SIGNATURE-----\n",
        bytes(100),
    ],
)
def test_what_only_looks_a_little_like_it_is_not(data: bytes) -> None:
    assert not is_encrypted(OCTETS, data)


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_damage_gives_less_and_never_an_error(noise: bytes, at: int, stream: bool) -> None:
    whole = streamed(INNER[:150], 20) if stream else signed()
    for data in (whole[:at], whole[:at] + noise + whole[at:], noise):
        assert len(enclosed(data, ROOM) or b"") <= max(len(data), ROOM + 1)
        is_encrypted(OCTETS, data)


def test_elements_in_elements_without_end() -> None:
    deep = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80" + b"\x30\x80" * 500_000
    assert enclosed(deep, ROOM) == b""
