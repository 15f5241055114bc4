"""The daemon's place in the data folder: one daemon a folder, and a fresh folder for the workers' metric files."""

from __future__ import annotations

import fcntl
import os
import shutil
from io import BufferedRandom
from pathlib import Path

from gateway.errors import StartError


class Place:
    """`data_dir/run`: a lock that dies with the process and `metrics-<pid>`. StartError when it cannot be had."""

    def __init__(self, data_dir: Path) -> None:
        self._run = data_dir / "run"
        try:
            self._run.mkdir(parents=True, exist_ok=True)
            self._lock = self._hold()
            for old in self._run.glob("metrics-*"):
                shutil.rmtree(old, ignore_errors=True)
            self.metrics = self._run / f"metrics-{os.getpid()}"
            self.metrics.mkdir()
        except OSError as error:
            where, why = error.filename or data_dir, error.strerror or str(error)
            raise StartError(f"gateway.data_dir = {data_dir}: cannot write {where}: {why}") from None

    def _hold(self) -> BufferedRandom:
        lock = (self._run / "supervisor.lock").open("a+b")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StartError(f"{self._run.parent}: another congthu is running on this data folder") from None
        return lock

    def close(self) -> None:
        """Remove the metric files and release the lock."""
        shutil.rmtree(self.metrics, ignore_errors=True)
        self._lock.close()
