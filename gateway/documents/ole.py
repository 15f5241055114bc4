"""Documents in compound files: which one it is, its dangers, and the reader for its text.

A compound file may be several documents at once (a hostile one): each that is there is read.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import BinaryIO, cast

from gateway.contents import Why
from gateway.documents import vba
from gateway.documents.compound import Compound, open_compound
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.objects import NATIVE, read_object
from gateway.documents.propertyset import read_properties

StorageReader = Callable[[Compound, Sink], None]

# A stream of the root storage that says what the document is, and its module.
_READERS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a compound file into the sink; see `document`. DocumentError (UNSUPPORTED) for one of another program."""
    root = open_compound(file, sink)
    if vba.has_macros(root):
        sink.macros()
    readers = list(dict.fromkeys(module for stream, module in _READERS if root.has(stream)))
    if not readers:
        _unknown(root, sink)
    errors = [error for name in readers if (error := _try(name, root, sink)) is not None]
    if errors:
        raise errors[0]


def _try(name: str, root: Compound, sink: Sink) -> DocumentError | None:
    """Ask one reader. Its error must not keep the others from reading what programs would open."""
    module = importlib.import_module(f"gateway.documents.{name}")
    try:
        cast("StorageReader", module.read_storage)(root, sink)
    except SpentError:
        raise
    except DocumentError as error:
        return error
    return None


def _unknown(root: Compound, sink: Sink) -> None:
    """Another program's file: objects and metadata have the same form in all of them."""
    sink.document.format = "ole"
    for name, storage in root.walk():
        if storage.has(NATIVE):
            read_object(storage, sink, f"object {name}")
    read_properties(root, sink)
    raise DocumentError(Why.UNSUPPORTED, "compound file of another program")
