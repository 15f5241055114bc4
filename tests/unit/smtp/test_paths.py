"""MAIL and RCPT arguments: strict, never rewritten, and the quick way equals the general way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp import paths
from gateway.smtp.paths import PathError, parse_mail, parse_rcpt

GOOD = {
    "FROM:<a@b.example>": "a@b.example",
    "FROM:<>": "",
    "from:<A.B@Ex-ample.VN>": "A.B@Ex-ample.VN",
    "FROM: <a@b.example>": "a@b.example",
    "FROM:a@b.example": "a@b.example",
    'FROM:<"a b>c"@d.example>': '"a b>c"@d.example',
    "FROM:<a@[192.0.2.1]>": "a@[192.0.2.1]",
    "FROM:<a@[IPv6:2001:db8::1]>": "a@[IPv6:2001:db8::1]",
    "FROM:<prvs=1234567890=a@b.example>": "prvs=1234567890=a@b.example",
    "FROM:<" + "v" * 200 + "@b.example>": "v" * 200 + "@b.example",
    "FROM:<a@under_score.example>": "a@under_score.example",
    "FROM:<a..b.@c.example>": "a..b.@c.example",
    "FROM:<.a@b.example>": ".a@b.example",
    " \tFROM: < a@b.example\t>  SIZE=1\tRET=FULL ": "a@b.example",
    "FROM:<a@b.example> ENVID=a=b": "a@b.example",
}
BAD = [
    "FROM",
    "FROM:",
    "TO:<a@b.example>",
    "FROM:<a@b.example",
    "FROM:<a@b.example>SIZE=1",
    "FROM:<@relay.example:a@b.example>",
    "FROM:< >",
    "FROM:< @b.example>",
    "FROM:<a@b.example> SIZE=\u00b2",
    "FROM:<a@b.example> ENVID=t\u00f4i SMTPUTF8",
    "FROM:<a@b.example> SMTPUTF8 RET=FULL\u00a0BODY=7BIT",
    "FROM:<a b@c.example>",
    'FROM:<"test"test@c.example>',
    "FROM:<a@b..example>",
    "FROM:<a@-b.example>",
    "FROM:<a@b-.example>",
    "FROM:<a@[300.1.1.1]>",
    "FROM:<a@[IPv6:zz]>",
    "FROM:<a@b.example> SIZE=1 SIZE=2",
    "FROM:<a@b.example> SIZE=-1",
    "FROM:<a@b.example> BODY=9BIT",
    "FROM:<a@b.example> BODY=BINARYMIME",
    "FROM:<a@b.example> RET=SOME",
    "FROM:<a@b.example> SMTPUTF8=1",
    "FROM:<a@b.example> UNKNOWN",
    "FROM:<" + "v" * 300 + "@b.example>",
    "FROM:<a@" + "b" * 300 + ".example>",
    "FROM:<t\u00f4i@b.example>",
    "FROM:<a@b.example\u2028>",
]


@pytest.mark.parametrize("argument", GOOD)
def test_good(argument: str) -> None:
    assert parse_mail(argument, utf8_offered=True).path.text == GOOD[argument]


@pytest.mark.parametrize("argument", BAD)
def test_bad(argument: str) -> None:
    with pytest.raises(PathError):
        parse_mail(argument, utf8_offered=True)


def test_parameters() -> None:
    made = parse_mail(
        "FROM:<t\u00f4i@b.example> SIZE=5 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2B AUTH=<>", utf8_offered=True
    )
    assert (made.size, made.body, made.smtputf8, made.ret, made.envid) == (5, "8BITMIME", True, "HDRS", "a+2B")
    with pytest.raises(PathError):
        parse_mail("FROM:<a@b.example> SMTPUTF8", utf8_offered=False)


def test_recipients() -> None:
    made = parse_rcpt("TO:<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x@y", utf8=False)
    assert (made.notify, made.orcpt) == ("SUCCESS,FAILURE", "rfc822;x@y")
    assert parse_rcpt("TO:<Postmaster>", utf8=False).path.text == "Postmaster"
    assert parse_rcpt("  TO:< a@b.example >", utf8=False).path.text == "a@b.example"
    for bad in ("TO:<>", "TO:< >", "TO:<someone>", "TO:<a@b.example> NOTIFY=NEVER,SUCCESS", "TO:<a@b.example> ORCPT=x"):
        with pytest.raises(PathError):
            parse_rcpt(bad, utf8=False)


def test_an_original_recipient_may_be_utf8_where_the_transaction_is() -> None:
    argument = "TO:<a@b.example> ORCPT=utf-8;t\u00f4i@b.example"
    assert parse_rcpt(argument, utf8=True).orcpt == "utf-8;t\u00f4i@b.example"
    with pytest.raises(PathError):
        parse_rcpt(argument, utf8=False)


def test_what_a_sender_did_not_encode_is_encoded_for_the_next_hop() -> None:
    assert parse_rcpt("TO:<a@b.example> ORCPT=rfc822;prvs=1=a@b.example", utf8=False).orcpt == (
        "rfc822;prvs+3D1+3Da@b.example"
    )
    assert parse_mail("FROM:<a@b.example> ENVID=a=b", utf8_offered=True).envid == "a+3Db"


PIECES = st.lists(
    st.sampled_from(
        ["a", "B9", ".", "-", "_", "+", "@", "x.vn", "<", ">", " ", "SIZE=12", " BODY=8BITMIME", '"', "[", "]"]
    ),
    max_size=12,
)


def outcome(argument: str) -> object:
    try:
        made = parse_mail(argument, utf8_offered=True)
    except PathError as error:
        return error.kind
    return made.path.text, made.size, made.body


@given(PIECES)
def test_the_quick_way_is_the_general_way(pieces: list[str]) -> None:
    argument = "FROM:<" + "".join(pieces)
    for whole in (argument, argument + ">", argument + "@b.example> SIZE=7"):
        quick = outcome(whole)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(paths, "_PLAIN_MAIL", re.compile(r"(?!)"))
            assert outcome(whole) == quick
