"""Keys that sign: files, records, and errors that tell what to do and nothing of the key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from gateway.authentication.dkim_keys import read_record
from gateway.authentication.dkim_signature import Algorithm
from gateway.authentication.keys import generate, load_key, pem, strings_of, write_key, zone_line
from gateway.errors import StartError
from tests.unit.authentication.dkim_support import key, private


@pytest.mark.parametrize(("kind", "algorithm"), [("rsa", Algorithm.RSA), ("ed25519", Algorithm.ED25519)])
def test_written_and_read_again(tmp_path: Path, kind: str, algorithm: Algorithm) -> None:
    path = tmp_path / "k.pem"
    write_key(path, private(kind))
    assert path.stat().st_mode & 0o777 == 0o600
    read = load_key(path, "Q4.TPHCM.example", "S2026")
    assert (read.domain, read.selector, read.algorithm) == ("q4.tphcm.example", "s2026", algorithm)
    assert read.record_name == "s2026._domainkey.q4.tphcm.example"
    assert read.record == key(kind).record
    assert "private" not in repr(read)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    path.write_text("mine")
    with pytest.raises(StartError, match="never overwritten"):
        write_key(path, private())
    assert path.read_text() == "mine"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StartError, match="never overwritten"):
        write_key(tmp_path / "link", private())
    with pytest.raises(StartError, match="cannot be written"):
        write_key(tmp_path / "no" / "k.pem", private())


def test_pkcs1_is_read_too(tmp_path: Path) -> None:
    path = _file(tmp_path, private().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    assert load_key(path, "q4.example", "s").record == key().record


def _file(folder: Path, octets: bytes, mode: int = 0o600) -> Path:
    path = folder / "k.pem"
    path.write_bytes(octets)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("mode", "fine"), [(0o600, True), (0o640, True), (0o644, False), (0o602, False)])
def test_keys_are_not_everybody_s(tmp_path: Path, mode: int, fine: bool) -> None:
    path = _file(tmp_path, pem(private()), mode)
    if fine:
        load_key(path, "q4.example", "s")
        return
    with pytest.raises(StartError, match="chmod o= "):
        load_key(path, "q4.example", "s")


def _encrypted() -> bytes:
    return private().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))


def _curve() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: b"", "not a private key"),
        (lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key"),
        (lambda: pem(private())[:-200], "not a private key"),
        (_encrypted, "is encrypted"),
        (_curve, "neither RSA nor Ed25519"),
        (lambda: pem(rsa.generate_private_key(3, 1024)).replace(b"x", b"x"), ""),
    ],
)
def test_what_is_no_key(tmp_path: Path, make: object, what: str) -> None:
    assert callable(make)
    path = _file(tmp_path, make())
    if not what:
        assert load_key(path, "q4.example", "s").algorithm is Algorithm.RSA  # 1024 bits can be verified
        return
    with pytest.raises(StartError) as caught:
        load_key(path, "q4.example", "s")
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not re.search("[A-Za-z0-9+/]{60}", str(caught.value).replace(str(path), ""))


@pytest.mark.parametrize(
    ("domain", "selector"), [("localhost", "s"), ("q4.example", "a b"), ("q4.example", ""), ("", "s")]
)
def test_names_are_checked(tmp_path: Path, domain: str, selector: str) -> None:
    with pytest.raises(StartError, match="no selector of a domain"):
        load_key(tmp_path / "none", domain, selector)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read: No such file"):
        load_key(tmp_path / "none", "q4.example", "s")


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_record_is_read_by_ourselves(kind: str) -> None:
    read_record(key(kind).record.encode())
    parts = strings_of(key(kind).record)
    assert "".join(parts) == key(kind).record
    assert max(map(len, parts)) <= 255
    line = zone_line(key(kind).record_name, key(kind).record)
    assert "".join(re.findall('"([^"]*)"', line)) == key(kind).record
    assert line.startswith(f"{key(kind).record_name}. IN TXT ")
    assert ("(" in line) == (kind == "rsa")


@pytest.mark.parametrize("bits", [512, 1024, 2047, 4097])
def test_sizes_that_are_not_made(bits: int) -> None:
    with pytest.raises(ValueError, match="bits"):
        generate("rsa", bits)
