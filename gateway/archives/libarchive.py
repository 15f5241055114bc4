"""libarchive's C interface, as much of it as we read with. Loaded once, at import: the process is confined later.

The library is the one that the wheel `archi` bundles (libarchive 3.8 with zlib, liblzma, zstd, lz4; no system package
is needed). `archi`'s own classes cannot choose formats, seek or tell what is encrypted, so only its library is used: a
handle on its extension module resolves the symbols of the library that it links, wherever that one is installed.
libarchive-c was looked at and is not used: it searches for a library at import by running programs, logs strangers'
texts as warnings and does not show encryption. The bundled library is built without bzip2 and would start a program
instead: `members` reads bzip2, and no filter that may start a program is ever asked for (in a 7z it is "unsupported").
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import locale
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_size_t, c_ssize_t, c_void_p
from typing import Any

from gateway.errors import StartError

_LEAST = 3_008_000
OK, EOF, WARN, FATAL = 0, 1, -20, -30

READ = CFUNCTYPE(c_ssize_t, c_void_p, c_void_p, POINTER(c_void_p))
SKIP = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_int64)
SEEK = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_int64, c_int)

FILTERS = {"Z": 3, "rpm": 8, "lz4": 13, "zst": 14}
"""ARCHIVE_FILTER_* (archive.h) of what we let libarchive decompress, all within the process."""


def _load() -> ctypes.CDLL:
    if locale.nl_langinfo(locale.CODESET) != "UTF-8":  # libarchive has no names outside ASCII in another charset
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    try:
        found = importlib.util.find_spec("archi")
        library = ctypes.CDLL(found.origin if found is not None and found.origin else "no archi")
    except OSError as error:
        raise StartError("libarchive cannot be used: pip install archi") from error
    if library.archive_version_number() < _LEAST:  # older ones crash where a filter is chosen
        raise StartError("libarchive is too old: install the wheel of archi that bundles 3.8 or later")
    return library


_library = _load()


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_library, f"archive_{name}")
    function.restype, function.argtypes = result, arguments
    return function


VERSION: str = _function("version_details", c_char_p)().decode("ascii", "replace")
"""The library and what it is built with: "libarchive 3.8.10 zlib/1.2.13 …"."""

read_new = _function("read_new", c_void_p)
read_free = _function("read_free", c_int, c_void_p)
append_filter = _function("read_append_filter", c_int, c_void_p, c_int)
set_options = _function("read_set_options", c_int, c_void_p, c_char_p)
set_read = _function("read_set_read_callback", c_int, c_void_p, READ)
set_skip = _function("read_set_skip_callback", c_int, c_void_p, SKIP)
set_seek = _function("read_set_seek_callback", c_int, c_void_p, SEEK)
set_callback_data = _function("read_set_callback_data", c_int, c_void_p, c_void_p)
open1 = _function("read_open1", c_int, c_void_p)
next_header = _function("read_next_header", c_int, c_void_p, POINTER(c_void_p))
data_block = _function("read_data_block", c_int, c_void_p, POINTER(c_void_p), POINTER(c_size_t), POINTER(c_int64))
data_skip = _function("read_data_skip", c_int, c_void_p)
errno = _function("errno", c_int, c_void_p)
error_string = _function("error_string", c_char_p, c_void_p)
entry_pathname = _function("entry_pathname", c_char_p, c_void_p)
entry_pathname_utf8 = _function("entry_pathname_utf8", c_char_p, c_void_p)
entry_filetype = _function("entry_filetype", c_int, c_void_p)
entry_size = _function("entry_size", c_int64, c_void_p)
entry_size_is_set = _function("entry_size_is_set", c_int, c_void_p)
entry_hardlink = _function("entry_hardlink", c_char_p, c_void_p)
entry_is_encrypted = _function("entry_is_encrypted", c_int, c_void_p)

_FORMATS = "7zip ar cab cpio iso9660 lha rar rar5 raw tar zip_streamable"
FORMATS = {name: _function(f"read_support_format_{name}", c_int, c_void_p) for name in _FORMATS.split()}
