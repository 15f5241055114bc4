"""The daemon as a process, with the stub in place of the application: `python -m tests.processes.daemon run …`."""

import functools
import os

from gateway import supervisor
from gateway.cli import main

supervisor.serve = functools.partial(supervisor.serve, app="tests.processes.stub:App")
# Real limits are long; a test that waits for them sets its own, in seconds.
supervisor.STALE = float(os.environ.get("TEST_STALE", supervisor.STALE))
supervisor.STUCK = float(os.environ.get("TEST_STUCK", supervisor.STUCK))
main()
