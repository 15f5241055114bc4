"""A library is hidden from those that take it along, for a moment, and from nobody else."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from gateway.without import without


def test_who_imports_it_meanwhile_is_told_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with without("this"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("this")
    assert "this" not in sys.modules
    assert importlib.util.find_spec("this") is not None


def test_what_somebody_uses_already_stays() -> None:
    with without("json"):
        assert sys.modules["json"] is importlib.import_module("json")
    assert "json" in sys.modules


def test_it_is_given_back_after_an_error() -> None:
    with pytest.raises(ValueError), without("rich.nothing"):
        raise ValueError
    assert "rich.nothing" not in sys.modules
