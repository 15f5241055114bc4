"""`python -m gateway.console --config FILE`: the console alone, where it shall not stand beside the gateway.

`congthu run` starts it by itself; on a machine of its own (PostgreSQL) this is how.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway import interpreter, logs
from gateway.config import Settings
from gateway.config_file import load
from gateway.console.app import App, binds
from gateway.errors import ConfigError, StartError
from gateway.processes.sockets import listen


async def _run(settings: Settings) -> None:
    wanted = binds(settings)
    if not wanted:
        raise StartError('console.bind is not set: write "127.0.0.1:9180"')
    app = App(settings, 0, {name: listen(bind, name) for name, bind in wanted.items()})
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await app.start()
    try:
        await stop.wait()
    finally:
        await app.drain(settings.gateway.shutdown_timeout)


def main(argv: Sequence[str] | None = None) -> int:
    """The process's entry; its exit code: 2 for what the configuration or the machine does not allow."""
    parser = argparse.ArgumentParser(prog="python -m gateway.console", description="The console alone.")
    parser.add_argument("--config", type=Path, default=None, help="configuration; default: as congthu finds it")
    try:
        interpreter.require()
        settings = load(parser.parse_args(argv).config)
        logs.configure(settings.gateway.log_level, settings.gateway.log_format)
        asyncio.run(_run(settings))
    except ConfigError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem.key} = {problem.value}: {problem.hint}\n")
        return 2
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        logs.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
