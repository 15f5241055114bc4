"""Ours against OpenDKIM, an implementation of its own in C: each verifies what the other signs."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.authentication.dkim_body import SLICE
from gateway.authentication.keys import SigningKey, write_key
from gateway.authentication.signing import SigningProfile
from gateway.who import Result
from tests.support.services import missing
from tests.unit.authentication.dkim_support import BODY, DOMAIN, HEADER, NOW, key, published, sign, verify

pytestmark = pytest.mark.service("opendkim")

_KINDS = [False, True]
_NAMES = ("simple", "relaxed")
_MESSAGES = {
    "mixed": HEADER + b"\r\n" + BODY,
    "empty": HEADER + b"\r\n",
    "blank-lines": HEADER + b"\r\n\r\n\r\n",
    "blanks": HEADER + b"\r\n \t\r\nx\t \r\n \r\n",
    "large": HEADER + b"\r\n" + b"Q" * 76 * 5000 + b"\r\n" + b"a  b \r\n" * (3 * SLICE // 7),
    "repeated": HEADER + b"X-A: 1\r\nX-A:2\r\n\t3\r\nSubject : again\r\n\r\nx\r\n",
}


def _message(name: str, relaxed: bool) -> bytes:
    """Its test mode hears fields as a milter does, one blank after the colon: no other form can be signed "simple"."""
    message = _MESSAGES[name]
    return message if relaxed else re.sub(rb"(?m)^([A-Za-z-]+) ?: *", rb"\1: ", message)


_CASES = [
    (kind, header, body, name)
    for kind, header, body, name in itertools.product(("rsa", "ed25519"), _KINDS, _KINDS, _MESSAGES)
]


def _key(kind: str) -> SigningKey:
    return key(kind, selector=kind)


def _run(folder: Path, settings: str, *files: Path) -> str:
    """OpenDKIM's test mode, over files; what it says it would put into their headers."""
    config = folder / "opendkim.conf"
    config.write_text(f"Syslog no\nRequireSafeKeys no\n{settings}\n")
    names = ",".join(map(str, files))
    program = shutil.which("opendkim", path="/usr/sbin:/usr/bin:/sbin") or "opendkim"
    done = subprocess.run([program, "-x", str(config), "-vv", "-t", names], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_opendkim_accepts_ours(tmp_path: Path) -> None:
    assert not missing("opendkim")
    files = []
    for number, (kind, header, body, name) in enumerate(_CASES):
        profile = SigningProfile(relaxed_header=header, relaxed_body=body)
        message = _message(name, header)
        signed = asyncio.run(sign(message, _key(kind), profile=profile)) + message
        files += [tmp_path / f"{number}.eml", tmp_path / f"{number}.bad.eml"]
        files[-2].write_bytes(signed)
        files[-1].write_bytes(signed.replace(b"Danh ", b"Dan "))
    keys = tmp_path / "keys"
    keys.write_text("".join(f"{one.record_name} {one.record}\n" for one in (_key("rsa"), _key("ed25519"))))
    said = _run(tmp_path, f"Mode v\nTestPublicKeys {keys}", *files)
    results = re.findall(r"dkim=(\w+)", said)
    assert results == ["pass", "fail"] * len(_CASES)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize(("header", "body"), list(itertools.product(_KINDS, _KINDS)))
async def test_we_accept_opendkim_s(tmp_path: Path, kind: str, header: bool, body: bool) -> None:
    one = _key(kind)
    write_key(tmp_path / "k.pem", one.private)
    files = []
    messages = [_message(name, header) for name in _MESSAGES]
    for number, message in enumerate(messages):
        files.append(tmp_path / f"{number}.eml")
        files[-1].write_bytes(message)
    said = _run(
        tmp_path,
        f"Mode s\nDomain {DOMAIN}\nSelector {one.selector}\nKeyFile {tmp_path}/k.pem\n"
        f"SignatureAlgorithm {one.algorithm.value}\nCanonicalization {_NAMES[header]}/{_NAMES[body]}\n"
        "OversignHeaders From,Subject",
        *files,
    )
    fields = re.findall(r"hname='DKIM-Signature' hvalue='([^']*)'", said)
    assert len(fields) == len(files)
    if kind == "ed25519" and not header:  # it folds the line before b= only after it has signed it unfolded
        fields = [field.replace("\n\tb=", " b=") for field in fields]
    for field, message in zip(fields, messages, strict=True):
        signature = b"DKIM-Signature: " + field.replace("\n", "\r\n").encode() + b"\r\n"
        now = int(re.findall(r"t=(\d+)", field)[0])
        (check,) = await verify(signature + message, published(one), now=max(now, NOW))
        assert (check.result, check.reason, check.domain) == (Result.PASS, "", DOMAIN)
        (check,) = await verify(signature + message.replace(b"Danh ", b"Dan "), published(one), now=max(now, NOW))
        assert check.result is Result.FAIL
