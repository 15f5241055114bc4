"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Configuration. Default: $CONGTHU_CONFIG, ./config.toml, /etc/congthu/config.toml.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
