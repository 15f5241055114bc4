"""Makes reports and inspection archives in a process of its own, at a low priority and with bounded memory.

`make(job)` is for pages; `python -m gateway.console.making` is that process: a job on stdin, a file made, words out.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.console.errors import ConsoleError, Refused
from gateway.errors import CongThuError
from gateway.logs import configure, get_logger, shutdown
from gateway.reports.errors import ReportError
from gateway.reports.quarters import Period

ARCHIVE: Final = "inspection"
_MEMORY: Final = 2 * 2**30  # octets of address space
_SECONDS: Final = 180.0
_AT_ONCE: Final = 2
_WAIT: Final = 5.0  # seconds for one's turn
_SAID: Final = 2000  # octets of what is told of a failure
_CANNOT: Final = 3  # exit code: the report cannot be made, and stdout says why: English, then a line in Vietnamese
_turns = threading.BoundedSemaphore(_AT_ONCE)
_log = get_logger("console")


@dataclass(frozen=True, slots=True)
class Job:
    """`name`: of a report, or ARCHIVE. `now`: seconds since the epoch."""

    settings: Settings
    name: str
    period: Period
    unit: str
    form: str
    now: float


@dataclass(slots=True)
class Made:
    """A file in a folder that ends with `close`. `name`: for whoever keeps it."""

    folder: tempfile.TemporaryDirectory[str]
    path: Path
    name: str

    def close(self) -> None:
        """The file is gone."""
        self.folder.cleanup()


def make(job: Job) -> Made:
    """The file of a job. Blocks for minutes; Refused(503) where two others are being made. ConsoleError."""
    if not _turns.acquire(timeout=_WAIT):
        raise Refused(503, "Others are being made; try again.", "Đang lập báo cáo khác; hãy thử lại sau một phút.")
    folder = tempfile.TemporaryDirectory(prefix="congthu-")  # the caller's, who closes it
    try:
        path = Path(folder.name) / "made"
        return Made(folder, path, _run(job, path))
    except BaseException:
        folder.cleanup()
        raise
    finally:
        _turns.release()


def _run(job: Job, path: Path) -> str:
    command = [sys.executable, "-m", "gateway.console.making"]
    given = pickle.dumps((*(getattr(job, one.name) for one in fields(job)), path))
    try:
        told = subprocess.run(  # noqa: S603 -- our own module
            command, input=given, stdout=subprocess.PIPE, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConsoleError("It took too long; choose less.", "Lập quá lâu; hãy chọn ít hơn.") from None
    said = told.stdout[:_SAID].decode("utf-8", "replace").strip()
    if told.returncode == _CANNOT:
        en, _, vi = said.partition("\n")
        raise ConsoleError(f"It cannot be made: {en}", f"Không lập được báo cáo này: {vi or en}")
    if told.returncode or not said:
        _log.warning("console.making", report=job.name, code=told.returncode)
        raise ConsoleError("It could not be made; the log says more.", "Không lập được; nhật ký hệ thống ghi chi tiết.")
    return said


def main() -> int:
    """The process: writes the file, says its name."""
    *given, path = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  our own parent wrote it, through a pipe
    job = Job(*given)
    configure(job.settings.gateway.log_level, job.settings.gateway.log_format)
    with contextlib.suppress(OSError):  # the shipped unit's filter of system calls forbids it
        os.nice(10)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        sys.stdout.write(_archive(job, path) if job.name == ARCHIVE else _report(job, path))
    except ReportError as error:
        sys.stdout.write("\n".join(" ".join(text.split()) for text in (str(error), error.vi)))
        return _CANNOT
    except CongThuError as error:
        _log.warning("console.making", report=job.name, error=str(error)[:300])
        return 1
    except Exception:
        _log.exception("console.making", report=job.name)
        return 1
    finally:
        shutdown()
    return 0


def _report(job: Job, path: Path) -> str:
    from gateway.reports.make import Asked
    from gateway.reports.make import make as report
    from gateway.reports.render import file_name, render
    from gateway.reports.sources import sources_of

    document = report(Asked(job.name, job.period, job.unit), sources_of(job.settings), job.now)
    path.write_bytes(render(document, job.form, templates=job.settings.reports.templates))
    return file_name(document, job.form)


def _archive(job: Job, path: Path) -> str:
    from gateway.journal.chain import load_key
    from gateway.reports.archive import export
    from gateway.reports.sources import sources_of

    gateway = job.settings.gateway
    with sources_of(job.settings).journal() as connection:
        since, until = int(job.period.since * 1e6), int(job.period.until * 1e6)
        export(connection, load_key(gateway.data_dir), gateway.node or gateway.hostname, since, until, path)
    return f"congthu-inspection-{job.period.key}.zip"


if __name__ == "__main__":
    sys.exit(main())
