"""Documents that are encrypted, and those that only look so: Excel opens them with a password of its own, unasked.

msoffcrypto does the cryptography, on a compound file that was packed anew: it trusts what is handed to it.
"""

from __future__ import annotations

import io
import re

import msoffcrypto

from gateway.documents.compound import Compound, open_compound
from gateway.documents.document import DocumentError, Sink
from gateway.documents.repack import repacked

_PASSWORD = "VelvetSweatshop"  # noqa: S105  # everyone's: Excel tries it before it asks
_LARGEST = 8 * 1024 * 1024  # bytes of a workbook that is decrypted: it costs a hundred times its size in steps
_SPINS = re.compile(rb"spinCount\s*=\s*[\"']\s*0*(\d{1,9})\s*[\"']")
_MOST_SPINS = 100_000  # what Office writes; each is a hash, and the check takes them twice
_INFO = 64 * 1024
_AGILE = b"\x04\x00\x04\x00"  # the version whose information is XML ([MS-OFFCRYPTO] 2.3.4.10)


def read_storage(root: Compound, sink: Sink) -> None:
    """An encrypted package ([MS-OFFCRYPTO] 2.3.4). If no password is needed, the document in it is an embedded file."""
    sink.document.format = "encrypted"
    data = _decrypted(root, sink) if is_affordable(root.read("EncryptionInfo", _INFO)) else b""
    if data:
        sink.embed("", data, "package")
    else:
        sink.encrypted()


def opened_workbook(root: Compound, sink: Sink) -> bytes:
    """The stream of an encrypted workbook in the clear, b"" where a password is needed."""
    data = _decrypted(root, sink)
    try:
        return open_compound(io.BytesIO(data), sink).read("Workbook") if data else b""
    except DocumentError:
        return b""


def is_affordable(info: bytes) -> bool:
    """Its XML declares nothing, and asks for no more hashing than Office does."""
    if not info.startswith(_AGILE):
        return True  # binary: the number of hashes is fixed
    spins = [int(found) for found in _SPINS.findall(info)]
    return b"<!" not in info and len(spins) == info.count(b"spinCount") > 0 and max(spins) <= _MOST_SPINS


def _decrypted(root: Compound, sink: Sink) -> bytes:
    """The whole file decrypted with Excel's password, b"" where that does not open it."""
    if root.size() > _LARGEST:
        return b""
    made = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(repacked(root, sink)))
        file.load_key(password=_PASSWORD)
        file.decrypt(made)
    except Exception:  # whatever a stranger's numbers do to the library: it is not opened
        return b""
    sink.expand(made.tell())
    return made.getvalue()
