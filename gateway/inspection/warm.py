"""Everything that opening files will need, loaded while files can still be opened: modules, codecs, libmagic's data.

Each room is imported whole, whatever it has grown to. A reader that imports something of its own at its first use is
made to do so here: what is not loaded now is not to be had later.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import importlib
import io
import pkgutil
import time
from collections.abc import Iterable, Iterator
from encodings import aliases
from functools import partial
from typing import TYPE_CHECKING

import gateway.archives
import gateway.documents
import gateway.message
import gateway.vietnamese
import gateway.wording
from gateway.archives.budget import Budget
from gateway.archives.expand import expand
from gateway.documents import read as documents
from gateway.documents.limits import DocumentLimits
from gateway.errors import CongThuError, StartError
from gateway.inspection.limits import WalkLimits
from gateway.inspection.request import look
from gateway.inspection.samples import samples
from gateway.message.sniff import Sniffer
from gateway.wording.warm import warm

if TYPE_CHECKING:
    from gateway.inspection.child import Look

# What libraries import at their first use.
_LATE = (
    "msoffcrypto.format.ooxml",
    "msoffcrypto.format.doc97",
    "msoffcrypto.format.ppt97",
    "msoffcrypto.format.xls97",
    "msoffcrypto.method.container.ecma376_encrypted",
    "xml.dom.expatbuilder",
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.bindings.openssl.binding",
    "cryptography.hazmat.primitives.ciphers.algorithms",
    "cryptography.hazmat.decrepit.ciphers.algorithms",
)
_WORKERS = frozenset({"gateway.message.spool"})  # with the event loop and TLS, 3 MiB that nothing here asks for
# Charsets of names that libarchive has libc convert: what it loads for one stays while a converter is open.
_CHARSETS = ("CP932", "CP437", "CP850", "CP866", "CP1251", "CP1252", "KOI8-R", "EUC-JP", "UTF-16LE", "UTF-16BE")
_CALLBACKS = (
    4096  # functions that C code may call, at once: three for each open archive, of which there are 1000 at most
)
_ROOMS = (gateway.message, gateway.archives, gateway.documents, gateway.vietnamese, gateway.wording)


def prepared(limits: WalkLimits) -> tuple[Look, tuple[str, ...]]:
    """Load everything: the function that looks into one message, and the modules that are not to be had here."""
    ours = [name for room in _ROOMS for name in _modules(room.__name__, room.__path__) if name not in _WORKERS]
    missing = tuple(name for name in (*ours, *_LATE) if not _loaded(name))
    for codec in sorted(set(aliases.aliases.values())):
        with contextlib.suppress(LookupError):  # some exist on other systems only
            codecs.lookup(codec)
    time.localtime()
    _make_callbacks()
    _open_converters()
    sniff = Sniffer()
    for name, data in samples().items():
        _open(name, data, sniff(data))
    warm()
    return partial(look, limits=limits, sniff=sniff), missing


def _modules(name: str, path: Iterable[str]) -> Iterator[str]:
    for found in pkgutil.walk_packages(path, f"{name}."):
        yield found.name


def _make_callbacks() -> None:
    """ctypes makes code for each callback in memory that it keeps; later none can be made executable."""
    kind = ctypes.CFUNCTYPE(None)
    made = [kind(_nothing) for _ in range(_CALLBACKS)]
    del made


def _open_converters() -> None:
    libc = ctypes.CDLL(None)
    libc.iconv_open.restype = ctypes.c_void_p
    for charset in _CHARSETS:
        libc.iconv_open(b"UTF-8", charset.encode())
        libc.iconv_open(charset.encode(), b"UTF-8")


def _nothing() -> None:
    return


def _loaded(name: str) -> bool:
    """Without one of them the others still serve; what it would open is then named as unchecked."""
    try:
        importlib.import_module(name)
    except (ImportError, StartError):
        return False
    return True


def _open(name: str, data: bytes, kind: str) -> None:
    with contextlib.suppress(CongThuError):
        documents.read(io.BytesIO(data), kind, name, DocumentLimits())
    with contextlib.suppress(CongThuError):
        for _ in expand(io.BytesIO(data), kind, name, Budget()):
            pass
