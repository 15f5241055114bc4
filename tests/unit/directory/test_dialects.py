"""What is put into a column of text is what every database takes, whatever it was."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.dialects import Words, plain

DIALECT = sa.make_url("postgresql+psycopg://").get_dialect()()
_ANY = st.text(st.characters(codec=None, categories=None), max_size=30)  # lone surrogates and NUL among them


@given(_ANY)
def test_plain_text_is_what_can_be_kept(text: str) -> None:
    made = plain(text)
    assert made.encode().decode() == made
    assert "\x00" not in made
    assert plain(made) == made
    assert len(made) == len(text)


@given(st.text(max_size=30))
def test_what_can_be_kept_stays(text: str) -> None:
    assert plain(text) == text.replace("\x00", "\ufffd")


@given(_ANY, st.integers(0, 40))
def test_a_key_is_cut(text: str, longest: int) -> None:
    kept = Words(longest).process_bind_param(text, DIALECT)
    assert kept == plain(text)[:longest]


def test_a_column_of_it_is_text() -> None:
    assert sa.Column("a", Words).type.python_type is str
    assert str(Words(5).compile(dialect=DIALECT)) == "TEXT"
    assert Words().process_bind_param(None, DIALECT) is None
