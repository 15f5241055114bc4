"""What a sentence does to mailboxes: which it wants made, changed or removed, and whether it asks, tells or rules.

Words stand near one another or they do not: there is no grammar here. Takes `readable` text; knows no mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise, takewhile

from gateway.wording.requests_orders import is_for_somebody, is_order, order_of
from gateway.wording.requests_phrases import ADDRESS
from gateway.wording.requests_words import KINDS, LEXICON

AHEAD, BEHIND = 14, 20  # words between what is to be done and to what
_NEAR = 6  # the same for words that mean much else
_VAGUE = frozenset(
    ("làm", "lam", "make", "add", "open", "mở", "mo", "get", "give", "thêm", "them", "lập", "lap", "gỡ", "go")
)
_CARRIED = 14  # words of a sentence in which a change needs no object, where a mailbox was spoken of
_BARE = frozenset(("email", "mail", "địa chỉ email", "dia chi email"))
_DATA = 3  # words between these and other data of a person
_ASKED = 20  # words between asking and what is asked for
_CONTACT = 3  # words between "to" or "by" and the mailbox that is only written to
_WANTED = 4  # words between wanting and the mailbox that is wanted
_DONE = 3  # words between "have" and what was done
_EVENTS = 120  # phrases of one sentence that are looked at
_END = re.compile(r"[.!?;]+(?=[ \n]|\Z)|\n")
_SHORT = re.compile(r"\b(?:tp|p|q|mrs?|ms|dr|th?s|bs|ks|gs|pgs)\.\Z")  # words that are cut: TP. HCM, Mr. An
_ITEM = re.compile(r"(?:[+*•]|\d{1,2}[.,)]|[a-z][.)])")
_TROUBLE = {"trouble_reissue": "reissue", "trouble_unlock": "unlock"}
_OBJECTS = frozenset(("mailbox", "account"))


@dataclass(frozen=True, slots=True)
class Event:
    """A phrase: its concept, the text, and between which words it stands."""

    concept: str
    text: str
    first: int
    last: int


@dataclass(slots=True)
class Said:
    """What one sentence says. `acts`: kinds that it wants done to a mailbox; `weak`: to some account."""

    acts: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    asks: bool = False
    wants: bool = False  # it asks for a mailbox, and does not say what is to be done
    lacks: bool = False
    done: bool = False
    directs: bool = False
    concepts: set[str] = field(default_factory=set)


def sentences(text: str) -> Iterator[str]:
    """A text's sentences. A line that goes on in small letters is no end; lines in capitals are."""
    begin = 0
    for match in _END.finditer(text):
        if _goes_on(text, match.start()) if match[0] == "\n" else _SHORT.search(text[begin : match.end()][-6:]):
            continue
        sentence = text[begin : match.end()].strip(" \n")
        if _ITEM.fullmatch(sentence):
            continue
        if sentence:
            yield sentence.replace("\n", " ")
        begin = match.end()
    if sentence := text[begin:].strip(" \n"):
        yield sentence.replace("\n", " ")


_RUN, _SLIM = 6, 2  # lines in a row, and words of each, that are put together


def woven(text: str) -> str:
    """A text where many lines in a row hold a word or two each, as nobody writes them, on one line."""
    made: list[str] = []
    for slim, lines in groupby(text.split("\n"), lambda line: line.count(" ") < _SLIM):
        run = list(lines)
        words = [line for line in run if line]
        made += [" ".join(words)] if slim and len(words) >= _RUN else run
    return "\n".join(made)


_WRAPPED = 50  # characters of a line that may have been broken only because it was full


def _goes_on(text: str, at: int) -> bool:
    """Whether a sentence goes on behind a line's end."""
    line = text.rfind("\n", 0, at) + 1
    following = text[at + 1 : at + 5]
    return at - line >= _WRAPPED and bool(following.strip()) and not _ITEM.match(following)


class Sentences:
    """Reads sentences in order: what the last one spoke of helps to understand the next."""

    def __init__(self) -> None:
        self._topic = False  # a mailbox was spoken of
        self._asking = False  # a list of what is asked for follows
        self._lacked = False  # somebody has none

    def read(self, sentence: str) -> Said:
        """What it says."""
        events = _events(sentence)
        said = Said(concepts={event.concept for event in events})
        _acts(events, said, topic=self._topic)
        _orders(sentence, events, said)
        said.asks = said.asks or (self._asking and bool(said.acts or said.weak))
        said.directs = "directs" in said.concepts
        others = said.concepts & {"other", *KINDS}
        said.wants = said.wants or (self._lacked and "ask" in said.concepts and not others)
        self._lacked = said.lacks
        self._asking = ("ask" in said.concepts and sentence.endswith(":")) or (self._asking and said.asks)
        self._topic = _speaks_of_one(events) or (self._topic and not said.concepts & {"other", "mailbox"})
        return said


def _orders(sentence: str, events: Sequence[Event], said: Said) -> None:
    """Fill in what is asked for without a word that asks."""
    telling = said.concepts & {"announce", "report", "rules", "directs", "done", "settled", "newsletter"}
    if telling:
        return
    others = "other" in said.concepts
    if not others and said.weak == {"create"} and (said.asks or is_order(sentence)) and is_for_somebody(sentence):
        said.acts.add("create")  # an account of nothing that is named
    said.asks = said.asks or (not others and "create" in said.acts and is_order(sentence))
    kind = order_of(sentence)
    if not kind and said.wants and _counts(sentence, events):
        kind = "create"
    if kind:
        said.acts.add(kind)
        said.asks = True


def _counts(sentence: str, events: Sequence[Event]) -> bool:
    """Whether so many mailboxes are wanted."""
    words = sentence.split(" ")
    pairs = pairwise(events)
    near = (words[ask.last : box.first] for ask, box in pairs if (ask.concept, box.concept) == ("ask", "mailbox"))
    return any(word.isdigit() for between in near for word in between)


def _events(sentence: str) -> list[Event]:
    events: list[Event] = []
    at = words = 0
    for concept, start, end in LEXICON.finds(sentence):
        words += sentence.count(" ", at, start)
        size = sentence.count(" ", start, end)
        at = end
        events.append(Event(concept, sentence[start:end], words, words + size))
        words += size
        if len(events) >= _EVENTS:
            break
    return events


def _acts(events: Sequence[Event], said: Said, *, topic: bool) -> None:
    """Fill in what the sentence wants done, and whether it asks for that."""
    for number, event in enumerate(events):
        kind = _TROUBLE.get(event.concept) or ("create" if event.concept == "provide" else event.concept)
        if kind in KINDS:
            _act(events, number, kind, said, topic=topic)
        elif event.concept == "lacks" and _ahead(events, number, _WANTED) == "mailbox":
            said.lacks = True
        elif event.concept == "ask" and number + 1 < len(events):
            said.wants = said.wants or _is_wanted(event, events[number + 1], events, number + 1)
    said.wants = said.wants and not said.acts


def _act(events: Sequence[Event], number: int, kind: str, said: Said, *, topic: bool) -> None:
    event = events[number]
    what = _object(events, number, kind, topic=topic)
    if what not in _OBJECTS:
        return
    if _was_done(events, number) and event.concept not in _TROUBLE:
        said.done = True
        return
    (said.acts if what == "mailbox" else said.weak).add(kind)
    said.asks = said.asks or _is_asked(events, number)


def _object(events: Sequence[Event], number: int, kind: str, *, topic: bool) -> str:
    """To what it is done: "mailbox", "account", "other", "" for nothing. `topic`: a mailbox was spoken of before."""
    event = events[number]
    what = _ahead(events, number, _NEAR if event.text in _VAGUE else AHEAD)
    if event.concept == "provide":
        return "" if what != "mailbox" or _gives_address(events, number) else what
    if what in ("", "account"):
        what = _behind(events, number) or what
    if what != "other" and topic and _is_carried(events, kind, what, trouble=event.concept in _TROUBLE):
        return "mailbox"
    if "mật khẩu" in event.text or event.concept == "trouble_reissue":
        return what if what == "mailbox" else "account"
    return what


def _is_carried(events: Sequence[Event], kind: str, what: str, *, trouble: bool) -> bool:
    """Whether what was spoken of before is what is meant."""
    if kind == "create" or (kind == "change" and events[-1].last > _CARRIED):
        return False
    return trouble or not what or (what == "account" and kind == "reissue")


def _ahead(events: Sequence[Event], number: int, within: int) -> str:
    """What follows that something can be done to: "mailbox", "account", "other"; "" for nothing."""
    at, via = events[number].last, -_CONTACT - 1
    account = ""
    for place in range(number + 1, len(events)):
        event = events[place]
        if event.first - at > within:
            break
        if event.concept == "via" or event.text.startswith(("gửi", "gui")):
            via = event.last
        elif event.concept == "mailbox":
            if event.first - via <= _CONTACT:
                return account
            return "other" if _is_data(events, place) else "mailbox"
        elif event.concept == "other":
            return account or "other"
        elif event.concept == "account":
            account = account or ("" if event.first - via <= _CONTACT else "account")
    return account


def _is_data(events: Sequence[Event], number: int) -> bool:
    """Whether an address is one of the things that are told of a person: e-mail and telephone."""
    event = events[number]
    following = events[number + 1 : number + 2]
    return event.text in _BARE and any(
        other.concept == "other" and other.first - event.last <= _DATA for other in following
    )


def _behind(events: Sequence[Event], number: int) -> str:
    """What was spoken of before in the same sentence."""
    at, account = events[number].first, ""
    for place in range(number - 1, -1, -1):
        event = events[place]
        if at - event.last > BEHIND:
            break
        if event.concept == "other":
            return account or "other"
        if event.concept == "mailbox" and not _is_contact(events, place):
            return "mailbox"
        if event.concept == "account":
            account = "account"
    return account


def _is_contact(events: Sequence[Event], number: int) -> bool:
    """Whether a mailbox is only where something is sent."""
    for before in reversed(events[:number]):
        if events[number].first - before.last > _CONTACT:
            return False
        if before.concept == "via":
            return True
    return False


def _is_wanted(ask: Event, event: Event, events: Sequence[Event], number: int) -> bool:
    """Whether what is asked for is a mailbox itself, not its address."""
    near = event.concept == "mailbox" and event.first - ask.last <= _WANTED
    return near and not event.text.startswith((ADDRESS, "địa chỉ", "dia chi")) and not _is_data(events, number)


def _gives_address(events: Sequence[Event], number: int) -> bool:
    """To provide an address is to tell it."""
    found = next((event for event in events[number + 1 :] if event.concept == "mailbox"), None)
    return found is None or found.text.startswith((ADDRESS, "địa chỉ", "dia chi", "email address"))


def _was_done(events: Sequence[Event], number: int) -> bool:
    for event in reversed(events[:number]):
        if events[number].first - event.last > _DONE:
            return False
        if event.concept == "lacks":
            return False
        if event.concept == "done":
            return True
    return False


def _is_asked(events: Sequence[Event], number: int) -> bool:
    """Whether somebody asks for it: before, or just after."""
    event = events[number]
    before = takewhile(lambda other: event.first - other.last <= _ASKED, reversed(events[:number]))
    behind = takewhile(lambda other: other.first - event.last <= _ASKED // 2, events[number + 1 :])
    return any(other.concept == "ask" for other in chain(before, behind))


def _speaks_of_one(events: Sequence[Event]) -> bool:
    return any(event.concept == "mailbox" and not _is_contact(events, at) for at, event in enumerate(events))
