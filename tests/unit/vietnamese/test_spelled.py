"""VIQR among the text that looks like it: code, formulas, French, patterns."""

from __future__ import annotations

import pytest

from gateway.vietnamese.spelled import spelled_passages

VIQR = "Co^.ng hoa` xa~ ho^.i chu? nghi~a Vie^.t Nam, ddo^.c la^.p, tu+. do, ha.nh phu'c"


def test_viqr_is_found_in_its_line() -> None:
    text = f"Dear all,\n\n{VIQR}\nBest regards"
    (passage,) = spelled_passages(text)
    assert text[passage.start : passage.end] == VIQR
    assert passage.damaged == 13


def test_a_weak_line_is_taken_beside_a_strong_one() -> None:
    assert len(list(spelled_passages(f"{VIQR}\nva` ngu+o+`i ta\n"))) == 2
    assert list(spelled_passages("va` ngu+o+`i ta\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "for (a^b; o+1; e^x) { c = a(b) + foo+bar^baz; d ^= e^f; }" * 20,
        "L'e'te', d'ou` l'on vient; re^ver, be^te, gou^t: to^t ou tard, arre^te'",
        r"^[a-z]+@[aeo]^[uo]+$ (a^n b^n) e^{i\pi}+1=0, O(n^2), a^2+b^2=c^2, o+ o- e+ e-",
        "U3RyaW5n+Zm9v^YmFy+" * 400,
        "e^ o+ a( dd ^^ ++ " * 500,
    ],
)
def test_what_is_no_viqr(text: str) -> None:
    assert list(spelled_passages(text)) == []
