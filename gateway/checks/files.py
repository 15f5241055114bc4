"""What stands on the disk: certificates that load and match their keys, authorities, the data folder."""

from __future__ import annotations

import datetime
import os
import ssl
import tempfile
from pathlib import Path

from gateway.checks.findings import Findings
from gateway.config import Listener, Settings

_SOON = datetime.timedelta(days=14)


def check(settings: Settings, findings: Findings) -> None:
    """Every file and folder that the settings name."""
    if not _check_data_dir(settings, findings):
        _check_database(settings, findings)
    seen: set[tuple[Path, Path]] = set()
    for position, listener in enumerate(settings.listener):
        pair = _pair(listener)
        if pair and pair not in seen:
            seen.add(pair)
            check_certificate(pair, f"listener[{position}]", findings)
    for name, upstream in settings.upstream.items():
        if upstream.tls_ca:
            check_authorities(upstream.tls_ca, f"upstream.{name}.tls_ca", findings)


def _pair(listener: Listener) -> tuple[Path, Path] | None:
    if listener.tls == "none" or not listener.certificate or not listener.key:
        return None
    return listener.certificate, listener.key


def unreadable(path: Path) -> str:
    """Why a file cannot be read, in plain words; empty if it can."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        return "there is no such file"
    except IsADirectoryError:
        return "this is a folder: name the file in it"
    except PermissionError:
        return "this user may not read the file: change its owner or mode"
    except (OSError, ValueError):
        return "the file cannot be read"
    return ""


def check_certificate(pair: tuple[Path, Path], key: str, findings: Findings) -> None:
    """A certificate's chain and its key; `key`: the section that has `certificate` and `key`."""
    reasons = [
        (f"{key}.{name}", path, unreadable(path)) for name, path in zip(("certificate", "key"), pair, strict=True)
    ]
    for where, path, why in reasons:
        if why:
            findings.error(where, str(path), why)
    if any(why for _, _, why in reasons):
        return
    if _check_dates(pair[0], f"{key}.certificate", findings):
        _check_match(pair, key, findings)
    _check_mode(pair[1], f"{key}.key", findings)


def _check_dates(path: Path, key: str, findings: Findings) -> bool:
    """False where this is no certificate at all."""
    from cryptography import x509  # a large library: only where a certificate is named

    try:
        leaf = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except ValueError:
        findings.error(key, str(path), "not a certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        return False
    now, until = datetime.datetime.now(datetime.UTC), leaf.not_valid_after_utc
    day = until.date().isoformat()
    if until < now:
        findings.warn(key, str(path), f"expired on {day}: clients that check certificates will refuse it")
    elif until < now + _SOON:
        findings.warn(key, str(path), f"expires on {day}: renew it and send SIGHUP")
    if leaf.not_valid_before_utc > now:
        findings.warn(
            key, str(path), f"not valid before {leaf.not_valid_before_utc.date().isoformat()}: is the clock right?"
        )
    return True


def _check_match(pair: tuple[Path, Path], key: str, findings: Findings) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # The empty passphrase keeps an encrypted key from asking on the terminal.
        context.load_cert_chain(*pair, password=lambda: "")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            findings.error(f"{key}.key", str(pair[1]), f"does not belong to the certificate {pair[0]}")
        elif "ENCRYPTED" in _head(pair[1]):
            findings.error(
                f"{key}.key", str(pair[1]), "has a passphrase: the daemon cannot type it; remove it (openssl pkey)"
            )
        else:
            findings.error(f"{key}.key", str(pair[1]), "not a private key in PEM form (-----BEGIN PRIVATE KEY-----)")


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(1024).decode("ascii", "replace")


def _check_mode(path: Path, key: str, findings: Findings) -> None:
    if path.stat().st_mode & 0o004:
        findings.warn(key, str(path), "everybody on this machine can read the private key: chmod o-r")


def check_authorities(path: Path, key: str, findings: Findings) -> None:
    """A file of authorities; `key`: the setting that names it."""
    if why := unreadable(path):
        findings.error(key, str(path), why)
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        findings.error(key, str(path), "no certificates in PEM form in it (-----BEGIN CERTIFICATE-----)")


def _check_data_dir(settings: Settings, findings: Findings) -> str:
    """What is wrong with the data folder, which becomes an error; empty for nothing."""
    folder = settings.gateway.data_dir
    if why := _why_unusable(folder):
        findings.error("gateway.data_dir", str(folder), why)
    return why


def _why_unusable(folder: Path) -> str:
    if "\0" in str(folder):
        return "no name of a folder has a NUL in it"
    try:
        existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    except OSError:
        return "this cannot be a folder: the name is too long, or it cannot be reached"
    if not existing.is_dir():
        return f"{existing} is a file, not a folder"
    if _writable(existing, probe=existing == folder):
        return ""
    why = "this user may not write there" if existing == folder else f"cannot be created: {existing} is not writable"
    return f"{why}; change its owner, or choose another folder"


def _check_database(settings: Settings, findings: Findings) -> None:
    """An SQLite file that somebody else made: the daemon would start and could not record."""
    url = settings.store.url
    path = settings.gateway.data_dir / url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or path == settings.gateway.data_dir or not path.exists():
        return
    if unreadable(path) or not os.access(path, os.W_OK):
        findings.error("store.url", url, f"this user cannot write {path}: change its owner, or name another file")


def _writable(folder: Path, *, probe: bool) -> bool:
    """Whether files can be made there; by trying where it is ours (a read-only mount passes access(2) for root)."""
    if not probe:
        return os.access(folder, os.W_OK | os.X_OK)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
