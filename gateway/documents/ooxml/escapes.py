"""Characters that XML cannot hold, as spreadsheets and slides write them: `_x0002_` (ISO/IEC 29500-1, 22.9.2.19)."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """The text meant; `_x005F_` is an underscore."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)  # halves of a pair never stand so
