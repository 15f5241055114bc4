"""PDFium's calls that hand out strings and bytes: asked for a length, then filled into a buffer. Knows no document."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

_LONGEST = 8 * 1024 * 1024  # bytes of one string


def utf16(call: Callable[..., int], *about: Any) -> str:
    """Text that `call(*about, buffer, bytes)` gives in UTF-16 with a final NUL; "" for none."""
    size = call(*about, None, 0)
    if not 2 < size <= _LONGEST:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    call(*about, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\x00")


def content(call: Callable[..., int], *about: Any, limit: int) -> bytes | None:
    """Bytes that `call(*about, buffer, bytes, length)` gives; None for more than `limit`, b"" where it fails."""
    size = ctypes.c_ulong()
    if not call(*about, None, 0, ctypes.byref(size)) or not size.value:
        return b""
    if size.value > limit:
        return None
    buffer = ctypes.create_string_buffer(size.value)
    return buffer.raw if call(*about, buffer, len(buffer), ctypes.byref(size)) else b""
