"""Everything that is wrong at once: a slip of the pen hides nothing, and what merely follows from it is not said."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli.run import load as load_for_run
from gateway.config_file import judge, settings_from
from gateway.config_judge import Judgement
from gateway.config_judge import judge as judge_data
from gateway.config_mend import STAND_IN
from gateway.config_places import locate, place
from gateway.errors import ConfigError
from tests.unit.test_config_file import FOREIGN

GOOD = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "DATA"
domains = ["tinh.example"]

[[listener]]
name = "first"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "mailserver"

[[listener]]
name = "second"
bind = "127.0.0.1:2527"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
hosts = ["127.0.0.1:2526"]

[rules]
attachment-cap = { second = "observe" }
"""
Judge = Callable[..., Judgement]


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """Judge GOOD with some text replaced (its first occurrence)."""

    def run(*changes: tuple[str, str]) -> Judgement:
        text = GOOD
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        file = tmp_path / "config.toml"
        file.write_text(text.replace("DATA", str(tmp_path)), encoding="utf-8")
        return judge(file)

    return run


def keys(judgement: Judgement) -> list[str]:
    return [problem.key for problem in judgement.errors]


def test_a_good_one(judged: Judge) -> None:
    made = judged()
    assert (made.errors, made.warnings) == ((), ())
    assert made.settings is not None
    assert made.settings.gateway.hostname == "gw.tinh.example"


_UPSTREAM = '[upstream.mailserver]\nhosts = ["127.0.0.1:2526"]'
SLIPS = {
    "misspelt value": ('direction = "inbound"', 'direction = "inbond"', ["listener[0].direction"]),
    "value of nowhere": ('direction = "inbound"', 'direction = "sideways"', ["listener[0].direction"]),
    "no value": ('direction = "inbound"\n', "", ["listener[0].direction"]),
    "misspelt required key": ('direction = "inbound"', 'directon = "inbound"', ["listener[0].directon"]),
    "yes": ('bind = "127.0.0.1:2525"', 'bind = "127.0.0.1:2525"\ntls_required = "no"', ["listener[0].tls_required"]),
    "odd flag": ('bind = "127.0.0.1:2525"', 'bind = "127.0.0.1:2525"\nauth = "maybe"', ["listener[0].auth"]),
    "odd size": ('bind = "127.0.0.1:2525"', 'bind = "127.0.0.1:2525"\nmax_size = "big"', ["listener[0].max_size"]),
    "no port": ('bind = "127.0.0.1:2525"', 'bind = "127.0.0.1"', ["listener[0].bind"]),
    "bad name": ('name = "first"', 'name = "First One"', ["listener[0].name"]),
    "bad domain": ('domains = ["tinh.example"]', 'domains = ["tinh.example", 5]', ["gateway.domains[1]"]),
    "no brackets": ('domains = ["tinh.example"]', 'domains = "tinh.example"', ["gateway.domains"]),
    "no domains": ('domains = ["tinh.example"]', "domains = 5", ["gateway.domains"]),
    "misspelt key": ("domains =", "domans =", ["gateway.domans"]),
    "key elsewhere": ("domains =", "[gateway.x]\ndomains =", ["gateway.x"]),
    "misspelt table": ("[upstream.mailserver]", "[upstrem.mailserver]", ["upstrem"]),
    "table without a name": ("[upstream.mailserver]", "[upstream]", ["upstream.hosts"]),
    "no table": (_UPSTREAM, "[upstream]\nmailserver = 5", ["upstream.mailserver"]),
    "hosts without brackets": ('["127.0.0.1:2526"]', '"127.0.0.1:2526"', ["upstream.mailserver.hosts"]),
    "odd hosts": ('["127.0.0.1:2526"]', "5", ["upstream.mailserver.hosts"]),
    "one of the hosts": ('["127.0.0.1:2526"]', '["127.0.0.1:2526", "10.0.0.5"]', ["upstream.mailserver.hosts[1]"]),
    "odd count": ("domains =", 'workers = "99"\ndomains =', ["gateway.workers"]),
    "odd mode": ('attachment-cap = { second = "observe" }', 'attachment-cap = "on"', ["rules.attachment-cap.mode"]),
    "odd rule": ('attachment-cap = { second = "observe" }', "attachment-cap = 5", ["rules.attachment-cap"]),
    "double brackets": ("[gateway]", "[[gateway]]", ["gateway"]),
}
_SECOND = 'name = "second"\nbind = "127.0.0.1:2527"\ndirection = "inbound"\nupstream = "mailserver"'
_PROFILE = '[[profile]]\npattern = "*@x.example"\nregulation = "none"\n'
_EXEMPTION = '[[exemption]]\nrule = "none"\nreason = "because"\nexpires = 2999-12-31\nsender = "*@x.example"\n'
SENSE = {
    "store": ("[gateway]", '[store]\nurl = "mysql://x"\n[gateway]', ["store.url"]),
    "profile": ("[rules]", f"{_PROFILE}[rules]", ["profile[0].regulation"]),
    "rule": ("[rules]", '[rules]\nattachment-cup = "off"', ["rules.attachment-cup"]),
    "upstream": (_SECOND, f'{_SECOND[:-1]}s"', ["listener[1].upstream"]),
    "files": (_SECOND, f'{_SECOND}\ntls = "starttls"', ["listener[1].certificate", "listener[1].key"]),
    "exemption": ("[rules]", f"{_EXEMPTION}[rules]", ["exemption[0].rule"]),
}


# Where it is not known which next hops there are, a name that is none of them cannot be judged.
_PAIRS = [
    (slip, sense)
    for slip in SLIPS
    for sense in SENSE
    if sense != "upstream" or slip not in ("table without a name", "no table")
]


@pytest.mark.parametrize(("slip", "sense"), _PAIRS)
def test_a_slip_hides_nothing(judged: Judge, slip: str, sense: str) -> None:
    old, new, expected = SENSE[sense]
    assert keys(judged((old, new))) == expected
    both = judged((old, new), SLIPS[slip][:2])
    assert sorted(keys(both)) == sorted([*expected, *SLIPS[slip][2]])
    assert both.settings is None


def test_all_in_file_order_and_nothing_twice(judged: Judge) -> None:
    made = judged(
        ("domains =", 'regulation = "none"\ndomans ='),
        ('direction = "inbound"', 'direction = "inbond"'),
        ('upstream = "mailserver"', 'upstream = "mailservr"\ntls_required = "yes"'),
        ("[upstream.mailserver]", '[upstream.mailserver]\ntls = "perhaps"'),
        ("[rules]", '[rules]\nattachment-cup = "off"\nown-domain = "on"'),
    )
    assert keys(made) == [
        "gateway.regulation",
        "gateway.domans",
        "listener[0].direction",
        "listener[0].upstream",
        "listener[0].tls_required",
        "listener[0].tls_required",  # "yes" is no flag, and TLS cannot be required where it is not offered
        "upstream.mailserver.tls",
        "rules.attachment-cup",
        "rules.own-domain.mode",
    ]
    assert len(set(made.errors)) == len(made.errors)


def test_errors_of_sense_alone_stand_in_file_order_too(judged: Judge) -> None:
    made = judged(
        ('upstream = "mailserver"', 'upstream = "none"'),
        ("domains =", 'regulation = "none"\ncontact = "ê"\ndomains ='),
        ("[rules]", '[rules]\nnone = "off"'),
    )
    assert keys(made) == ["gateway.regulation", "gateway.contact", "listener[0].upstream", "rules.none"]


_DOMAINS = 'domains = ["tinh.example"]'


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # What the direction decides is said once it is known, or nearly so.
        ([('"inbound"', '"inbond"'), (_DOMAINS, "")], ["gateway.domains", "listener[0].direction"]),
        ([('"inbound"', '"x"'), ("upstream =", "auth_required = true\nupstream =")], ["listener[0].direction"]),
        # A table in the wrong brackets is read nevertheless.
        ([("[gateway]", '[[gateway]]\nlog_level = "loud"')], ["gateway", "gateway.log_level"]),
        ([('name = "second"', 'name = "Two"')], ["listener[1].name"]),  # and rules' { second = … } may be its
        ([('"second"', '"Two"'), ("{ sec", "{ limt = 5, sec")], ["listener[1].name", "rules.attachment-cap.limt"]),
        ([("127.0.0.1:2527", "127.0.0.1:2525"), ('"first"', '"x y"')], ["listener[0].name", "listener[1].bind"]),
        # Names that stand in for others are like no other name.
        ([('"first"', '"x y"'), ('"second"', '"x z"')], ["listener[0].name", "listener[1].name"]),
    ],
)
def test_some_cases(judged: Judge, changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert keys(judged(*changes)) == expected


def test_single_brackets_for_a_listener(judged: Judge) -> None:
    second = GOOD[GOOD.rindex("[[listener]]") : GOOD.index("[upstream")]
    made = judged((second, ""), ("[[listener]]", "[listener]\nmax_sise = 5"), ("{ second", "{ first"))
    assert keys(made) == ["listener", "listener[0].max_sise"]


def test_warnings_come_too_and_follow_from_no_slip(judged: Judge) -> None:
    spare = ("[rules]", '[upstream.spare]\nhosts = ["10.0.0.1:25"]\n[console]\nurl = "https://x.example"\n[rules]')
    slip = ('bind = "127.0.0.1:2525"', "bind = 5")
    assert [problem.key for problem in judged(spare, slip).warnings] == ["upstream.spare", "console.url"]
    unknown = ('upstream = "mailserver"', "upstream = 5")  # perhaps that is the one that uses it
    assert [problem.key for problem in judged(spare, unknown).warnings] == ["console.url"]
    line = ('bind = "127.0.0.1:2525"', 'bind = "127.0.0.1:2525"\nmax_size = "x"\nmax_line = "100MiB"')
    assert judged(line).warnings == ()


def test_our_own_names_are_not_shown(judged: Judge) -> None:
    made = judged(('"first"', '"x y"'), ("{ second", '{ limt = 5, odd = "x", second'), ('"127.0.0.1:2525"', "5"))
    assert len(made.errors) == 4
    assert STAND_IN not in str(made)


def test_a_value_is_shown_as_it_stands_in_the_file(judged: Judge) -> None:
    made = judged(('domains = ["tinh.example"]', "domans = [5]"))
    assert [problem.value for problem in made.errors] == ["[5]", "5"]


def test_secrets_stay_masked(judged: Judge) -> None:
    made = judged(("[rules]", '[store]\nurll = "postgres://u:hunter2@h/x"\n[rules]'))
    assert keys(made) == ["store.urll", "store.url"]
    assert "hunter2" not in str(made)


def test_the_machines_name_is_not_looked_up_again_and_again(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    asked: list[str] = []
    monkeypatch.setattr(socket, "gethostbyaddr", lambda name: asked.append(name) or (name, [], []))
    made = judged(('hostname = "gw.tinh.example"', ""), ('"inbound"', '"sideways"'), ('"127.0.0.1:2525"', "5"))
    assert len(made.errors) == 2
    assert len(asked) <= 1


def test_the_daemon_says_all_of_it_at_its_start(judged: Judge, tmp_path: Path) -> None:
    made = judged(('direction = "inbound"', 'direction = "inbond"'), ('"mailserver"', '"mailservr"'))
    with pytest.raises(ConfigError) as caught:
        load_for_run(tmp_path / "config.toml")
    assert caught.value.problems == made.errors
    assert keys(made) == ["listener[0].direction", "listener[0].upstream"]
    judged()
    assert load_for_run(tmp_path / "config.toml")[1] == ()


def test_nesting_without_end_is_one_error(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for depth in (100, 300, 400, 480, 5000):
        file.write_text("[gateway]\na = " + "[" * depth + "]" * depth)
        try:
            assert judge(file).errors
        except ConfigError as error:
            assert len(error.problems) == 1


_VALUES = st.recursive(
    st.sampled_from(["inbound", "127.0.0.1:25", "yes", "5", "x y", "15MiB", "10.0.0.0/8", "off", "", "a\0b", "m"])
    | st.integers(-1, 99)
    | st.booleans()
    | st.floats()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["mode", "limit", "name", "x"]), inner),
    max_leaves=4,
)


def _tables(name: str) -> st.SearchStrategy[Any]:
    """A section of GOOD with some keys taken away, misspelt or of any value."""
    known: dict[str, list[str]] = {
        "gateway": ["hostname", "domains", "regulation", "workers", "spool_disk", "trusted_networks", "domans"],
        "listener": [
            "name",
            "nam",
            "bind",
            "direction",
            "upstream",
            "tls",
            "tls_required",
            "auth",
            "devices",
            "max_size",
        ],
        "upstream": ["m", "hosts", "mailserver", "x"],
        "rules": ["attachment-cap", "own-domain", "x"],
        "exemption": ["rule", "reason", "expires", "network"],
    }
    return st.dictionaries(st.sampled_from(known[name]), _VALUES)


@settings(max_examples=40)  # each is made of hundreds of choices, and judged twice
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "gateway": _tables("gateway") | _VALUES,
            "listener": st.lists(_tables("listener"), max_size=3) | _tables("listener") | _VALUES,
            "listner": st.lists(_tables("listener"), max_size=1),
            "upstream": st.dictionaries(st.sampled_from(["m", "mailserver"]), _tables("upstream")) | _VALUES,
            "rules": _tables("rules") | _VALUES,
            "exemption": st.lists(_tables("exemption"), max_size=2),
            "nothing": _VALUES,
        },
    )
)
def test_whatever_stands_there_is_judged_and_nothing_that_was_said_before_is_lost(data: dict[str, Any]) -> None:
    made = judge_data(data)
    said = {problem.key for problem in made.errors}
    try:
        settings_from(data)
    except ConfigError as error:
        assert made.settings is None
        missing = {problem.key for problem in error.problems} - said
        # Only this may be left out: a required key that is there under a misspelt name.
        assert missing <= {f"listener[{index}].name" for index in range(3)}
    else:
        assert made.settings is not None
    assert len(set(made.errors)) == len(made.errors)
    assert STAND_IN not in str(made.errors)
    assert not any(FOREIGN.search(problem.hint) for problem in made.errors)


DATA = tomllib.loads(
    '[upstream."mail.server"]\nhosts = []\n[upstream.mail]\nx = 1\n[[listener]]\nname = "a"\n["a b"]\n'
)


@pytest.mark.parametrize(
    ("key", "location", "where"),
    [
        ("upstream", ("upstream",), (0,)),
        ("upstream.mail.server.hosts[2]", ("upstream", "mail.server", "hosts", 2), (0, 0, 0, 2)),
        ("upstream.mail.x", ("upstream", "mail", "x"), (0, 1, 0)),
        ("upstream.mail.y", ("upstream", "mail", "y"), (0, 1, 1)),
        ("upstream.mailserver", ("upstream", "mailserver"), (0, 2)),
        ("listener[0].name", ("listener", 0, "name"), (1, 0, 0)),
        ("listener[7].name", ("listener", 7, "name"), (1, 7)),
        ("upstream.mail.x (Postfix mynetworks)", ("upstream", "mail", "x"), (0, 1, 0)),
        ('"a b".c', ("a b", "c"), (2, 0)),
        ("", (), ()),
        ("none.at.all", ("none", "at", "all"), (3,)),
    ],
)
def test_places(key: str, location: tuple[int | str, ...], where: tuple[int, ...]) -> None:
    assert locate(key, DATA) == location
    assert place(location, DATA) == where


@given(st.text(alphabet='ab.[]0" ', max_size=12))
def test_any_key_has_a_place(key: str) -> None:
    place(locate(key, DATA), DATA)
