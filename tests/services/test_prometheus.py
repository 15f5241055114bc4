"""The alerts and the dashboard, on a real Prometheus that scrapes a real gateway: all they ask for exists.

That each alert fires when it should is said in deploy/prometheus/*_test.yml, which promtool runs.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.grafana.build import dashboard
from tests.support.client import Client
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.messages import SIMPLE
from tests.support.ports import HOST
from tests.support.processes import ROOT, run
from tests.support.prometheus import Prometheus
from tests.support.recorder import Recorder

pytestmark = pytest.mark.service("prometheus")

FOLDER = ROOT / "deploy/prometheus"
ALERTS = FOLDER / "alerts.yml"
_TESTS = sorted(FOLDER.glob("*_test.yml"))
_NAMES = re.findall(r"- alert: (\w+)", ALERTS.read_text())
_PANELS = {panel["title"]: panel for panel in dashboard()["panels"] if panel["type"] != "row"}
_SELECTOR = re.compile(r"\b(?:congthu_[a-z_]+|up)\b(?:\{[^}]*\})?")
_CHOICE = re.compile(r'=~"([^"]*)"')
_PARTS = ("_bucket", "_sum", "_count", "_created")
_TEXT = SIMPLE.replace(b"Xin chao", b"%b").replace(
    b"\r\n\r\n", b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", 1
)


def filled(expression: str) -> str:
    """An expression of the dashboard with what Grafana puts in place of its variables: all nodes, half a minute."""
    return expression.replace("$__rate_interval", "30s").replace("$instance", ".*")


def selectors(expression: str) -> Iterator[str]:
    """Every selector of an expression, those that offer several values of a label once for each value."""
    for found in _SELECTOR.findall(expression):
        choice = _CHOICE.search(found)
        for value in choice[1].split("|") if choice else ():
            yield found.replace(choice[0], f'=~"{value}"')  # type: ignore[index]
        if not choice:
            yield found


def unknown(prometheus: Prometheus, expression: str) -> list[str]:
    """The selectors of an expression that fit nothing that was ever scraped."""
    return [one for one in selectors(expression) if not prometheus.has(one)]


def _traffic(gate: Gateway) -> None:
    """Mail that passes, mail that is refused, put off, broken off, observed; clients that break the protocol."""
    program = b"MZ" + bytes(62)
    attached = (
        b"From: a@nguon.example\r\nSubject: tep\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="a.exe"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
        + program.hex().encode()
    )
    for content in (SIMPLE, _TEXT % "TỐI MẬT\r\n\r\nKẾ HOẠCH".encode(), attached, SIMPLE.replace(b"chao", b"ch\nao")):
        for to in ("an@tinh.example", "unknown1@tinh.example", "later@tinh.example"):
            with Client(gate.port) as client:
                client.ehlo()
                client.message(content, "nguon@nguon.example", to)
    with Client(gate.port) as client:
        client.command("RCPT TO:<x")
        client.envelope()
        client.command("DATA")
        client.send(SIMPLE)
    with Client(gate.port_of("outbound")) as client:
        client.ehlo()
        client.message(SIMPLE, "an@tinh.example", "ai@noikhac.example")
    with Client(gate.port_of("qua-proxy"), greet=False) as client:
        client.send(b"EHLO khong-co-proxy.example\r\n")
        client.ended()


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Prometheus]:
    """A Prometheus that has seen a gateway at work."""
    listeners = [
        listener(),
        listener(name="outbound", direction="outbound"),
        listener(name="qua-proxy", proxy_protocol=["127.0.0.1"]),
    ]
    rules: Table = {"secret-marking": "observe", "malware": {"unavailable": "pass"}, "spam": {"unavailable": "pass"}}
    # Nobody listens there: a scanner and a filter that are down are counted as well as those that answer.
    nobody: Table = {"clamd": {"address": f"{HOST}:9"}, "rspamd": {"url": f"http://{HOST}:9"}}
    with (
        Recorder() as behind,
        Gateway(listeners, {"mailserver": upstream(behind.port)}, rules=rules, **nobody) as gate,
        Prometheus(gate.http_port, rules=ALERTS) as made,
    ):
        _traffic(gate)
        made.wait(lambda: made.query("rate(congthu_observed_total[30s])"), "nothing was observed")
        made.wait(lambda: made.query("rate(congthu_refusals_total[30s])"), "nothing was refused")
        made.wait(lambda: all(rule["health"] != "unknown" for rule in made.rules()), "rules not evaluated")
        yield made


def test_the_files_are_sound(tmp_path: Path) -> None:
    assert run(["promtool", "check", "rules", ALERTS]).returncode == 0
    for name in ("scrape.yml", "alerts.yml"):
        shutil.copy(FOLDER / name, tmp_path)
    done = run(["promtool", "check", "config", tmp_path / "scrape.yml"])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("tests", _TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should(tests: Path) -> None:
    done = run(["promtool", "test", "rules", tests], seconds=100)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_alert_is_untried() -> None:
    text = "".join(path.read_text() for path in _TESTS)
    assert len(_NAMES) > 20
    assert [name for name in _NAMES if f'alertname="{name}"' not in text] == []


def test_every_alert_has_its_words() -> None:
    text = ALERTS.read_text()
    for word in ("summary:", "summary_vi:", "action:", "severity:"):
        assert text.count(f" {word}") == len(_NAMES), word


def test_the_dashboard_is_what_build_writes() -> None:
    kept = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text("utf-8"))
    assert kept == dashboard(), "python -m deploy.grafana.build > deploy/grafana/dashboard.json"


def test_panels_do_not_overlap() -> None:
    taken = set[tuple[int, int]]()
    for panel in dashboard()["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24
        taken |= cells


def test_what_does_not_exist_is_found(prometheus: Prometheus) -> None:
    strange = 'rate(congthu_nonsense_total[5m]) / congthu_workers{state=~"ready|lazy"} > congthu_upstream_up'
    assert unknown(prometheus, strange) == ["congthu_nonsense_total", 'congthu_workers{state=~"lazy"}']
    with pytest.raises(AssertionError, match="parse error"):
        prometheus.query("sum by (")


@pytest.mark.parametrize("name", _NAMES)
def test_alerts_ask_for_what_is_exported(prometheus: Prometheus, name: str) -> None:
    rule = next(one for one in prometheus.rules() if one["name"] == name)
    assert (rule["health"], rule.get("lastError", "")) == ("ok", "")
    prometheus.wait(lambda: unknown(prometheus, rule["query"]) == [], rule["query"])


@pytest.mark.parametrize("title", _PANELS)
def test_panels_show_something(prometheus: Prometheus, title: str) -> None:
    for target in _PANELS[title]["targets"]:
        expression = filled(target["expr"])
        prometheus.wait(lambda: unknown(prometheus, expression) == [], expression)  # noqa: B023 -- it is called here
        prometheus.wait(lambda: prometheus.query(expression), expression)  # noqa: B023


def test_every_metric_is_documented_and_shown(prometheus: Prometheus) -> None:
    shown = {
        found.partition("{")[0]
        for panel in _PANELS.values()
        for one in panel["targets"]
        for found in _SELECTOR.findall(one["expr"])
    }
    documented = set(re.findall(r"^\| `(congthu_[a-z_]+)", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))

    def plain(names: set[str]) -> set[str]:
        return {re.sub(f"({'|'.join(_PARTS)})$", "", name) for name in names} - {
            "congthu_worker_restarts",
            "congthu_reloads",
            "congthu_beside_restarts",
        }

    def exported() -> set[str]:
        return plain({name for name in prometheus.names() if name.startswith("congthu_")})

    with contextlib.suppress(AssertionError):  # which says less than those below
        prometheus.wait(lambda: plain(documented) <= exported(), "all of them")
    assert exported() - plain(documented) == set(), "not in docs/metrics.md"
    assert (exported() | plain(documented)) - plain(shown) == set(), "not on the dashboard"
    assert plain(documented) - exported() == set(), "documented and never exported"
