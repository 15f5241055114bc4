"""The supervisor's own metrics. Apart from gateway.metrics, as they must not be written into the workers' files."""

from __future__ import annotations

import platform
import time
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Gauge

SUPERVISOR = CollectorRegistry()
BUILD = Gauge("congthu_build_info", "Version of the gateway and of Python.", ("version", "python"), registry=SUPERVISOR)
WORKERS = Gauge("congthu_workers", "Worker processes by state.", ("state",), registry=SUPERVISOR)
RESTARTS = Counter("congthu_worker_restarts", "Workers started again after they ended.", registry=SUPERVISOR)
RELOADS = Counter("congthu_reloads", "Reloads of the configuration.", ("result",), registry=SUPERVISOR)
BESIDE_UP = Gauge(
    "congthu_beside_up",
    "1 while a process beside the workers is ready, or none is wanted.",
    ("process",),
    registry=SUPERVISOR,
)
BESIDE_RESTARTS = Counter(
    "congthu_beside_restarts", "Such processes started again after they ended.", ("process",), registry=SUPERVISOR
)
CONFIG_TIME = Gauge(
    "congthu_config_loaded_timestamp_seconds", "When the configuration in force was loaded.", registry=SUPERVISOR
)


def build() -> None:
    """Show the version; call once at start."""
    try:
        ours = version("congthu")
    except PackageNotFoundError:  # run from a source tree that was not installed
        ours = "source"
    BUILD.labels(ours, platform.python_version()).set(1)
    for result in ("done", "refused"):
        RELOADS.labels(result)
    BESIDE_UP.labels("console").set(1)
    BESIDE_RESTARTS.labels("console")


def configured() -> None:
    """A configuration was put in force now."""
    CONFIG_TIME.set(time.time())
