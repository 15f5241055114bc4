"""`congthu mailboxes lint` and `suggest` on a real directory; `sync` before it reaches a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.directory.entry import Snapshot
from gateway.directory.plan import Wanted, diff
from gateway.directory.store import DirectoryStore
from gateway.who import Kind, Mailbox, Unit

CONFIG = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "{data}"
domains = ["angiang.gov.vn", "tphcm.gov.vn"]
regulation = "angiang-50-2009"

[[profile]]
pattern = "*.q4@tphcm.gov.vn"
regulation = "tphcm-q4-03-2013"

[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
hosts = ["127.0.0.1:2526"]
"""

WANTED = Wanted(
    (Unit("SNV", "Sở Nội vụ"), Unit("Q4", "Văn phòng UBND Quận 4")),
    (
        Mailbox("sonoivu@angiang.gov.vn", Kind.UNIT, "SNV", "Chánh Văn phòng"),
        Mailbox("nvanh@angiang.gov.vn", Kind.PERSONAL, "SNV", "Nguyễn Văn Anh"),
        Mailbox("vp.q4@tphcm.gov.vn", Kind.UNIT, "Q4", "Chánh Văn phòng"),
        Mailbox("sai@angiang.gov.vn", Kind.PERSONAL, "SNV", "Trần Thị Bình"),
    ),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(data=data))
    return path


@pytest.fixture
def kept(config: Path, tmp_path: Path) -> Path:
    store = DirectoryStore("sqlite:///congthu.db", tmp_path / "data")
    store.prepare()
    store.apply(diff(Snapshot(), WANTED), who="test")
    return config


def ask(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["mailboxes", *words, "--config", str(config)])


class TestLint:
    def test_remarks(self, kept: Path) -> None:
        done = ask(kept, "lint")
        assert done.exit_code == 1
        line = next(line for line in done.stdout.splitlines() if line.startswith("sai@"))
        assert line.split("\t")[:4] == ["sai@angiang.gov.vn", "error", "holder-name", "AG 5.3b"]
        assert line.endswith("ttbinh@angiang.gov.vn")

    def test_json_has_the_clauses(self, kept: Path) -> None:
        made = json.loads(ask(kept, "lint", "--json").stdout)
        assert [(one["address"], one["what"]) for one in made["remarks"]] == [("sai@angiang.gov.vn", "holder-name")]
        assert "viết tắt phần họ và chữ lót" in made["clauses"]["AG 5.3b"]

    def test_the_offices_channels_are_spared(self, config: Path, tmp_path: Path) -> None:
        store = DirectoryStore("sqlite:///congthu.db", tmp_path / "data")
        store.prepare()
        q4 = "tphcm-q4-03-2013"
        offices = [
            Mailbox(f"{name}@tphcm.gov.vn", Kind.UNIT, "Q4", "Chánh Văn phòng", regulation=q4)
            for name in ("q4", "vanphong", "vp")
        ]
        wanted = Wanted((Unit("Q4", "Văn phòng UBND Quận 4"),), tuple(offices))
        store.apply(diff(Snapshot(), wanted), who="test")
        done = ask(config, "lint")
        assert [line.split("\t")[0] for line in done.stdout.splitlines() if "suffix" in line] == [
            "vanphong@tphcm.gov.vn",
            "vp@tphcm.gov.vn",
        ]
        channel = '[[request_channel]]\naddress = "VanPhong@tphcm.gov.vn"\nalso = ["vp@tphcm.gov.vn"]\n'
        config.write_text(config.read_text() + channel)
        assert ask(config, "lint").exit_code == 0

    def test_filters(self, kept: Path) -> None:
        assert ask(kept, "lint", "--what", "suffix").exit_code == 0
        assert ask(kept, "lint", "--unit", "Q4").exit_code == 0
        assert ask(kept, "lint", "--errors").exit_code == 1
        assert ask(kept, "lint", "--unit", "q4x").exit_code == 2  # a typing error is not "all is well"
        assert "every entry" not in ask(kept, "lint", "--what", "sufix").stderr

    def test_no_directory(self, config: Path) -> None:
        done = ask(config, "lint")
        assert (done.exit_code, done.exception is None or isinstance(done.exception, SystemExit)) == (0, True)


class TestSuggest:
    @pytest.mark.parametrize(
        ("words", "address"),
        [
            (["Nguyễn Văn Anh"], "nvanh02@angiang.gov.vn"),
            (["Lê Thị Hoa"], "lthoa@angiang.gov.vn"),
            (["Lê Thị Hoa", "--unit", "Q4"], "lthoa.q4@tphcm.gov.vn"),
            (["Lê Thị Hoa", "--regulation", "tphcm-q4-03-2013", "--domain", "x.example"], "lthoa.q4@x.example"),
            (["Sở Y tế", "--kind", "unit"], "soyte@angiang.gov.vn"),
        ],
    )
    def test_addresses(self, kept: Path, words: list[str], address: str) -> None:
        done = ask(kept, "suggest", *words)
        assert (done.exit_code, done.stdout) == (0, f"{address}\n")

    def test_json(self, kept: Path) -> None:
        made = json.loads(ask(kept, "suggest", "Lê Thị Hoa", "--json").stdout)
        assert made == {"address": "lthoa@angiang.gov.vn", "regulation": "angiang-50-2009", "clause": "AG 5.3b"}

    @pytest.mark.parametrize("words", [["王"], ["Lê Thị Hoa", "--unit", "??"]])
    def test_usage(self, kept: Path, words: list[str]) -> None:
        done = ask(kept, "suggest", *words)
        assert (done.exit_code, done.stdout) == (2, "")

    def test_before_there_is_a_directory(self, config: Path) -> None:
        assert ask(config, "suggest", "Lê Thị Hoa").stdout == "lthoa@angiang.gov.vn\n"


class TestSync:
    def test_nothing_is_configured(self, config: Path) -> None:
        done = ask(config, "sync", "--yes")
        assert done.exit_code == 2
        assert "ldap.url" in done.stderr

    def test_json_asks_nothing(self, config: Path) -> None:
        assert ask(config, "sync", "--json").exit_code == 2

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ('password_file = "/nonexistent"', "password_file"),
            ('attributes = { filter = "x" }', "no such attribute"),
        ],
    )
    def test_a_wrong_setting(self, config: Path, more: str, said: str) -> None:
        path = config
        path.write_text(path.read_text() + f'\n[ldap]\nurl = "ldap://127.0.0.1:1"\nbase = "dc=x"\n{more}\n')
        done = ask(path, "sync", "--yes")
        assert done.exit_code == 2
        assert said in done.stderr

    def test_a_dead_server_is_one_line(self, config: Path) -> None:
        config.write_text(config.read_text() + '\n[ldap]\nurl = "ldap://127.0.0.1:1"\nbase = "dc=x"\ntimeout = 2\n')
        done = ask(config, "sync", "--yes")
        assert done.exit_code == 1
        assert done.stderr.startswith("congthu: ldap://127.0.0.1:1: ")
        assert len(done.stderr.splitlines()) == 1
