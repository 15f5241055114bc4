"""Does the password of a login meet the form that the regulation asks for, and was it changed in time?

Q4 8.3a: at least 8 characters, upper and lower case, digits, special characters. Q4 8.3b: changed every 3 months. Asked
once the mail server has taken the login. Record and reply say that a password does not meet the form or the age, never
what it lacks: they must not help to guess it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import NO_MODES, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_count
from gateway.who import PasswordSigns, Sort

_LONGEST = 128
_CITED = {"form": "Q4 8.3a", "age": "Q4 8.3b"}
_WORDS = {
    Sort.UPPER: ("chữ in hoa", "upper case"),
    Sort.LOWER: ("chữ thường", "lower case"),
    Sort.DIGIT: ("chữ số", "digits"),
    Sort.SPECIAL: ("ký tự đặc biệt (!, @, #, %, &)", "special characters (!, @, #, %, &)"),
}


def parse_length(value: object) -> int:
    """A number of characters."""
    length = parse_count(value)
    if length > _LONGEST:
        raise ValueError(f"write a whole number from 1 to {_LONGEST}")
    return length


def parse_sorts(value: object) -> tuple[Sort, ...]:
    """A list of sorts of characters."""
    names = [sort.value for sort in Sort]
    if not isinstance(value, list | tuple) or any(one not in names for one in value):
        raise ValueError(f"write a list of {', '.join(names)}")
    return tuple(sort for sort in Sort if sort.value in value)


class PasswordPolicy:
    """Observes, by itself; where it is enforced the login is refused: 535 5.7.8, with what a password must be like.

    `least_length`: characters; `must_have`: sorts of them; `change_every_months`: calendar months. `unlock_after_days`
    is the lifecycle's: the regulation names it beside the others.
    """

    name = "password-policy"
    clauses: tuple[str, ...] = ("Q4 8.3", "Q4 8.3a", "Q4 8.3b", "Q4 11.1", "Q4 12.5")
    stages: tuple[Stage, ...] = (Stage.AUTH,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.SUBMISSION,)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {
            "least_length": parse_length,
            "must_have": parse_sorts,
            "change_every_months": parse_count,
            "unlock_after_days": parse_count,
        }
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {"must_have": [sort.value for sort in Sort], "unlock_after_days": 5}
    )
    needs = frozenset({Need.LOGIN})

    def check(self, facts: Facts) -> Finding | None:
        """A finding with what is not met: `form`, `age` or both."""
        signs = facts.sender.password
        if signs is None or not (wrong := _wrong(signs, facts.parameters)):
            return None
        clauses = tuple(_CITED[one] for one in wrong if _CITED[one] in facts.clauses)
        evidence: dict[str, Any] = {
            "not_met": wrong,
            "login": facts.envelope.session.user[:320],
            "client_address": facts.envelope.session.client_address,
        }
        if "age" in wrong and signs.since is not None:
            evidence["same_since"] = signs.since.isoformat()
        return Finding(self.name, clauses, Action.REJECT, _reply(facts, clauses), evidence)


def _wrong(signs: PasswordSigns, parameters: Mapping[str, Any]) -> list[str]:
    met = signs.length >= parameters["least_length"] and signs.sorts.issuperset(parameters["must_have"])
    old = signs.since is not None and signs.months >= parameters["change_every_months"]
    return [name for name, wrong in (("form", not met), ("age", old)) if wrong]


def _reply(facts: Facts, clauses: tuple[str, ...]) -> Reply:
    """The whole policy, whatever is not met."""
    length, months = facts.parameters["least_length"], facts.parameters["change_every_months"]
    words = [_WORDS[sort] for sort in facts.parameters["must_have"]]
    having = f", có {', '.join(one for one, _ in words)}" if words else ""
    with_ = f" with {', '.join(one for _, one in words)}" if words else ""
    return refusal(
        535,
        "5.7.8",
        f"Mật khẩu hộp thư chưa đúng quy định{cited(clauses)}: ít nhất {length} ký tự{having}, đổi mỗi {months} tháng. "
        "Hãy đổi mật khẩu trên trang thư điện tử rồi đăng nhập lại.",
        f"The mailbox's password does not meet the policy{cited_in_english(clauses)}: at least {length} characters"
        f"{with_}, changed every {months} months. Change it in webmail, then log in again.",
    )
