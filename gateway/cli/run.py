"""`congthu run`: the daemon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gateway import config_file, supervisor
from gateway.checks import check
from gateway.cli.options import config_option
from gateway.config import Settings
from gateway.errors import ConfigError, Problem


def load(path: Path | None) -> tuple[Settings, Sequence[Problem]]:
    """A file's settings and warnings, checked together and on this machine. ConfigError lists every error."""
    settings = config_file.load(path)
    errors, warnings = check(settings)
    if errors:
        raise ConfigError(tuple(errors))
    return settings, warnings


@click.command("run")
@config_option
def command(config: Path | None) -> None:
    """Run the gateway until SIGTERM; SIGHUP reloads the configuration and the certificates."""
    supervisor.serve(lambda: load(config))
