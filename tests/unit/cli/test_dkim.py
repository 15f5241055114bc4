"""`congthu dkim`: keys made, published and found again; signatures of files checked against a real (lab) DNS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.authentication.dkim_keys import read_record
from gateway.authentication.keys import load_key
from gateway.cli import main
from gateway.cli.dkim import _server
from tests.lab_dns import Fault, LabDns
from tests.unit.authentication.dkim_support import BODY, DOMAIN, HEADER, SigningKey, sign


@pytest.fixture(scope="module")
def dns() -> Iterator[LabDns]:
    with LabDns() as lab:
        yield lab


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["dkim", *map(str, arguments)])


def _keygen(out: Path, *more: object) -> Result:
    return _run("keygen", "--domain", DOMAIN, "--selector", "s1", "--out", out, *more)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_is_made_published_and_used(tmp_path: Path, dns: LabDns, kind: str) -> None:
    out = tmp_path / "k.pem"
    made = _keygen(out, "--type", kind)
    assert made.exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    key = load_key(out, DOMAIN, "s1")
    strings = made.stdout.split('"')[1::2]
    assert "".join(strings) == key.record
    assert max(map(len, strings)) <= 255
    assert made.stdout.startswith(f"s1._domainkey.{DOMAIN}. IN TXT ")
    assert "[[dkim]]" in made.stderr
    assert f'key = "{out}"' in made.stderr
    assert "PRIVATE" not in made.output

    server = ("--server", f"127.0.0.1:{dns.port}")
    names = ("--domain", DOMAIN, "--selector", "s1")
    dns.clear()
    missing = _run("record", out, *names, "--check", *server)
    assert (missing.exit_code, missing.stdout) == (1, made.stdout)
    assert f"DNS has no TXT record s1._domainkey.{DOMAIN}" in missing.stderr
    dns.set(f"s1._domainkey.{DOMAIN}", ("TXT", [part.encode() for part in strings]))
    there = _run("record", out, *names, "--check", *server, "--json")
    assert there.exit_code == 0
    assert json.loads(there.stdout)["published"] is True
    assert _checked(tmp_path, dns, key) == (0, "pass", "")


def _checked(folder: Path, dns: LabDns, key: SigningKey, change: bytes = b"") -> tuple[int, str, str]:
    message = HEADER + b"\r\n" + BODY
    file = folder / "m.eml"
    signed = asyncio.run(sign(message, key)) + message
    file.write_bytes((signed + change).replace(b"\r\n", b"\n"))  # as an editor saves it
    done = _run("check", file, "--server", f"127.0.0.1:{dns.port}", "--json")
    dkim, arc = json.loads(done.stdout)
    assert (arc["method"], arc["result"]) == ("arc", "none")
    return done.exit_code, dkim["result"], dkim["reason"]


def test_what_a_check_finds(tmp_path: Path, dns: LabDns) -> None:
    _keygen(tmp_path / "k.pem", "--type", "ed25519")
    key = load_key(tmp_path / "k.pem", DOMAIN, "s1")
    dns.clear()
    dns.set(key.record_name, f"TXT {key.record}")
    assert _checked(tmp_path, dns, key, b"more") == (1, "fail", "the body does not fit its hash")
    dns.misbehave(key.record_name, Fault.SERVFAIL)
    assert _checked(tmp_path, dns, key) == (1, "temperror", "no answer from DNS for the key (servfail)")


def test_a_table_of_what_a_check_finds(tmp_path: Path, dns: LabDns) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(HEADER + b"\r\nunsigned")
    done = _run("check", file, "--server", f"127.0.0.1:{dns.port}")
    assert done.exit_code == 1
    assert done.stdout == "method\tresult\tdomain\tselector\treason\ndkim\tnone\t\t\tno signature\narc\tnone\t\t\t\n"


def test_another_record_in_its_place(tmp_path: Path, dns: LabDns) -> None:
    out = tmp_path / "k.pem"
    _keygen(out)
    dns.clear()
    dns.set(f"s1._domainkey.{DOMAIN}", "TXT v=DKIM1; p=\x1b[2J")
    done = _run("record", out, "--domain", DOMAIN, "--selector", "s1", "--check", "--server", f"127.0.0.1:{dns.port}")
    assert done.exit_code == 1
    assert "DNS has another record there: v=DKIM1; p=\\x1b[2J" in done.stderr
    dns.misbehave(f"s1._domainkey.{DOMAIN}", Fault.REFUSED)
    done = _run("record", out, "--domain", DOMAIN, "--selector", "s1", "--check", "--server", f"127.0.0.1:{dns.port}")
    assert done.exit_code == 1
    assert "no answer from DNS" in done.stderr


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "k.pem"
    assert _keygen(out, "--type", "ed25519", "--json").exit_code == 0
    before = out.read_bytes()
    again = _keygen(out)
    assert (again.exit_code, again.stdout, out.read_bytes()) == (2, "", before)
    assert "never overwritten" in again.stderr


def test_json_of_a_new_key(tmp_path: Path) -> None:
    made = json.loads(_keygen(tmp_path / "k.pem", "--bits", 3072, "--json").stdout)
    read_record(made["record"].encode())
    assert made["algorithm"] == "rsa-sha256"
    assert made["name"] == f"s1._domainkey.{DOMAIN}"
    assert "".join(made["strings"]) == made["record"]
    assert len(made["strings"]) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("keygen", "--domain", "localhost", "--selector", "s", "--out", "k"),
        ("keygen", "--domain", 'q4".example', "--selector", "s", "--out", "k"),
        ("keygen", "--domain", "q4.example", "--selector", "a b", "--out", "k"),
        ("keygen", "--domain", "q4.example", "--selector", "s", "--out", "k", "--bits", "1024"),
        ("keygen", "--domain", "q4.example", "--selector", "s", "--out", "k", "--type", "dsa"),
        ("keygen", "--domain", "q4.example", "--selector", "s"),
        ("record", "no-such-file", "--domain", "q4.example", "--selector", "s"),
        ("check", "no-such-file"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = _run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize("server", ["127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:99999", "dns.example", "", "1.2.3.4:²"])
def test_servers_that_are_none(server: str, tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_bytes(b"")
    done = _run("check", tmp_path / "m.eml", "--server", server)
    assert done.exit_code == 2
    assert "is not an address of a server" in done.stderr


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("10.0.0.53", ("10.0.0.53", 53)),
        ("10.0.0.53:5353", ("10.0.0.53", 5353)),
        ("::1", ("::1", 53)),
        ("[::1]:5353", ("::1", 5353)),
    ],
)
def test_servers(text: str, server: tuple[str, int]) -> None:
    assert _server(text) == server
