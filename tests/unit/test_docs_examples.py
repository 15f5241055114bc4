"""The configurations and Postfix settings of the documentation: each loads, is sound, and stands on its page."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from gateway import config_file
from gateway.model import Direction

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.toml"))
POSTFIX = sorted((DOCS / "examples/postfix").glob("*.cf"))
PAGE = (DOCS / "topologies.md").read_text("utf-8")
VIETNAMESE = (DOCS / "vi/topologies.md").read_text("utf-8")
# What depends on the machine and not on the example.
_OF_THE_MACHINE = ("certificate", "key", "data_dir")


def test_there_are_examples_for_every_direction() -> None:
    seen = {listener.direction for path in EXAMPLES for listener in config_file.load(path).listener}
    assert seen == set(Direction)
    assert POSTFIX


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_loads_and_is_sound(path: Path) -> None:
    errors, warnings = config_file.check(config_file.load(path))
    found = [problem for problem in (*errors, *warnings) if not problem.key.endswith(_OF_THE_MACHINE)]
    assert found == []


@pytest.mark.parametrize("path", EXAMPLES + POSTFIX, ids=lambda path: path.name)
def test_it_stands_on_the_page(path: Path) -> None:
    assert f"```\n{path.read_text('utf-8')}```" in PAGE.replace("```toml\n", "```\n"), (
        f"topologies.md lacks {path.name}"
    )


@pytest.mark.parametrize(
    "path", [one for one in EXAMPLES if one.stem != "zimbra"] + POSTFIX, ids=lambda path: path.name
)
def test_it_stands_on_the_vietnamese_page(path: Path) -> None:
    text = VIETNAMESE.replace("```toml\n", "```\n")
    assert f"```\n{path.read_text('utf-8')}```" in text, f"vi/topologies.md lacks {path.name}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_only_addresses_for_documentation_or_private_ones(path: Path) -> None:
    settings = config_file.load(path)
    for host in (host for upstream in settings.upstream.values() for host in upstream.hosts):
        assert ipaddress.ip_address(host.host).is_private


@pytest.mark.parametrize("path", [one for one in POSTFIX if "outbound" not in one.name], ids=lambda path: path.name)
def test_postfix_excludes_nobody_from_the_check_for_bare_newlines(path: Path) -> None:
    lines = [line.replace("-o ", "").replace(" ", "") for line in path.read_text("utf-8").splitlines()]
    assert "smtpd_forbid_bare_newline_exclusions=" in lines


def test_at_the_edge_the_gateway_is_not_in_mynetworks() -> None:
    settings = dict(
        line.split(" =", 1)
        for line in (DOCS / "examples/postfix/edge-main.cf").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
    gateway = settings["smtpd_authorized_xclient_hosts"].strip()
    assert gateway not in settings["mynetworks"]
    assert settings["smtpd_forbid_bare_newline"].strip() == "normalize"
    assert settings["smtpd_forbid_unauth_pipelining"].strip() == "yes"
