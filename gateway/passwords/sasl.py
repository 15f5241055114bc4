"""The password out of a SASL response: PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login). Pure, never raises."""

from __future__ import annotations

import base64
import binascii
from typing import Final

LONGEST: Final = 12288
"""Octets of a response that are read (RFC 4954 4)."""


def password_of(mechanism: str, response: bytes) -> bytes | None:
    """The password. `response`: base64, PLAIN's only one or LOGIN's second. None where there is none to be read.

    Whoever asks lets go of it at once.
    """
    if len(response) > LONGEST:
        return None
    try:
        plain = base64.b64decode(response, validate=True)
    except (binascii.Error, ValueError):
        return None
    if mechanism == "LOGIN":
        return plain or None
    parts = plain.split(b"\0")
    return (parts[2] or None) if mechanism == "PLAIN" and len(parts) == 3 else None
