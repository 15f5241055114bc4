"""Order and back-off of hosts: arithmetic only."""

from __future__ import annotations

from gateway.config_values import HostPort
from gateway.upstream.base import Capabilities
from gateway.upstream.hosts import LONGEST, Host, order

A, B = HostPort("a:25"), HostPort("b:25")


def test_backoff_doubles_up_to_a_minute_and_ends_with_success() -> None:
    host = Host(A)
    waits = []
    for _ in range(8):
        host.failed(100.0, 5.0)
        waits.append(host.retry_at - 100.0)
    assert waits == [5, 10, 20, 40, LONGEST, LONGEST, LONGEST, LONGEST]
    assert host.working is False
    host.succeeded(Capabilities())
    assert (host.retry_at, host.working) == (0.0, True)
    host.failed(100.0, 5.0)
    assert host.retry_at == 105.0


def test_a_backoff_longer_than_a_minute_is_kept() -> None:
    host = Host(A)
    host.failed(0.0, 300.0)
    host.failed(0.0, 300.0)
    assert host.retry_at == 300.0


def test_only_other_capabilities_are_news() -> None:
    news: list[bool] = []
    host = Host(A, lambda: news.append(host.capabilities == Capabilities(dsn=True)))
    host.succeeded(Capabilities(dsn=True))
    host.succeeded(Capabilities(dsn=True))
    assert news == [True]
    host.succeeded(Capabilities())
    assert news == [True, False]


def test_order() -> None:
    a, b = Host(A), Host(B)
    assert order([a, b], 0.0) == [a, b]
    assert order([a, b], 0.0, avoid="a:25") == [b, a]
    a.failed(0.0, 5.0)
    assert order([a, b], 4.9) == [b]
    assert order([a, b], 5.0) == [a, b]


def test_one_caller_at_a_time_tries_a_host_that_failed() -> None:
    a = Host(A)
    a.trying(0.0, 10.0)
    assert order([a], 0.0) == [a]
    a.failed(0.0, 5.0)
    a.trying(6.0, 10.0)
    assert order([a], 7.0) == []
    assert order([a], 16.0) == [a]
