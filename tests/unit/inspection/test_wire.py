"""Frames cut anywhere, values there and back, and a child that says anything it likes: right shapes or `FrameError`."""

from __future__ import annotations

import socket
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import ContainedFile, Trait, Unchecked, Why
from gateway.documents.document import Unit
from gateway.inspection.forms import (
    document_form,
    document_of,
    file_rows,
    files_of,
    unchecked_of,
    unchecked_rows,
    view_form,
    view_of,
)
from gateway.inspection.result import DocumentText
from gateway.inspection.wire import FrameError, Frames, frame, receive
from gateway.message.extract import Extract
from gateway.message.union import UnionView
from gateway.model import Attachment, Defect

SHAPES = {
    "attachments": [["a", "b/c", "d/e", 1, "ff", "1.2", "", -1]],
    "bytes": 1,
    "defects": [["x", "1"]],
    "disputes": [],
    "extracts": [["1.2", [[0, 9, "base64"]], "a", "b/c", True]],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 60) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def crossed(fields: dict[str, Any]) -> dict[str, Any]:
    """As the other side reads it."""
    frames = Frames()
    frames.feed(frame(fields))
    read = frames.next()
    assert read is not None
    return read


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=3), max_size=4), st.integers(1, 9))
def test_frames_cut_anywhere(sent: list[dict[str, int]], step: int) -> None:
    data = b"".join(map(frame, sent))
    frames, got = Frames(), []
    for at in range(0, len(data), step):
        frames.feed(data[at : at + step])
        while (one := frames.next()) is not None:
            got.append(one)
    assert got == sent
    assert frames.taken == len(data)


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x05hello", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x041e99", b"\0\0\0\0"]
)
def test_what_is_no_frame(data: bytes) -> None:
    frames = Frames()
    frames.feed(data)
    with pytest.raises(FrameError):
        frames.next()


def test_a_lone_surrogate_does_not_stop_a_frame() -> None:
    assert crossed({"a": [["\udce9\ud800x"], 1, None, True]}) == {"a": [["??x"], 1, None, True]}


def test_values_come_back_as_they_went() -> None:
    view = UnionView(
        (Attachment("a.zip", "b/c", "d/e", 7, "ff", "1.2", "epilogue", 3),),
        7,
        (Defect("x", "1"), Defect("y")),
        (Defect("x", "1"),),
        (Extract("1.2", ((3, 9, "base64"), (0, 4, "")), "a.zip", "b/c"), Extract("@7", ((7, 9, ""),), "", "", False)),
    )
    files = (ContainedFile("1.2", ("a", "b"), "c/d", 4, (Trait.MACROS, Trait.ACTIVE)), ContainedFile("1", (), "", 0))
    missing = (Unchecked("1.2", ("a",), Why.RATIO), Unchecked("", (), Why.TIME))
    units = (Unit("page 1", "Céng hoµ", (".VnTime",), "Céng hoµ".encode("latin-1")), Unit("page 2", "Cộng hòa"))
    document = DocumentText("1.2", ("a.doc",), "doc", units)
    assert view_of(crossed({"x": view_form(view)})["x"]) == view
    assert files_of(crossed({"x": file_rows(files)})["x"]) == files
    assert unchecked_of(crossed({"x": unchecked_rows(missing)})["x"]) == missing
    assert document_of(crossed({"x": document_form(document)})["x"]) == document


def test_raw_bytes_that_are_not_the_text_s_are_left_out() -> None:
    odd = DocumentText("1", (), "txt", (Unit("line 1", "Cộng", (), b"C"), Unit("line 2", "a", (), b"b")))
    assert [unit.raw for unit in document_of(crossed({"x": document_form(odd)})["x"]).units] == [b"", b""]


@given(JSON)
def test_a_child_can_say_nothing_but_what_was_agreed(value: Any) -> None:
    for read in (view_of, files_of, unchecked_of, document_of):
        try:
            read(value)
        except (FrameError, ValueError):
            continue


@given(st.sampled_from(sorted(SHAPES)), JSON)
def test_a_view_with_one_wrong_field(field: str, value: Any) -> None:
    assert view_of(SHAPES).attachment_bytes == 1
    try:
        made = view_of({**SHAPES, field: value})
    except (FrameError, ValueError):
        return
    assert orjson.dumps(view_form(made))
    assert type(made.attachment_bytes) is int


@pytest.mark.parametrize(
    "row",
    [
        ["1", ["a"], "b/c", -1, []],
        ["1", ["a"], "b/c", True, []],
        ["1", ["a"], "b/c", 1.5, []],
        ["1", ["a"], "b/c", 1, ["unheard-of"]],
        ["1", ["a" * 2000], "b/c", 1, []],
        ["1", ["a"] * 200, "b/c", 1, []],
        ["1", [7], "b/c", 1, []],
        ["1", "abc", "b/c", 1, []],
        ["1", ["a"], "b/c", 1],
        [None, ["a"], "b/c", 1, []],
    ],
)
def test_wrong_rows(row: list[Any]) -> None:
    with pytest.raises((FrameError, ValueError)):
        files_of([row])


def test_descriptors_travel_and_are_not_inherited() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, open(__file__, "rb") as file:
        socket.send_fds(ours, [b"abc"], [file.fileno()])
        data, (fd,) = receive(theirs)
        with open(fd, "rb") as same:
            assert not same.isatty()
            assert (data, same.read(3)) == (b"abc", b'"""')
        ours.close()
        assert receive(theirs) == (b"", [])
