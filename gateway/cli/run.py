"""`congthu run`: the daemon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gateway import config_file, supervisor
from gateway.cli.options import config_option
from gateway.config import Settings
from gateway.errors import ConfigError, Problem


def load(path: Path | None) -> tuple[Settings, Sequence[Problem]]:
    """A file's settings and warnings, checked together and on this machine. ConfigError lists every error."""
    judged = config_file.judge(path)
    if judged.settings is None or judged.errors:
        raise ConfigError(judged.errors)
    return judged.settings, judged.warnings


@click.command("run")
@config_option
def command(config: Path | None) -> None:
    """Run the gateway until SIGTERM; SIGHUP reloads the configuration and the certificates."""
    supervisor.serve(lambda: load(config))
