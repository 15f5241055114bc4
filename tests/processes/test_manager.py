"""What the service manager hears (sd_notify(3)), and what /readyz says to a load balancer."""

import json
import signal
import urllib.error
import urllib.request

import pytest

from tests.processes.support import Client, Notify, Stub
from tests.support.ports import HOST


def test_the_life_of_a_daemon(tmp_path) -> None:
    with Notify(tmp_path) as notify:
        gateway = Stub(workers=2, env={"NOTIFY_SOCKET": str(notify.path), "WATCHDOG_USEC": "3000000"})
        gateway.start()
        assert "READY=1" in notify.until("WATCHDOG=1")
        assert notify.seen[0] == "READY=1"
        assert "STATUS=2 of 2 workers serve 1 listeners" in notify.until("STATUS=2 of 2 workers serve 1 listeners")
        notify.forget()
        gateway.daemon.signal(signal.SIGHUP)
        seen = notify.until("READY=1")
        assert seen.index("RELOADING=1") < seen.index("READY=1")
        assert any(line.startswith("MONOTONIC_USEC=") for line in seen)
        notify.forget()
        gateway.stop()
        assert "STOPPING=1" in notify.read()


def test_the_watchdog_starves_while_a_worker_is_silent(tmp_path) -> None:
    with Notify(tmp_path) as notify:
        env = {"NOTIFY_SOCKET": str(notify.path), "WATCHDOG_USEC": "3000000", "TEST_STALE": "1.5"}
        with Stub(workers=2, env=env) as gateway:
            stopped = gateway.signal_worker(signal.SIGSTOP)
            gateway.wait(lambda: "WATCHDOG=1" not in _during(notify, gateway), "no more WATCHDOG=1")
            psutil_resume(stopped)
            notify.forget()
            notify.until("WATCHDOG=1")


def _during(notify: Notify, gateway: Stub) -> list[str]:
    """What came while the daemon answered a second's worth of requests."""
    notify.forget()
    with Client(gateway.port) as client:
        client.send("hold 1.5")
        client.line()
        client.line()
    return notify.read()


def psutil_resume(pid: int) -> None:
    import psutil

    psutil.Process(pid).resume()


def test_no_ready_before_every_worker(tmp_path) -> None:
    with Notify(tmp_path) as notify:
        gateway = Stub(contact="refuse", env={"NOTIFY_SOCKET": str(notify.path)})
        gateway.write_config()
        gateway.daemon.start()
        assert gateway.daemon.wait(20) == 2
        gateway.stop(clean=False)
        assert "READY=1" not in notify.read()


def test_not_ready_says_why() -> None:
    gateway = Stub(contact="unready")
    gateway.start(ready=False)
    gateway.wait(lambda: gateway.status("/readyz") == 503, "503")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{HOST}:{gateway.http_port}/readyz", timeout=5)
    with caught.value as answer:
        said = json.loads(answer.read())
    assert said == {"ready": False, "checks": {"workers": "ok", "upstream": "no upstream answers", "journal": "ok"}}
    gateway.stop()
