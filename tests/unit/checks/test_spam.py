"""The spam filter's settings held against the rest; what the filter itself says is in tests/services/test_spam.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.checks.connect import Inspection
from gateway.checks.contents import check as check_contents
from gateway.checks.findings import Findings
from gateway.checks.spam import check
from gateway.checks.spam_asked import inspect
from tests.support.ports import HOST, free_port
from tests.unit.rules.make import settings


def checked(**tables: Any) -> Findings:
    findings = Findings()
    check(settings(**tables), findings)
    return findings


@pytest.mark.parametrize("rule", ["enforce", {"refuse": 9}])
def test_a_rule_without_its_filter_is_named(rule: object) -> None:
    (warning,) = checked(rules={"spam": rule}).warnings
    assert (warning.key, "is off without [rspamd] url" in warning.hint) == ("rules.spam", True)
    assert checked(rules={"spam": "off"}).warnings == []
    assert checked().warnings == []


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        ("unix:/run/rspamd/worker.sock", False),
        ("http://127.0.0.1:11333", False),
        ("http://localhost:11333/", False),
        ("http://[::1]:11333", False),
        ("https://rspamd.tinh.example", False),
        ("http://rspamd.tinh.example:11333", True),
        ("http://192.0.2.7:11333", True),
        ("http://[2001:db8::1]", True),
    ],
)
def test_whole_messages_in_the_clear(url: str, warns: bool) -> None:
    findings = checked(rspamd={"url": url})
    assert findings.errors == []
    assert [one.key for one in findings.warnings] == (["rspamd.url"] if warns else [])


@pytest.mark.parametrize("url", ["http://[::1:11333", "http://a:99999", "http://a:b", "http://:80"])
def test_a_url_that_is_none(url: str) -> None:
    assert [one.key for one in checked(rspamd={"url": url}).errors] == ["rspamd.url"]


def test_a_password_that_nobody_or_everybody_can_read(tmp_path: Path) -> None:
    secret, url = tmp_path / "password", "unix:/run/rspamd"
    rspamd = {"url": url, "password_file": str(secret)}
    (error,) = checked(rspamd=rspamd).errors
    assert (error.key, error.hint) == ("rspamd.password_file", "there is no such file")
    secret.write_text("bí mật")
    secret.chmod(0o604)
    (error,) = checked(rspamd=rspamd).errors
    assert "others on this machine" in error.hint
    assert "bí mật" not in f"{error}"
    secret.chmod(0o640)
    assert checked(rspamd=rspamd).errors == []


def test_what_is_too_large_to_be_asked_about() -> None:
    (warning,) = checked(rspamd={"url": "unix:/run/rspamd", "max_size": "10MiB"}).warnings
    assert (warning.key, "32 MiB" in warning.hint) == ("rspamd.max_size", True)


def test_a_time_out_that_leaves_no_time_to_deliver() -> None:
    for rspamd, keys in (
        ({"url": "unix:/r", "timeout": "30s"}, ["rspamd.timeout"]),
        ({"url": "unix:/r", "timeout": "29s"}, []),
        ({"timeout": "30s"}, []),
    ):
        findings = Findings()
        check_contents(settings("submission", rspamd=rspamd), findings)
        assert [one.key for one in findings.warnings] == keys


async def test_one_that_does_not_answer(tmp_path: Path) -> None:
    for url in (f"http://{HOST}:{free_port()}", f"unix:{tmp_path}/none"):
        findings = Inspection()
        assert await inspect(settings(rspamd={"url": url, "password_file": str(tmp_path / "none")}), findings) == ""
        (error,) = findings.errors
        assert (error.key, "nobody answers there" in error.hint) == ("rspamd.url", True)
