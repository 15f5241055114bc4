"""Tells the service manager how we are (sd_notify(3)). Without one every call does nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import sdnotify

PRIVATE = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class Manager:
    """The service manager. `watchdog` is the longest silence it bears in seconds, 0 for no watchdog."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._notifier = sdnotify.SystemdNotifier() if environ.get("NOTIFY_SOCKET") else None
        for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog = int(environ.get("WATCHDOG_USEC", "0")) / 1e6 if for_us else 0.0

    def ready(self, status: str) -> None:
        """Start or reload is complete."""
        self._tell("READY=1", f"STATUS={status}", f"MAINPID={os.getpid()}")

    def reloading(self) -> None:
        """A reload begins; `ready` must follow (Type=notify-reload compares the clock)."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", "STATUS=Reloading the configuration")

    def stopping(self, status: str) -> None:
        """The stop begins."""
        self._tell("STOPPING=1", f"STATUS={status}")

    def alive(self) -> None:
        """Every worker's event loop turns."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def _tell(self, *lines: str) -> None:
        if self._notifier is not None:
            self._notifier.notify("\n".join(lines))
