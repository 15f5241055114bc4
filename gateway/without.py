"""Imports a library without another one that it takes along, where it can do without and we never use what it is for.

    with without("rich"):
        import structlog

Python says then that there is no such module; whoever imports it later gets it. Knows no library.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """While it lasts, importing `name` fails, unless somebody imported it before."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # "no such module" (The Python Language Reference, 5.3.1)
    try:
        yield
    finally:
        if sys.modules.get(name) is None:
            sys.modules.pop(name, None)
