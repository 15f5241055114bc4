"""What two polls prove: against a model of a mailbox in which every access is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Dates, Evidence, Folder, Kind, Observation, Sign, Strength, Use
from gateway.imap.baseline import Baseline
from gateway.imap.evidence import Findings, Job, infer
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import known_of

WHO = "an@tinh.example"


def folder(uidnext: int = 1, messages: int = 0, recent: int = 0, unseen: int = 0, modseq: int = 1) -> Folder:
    return Folder("INBOX", Use.INBOX, 7, uidnext, messages, recent, unseen, modseq)


def observed(at: float, inbox: Folder, *others: Folder, dates: Dates | None = None) -> Observation:
    return Observation(WHO, at - 1.0, at, (inbox, *others), dates=dates)


def first(at: float, inbox: Folder, *others: Folder) -> Baseline:
    return infer(None, observed(at, inbox, *others)).baseline


def signs(found: Findings) -> dict[Sign, Strength]:
    return {one.sign: one.strength for one in found.evidence if one.kind is Kind.ACCESS}


def unused(found: Findings) -> dict[Sign, Evidence]:
    return {one.sign: one for one in found.evidence if one.kind is Kind.UNUSED}


class TestAccess:
    @pytest.mark.parametrize(
        ("was", "now", "expected"),
        [
            (folder(4, 3, 3, 3, 4), folder(4, 3, 0, 3, 4), {Sign.RECENT_CLEARED: Strength.STRONG}),
            (folder(4, 3, 3, 3, 4), folder(6, 5, 2, 5, 6), {Sign.RECENT_CLEARED: Strength.STRONG}),
            (folder(4, 3, 0, 3, 4), folder(4, 3, 0, 2, 5), {Sign.READ: Strength.MEDIUM}),
            (folder(4, 3, 0, 3, 4), folder(4, 3, 0, 3, 5), {Sign.CHANGED: Strength.MEDIUM}),
            (folder(4, 3, 0, 0, 4), folder(4, 2, 0, 0, 5), {Sign.REMOVED: Strength.MEDIUM}),
            (folder(4, 3, 0, 2, 4), folder(4, 2, 0, 1, 5), {Sign.REMOVED: Strength.MEDIUM}),
            (folder(4, 3, 2, 2, 4), folder(4, 1, 0, 0, 5), {Sign.REMOVED: Strength.MEDIUM}),
            (folder(4, 3, 1, 3, 4), folder(5, 4, 2, 4, 9), {}),  # a delivery; MODSEQ rose by more, which proves nothing
            (folder(4, 3, 1, 3, 4), folder(4, 3, 1, 3, 4), {}),
            (folder(4, 3, 0, 3, 0), folder(5, 4, 1, 4, 0), {}),  # a server without CONDSTORE
        ],
    )
    def test_what_changed(self, was: Folder, now: Folder, expected: dict[Sign, Strength]) -> None:
        assert signs(infer(first(100.0, was), observed(200.0, now))) == expected

    def test_the_interval_holds_whatever_happened_while_we_asked(self) -> None:
        (access,) = infer(first(100.0, folder(4, 3, 3, 3, 4)), observed(200.0, folder(4, 3, 0, 3, 4))).evidence
        assert (access.not_before, access.not_after) == (99.0, 200.0)

    def test_an_index_that_may_have_been_rebuilt_makes_it_less_sure(self) -> None:
        found = infer(first(100.0, folder(5, 4, 1, 4, 5)), observed(200.0, folder(9, 8, 2, 8, 6)))
        assert signs(found) == {Sign.RECENT_CLEARED: Strength.MEDIUM}

    def test_sent_grew(self) -> None:
        was, now = Folder("Sent", Use.SENT, 8, 5, 4, 0, 0, 5), Folder("Sent", Use.SENT, 8, 6, 5, 1, 0, 6)
        assert signs(infer(first(100.0, folder(), was), observed(200.0, folder(), now))) == {Sign.SENT: Strength.MEDIUM}

    @pytest.mark.parametrize(
        "now",
        [
            Folder("Sent", Use.SENT, 9, 6, 5, 1, 0, 6),  # another folder of that name
            Folder("Gui", Use.SENT, 8, 6, 5, 1, 0, 6),  # a name not seen before
            Folder("Sent", Use.SENT, 8, 5, 1, 0, 0, 9),  # expired by the server
            Folder("Sent", Use.TRASH, 8, 9, 1, 0, 0, 9),
        ],
    )
    def test_other_folders_prove_nothing_else(self, now: Folder) -> None:
        was = Folder("Sent", Use.SENT, 8, 5, 4, 0, 0, 5)
        assert signs(infer(first(100.0, folder(), was), observed(200.0, folder(), now))) == {}

    def test_a_known_job_is_no_access(self) -> None:
        before, seen = first(100.0, folder(4, 3, 1, 0, 4)), observed(200.0, folder(4, 2, 0, 0, 5))
        assert signs(infer(before, seen)) == {Sign.REMOVED: Strength.MEDIUM}
        assert signs(infer(before, seen, [Job(150.0, 160.0)])) == {}
        assert signs(infer(before, seen, [Job(20.0, 99.0)])) == {Sign.REMOVED: Strength.MEDIUM}
        claimed = observed(200.0, folder(4, 3, 0, 0, 4))
        assert signs(infer(before, claimed, [Job(150.0, 160.0)])) == {Sign.RECENT_CLEARED: Strength.STRONG}


class TestUnused:
    def test_the_same_message_is_recent_still(self) -> None:
        found = infer(first(100.0, folder(4, 3, 1, 3, 4)), observed(200.0, folder(6, 5, 3, 5, 6)))
        assert unused(found)[Sign.RECENT_KEPT].not_before == 100.0
        later = infer(found.baseline, observed(300.0, folder(7, 6, 4, 6, 7)))
        kept = unused(later)[Sign.RECENT_KEPT]
        assert (kept.not_before, kept.not_after, kept.strength) == (100.0, 299.0, Strength.STRONG)

    @pytest.mark.parametrize(
        "now",
        [
            folder(6, 5, 2, 5, 6),  # claimed, then two came
            folder(6, 4, 2, 4, 7),  # the old one went, two came: who knows
            folder(4, 3, 0, 3, 4),
        ],
    )
    def test_another_message_is(self, now: Folder) -> None:
        found = infer(first(100.0, folder(4, 3, 1, 3, 4)), observed(200.0, now))
        assert not unused(found)
        assert found.baseline.kept == (200.0 if now.recent else None)

    def test_a_failed_poll_in_between_changes_no_truth_and_begins_a_coverage(self) -> None:
        cut = replace(first(100.0, folder(4, 3, 1, 3, 4)), cut=True)
        found = infer(cut, observed(200.0, folder(4, 3, 1, 3, 4)))
        assert unused(found)[Sign.RECENT_KEPT].not_before == 100.0
        assert found.coverage.since == 200.0 and not found.baseline.cut
        assert infer(found.baseline, observed(300.0, folder(4, 3, 1, 3, 4))).coverage.since == 200.0

    def test_so_does_a_long_gap(self) -> None:
        before = first(100.0, folder(4, 3, 1, 3, 4))
        assert infer(before, observed(200.0, folder(4, 3, 1, 3, 4)), longest_gap=50.0).coverage.since == 200.0
        assert infer(before, observed(200.0, folder(4, 3, 1, 3, 4)), longest_gap=99.0).coverage.since == 100.0


DAY = 86400.0


class TestFirst:
    def test_dates_bound_the_last_access_a_day_for_the_servers_clock_included(self) -> None:
        seen = observed(9 * DAY, folder(4, 3, 1, 3, 4), dates=Dates(3 * DAY, 5 * DAY, saved=True))
        found = infer(None, seen)
        (access,) = [one for one in found.evidence if one.kind is Kind.ACCESS]
        assert (access.not_before, access.not_after, access.strength) == (2 * DAY, 6 * DAY, Strength.MEDIUM)
        dated = unused(found)[Sign.OLDEST_UNCLAIMED]
        assert (dated.not_before, dated.strength) == (6 * DAY, Strength.MEDIUM)
        later = infer(found.baseline, observed(10 * DAY, folder(4, 3, 1, 3, 4)))
        assert unused(later)[Sign.OLDEST_UNCLAIMED].not_after == 10 * DAY - 1.0
        claimed = infer(later.baseline, observed(11 * DAY, folder(4, 3, 0, 3, 4)))
        assert not unused(claimed) and signs(claimed) == {Sign.RECENT_CLEARED: Strength.STRONG}

    def test_dates_that_a_client_may_have_set_are_weak(self) -> None:
        found = infer(None, observed(9 * DAY, folder(4, 3, 1, 3, 4), dates=Dates(3 * DAY, 5 * DAY)))
        assert [one.strength for one in found.evidence] == [Strength.WEAK, Strength.WEAK]

    @pytest.mark.parametrize(
        "dates", [Dates(7 * DAY, 5 * DAY), Dates(7 * DAY, 9.5 * DAY), Dates(7 * DAY, None), Dates(9.9 * DAY, None)]
    )
    def test_dates_out_of_order_bound_nothing(self, dates: Dates) -> None:
        found = infer(None, observed(9 * DAY, folder(4, 3, 1), dates=dates))
        (access,) = [one for one in found.evidence if one.kind is Kind.ACCESS]
        assert access.not_after == 9 * DAY and access.not_before < access.not_after

    def test_without_dates_nothing_is_said(self) -> None:
        assert infer(None, observed(1000.0, folder(4, 3, 1))).evidence == ()


class TestReset:
    @pytest.mark.parametrize(
        ("now", "sign"),
        [
            (replace(folder(4, 3, 0, 0, 4), uidvalidity=8), Sign.UIDVALIDITY),
            (folder(3, 2, 0, 0, 4), Sign.INDEX_LOST),
            (folder(4, 3, 1, 3, 2), Sign.INDEX_LOST),
            (folder(5, 4, 0, 3, 4), Sign.INDEX_LOST),  # something came, and MODSEQ stood still
            (folder(4, 9, 1, 3, 4), Sign.INDEX_LOST),
            (folder(4, 3, 3, 3, 4), Sign.INDEX_LOST),
        ],
    )
    def test_says_nothing_of_use(self, now: Folder, sign: Sign) -> None:
        found = infer(first(100.0, folder(4, 3, 1, 3, 4)), observed(200.0, now, dates=Dates(1.0, 2.0)))
        assert [(one.kind, one.sign) for one in found.evidence] == [(Kind.RESET, sign)]
        assert found.coverage.since == 200.0 and found.baseline.dated is None

    def test_our_own_clock_went_back(self) -> None:
        found = infer(first(1000.0, folder(4, 3, 1, 3, 4)), observed(200.0, folder(4, 3, 0, 3, 4)))
        assert found.evidence == () and found.coverage.since == 200.0


@dataclass
class Model:
    """A mailbox as a server keeps it. `touched`: when an owner's session selected the inbox."""

    now: float = 1000.0
    inbox: list[tuple[int, bool, bool]] = field(default_factory=list)  # uid, recent, seen
    uidnext: int = 1
    modseq: int = 1
    touched: list[float] = field(default_factory=list)

    def deliver(self, count: int) -> None:
        for _ in range(count):
            self.inbox.append((self.uidnext, True, False))
            self.uidnext, self.modseq = self.uidnext + 1, self.modseq + 1

    def select(self) -> None:
        self.touched.append(self.now)
        self.inbox = [(uid, False, seen) for uid, _, seen in self.inbox]

    def read(self) -> None:
        self.select()
        if any(not seen for _, _, seen in self.inbox):
            self.modseq += 1
        self.inbox = [(uid, False, True) for uid, _, _ in self.inbox]

    def expunge(self, which: int) -> None:
        self.select()
        self.expire(which)

    def expire(self, which: int) -> None:
        """As a server's own job does."""
        if self.inbox:
            del self.inbox[which % len(self.inbox)]
            self.modseq += 1

    def folder(self) -> Folder:
        recent, unseen = sum(r for _, r, _ in self.inbox), sum(not s for _, _, s in self.inbox)
        return Folder("INBOX", Use.INBOX, 7, self.uidnext, len(self.inbox), recent, unseen, self.modseq)


DEEDS = st.one_of(
    st.tuples(st.just("deliver"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["select", "read", "poll", "fail"]), st.just(None)),
    st.tuples(st.sampled_from(["expunge", "expire"]), st.integers(0, 5)),
)


def lived(deeds: list[tuple[str, int | None]]) -> Iterator[tuple[Model, Findings]]:
    """Each poll's findings, and the mailbox as it was then."""
    model, baseline = Model(), None
    for name, argument in deeds:
        model.now += 10.0
        if name == "poll":
            found = infer(baseline, observed(model.now, model.folder()))
            baseline = Baseline.from_bytes(found.baseline.to_bytes())
            assert baseline == found.baseline
            yield model, found
        elif name == "fail":
            baseline = replace(baseline, cut=True) if baseline else None
        elif argument is None:
            getattr(model, name)()
        else:
            getattr(model, name)(argument)


@given(st.lists(DEEDS, max_size=60))
def test_every_claim_is_true(deeds: list[tuple[str, int | None]]) -> None:
    """Strong access: an owner's session was there in the interval. Unused: none was. Nothing is ever void."""
    for model, found in lived(deeds):
        for one in found.evidence:
            inside = [at for at in model.touched if one.not_before < at <= one.not_after]
            assert one.kind is not Kind.RESET
            assert one.strength is not Strength.STRONG or bool(inside) is (one.kind is Kind.ACCESS), one


@given(st.lists(DEEDS, max_size=60))
def test_a_mailbox_whose_mail_was_claimed_is_found(deeds: list[tuple[str, int | None]]) -> None:
    """Where a session found something new and nothing was taken away, the next poll says so."""
    deeds = [deed for deed in deeds if deed[0] not in ("expunge", "expire")]
    waiting, before = False, 0
    polls = lived([*deeds, ("poll", None)])
    known = False
    for name, argument in [*deeds, ("poll", None)]:
        if name == "deliver" and argument:
            before += argument
        elif name in ("select", "read"):
            waiting, before = waiting or (before > 0), 0
        elif name == "poll":
            _, found = next(polls)
            assert not (known and waiting) or Sign.RECENT_CLEARED in signs(found)
            waiting, known = False, True


@pytest.mark.parametrize("error", [-900 * DAY, -2 * DAY, 0.5 * DAY])
@pytest.mark.parametrize("saved", [False, True])
def test_a_server_whose_clock_is_wrong_proves_no_silence(error: float, saved: bool) -> None:
    """Its dates, of the first poll only, may say anything: what is proved begins with what we saw ourselves."""
    begin = 1000 * DAY
    dates = Dates(begin + error - DAY, begin + error, saved)
    found = infer(None, observed(begin, folder(4, 3, 1, 3, 4), dates=dates))
    later = infer(found.baseline, observed(begin + 3 * DAY, folder(4, 3, 1, 3, 4)))
    told = (*found.evidence, *later.evidence)
    known = known_of(told, [later.coverage], Proof(polling_suffices=True), begin + 3 * DAY)
    assert known.silent is not None and known.silent.since >= begin
    strong = [one for one in told if one.kind is Kind.UNUSED and one.strength is Strength.STRONG]
    assert strong and all(one.not_before >= begin for one in strong)


@given(st.binary(max_size=300))
def test_a_baseline_that_is_none(data: bytes) -> None:
    assert Baseline.from_bytes(data) is None


def test_a_baseline_of_another_shape() -> None:
    good = first(100.0, folder(4, 3, 1, 3, 4)).to_bytes()
    assert Baseline.from_bytes(good) is not None
    for bad in (
        good.replace(b"7,4,3,1,3,4", b'7,"4",3,1,3,4'),
        good.replace(b"7,4,3,1,3,4", b"7,4.5,3,1,3,4"),
        good.replace(b"7,4,3,1,3,4", b"7,4,3,1,3,4,5"),
        good.replace(b"[2,", b"[3,"),
        good.replace(b"[2,", b"[2,[],"),
        good.replace(b"100.0", b'"100"'),
        good.replace(b"false", b"0"),
        good.replace(b'"inbox"', b'"outbox"'),
        good.replace(b'"an@tinh.example"', b"7"),
        good.replace(b"],[],[],[[", b"],[1],[],[["),
        good.replace(b"],[],[],[[", b'],[],["odd"],[['),
        b"[2,[],[],[],[],[]]",
        b"[" * 100_000,
        b'"x"',
        b"{}",
    ):
        assert bad != good and Baseline.from_bytes(bad) is None
