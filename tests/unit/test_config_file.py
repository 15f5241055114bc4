"""Loading a configuration file: every problem at once, in plain words, secrets masked; and the sense of the whole."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from gateway import config_file
from gateway.config import Settings
from gateway.config_file import CANDIDATES, check, find, load, parse
from gateway.errors import ConfigError, Problem

# Words of the validation library that must never reach a person.
FOREIGN = re.compile(
    r"Input should|Field required|Extra inputs|Value error|valid string|pydantic|type=|greater than or", re.I
)

GOOD = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "DATA"
domains = ["tinh.example"]

[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
hosts = ["127.0.0.1:2526"]
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert not any(FOREIGN.search(problem.hint) for problem in caught.value.problems)
    return list(caught.value.problems)


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


@pytest.fixture
def good(tmp_path: Path) -> str:
    return GOOD.replace("DATA", str(tmp_path))


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., tuple[list[str], list[str]]]:
    """Check GOOD with lines replaced or added; the keys of errors and warnings."""

    def run(*changes: tuple[str, str], extra: str = "") -> tuple[list[str], list[str]]:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        errors, warnings = check(parse((text + extra).replace("DATA", str(tmp_path))))
        return [problem.key for problem in errors], [problem.key for problem in warnings]

    return run


class TestLoad:
    def test_a_good_file(self, tmp_path: Path, good: str) -> None:
        path = tmp_path / "config.toml"
        path.write_text(good, encoding="utf-8")
        settings = load(path)
        assert settings.gateway.hostname == "gw.tinh.example"
        assert settings.upstream["mailserver"].hosts[0].port == 2526

    def test_a_byte_order_mark_and_crlf_are_welcome(self, tmp_path: Path, good: str) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())
        assert load(path).gateway.domains == ("tinh.example",)

    @pytest.mark.parametrize("make", [Path.mkdir, lambda path: None], ids=["folder", "missing"])
    def test_a_file_that_cannot_be_read(self, tmp_path: Path, make: Callable[[Path], object]) -> None:
        make(tmp_path / "config.toml")
        with pytest.raises(ConfigError) as caught:
            load(tmp_path / "config.toml")
        assert caught.value.problems[0].value == str(tmp_path / "config.toml")

    def test_what_is_not_utf8_is_found_by_line(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(b"[gateway]\n# Ph\xf2ng\n")
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.problems[0].key == f"{path}:2"
        assert "UTF-8" in caught.value.problems[0].hint

    def test_a_huge_file_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(b"#" * (4 * 2**20 + 1))
        with pytest.raises(ConfigError, match="4 MiB"):
            load(path)

    def test_where_it_is_looked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: str) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("CONGTHU_CONFIG", raising=False)
        if not CANDIDATES[1].exists():
            with pytest.raises(ConfigError, match="none found"):
                load(None)
        Path("config.toml").write_text(good, encoding="utf-8")
        assert find() == Path("config.toml")
        monkeypatch.setenv("CONGTHU_CONFIG", "other.toml")
        assert find() == Path("other.toml")
        with pytest.raises(ConfigError, match=r"other\.toml"):
            load(None)

    @pytest.mark.parametrize(
        ("named", "files", "hint"),
        [
            ("demo-config", ["demo-data/config.toml"], "there is no such file; there is demo-data/config.toml"),
            ("demo-config", ["demo-config.toml"], "there is no such file; there is demo-config.toml"),
            ("x/y.toml", ["x/config.toml"], "there is no such file; there is x/config.toml"),
            ("demo-config", [], "there is no such file: check the path; config.example.toml is a start"),
            ("demo-data", ["demo-data/x"], "this is a folder: name the file in it"),
            (
                "demo-data",
                ["demo-data/config.toml"],
                "this is a folder: name the file in it; there is demo-data/config.toml",
            ),
        ],
    )
    def test_a_wrong_name_and_the_right_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, files: list[str], hint: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for file in files:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).touch()
        with pytest.raises(ConfigError) as caught:
            load(Path(named))
        assert caught.value.problems[0].hint.startswith(hint)

    def test_no_name_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("CONGTHU_CONFIG", raising=False)
        monkeypatch.setattr(config_file, "CANDIDATES", (Path("config.toml"), tmp_path / "etc.toml"))
        (tmp_path / "demo-data").mkdir()
        (tmp_path / "demo-data/config.toml").touch()
        with pytest.raises(ConfigError) as caught:
            load(None)
        for words in ("--config FILE", "$CONGTHU_CONFIG", "config.toml or /", "there is demo-data/config.toml"):
            assert words in caught.value.problems[0].hint
        monkeypatch.setenv("CONGTHU_CONFIG", "gone.toml")
        with pytest.raises(ConfigError, match=r"\$CONGTHU_CONFIG names it"):
            load(None)


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "line", "hint"),
        [
            ("[gateway]\nworkers 4", 2, "name = value"),
            ("[gateway]\nhostname = gw.tinh.example", 2, "quotes"),
            ("[gateway]\nworkers = 1\nworkers = 2", 3, "twice"),
            ("[gateway]\n[gateway]", 2, "twice"),
            ("[gateway]\ndomains = [", 2, "never closed"),
            ('[gateway]\nhostname = "gw\n', 2, "quote"),
            ("[[listener]\n", 1, "]]"),
            ("[gateway\n", 1, "]"),
        ],
    )
    def test_each_is_found_by_line(self, text: str, line: int, hint: str) -> None:
        problem = only(text)
        assert problem.key == f"config.toml:{line}"
        assert hint in problem.hint

    def test_nesting_without_end(self) -> None:
        assert "nested" in only("a = " + "[" * 5000).hint

    def test_a_password_in_a_broken_line_is_not_shown(self) -> None:
        assert "hunter2" not in only('[store]\nurl = "postgresql://congthu:hunter2@db/x\n').value
        assert "hunter2" not in only("[store]\npassword = hunter2\n").value

    @given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
    def test_any_text_is_a_configuration_or_a_clear_error(self, text: str) -> None:
        try:
            parse(text)
        except ConfigError as error:
            assert error.problems
            assert all(problem.hint and not FOREIGN.search(problem.hint) for problem in error.problems)


class TestProblems:
    def test_all_at_once_in_file_order(self) -> None:
        found = problems(
            '[gateway]\nworkers = "4"\nhostnam = "x"\n[[listener]]\nname = "a"\nmax_size = "15 apples"\n'
            '[upstream.mailserver]\nhosts = ["10.0.0.5:25", "10.0.0.6"]\n'
        )
        assert [problem.key for problem in found] == [
            "gateway.workers",
            "gateway.hostnam",
            "listener[0].max_size",
            "listener[0].bind",
            "listener[0].direction",
            "listener[0].upstream",
            "upstream.mailserver.hosts[1]",
        ]

    @pytest.mark.parametrize(
        ("text", "key", "value", "hint"),
        [
            ("[gatway]\n", "gatway", "{}", 'did you mean "gateway"?'),
            ("[gateway]\nwork = 1", "gateway.work", "1", 'did you mean "workers"?'),
            ("[gateway]\nhosts = 1", "gateway.hosts", "1", "it belongs to [upstream.NAME]"),
            ("[gateway]\nrules = 1", "gateway.rules", "1", "[rules] is a table of its own"),
            ("[gateway]\nxyzzy = 1", "gateway.xyzzy", "1", "known here: hostname,"),
            ('[gateway]\nworkers = "4"', "gateway.workers", '"4"', "whole number without quotes, from 1 to 64"),
            ("[gateway]\nworkers = true", "gateway.workers", "true", "whole number"),
            ("[gateway]\nworkers = 1.5", "gateway.workers", "1.5", "whole number"),
            ("[gateway]\nworkers = 99", "gateway.workers", "99", "from 1 to 64"),
            ('[ldap]\nurl = "http://x"', "ldap.url", '"http://x"', '"ldap://host:389" or "ldaps://host:636"'),
            ('[clamd]\naddress = "x"', "clamd.address", '"x"', '"host:port"'),
            ('[directory]\nseparator = "++"', "directory.separator", '"++"', "one character"),
            ("[gateway]\nhostname = 5", "gateway.hostname", "5", "text in quotes"),
            ('[gateway]\ndomains = "a"', "gateway.domains", '"a"', "a list in square brackets"),
            ("[gateway]\ndata_dir = 5", "gateway.data_dir", "5", "a path in quotes"),
            ('[gateway]\nlog_level = "infos"', "gateway.log_level", '"infos"', 'did you mean "info"?'),
            ('[gateway]\nspool_disk = "1 TiB"', "gateway.spool_disk", '"1 TiB"', '"15MiB"'),
            ("[gateway]\nshutdown_timeout = 0", "gateway.shutdown_timeout", "0", "above 0"),
            ("[listener]\n", "listener", "{}", "[[listener]] with two pairs"),
            ("[[gateway]]\n", "gateway", "[{}]", "write [gateway]"),
            ("gateway = 1", "gateway", "1", "write [gateway]"),
            ("listener = [1]", "listener[0]", "1", "a table"),
            ('[upstream]\nhosts = ["a:1"]', "upstream.hosts", '["a:1"]', "[upstream.NAME]"),
            ("[rules]\nspam = 1", "rules.spam", "1", 'write "enforce", "observe" or "off"'),
            ('[rules]\nspam = "on"', "rules.spam.mode", '"on"', 'one of "enforce"'),
            ("[http]\n[imap]\n[[console]]", "console", "[{}]", "write [console]"),
        ],
    )
    def test_one(self, text: str, key: str, value: str, hint: str) -> None:
        problem = only(text)
        assert (problem.key, problem.value) == (key, value)
        assert hint in problem.hint

    @pytest.mark.parametrize("expires", ["20261231", '"soon"', '"2026-13-01"', "2026-12-31T10:00:00Z", "true"])
    def test_dates(self, expires: str) -> None:
        problem = only(f'[[exemption]]\nrule = "a"\nreason = "because"\nexpires = {expires}')
        assert problem.key == "exemption[0].expires"
        assert "2026-12-31" in problem.hint

    def test_an_odd_key_is_quoted_and_cannot_steer_a_terminal(self) -> None:
        problem = only('[gateway]\n"a b\\u001b[31m" = 1')
        assert problem.key == 'gateway."a b\\u001b[31m"'

    @pytest.mark.parametrize(
        "line",
        [
            'password = "hunter2"',
            'api_key = "hunter2"',
            'url = ["postgresql://congthu:hunter2@db/congthu"]',
            'shared = ["redis://:hunter2@h/0"]',
            'urls = "postgresql://congthu:p@ss/hunter2@db/congthu"',
            'x = "-----BEGIN PRIVATE KEY-----\\nhunter2"',
        ],
    )
    def test_secrets_are_masked(self, line: str) -> None:
        problem = only(f"[store]\n{line}")
        assert "hunter2" not in problem.value + problem.hint
        assert "****" in problem.value

    def test_long_values_are_cut(self) -> None:
        assert len(only(f'[gateway]\nworkers = "{"x" * 100_000}"').value) <= 80


class TestSense:
    def test_a_good_one(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        assert checked() == ([], [])

    def test_nothing_at_all(self) -> None:
        errors, _ = check(Settings())
        assert "listener" in [problem.key for problem in errors]

    @pytest.mark.parametrize(
        ("old", "new", "keys"),
        [
            ('"mailserver"', '"mailservr"', ["listener[0].upstream"]),
            ('domains = ["tinh.example"]', "", ["gateway.domains"]),
            (
                '["tinh.example"]',
                '["tỉnh.example", "x@y.example", "local"]',
                [f"gateway.domains[{i}]" for i in range(3)],
            ),
            ('"gw.tinh.example"', '"gw tinh"', ["gateway.hostname"]),
            ('hosts = ["127.0.0.1:2526"]', "", ["upstream.mailserver.hosts"]),
            ('["127.0.0.1:2526"]', '["127.0.0.1:2526"]\nmaildir = "m"', ["upstream.mailserver"]),
            ('["127.0.0.1:2526"]', f'["{"x" * 70}.example:25"]', ["upstream.mailserver.hosts[0]"]),
            ('"127.0.0.1:2525"', '"a..example:25"', ["listener[0].bind"]),
            ('["127.0.0.1:2526"]', '["127.0.0.1:0"]', ["upstream.mailserver.hosts[0]"]),
            ('["127.0.0.1:2526"]', '["localhost:2525"]', ["upstream.mailserver.hosts[0]"]),
            ('name = "inbound"', 'name = "outbound"', ["listener[0].name"]),
            ('name = "inbound"', 'name = "mode"', ["listener[0].name"]),
            ("[[listener]]", '[[listener]]\ntls = "starttls"', ["listener[0].certificate", "listener[0].key"]),
            ("[[listener]]", "[[listener]]\ntls_required = true", ["listener[0].tls_required"]),
            ("[[listener]]", "[[listener]]\nauth_required = true", ["listener[0].auth_required"]),
            ("[[listener]]", '[[listener]]\nxclient = ["0.0.0.0/0"]', ["listener[0].xclient[0]"]),
            ("[[listener]]", '[[listener]]\nproxy_protocol = ["::/0"]', ["listener[0].proxy_protocol[0]"]),
            ("[gateway]", '[gateway]\ntrusted_networks = ["0.0.0.0/0"]', ["gateway.trusted_networks[0]"]),
            ("[gateway]", '[gateway]\nspool_disk = "1MiB"', ["listener[0].max_size"]),
            ("[gateway]", '[gateway]\ncontact = "Phòng CNTT"', ["gateway.contact"]),
            ("[gateway]", '[gateway]\ncontact = "a\\r\\n250 ok"', ["gateway.contact"]),
            ("[gateway]", '[gateway]\nregulation = "angiang-50-2010"', ["gateway.regulation"]),
            ("[gateway]", '[store]\nurl = "mysql://x"\n[gateway]', ["store.url"]),
            ("[gateway]", '[store]\nurl = "sqlite:///"\n[gateway]', ["store.url"]),
            ("[gateway]", '[http]\nbind = "127.0.0.1:2525"\n[gateway]', ["http.bind"]),
            ("[gateway]", '[http]\nbind = "0.0.0.0:2525"\n[gateway]', ["http.bind"]),
            ("[gateway]", '[rules]\nattachment-cup = "off"\n[gateway]', ["rules.attachment-cup"]),
            ("[gateway]", "[rules]\nattachment-cap = { limt = 1 }\n[gateway]", ["rules.attachment-cap.limt"]),
            ("[gateway]", '[rules]\nattachment-cap = { limit = "x" }\n[gateway]', ["rules.attachment-cap.limit"]),
            ("[gateway]", '[rules]\nattachment-cap = { inbound = "x" }\n[gateway]', ["rules.attachment-cap.inbound"]),
        ],
    )
    def test_errors(
        self, checked: Callable[..., tuple[list[str], list[str]]], old: str, new: str, keys: list[str]
    ) -> None:
        assert checked((old, new))[0] == keys

    @pytest.mark.parametrize(
        ("old", "new", "key"),
        [
            ("[[listener]]", '[[listener]]\nmax_size = "20MiB"', "listener[0].max_size"),
            ("[[listener]]", '[[listener]]\nmax_line = "100MiB"', "listener[0].max_line"),
            ("[[listener]]", '[[listener]]\nbare_newline = "normalize"', "listener[0].bare_newline"),
            ("[[listener]]", '[[listener]]\ncertificate = "x"', "listener[0].tls"),
            ('"127.0.0.1:2525"', '"gw.tinh.example:2525"', "listener[0].bind"),
            ('"gw.tinh.example"', '"gw"', "gateway.hostname"),
            ("[gateway]", '[http]\nbind = "0.0.0.0:9125"\n[gateway]', "http.bind"),
            ("[gateway]", '[console]\npublic_url = "https://x.example"\n[gateway]', "console.public_url"),
            ("[gateway]", "[document_workers]\ncount = 0\n[gateway]", "document_workers.count"),
            ("[gateway]", '[[request_channel]]\naddress = "q4@x.example"\n[gateway]', "request_channel[0].address"),
            ("[gateway]", '[upstream.spare]\nhosts = ["10.0.0.1:25"]\n[gateway]', "upstream.spare"),
        ],
    )
    def test_warnings(self, checked: Callable[..., tuple[list[str], list[str]]], old: str, new: str, key: str) -> None:
        assert checked((old, new)) == ([], [key])

    def test_two_listeners_in_each_others_way(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        second = GOOD[GOOD.index("[[listener]]") : GOOD.index("[upstream")]
        assert checked(extra=second)[0] == ["listener[1].name", "listener[1].bind"]
        apart = second.replace('"inbound"\nbind', '"second"\nbind').replace("127.0.0.1:2525", "[::1]:2525")
        assert checked(extra=apart)[0] == []
        everywhere = apart.replace("[::1]:2525", "0.0.0.0:2525")
        assert checked(extra=everywhere)[0] == ["listener[1].bind"]

    def test_a_next_hop_that_is_ourselves(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        assert checked(("127.0.0.1:2525", "0.0.0.0:2526"))[0] == ["upstream.mailserver.hosts[0]"]
        assert checked(("127.0.0.1:2525", "10.0.0.4:2526"))[0] == []

    def test_ports_that_the_system_chooses_never_collide(
        self, checked: Callable[..., tuple[list[str], list[str]]]
    ) -> None:
        assert checked(("127.0.0.1:2525", "127.0.0.1:0"), extra='[http]\nbind = "127.0.0.1:0"')[0] == []

    def test_submission_wants_tls(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        assert checked(('direction = "inbound"', 'direction = "submission"'), ('"inbound"', '"sub"'))[0] == [
            "listener[0].auth"
        ]

    def test_auth_is_for_submission(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        assert checked(("[[listener]]", "[[listener]]\nauth = true"))[0] == ["listener[0].auth"]

    def test_devices(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        devices = 'devices = [{ network = "10.0.0.0/24", sender = "scanner@tinh.example" }]'
        assert checked(("[[listener]]", f"[[listener]]\n{devices}")) == ([], [])
        outbound = (('direction = "inbound"', 'direction = "outbound"'), ('name = "inbound"', 'name = "out"'))
        assert checked(*outbound, ("[[listener]]", f"[[listener]]\n{devices}"))[0] == ["listener[0].devices"]
        bad = 'devices = [{ network = "0.0.0.0/0", sender = "scanner" }, { network = "0.0.0.0/0", sender = "a@b.c" }]'
        assert checked(("[[listener]]", f"[[listener]]\n{bad}"))[0] == [
            "listener[0].devices[0].sender",
            "listener[0].devices[0].network",
            "listener[0].devices[1].network",
            "listener[0].devices[1].network",
        ]

    def test_profiles(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        profile = '[[profile]]\npattern = "*@q4.example"\nregulation = "tphcm-q4-03-2013"\n'
        assert checked(extra=profile) == ([], [])
        assert checked(extra=profile * 2)[0] == ["profile[1].pattern"]
        assert checked(extra=profile.replace("2013", "2014"))[0] == ["profile[0].regulation"]
        assert checked(extra=profile.replace("*@q4", "@ q4"))[0] == ["profile[0].pattern"]

    def test_exemptions(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        text = (
            '[[exemption]]\nrule = "attachment-cap"\nreason = "because"\nexpires = 2999-12-31\nsender = "*@a.example"\n'
        )
        assert checked(extra=text) == ([], [])
        assert checked(extra=text.replace("2999", "2020")) == ([], ["exemption[0].expires"])
        assert checked(extra=text.replace("*@a.example", "*")) == ([], ["exemption[0]"])
        assert checked(extra=text.replace("attachment-cap", "atachment-cap"))[0] == ["exemption[0].rule"]

    def test_who_may_send_out(self, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        changes = [('direction = "inbound"', 'direction = "outbound"'), ('name = "inbound"', 'name = "out"')]
        assert checked(*changes) == ([], [])
        changes.append(("127.0.0.1:2525", "10.0.0.4:2525"))
        assert checked(*changes) == ([], ["gateway.trusted_networks"])
        trusted = ("[gateway]", '[gateway]\ntrusted_networks = ["10.0.0.5"]')
        assert checked(*changes, trusted) == ([], [])

    def test_a_maildir_knows_no_passwords(
        self, tmp_path: Path, checked: Callable[..., tuple[list[str], list[str]]]
    ) -> None:
        certificate, key = pair(tmp_path)
        tls = f'name = "sub"\ntls = "starttls"\ncertificate = "{certificate}"\nkey = "{key}"'
        changes = [('direction = "inbound"', 'direction = "submission"'), ('name = "inbound"', tls)]
        assert checked(*changes, ('hosts = ["127.0.0.1:2526"]', 'maildir = "m"'))[0] == ["upstream.mailserver.maildir"]

    def test_passwords_in_clear(self, tmp_path: Path, checked: Callable[..., tuple[list[str], list[str]]]) -> None:
        certificate, key = pair(tmp_path)
        changes = [
            ('direction = "inbound"', 'direction = "submission"'),
            ('name = "inbound"', f'name = "sub"\ntls = "starttls"\ncertificate = "{certificate}"\nkey = "{key}"'),
        ]
        remote = ('["127.0.0.1:2526"]', '["10.0.0.5:587"]\ntls = "none"')
        assert checked(*changes) == ([], [])
        assert checked(*changes, remote)[0] == ["upstream.mailserver.tls"]
        assert checked(*changes, (remote[0], '["10.0.0.5:587"]'))[1] == ["upstream.mailserver.tls"]
        assert checked(*changes, (remote[0], '["10.0.0.5:587"]\ntls = "required"')) == ([], [])


def pair(folder: Path, *, days: int = 90) -> tuple[Path, Path]:
    """A certificate for localhost that expires in so many days, and its key."""
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    issued = trustme.CA().issue_cert("localhost", not_after=until, not_before=until - datetime.timedelta(days=400))
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    key.chmod(0o600)
    return certificate, key


class TestFiles:
    @pytest.fixture
    def certified(self, tmp_path: Path) -> Callable[[Path, Path], tuple[list[Problem], list[Problem]]]:
        def run(certificate: Path, key: Path) -> tuple[list[Problem], list[Problem]]:
            tls = f'[[listener]]\ntls = "starttls"\ncertificate = "{certificate}"\nkey = "{key}"'
            return check(parse(GOOD.replace("DATA", str(tmp_path)).replace("[[listener]]", tls)))

        return run

    def test_a_good_pair(self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]) -> None:
        assert certified(*pair(tmp_path)) == ([], [])

    @pytest.mark.parametrize(("days", "hint"), [(-2, "expired on"), (5, "expires on")])
    def test_dates_are_warnings(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]], days: int, hint: str
    ) -> None:
        errors, (warning,) = certified(*pair(tmp_path, days=days))
        assert not errors
        assert warning.key == "listener[0].certificate"
        assert warning.hint.startswith(hint)

    def test_a_key_of_another_certificate(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]
    ) -> None:
        certificate, _ = pair(tmp_path)
        (tmp_path / "other").mkdir()
        _, key = pair(tmp_path / "other")
        ((error,), _) = certified(certificate, key)
        assert error.key == "listener[0].key"
        assert "does not belong" in error.hint

    def test_a_key_with_a_passphrase_asks_nobody(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]
    ) -> None:
        certificate, key = pair(tmp_path)
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        secret = serialization.BestAvailableEncryption(b"hunter2")
        form = serialization.PrivateFormat.PKCS8
        key.write_bytes(loaded.private_bytes(serialization.Encoding.PEM, form, secret))
        ((error,), _) = certified(certificate, key)
        assert "passphrase" in error.hint

    def test_files_that_are_none(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]
    ) -> None:
        certificate, key = pair(tmp_path)
        keys = [problem.key for problem in certified(tmp_path / "no", tmp_path)[0]]
        assert keys == ["listener[0].certificate", "listener[0].key"]
        assert [problem.key for problem in certified(key, key)[0]] == ["listener[0].certificate"]
        assert [problem.key for problem in certified(certificate, certificate)[0]] == ["listener[0].key"]

    def test_a_key_that_all_can_read(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]
    ) -> None:
        certificate, key = pair(tmp_path)
        key.chmod(0o644)
        assert [problem.key for problem in certified(certificate, key)[1]] == ["listener[0].key"]

    def test_a_certificate_of_the_future(
        self, tmp_path: Path, certified: Callable[..., tuple[list[Problem], list[Problem]]]
    ) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.UTC)
        built = x509.CertificateBuilder(name, name, private.public_key(), 1).not_valid_before(
            now + datetime.timedelta(3)
        )
        signed = built.not_valid_after(now + datetime.timedelta(99)).sign(private, hashes.SHA256())
        certificate, key = tmp_path / "c", tmp_path / "k"
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        key.touch(0o600)
        key.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, none))
        errors, (warning,) = certified(certificate, key)
        assert not errors
        assert "clock" in warning.hint

    def test_authorities(self, tmp_path: Path) -> None:
        trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        (tmp_path / "none.pem").write_text("nothing")
        for name, expected in (
            ("ca.pem", []),
            ("none.pem", ["upstream.mailserver.tls_ca"]),
            ("gone", ["upstream.mailserver.tls_ca"]),
        ):
            text = GOOD.replace("DATA", str(tmp_path)) + f'tls_ca = "{tmp_path / name}"\n'
            assert [problem.key for problem in check(parse(text))[0]] == expected

    @pytest.mark.parametrize(
        ("place", "fine"), [("", True), ("new/deep", True), ("file", False), ("file/below", False)]
    )
    def test_data_dir(self, tmp_path: Path, place: str, fine: bool) -> None:
        (tmp_path / "file").touch()
        errors, _ = check(parse(GOOD.replace("DATA", str(tmp_path / place))))
        assert [problem.key for problem in errors] == ([] if fine else ["gateway.data_dir"])
        assert not (tmp_path / "new").exists()

    @pytest.mark.parametrize("name", ["x" * 5000, "a\\u0000b"])
    def test_data_dir_that_no_folder_can_be(self, name: str) -> None:
        errors, _ = check(parse(GOOD.replace("DATA", name)))
        assert "gateway.data_dir" in [problem.key for problem in errors]

    def test_a_database_that_is_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "congthu.db").mkdir()
        errors, _ = check(parse(GOOD.replace("DATA", str(tmp_path))))
        assert [problem.key for problem in errors] == ["store.url"]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
    def test_data_dir_of_somebody_else(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        errors, _ = check(parse(GOOD.replace("DATA", str(tmp_path))))
        assert [problem.key for problem in errors] == ["gateway.data_dir"]

    def test_data_dir_that_nobody_can_write(self) -> None:
        errors, _ = check(parse(GOOD.replace("DATA", "/proc/1")))
        assert [problem.key for problem in errors] == ["gateway.data_dir"]
