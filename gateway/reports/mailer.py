"""`python -m gateway.reports.mailer`: mails what is due, in a process of its own: no message waits for a report.

Started by the gateway (gateway.reporting), which gives it the configuration and the time; it ends when it is done.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import sys
from typing import Final

from gateway.config import Settings
from gateway.errors import CongThuError
from gateway.logs import configure, get_logger, shutdown
from gateway.reports.mailing import mail
from gateway.reports.sources import sources_of

MEMORY: Final = 2 * 2**30  # octets of address space: beyond it this process fails, and nothing else
_log = get_logger("congthu.reports")


def main() -> int:
    """The exit code: 0 where all that is due is mailed, 1 where it will have to be tried again."""
    given = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  our own parent wrote it, through an inherited pipe
    settings, now = given
    assert isinstance(settings, Settings)
    configure(settings.gateway.log_level, settings.gateway.log_format)
    # The shipped unit's filter of system calls forbids the first: then the report is made at the usual priority.
    with contextlib.suppress(OSError):
        os.nice(10)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        return _mail(settings, now)
    finally:
        shutdown()


def _mail(settings: Settings, now: float) -> int:
    try:
        for key in mail(sources_of(settings), now):
            _log.info("reports.mailed", report=key)
    except CongThuError as error:
        _log.error("reports.not_mailed", reason=str(error)[:300])
        return 1
    except Exception:
        _log.exception("reports.failed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
