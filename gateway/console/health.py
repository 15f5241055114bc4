"""What the gateway says of itself on its own metrics port: whether everything is there that a message needs."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Final

from gateway.config_values import HostPort

_TIMEOUT: Final = 1.0
_MOST: Final = 64 * 1024


def readiness(bind: HostPort) -> Mapping[str, str] | None:
    """Each thing with "" or why it is missing; None where nobody answers within a second."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind.host, bind.host)  # noqa: S104 -- a name, not a bind
    connection = http.client.HTTPConnection(host, bind.port, timeout=_TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read(_MOST))
        checks = told["checks"]
        return {str(name): "" if reason == "ok" else str(reason)[:300] for name, reason in checks.items()}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return None
    finally:
        connection.close()
