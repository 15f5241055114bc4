"""Where the checks write what they find, and what two of them need to know about a listener."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.config import Listener
from gateway.config_problems import show
from gateway.errors import Problem
from gateway.model import Direction


@dataclass(slots=True)
class Findings:
    """Errors (exit 2) and warnings, in the order in which they were found."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, key: str, value: object, hint: str) -> None:
        """The daemon must not start with this."""
        self.errors.append(Problem(key, _shown(value, key), hint))

    def warn(self, key: str, value: object, hint: str) -> None:
        """Allowed, and probably not what was meant."""
        self.warnings.append(Problem(key, _shown(value, key), hint))


def _shown(value: object, key: str) -> str:
    if value is None or value in ("", ()):
        return "(not set)"
    if isinstance(value, str | bool | int | float | list | tuple | dict):
        return show(value, key=key)
    return show(str(value), key=key)


def offers_auth(listener: Listener) -> bool:
    """Whether the listener offers AUTH: said, or by default on submission."""
    return listener.direction is Direction.SUBMISSION if listener.auth is None else listener.auth


def requires_auth(listener: Listener) -> bool:
    """Whether the listener refuses MAIL before AUTH: said, or by default on submission."""
    return listener.direction is Direction.SUBMISSION if listener.auth_required is None else listener.auth_required
