"""Signs come to a score; two looks at one message come to the same as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import NO_REQUEST, MailboxList
from gateway.wording.requests import LISTS, SIGNS, THRESHOLD, joined, judged

SIGN = st.sampled_from(
    [
        "title-create",
        "asks-remove",
        "document-asks-create",
        "says-unlock",
        "reason",
        "list",
        "settled",
        "rules",
        "x-change",
    ]
)
LIST = st.builds(MailboxList, st.sampled_from(["1.2", "1.3"]), st.just(("a.xlsx",)), st.just(""), st.integers(1, 3))


def test_nothing_is_nothing() -> None:
    assert judged(()) is NO_REQUEST
    assert joined(NO_REQUEST, NO_REQUEST) is NO_REQUEST


def test_who_asks_is_above_the_threshold_and_who_does_not_is_below() -> None:
    assert judged(["asks-create"]).score >= THRESHOLD
    assert judged(["title-remove"]).score >= THRESHOLD
    assert judged(["document-asks-unlock"]).score >= THRESHOLD
    for signs in (["reason", "list"], ["says-create"], ["list-addresses"], ["title-create", "settled"], ["done"]):
        assert judged(signs).score < THRESHOLD, signs


def test_the_kinds_come_in_order() -> None:
    found = judged(["says-create", "asks-remove", "title-remove", "asks-unlock", "reason"])
    assert found.kinds == ("remove", "unlock", "create")
    assert found.reason
    assert judged(["quoted-asks-create", "says-change"]).kinds == ("change", "create")


def test_what_is_quoted_asks_where_it_is_handed_over() -> None:
    assert judged(["quoted-asks-create"]).score >= THRESHOLD
    assert judged(["quoted-asks-create", "hands", "own"]).score >= THRESHOLD
    for signs in (["own"], ["answered"], ["hands", "answered"], ["settled"]):
        assert judged(["quoted-asks-create", *signs]).score < THRESHOLD, signs
    assert judged(["quoted-asks-create"]).score < judged(["asks-create"]).score


def test_bounds() -> None:
    many = judged([f"sign-{number}" for number in range(500)], [MailboxList(str(n), (), "", 1) for n in range(500)])
    assert (len(many.signs), len(many.lists)) == (SIGNS, LISTS)


@given(st.frozensets(SIGN), st.frozensets(SIGN), st.lists(LIST, max_size=4), st.lists(LIST, max_size=4))
def test_two_looks_are_as_good_as_one(
    first: frozenset[str], then: frozenset[str], lists: list[MailboxList], more: list[MailboxList]
) -> None:
    lists, more = list(dict.fromkeys(lists)), list(dict.fromkeys(more))
    whole = judged(first | then, tuple(dict.fromkeys([*lists, *more])))
    told = joined(judged(first, lists), judged(then, more))
    assert told == whole
    assert joined(told, judged(then, more)) == told
    assert 0 <= told.score <= 1
