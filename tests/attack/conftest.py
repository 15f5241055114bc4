"""The fixtures of the session tests, for attacks on sessions."""

from tests.smtp.conftest import start

__all__ = ["start"]
