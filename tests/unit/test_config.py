"""The values of a configuration: sizes, durations, addresses, networks."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.config import Device, Gateway, Listener, RuleConfig, Settings
from gateway.config_values import HostPort, parse_duration, parse_size
from gateway.model import Mode

ANYTHING = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers()))


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (0, 0),
        (15728640, 15728640),
        ("15MiB", 15728640),
        (" 15 mib ", 15728640),
        ("1.5KiB", 1536),
        ("512", 512),
        ("2kB", 2000),
        ("1GiB", 2**30),
        ("7B", 7),
    ],
)
def test_sizes(written: object, size: int) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize(
    "written", ["", "MiB", "15 apples", "-1", -1, True, None, 1.5, "1e9", "٣MiB", "9" * 400, "15MiB\n15", 2**60, [], {}]
)
def test_what_is_no_size(written: object) -> None:
    with pytest.raises(ValueError, match="write a size"):
        parse_size(written)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(30, 30.0), (0.5, 0.5), ("30s", 30.0), ("5m", 300.0), ("1h", 3600.0), ("2d", 172800.0), ("100ms", 0.1)],
)
def test_durations(written: object, seconds: float) -> None:
    assert parse_duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written", ["", "30", "s", -1, "-1s", True, None, float("inf"), float("nan"), "5 parsecs", "9" * 400 + "s"]
)
def test_what_is_no_duration(written: object) -> None:
    with pytest.raises(ValueError, match="write a duration"):
        parse_duration(written)


@given(ANYTHING)
def test_no_value_at_all_breaks_the_parsers(value: object) -> None:
    for parse in (parse_size, parse_duration, HostPort):
        try:
            parse(value)  # type: ignore[operator]
        except ValueError as error:
            assert str(error).startswith("write ")


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("127.0.0.1:25", "127.0.0.1", 25),
        ("[::1]:25", "::1", 25),
        ("mail.tinh.example:587", "mail.tinh.example", 587),
        (" localhost:0 ", "localhost", 0),
    ],
)
def test_host_and_port(written: str, host: str, port: int) -> None:
    made = HostPort(written)
    assert (made.host, made.port) == (host, port)
    assert made == written.strip()


@pytest.mark.parametrize(
    "written",
    ["127.0.0.1", ":25", "a:b", "::1:25", "a:65536", "a:²", "a b:25", "[::1]", "user@host:25", 25, None, "a:25\n25"],
)
def test_what_is_no_host_and_port(written: object) -> None:
    with pytest.raises(ValueError, match="write host:port"):
        HostPort(written)


def test_a_host_without_bits_is_a_network_of_one() -> None:
    assert Device(network="192.0.2.7", sender="a@b.example").network == ipaddress.ip_network("192.0.2.7/32")  # type: ignore[arg-type]


def test_a_network_that_is_one_already_stays() -> None:
    network = ipaddress.ip_network("10.0.0.0/8")
    assert Device(network=network, sender="a@b.example").network is network


@pytest.mark.parametrize("network", [1, None, "10.0.0.0/33", "tinh.example", ""])
def test_what_is_no_network(network: object) -> None:
    with pytest.raises(ValidationError, match="write a network"):
        Device(network=network, sender="a@b.example")  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", ["4", 4.0, True, 0, 65])
def test_counts_are_whole_numbers_within_bounds(workers: object) -> None:
    with pytest.raises(ValidationError):
        Gateway(workers=workers)  # type: ignore[arg-type]


@pytest.mark.parametrize("flag", ["yes", "no", 1, 0])
def test_flags_are_true_or_false_only(flag: object) -> None:
    with pytest.raises(ValidationError):
        Listener(name="a", bind="127.0.0.1:25", direction="inbound", upstream="m", tls_required=flag)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Inbound", "", "-a", "a b", "a" * 33, "á"])
def test_listener_names_fit_a_metric_label(name: str) -> None:
    with pytest.raises(ValidationError):
        Listener(name=name, bind="127.0.0.1:25", direction="inbound", upstream="m")  # type: ignore[arg-type]


def test_a_timeout_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Gateway(shutdown_timeout=0)


def test_a_rule_may_be_a_word_or_a_table() -> None:
    settings = Settings.model_validate({"rules": {"a": "observe", "b": {"limit": "1MiB", "inbound": "off"}}})
    assert settings.rules["a"] == RuleConfig(mode=Mode.OBSERVE)
    assert settings.rules["b"].model_extra == {"limit": "1MiB", "inbound": "off"}


def test_settings_cannot_change_after_loading() -> None:
    with pytest.raises(ValidationError):
        Settings().gateway.workers = 2  # type: ignore[misc]
