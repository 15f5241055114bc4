"""The names that other clients make of a header: each ending once, bounded, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.names import ending_of
from gateway.message.readings.othernames import other_names

_BITS = st.sampled_from(
    [b"name", b"filename", b"*", b"0", b"1", b"=", b'"', b"; ", b" ", b"\\", b"'", b"%00", b"(", b")", b".js", b".png",
     b"utf-8''", b"=?utf-8?q?a.bat?=", b"\xff", b"\0", b"\r\n "]
)  # fmt: skip


def others(*values: bytes, known: str = "b.png") -> tuple[str, ...]:
    """The names beside a harmless one."""
    return other_names(values, [known], "", 40)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (b"attachment; filename=b.png", ()),
        (b"attachment; filename=B.PNG; name=c.png", ()),
        (b"attachment; filename=b.png; filename=a.js", ("a.js",)),
        (b"attachment; filename=b.png; name=a.js; name=c.JS; name=d.bat", ("a.js", "d.bat")),
        (b"attachment; filename='a.js'", ("'a.js'", "a.js")),
        (b'attachment; filename="a".js', ("a.js",)),
        (b'attachment; filename=a.js"', ('a.js"', "a.js")),
        (b"attachment; filename=a.js(.png)", ("a.js(.png)", "a.js")),
        (b"attachment; filename(x)=a.js", ("a.js",)),
        (b"attachment; filename*0=a.; filename*2=js", ("a.js",)),
        (b"attachment; filename*02=js; filename*01=a.", ("a.js",)),
        (b"attachment; filename*1*=utf-8''a%2E; filename*2*=%6As", ("a.js",)),
        (b"attachment; filename*=utf-8''a.js%00.png", ("a.js",)),
        (b'attachment; x="y; filename=a.js', ("a.js",)),
        (b"attachment filename=a.js", ("a.js",)),
        (b"filename=a.js", ("a.js",)),
        (b"attachment; filename=no-ending", ()),
        (b"attachment; notaname=a.js", ()),
    ],
)
def test_each_ending_once(value: bytes, names: tuple[str, ...]) -> None:
    assert others(value) == names


def test_names_of_all_fields() -> None:
    assert others(b"attachment; filename=b.png", b"text/plain; name=a.js", b"text/plain; name=a.cmd") == (
        "a.js",
        "a.cmd",
    )


def test_not_more_than_a_few() -> None:
    assert len(others(b"".join(b"; name=a.x%d" % number for number in range(1000)))) == 8


@given(values=st.lists(st.lists(_BITS, max_size=30).map(b"".join), max_size=3))
def test_any_bytes(values: list[bytes]) -> None:
    found = others(*values)
    assert len({ending_of(name) for name in (*found, "b.png")}) == len(found) + 1
    assert all(len(name) <= 40 for name in found)


@pytest.mark.parametrize(
    "unit",
    [b"name", b"name(", b"name=", b'name="', b"name*", b"name*0=", b"name =", b"(", b"\\", b'"', b" ", b"; name=(x)",
     b"=?", b"name*1*=''", b"name=a.b ", b"'"],
)  # fmt: skip
def test_a_hostile_value_ends(unit: bytes) -> None:
    """A pattern that were quadratic in its input would take longer here than a test may run."""
    others(b"attachment; name=" + unit * (300_000 // len(unit)))
