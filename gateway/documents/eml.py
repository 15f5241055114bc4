"""A message saved as a file (eml, mht): nothing is read here.

Its parts are for the message's own scan, which knows how mail clients read it; that room and this one do not know each
other. Whoever reads documents hands a file of this format ("eml", no units) to the scan.
"""

from __future__ import annotations

from typing import BinaryIO

from gateway.documents.document import Sink


def read(_file: BinaryIO, sink: Sink) -> None:
    """Say that the file is a message; see `document`."""
    sink.document.format = "eml"
