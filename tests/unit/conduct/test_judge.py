"""Who stands out and who does not; what is told, when, and what a release changes; clocks that jump."""

from __future__ import annotations

import json

import pytest

from gateway.conduct.judge import observe, peek
from gateway.conduct.score import CONTEXT, Level, Thresholds
from gateway.conduct.state import NETWORKS, unpack
from tests.unit.conduct.support import DAY, HOUR, Sender, deed

ABROAD = "185.9.4.4"


@pytest.fixture
def known() -> Sender:
    """Somebody who has written six letters a day for four weeks."""
    sender = Sender()
    sender.work(20)
    assert sender.told == []
    sender.now += 2 * DAY  # a weekend: it is Monday, 9:00
    return sender


class TestOrdinary:
    def test_an_invitation_to_two_hundred(self, known: Sender) -> None:
        assert known.send(deed(recipients=200, new=90, unknown=6, likeness="i")) is None

    def test_a_first_day(self) -> None:
        sender = Sender()
        assert not any(sender.many(60, 300, deed(new=1)))

    def test_failed_logins_alone_block_nobody(self, known: Sender) -> None:
        assert not any(known.many(5000, 1, deed(recipients=0, client=ABROAD, failed_login=True)))

    def test_context_alone_blocks_nobody(self, known: Sender) -> None:
        """At night, from everywhere, after failed logins: but only to people it writes to anyway."""
        known.now += 17 * HOUR
        for number in range(40):
            told = known.send(deed(client=f"{20 + number}.1.1.1"), deed(client=ABROAD, failed_login=True), after=60)
            assert told is None or told.level is not Level.BLOCK

    def test_a_newsletter_to_known_readers(self, known: Sender) -> None:
        told = [known.send(deed(recipients=50, likeness="n"), after=20) for _ in range(40)]
        assert not any(told)
        seen = peek(known.blob, known.now)
        assert seen is not None
        assert 0 < seen.score < 0.4

    def test_little_harm_is_little_whatever_the_context(self, known: Sender) -> None:
        """Sixty new people, at night, from abroad, after failed logins."""
        known.now += 17 * HOUR
        known.send(*[deed(client=ABROAD, failed_login=True)] * 60)
        known.send(deed(recipients=60, new=60, client=ABROAD))
        seen = peek(known.blob, known.now)
        assert seen is not None
        assert 0.3 < seen.score < 0.5

    def test_leave_and_return(self, known: Sender) -> None:
        known.now += 40 * DAY
        known.work(2, letters=20)
        assert known.told == []


class TestStolen:
    """Each is blocked, and soon: the figures are the most that may leak, with some room."""

    def test_a_blast(self, known: Sender) -> None:
        assert known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b")) <= 120

    def test_many_recipients_a_message(self, known: Sender) -> None:
        assert known.blocked_after(20, 5, deed(recipients=50, new=50, client=ABROAD, likeness="b")) <= 5

    def test_from_many_networks(self, known: Sender) -> None:
        sent = 0
        for sent in range(200):
            told = known.send(deed(new=1, client=f"{20 + sent % 12}.1.1.{sent}"), after=20)
            if told is not None and told.level is Level.BLOCK:
                break
        assert sent <= 110
        assert "many_networks" in known.told[-1].reasons

    def test_a_list_of_unknown_users(self, known: Sender) -> None:
        assert known.blocked_after(60, 10, deed(new=1, unknown=2, client=ABROAD)) <= 50
        assert "unknown_users" in known.told[-1].reasons

    def test_what_the_spam_filter_knows(self, known: Sender) -> None:
        assert known.blocked_after(60, 60, deed(new=1, spam=True, client=ABROAD)) <= 55
        assert "spam" in known.told[-1].reasons

    def test_at_night(self, known: Sender) -> None:
        known.now += 17 * HOUR
        assert known.blocked_after(200, 120, deed(new=1, client=ABROAD)) <= 120
        assert {"odd_hours", "new_network"} <= set(known.told[-1].reasons)

    def test_slowly_day_by_day(self, known: Sender) -> None:
        """Sixty letters to new people a day, in office hours, from the owner's own network: no day is a crime."""
        for day in range(9):
            known.work(1, letters=1)
            known.now -= DAY
            for told in known.many(60, 480, deed(new=1)):
                if told is not None and told.level is Level.BLOCK:
                    assert day >= 2
                    assert "first_letters" in told.reasons
                    return
            known.now += DAY - 60 * 480
        raise AssertionError("never blocked")


class TestTelling:
    def test_evidence_is_small_json_and_says_what_was_seen(self, known: Sender) -> None:
        known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b"))
        judgement = known.told[-1]
        assert len(json.dumps(judgement.evidence)) < 3000
        signs = {sign["sign"]: sign for sign in judgement.evidence["signs"]}
        assert list(signs) == list(judgement.reasons)
        assert signs["new_recipients"]["seen"] > signs["new_recipients"]["usual"]
        assert judgement.evidence["networks"] == ["185.9.0.0/16"]
        assert judgement.evidence["score"] == pytest.approx(judgement.score, abs=0.01)
        assert not set(judgement.reasons) <= CONTEXT

    def test_each_level_once_and_again_after_an_hour(self, known: Sender) -> None:
        told = [one for one in known.many(600, 1, deed(new=1, client=ABROAD, likeness="b")) if one]
        assert [one.level for one in told] == [Level.SUSPECT, Level.BLOCK]
        again = [one for one in known.many(400, 20, deed(new=1, client=ABROAD, likeness="b")) if one]
        assert [one.level for one in again] == [Level.BLOCK] * 2

    def test_thresholds_are_as_given(self, known: Sender) -> None:
        strict = Thresholds(suspect=0.1, block=0.2)
        known.blob, told = observe(known.blob, known.now, [(deed(new=70), 0.0)] * 2, thresholds=strict)
        assert told is not None
        assert told.level is Level.BLOCK

    def test_a_look_changes_nothing(self, known: Sender) -> None:
        known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b"))
        seen = peek(known.blob, known.now)
        assert seen is not None
        assert seen.level is Level.BLOCK
        assert peek(None, known.now) is None
        later = peek(known.blob, known.now + 9 * DAY)
        assert later is not None
        assert (later.score, later.level) == (0.0, Level.FINE)


class TestRelease:
    def test_what_was_before_counts_no_more(self, known: Sender) -> None:
        before = known.blob
        plain = known.blocked_after(500, 1, deed(new=1))
        assert plain < 200
        known.blob = before
        known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b"))
        released = known.now + HOUR
        assert known.send(deed(), after=HOUR + 1, released=released) is None
        seen = peek(known.blob, known.now)
        assert seen is not None
        assert seen.score == 0.0
        again = Sender(known.now)
        again.blob = known.blob
        granted = again.blocked_after(800, 1, deed(new=1))
        assert granted > plain * 1.8  # to finish what it began, and no more
        known.now += 2 * DAY
        assert known.blocked_after(200, 1, deed(new=1)) < granted * 0.8

    def test_deeds_from_before_come_late(self, known: Sender) -> None:
        late = [(deed(new=1, client=ABROAD), 600.0)] * 400
        known.blob, told = observe(known.blob, known.now, late, released=known.now - 1)
        assert told is None

    def test_a_release_in_the_future_is_one_of_now(self, known: Sender) -> None:
        known.blob, _told = observe(known.blob, known.now, [], released=known.now + 9 * DAY)
        known.now += 2 * DAY
        assert known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b"))


class TestClocks:
    def test_a_small_jump_back_is_none(self, known: Sender) -> None:
        known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b"))
        seen = peek(known.blob, known.now - HOUR)
        assert seen is not None
        assert seen.level is Level.BLOCK

    def test_habits_survive_a_clock_that_was_far_ahead(self, known: Sender) -> None:
        ahead, _told = observe(known.blob, known.now + 900 * DAY, [(deed(), 0.0)])
        back, told = observe(ahead, known.now, [(deed(new=70), 0.0)])
        assert told is None
        state = unpack(back)
        assert state is not None
        assert state.days >= 20
        assert state.last == int(known.now)
        known.blob = back
        assert known.blocked_after(500, 1, deed(new=1, client=ABROAD, likeness="b")) <= 120

    @pytest.mark.parametrize("now", [-1e12, 0.0, 1.0, 4.2e9, 1e300])
    def test_any_time_is_safe(self, known: Sender, now: float) -> None:
        for at in (now, known.now, now):
            known.blob, _told = observe(known.blob, at, [(deed(), -5.0), (deed(), 1e12)])


class TestHostile:
    def test_counts_beyond_all_reason(self) -> None:
        sender = Sender()
        for _ in range(200):
            sender.send(deed(recipients=2**70, new=-5, unknown=2**40, throttled=2**33, likeness="\udcff" * 5000))
        assert sender.told

    def test_a_thousand_networks_and_contents_do_not_drive_out_the_own(self, known: Sender) -> None:
        for number in range(1000):
            one = deed(client=f"{number % 250}.{number // 4}.1.1", likeness=str(number), recipients=0, unknown=0)
            known.send(one, after=1)
        state = unpack(known.blob)
        assert state is not None
        assert len(known.blob or b"") <= 4096
        assert len(state.networks) == NETWORKS
        assert max(network.days for network in state.networks.values()) >= 20
