"""Whether this Python matches regular expressions as it should. Knows nothing of ours but the error.

CPython before 3.11.5, and Debian's 3.11.2 before 3.11.2-6+deb12u9 (October 2026), go on at a wrong place after a
possessive group that failed in its middle (CPython issues 100061 and 106052). Where a header ends, what a line is, what
a document begins with: all of it is read with such expressions, and a stranger could hide behind the fault.
"""

from __future__ import annotations

import platform
import re
from typing import Final

from gateway.errors import StartError

_KNOWN: Final = (  # expression, text, how much of it matches
    (rb"(?:(?:[a-z]{1,9} {0,4}:|-)[^\n]*+\n)*+", b"a: b\nno field", 5),
    (rb"(?:ab?c|-)*+", b"abcabd", 3),
)


def matches_wrongly() -> bool:
    """Whether the fault is there."""
    for expression, text, length in _KNOWN:
        found = re.match(expression, text)
        if found is None or found.end() != length:
            return True
    return False


def require() -> None:
    """StartError, which says what to install, where mail cannot be read safely."""
    if matches_wrongly():
        raise StartError(
            f"this Python ({platform.python_version()}) matches regular expressions wrongly (CPython issue 106052), "
            "so that parts of a message could hide; on Debian 12 run "
            "apt-get update && apt-get install --only-upgrade python3.11 "
            "(mended in 3.11.2-6+deb12u9), elsewhere take Python 3.11.5 or later"
        )
