"""A file in base64 inside XML, collected within bounds and judged like a package's part."""

from __future__ import annotations

import binascii

from gateway.contents import Why
from gateway.documents.binaries import judge
from gateway.documents.document import Sink


class Base64Part:
    """`begin`, `add` for each piece of text, `end`. `open` is True in between."""

    def __init__(self, sink: Sink) -> None:
        self.open = False
        self._sink = sink
        self._name = ""
        self._wanted = False
        self._pieces: list[str] = []
        self._size = 0

    def begin(self, name: str, *, wanted: bool) -> None:
        """A file begins; `wanted` as for `binaries.judge`."""
        self.open = True
        self._name, self._wanted, self._pieces, self._size = name, wanted, [], 0

    def add(self, text: str) -> None:
        """More of it. Beyond the limits it is dropped and named unchecked."""
        self._size += len(text)
        if self._size * 3 // 4 <= self._sink.embeddable:
            self._pieces.append(text)
        else:
            self._sink.unchecked(Why.TOO_LARGE)
            self._pieces = []

    def end(self) -> None:
        """It ends."""
        self.open = False
        try:
            data = binascii.a2b_base64("".join(self._pieces))
        except ValueError:
            self._sink.unchecked(Why.DAMAGED)
        else:
            judge(self._name, data, self._sink, wanted=self._wanted)
        self._pieces = []
