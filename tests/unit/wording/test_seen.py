"""HTML as it looks on a screen: what is hidden separates nothing, what is turned round is turned back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.charset import Decoded
from gateway.documents.limits import DocumentLimits
from gateway.wording.bodies import Body, read_body
from gateway.wording.reader import REQUEST, Reader
from gateway.wording.requests import THRESHOLD
from gateway.wording.seen import seen_units

ASKS = "Kính gửi Văn phòng, đề nghị cấp mới hộp thư điện tử công vụ cho bà Nguyễn Thị Hoa."
_WORDS = ASKS.split()


def seen(source: str) -> list[str]:
    return [unit.text for unit in seen_units(Decoded(source, False), DocumentLimits())]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("<p>a", []),
        ("<p>h<i style='display:none'>x</i>ộp", ["hộp"]),
        ("<p>h<i style='display/**/: n\\6fne'>x</i>ộp", ["hộp"]),
        ("<p>h<i hidden>x<b>y</b></i>ộp", ["hộp"]),
        ("<style>.k, #z{display:none}</style><p>h<i class='j k'>x</i>ộ<b id=z>y</b>p", ["hộp"]),
        ("<div style='display:inline'>a </div><div style='float:left'>b</div><div>c</div>", ["a b", "c"]),
        ("<bdo dir=rtl>c<b>b</b>a</bdo>", ["abc"]),
        ("<p style='unicode-bidi:bidi-override;direction:rtl'>cba</p><p>d", ["abc", "d"]),
        ("<p dir=rtl style='color:red'>abc", []),
    ],
)
def test_what_is_seen(source: str, texts: list[str]) -> None:
    assert seen(source) == texts


@pytest.mark.parametrize(
    "body",
    [
        " ".join(f"{word}<span style='display:none'>zq</span>" for word in _WORDS),
        "".join(f"<div style='display:inline'>{word} </div>" for word in _WORDS),
        "".join(f"<div>{word}</div>" for word in _WORDS),
        f"<bdo dir=rtl>{ASKS[::-1]}</bdo>",
        f"<p>\u202e{ASKS[::-1]}\u202c</p>",
    ],
)
def test_a_request_in_disguise(body: str) -> None:
    reader = Reader(frozenset((REQUEST,)))
    read_body(reader, Body("1", "text/html", "utf-8"), body.encode())
    assert reader.words.request.score >= THRESHOLD


_TAGS = (
    "<bdo dir=rtl>",
    "</bdo>",
    "<p hidden>",
    "<div style='display:inline'>",
    "</div>",
    "<br>",
    "a",
    "<style>.a{",
    "}",
)


@given(st.lists(st.sampled_from(_TAGS), max_size=60))
def test_any_tags(tags: list[str]) -> None:
    assert len("".join(seen("<i hidden>x</i>" + "".join(tags)))) <= 120
