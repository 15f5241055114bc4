"""Counting: what is added comes out of prometheus_client once, over processes too, and everything is documented."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from gateway import metrics
from gateway.metrics import ListenerMetrics, UpstreamMetrics
from gateway.processes import figures

ROOT = Path(__file__).resolve().parents[2]


def value(name: str, **labels: str) -> float:
    return metrics.WORKER.get_sample_value(name, labels) or 0.0


def test_a_message_is_counted_once(request: pytest.FixtureRequest) -> None:
    name = request.node.name[:30]
    counts = ListenerMetrics(name)
    counts.message("accept", 4096, 0.003, 0.0002, upstream=0.02)
    counts.message("reject", 10, 0.003)
    assert value("congthu_messages_total", listener=name, verdict="accept") == 0
    metrics.flush()
    metrics.flush()
    assert value("congthu_messages_total", listener=name, verdict="accept") == 1
    assert value("congthu_messages_total", listener=name, verdict="reject") == 1
    assert value("congthu_message_bytes_total", listener=name) == 4106
    assert value("congthu_stage_seconds_count", listener=name, stage="receive") == 2
    assert value("congthu_stage_seconds_sum", listener=name, stage="receive") == pytest.approx(0.006)
    assert value("congthu_stage_seconds_count", listener=name, stage="journal") == 0


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_histograms_equal_those_of_observe(times: list[float]) -> None:
    registry = CollectorRegistry()
    ours = metrics.Histogram("ours", "x", registry=registry, buckets=metrics.BUCKETS)
    theirs = metrics.Histogram("theirs", "x", registry=registry, buckets=metrics.BUCKETS)
    timing = metrics._Timing(ours)
    for seconds in times:
        timing.observe(seconds)
        theirs.observe(seconds)
    timing.flush()
    samples = {metric.name: [(s.labels, s.value) for s in metric.samples if s.name.endswith(("_bucket", "_count"))]
               for metric in registry.collect()}  # fmt: skip
    assert samples["ours"] == samples["theirs"]
    assert registry.get_sample_value("ours_sum") == pytest.approx(registry.get_sample_value("theirs_sum"))


def test_where_nobody_flushes_times_do_not_pile_up() -> None:
    timing = metrics.LimitMetrics()._seconds
    timing.flush()
    before = timing.child._sum.get()
    for _ in range(100_000):
        timing.observe(0.5)
        assert len(timing.seen) < 10_000
    timing.flush()
    assert timing.child._sum.get() - before == 50_000


def test_one_object_a_name() -> None:
    assert ListenerMetrics("twice") is ListenerMetrics("twice")
    assert UpstreamMetrics("twice") is UpstreamMetrics("twice")


def test_connections_are_a_level_and_a_count() -> None:
    counts = ListenerMetrics("level")
    counts.connected()
    counts.connected()
    counts.disconnected()
    metrics.flush()
    assert value("congthu_connections", listener="level") == 1
    assert value("congthu_connections_opened_total", listener="level") == 2


def test_labels_are_bounded() -> None:
    counts = ListenerMetrics("bounded")
    for number in range(10_000):
        counts.refused(f"rule-{number}")
        counts.protocol_error(f"kind-{number}")  # type: ignore[arg-type]
        counts.refused_connection(f"192.0.2.{number}")  # type: ignore[arg-type]
    metrics.flush()
    text = generate_latest(metrics.WORKER).decode()
    lines = [line for line in text.splitlines() if 'listener="bounded"' in line]
    assert len(lines) < 400
    assert not any("192.0.2" in line or "kind-" in line for line in lines)
    assert value("congthu_refusals_total", listener="bounded", rule="other") == 10_000 - metrics.MAX_RULES
    assert value("congthu_protocol_errors_total", listener="bounded", kind="other") == 10_000


def test_rules_refused_and_observed() -> None:
    counts = ListenerMetrics("rules")
    counts.refused("attachment-cap")
    counts.observed("own-domain")
    counts.observed("own-domain")
    metrics.flush()
    assert value("congthu_refusals_total", listener="rules", rule="attachment-cap") == 1
    assert value("congthu_observed_total", listener="rules", rule="own-domain") == 2


def test_upstream() -> None:
    counts = UpstreamMetrics("mail")
    counts.up, counts.connections = True, 3
    for code in (250, 451, 550, 554):
        counts.replied(code, 0.1)
    counts.failed("unsure")
    metrics.flush()
    results = {kind: value("congthu_upstream_results_total", upstream="mail", result=kind) for kind in metrics.RESULTS}
    assert results == {"2xx": 1, "4xx": 1, "5xx": 2, "down": 0, "broken": 0, "unsure": 1}
    assert value("congthu_upstream_seconds_count", upstream="mail") == 4
    assert value("congthu_upstream_up", upstream="mail") == 1
    assert value("congthu_upstream_connections", upstream="mail") == 3


def test_spam_filter() -> None:
    name = "congthu_spam_filter_results_total"
    before = {result: value(name, result=result) for result in metrics.FILTERINGS}
    counts = metrics.SpamFilterMetrics()
    counts.up = True
    for said in ("no action", "greylist", "add header", "rewrite subject", "soft reject", "reject", "discard", "down"):
        counts.answered(said, 0.1)
    for number in range(1000):
        counts.answered(f"an action of the operator's, {number}", 0.1)
    metrics.flush()
    added = {result: value(name, result=result) - before[result] for result in metrics.FILTERINGS}
    assert {result: count for result, count in added.items() if count} == {
        "ham": 1,
        "greylist": 1,
        "suspect": 2,
        "later": 1,
        "spam": 2,
        "down": 1,
        "other": 1000,
    }
    assert value("congthu_spam_filter_up") == 1


class Figures:
    memory_used, disk_used, open_spools = 100, 200, 3
    lag_seconds, queued, written, failed = 1.5, 4, 10, 1


def test_watched_figures_are_read_at_each_flush() -> None:
    figures = Figures()
    before = value("congthu_journal_written_total")
    metrics.watch_spool(figures)
    metrics.watch_journal(figures)
    metrics.flush()
    figures.written, figures.memory_used = 25, 0
    metrics.flush()
    assert value("congthu_spool_memory_bytes") == 0
    assert value("congthu_spool_disk_bytes") == 200
    assert value("congthu_spool_open") == 3
    assert value("congthu_journal_lag_seconds") == 1.5
    assert value("congthu_journal_queued") == 4
    assert value("congthu_journal_written_total") - before == 25


def test_a_total_that_begins_anew_is_not_counted_backwards() -> None:
    counter = Counter("restarted", "x", registry=None)
    update = metrics.counted(counter)
    for total in (5, 0, 2):
        update(total)
    assert counter._value.get() == 7


WORKER = """
import sys
from gateway import metrics
counts = metrics.ListenerMetrics("inbound")
for _ in range(int(sys.argv[1])):
    counts.connected()
    counts.message("accept", 100, 0.001)
metrics.flush()
"""


def work(folder: Path, worker: str, count: int) -> None:
    env = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        metrics.WORKER_VARIABLE: worker,
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "-c", WORKER, str(count)], check=True, env=env)


def test_processes_are_summed_and_a_restart_goes_on(tmp_path: Path) -> None:
    for worker in ("w0", "w1"):
        metrics.prepare(tmp_path, worker)
    work(tmp_path, "w0", 3)
    work(tmp_path, "w1", 4)
    mark_process_dead("w0", str(tmp_path))
    work(tmp_path, "w0", 5)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(tmp_path))
    labels = {"listener": "inbound"}
    assert registry.get_sample_value("congthu_messages_total", {**labels, "verdict": "accept"}) == 12
    assert registry.get_sample_value("congthu_stage_seconds_count", {**labels, "stage": "receive"}) == 12
    assert registry.get_sample_value("congthu_connections", labels) == 9  # 5 of the new w0, 4 of w1
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{kind}_{worker}.db" for kind in metrics.FILE_KINDS for worker in ("w0", "w1")
    }


def test_files_are_allocated_so_that_a_full_disk_cannot_end_a_worker(tmp_path: Path) -> None:
    metrics.prepare(tmp_path, "w0")
    work(tmp_path, "w0", 1)
    for file in tmp_path.iterdir():
        assert file.stat().st_size == metrics.FILE_SIZE
        assert file.stat().st_blocks * 512 >= metrics.FILE_SIZE


def documented() -> set[str]:
    return {
        line.split("`")[1].partition("{")[0]
        for line in (ROOT / "docs" / "metrics.md").read_text().splitlines()
        if line.startswith("| `congthu_")
    }


def exposed() -> set[str]:
    names = set()
    for registry in (metrics.WORKER, figures.SUPERVISOR):
        for metric in registry.collect():
            names.add(f"{metric.name}_total" if metric.type == "counter" else metric.name)
    return names


def test_every_metric_is_documented() -> None:
    assert documented() == exposed()


def test_alerts_and_their_expressions_use_metrics_that_exist() -> None:
    used = set()
    for file in (ROOT / "deploy" / "prometheus").glob("*.yml"):
        for word in file.read_text().replace("(", " ").replace("{", " ").replace("[", " ").split():
            if word.startswith("congthu_"):
                used.add(word.removesuffix("_bucket").rstrip("),"))
    assert used, "the alert rules name no metric"
    assert used <= exposed()
