"""The detectors that the charset benchmark compares: ours, and those that people have today, each as one function.

A peer that is not installed is left out. What a general detector would have to answer: the name of the Vietnamese
charset for bytes; for text it gets UTF-8, as from a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from typing import Any

from benchmarks.charset_encoders import as_windows
from benchmarks.charset_samples import Judge

PEERS = ("viparse", "ftfy", "charset-normalizer", "chardet", "faust-cchardet")
_NAMED = {"windows1258": "cp1258", "cp1258": "cp1258", "viscii": "viscii", "tcvn": "tcvn3", "tcvn57121": "tcvn3"}


def peers() -> dict[str, Judge]:
    """What is installed, by name and version."""
    return dict(_found())


def _found() -> Iterator[tuple[str, Judge]]:
    for name in PEERS:
        try:
            yield f"{name} {metadata.version(name)}", _MAKERS[name]()
        except (ImportError, metadata.PackageNotFoundError):
            continue


def _named(encoding: Any) -> str | None:
    return _NAMED.get(str(encoding).lower().replace("-", "").replace("_", "")) if encoding else None


def _as_bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode("utf-8", "replace")


def _as_text(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode()
    except UnicodeDecodeError:
        return as_windows(data)


def _viparse() -> Judge:
    detect: Callable[[str], str | None] = import_module("viparse.api").detect_text_encoding
    return lambda data: detect(_as_text(data))


def _ftfy() -> Judge:
    fix: Callable[[str], str] = import_module("ftfy").fix_encoding

    def judge(data: bytes | str) -> str | None:
        text = _as_text(data)
        return "mojibake" if fix(text) != text else None

    return judge


def _charset_normalizer() -> Judge:
    from_bytes = import_module("charset_normalizer").from_bytes

    def judge(data: bytes | str) -> str | None:
        best = from_bytes(_as_bytes(data)).best()
        return _named(best.encoding) if best is not None else None

    return judge


def _chardet() -> Judge:
    detect = import_module("chardet").detect
    return lambda data: _named(detect(_as_bytes(data))["encoding"])


def _cchardet() -> Judge:
    detect = import_module("cchardet").detect
    return lambda data: _named(detect(_as_bytes(data))["encoding"])


_MAKERS: dict[str, Callable[[], Judge]] = {
    "viparse": _viparse,
    "ftfy": _ftfy,
    "charset-normalizer": _charset_normalizer,
    "chardet": _chardet,
    "faust-cchardet": _cchardet,
}
