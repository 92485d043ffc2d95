"""What happens to a post when nobody does anything: the table of the pace, by day, summer and winter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from node.neighbourhood.pace import USUAL
from node.neighbourhood.post import Audience, Kind, Post, State, Urgency
from node.neighbourhood.timers import Stand, What, by_day, due, is_day, may_release, next_day, next_ring
from node.neighbourhood.when import Repeats, days
from tests import town

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
HERE = ZoneInfo("Europe/Amsterdam")
N, A, M, P = Audience


def a_request(**change: Any) -> Post:
    """Put up at noon, for thirty days."""
    return replace(town.a_post(expires=NOON + 30 * DAY), **change)


def after(post: Post, stand: Stand | None = None) -> dict[What, timedelta]:
    """What is due, as time after noon."""
    found = due(post, stand or Stand(post.created), USUAL, UTC)
    return {what: moment - NOON for what, moment in found.items()}


def test_a_request_that_nobody_answers() -> None:
    assert after(a_request()) == {
        What.NO_RESPONSE: 2 * DAY,
        What.NOBODY: 10 * DAY,
        What.REMIND: 23 * DAY,
        What.REMIND_LAST: 29 * DAY,
        What.END: 30 * DAY,
    }


@pytest.mark.parametrize(
    ("urgency", "no_response", "release"),
    [
        (Urgency.URGENT, 4 * HOUR, DAY),
        (Urgency.WEEK, 2 * DAY, 3 * DAY),
        (Urgency.WHENEVER, 5 * DAY, 7 * DAY),
    ],
)
def test_how_long_it_waits_goes_by_how_soon_help_is_wanted(
    urgency: Urgency, no_response: timedelta, release: timedelta
) -> None:
    found = after(a_request(urgency=urgency, widen=True))
    assert (found[What.NO_RESPONSE], found[What.RELEASE]) == (no_response, release)


def test_an_answer_that_waits_stops_all_that_nobody_would() -> None:
    stand = Stand(NOON, pending=NOON + HOUR)
    found = after(a_request(state=State.RESPONDED, widen=True), stand)
    assert set(found) == {What.UNPICKED, What.REMIND, What.REMIND_LAST, What.END}
    assert found[What.UNPICKED] == HOUR + 2 * DAY


def test_after_an_agreement_both_are_asked_twice_and_nothing_else() -> None:
    found = after(a_request(state=State.AGREED, places_left=0, widen=True), Stand(NOON, agreed=NOON + DAY))
    assert found == {What.AFTERCARE: 2 * DAY, What.AFTERCARE_LAST: 8 * DAY}


def test_a_job_for_more_still_looks_for_others() -> None:
    found = after(a_request(widen=True, places=3, places_left=2), Stand(NOON, agreed=NOON))
    assert {What.RELEASE, What.AFTERCARE, What.END} < set(found)
    assert not {What.NOBODY, What.NO_RESPONSE} & set(found)


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.WAITING, State.DONE, State.CLOSED, State.WITHDRAWN, State.EXPIRED]
)
def test_nothing_happens_to_what_is_not_open(state: State) -> None:
    assert after(a_request(state=state, widen=True)) == {}


def test_nothing_of_ours_happens_to_a_copy() -> None:
    assert after(a_request(node_id="node-noord", author=None)) == {}


def test_what_rests_only_ends() -> None:
    assert after(a_request(kind=Kind.OFFER, state=State.PAUSED)) == {What.END: 30 * DAY}


@pytest.mark.parametrize("kind", [Kind.OFFER, Kind.NOTICE])
def test_an_offer_and_a_notice_wait_for_nobody(kind: Kind) -> None:
    assert set(after(a_request(kind=kind, widen=True))) == {What.REMIND, What.REMIND_LAST, What.END}


def test_an_event_is_just_over() -> None:
    assert set(after(a_request(kind=Kind.EVENT, starts=NOON + DAY))) == {What.END}


@pytest.mark.parametrize(
    ("lasts", "reminders"),
    [
        (8 * DAY, {What.REMIND, What.REMIND_LAST}),
        (7 * DAY, {What.REMIND_LAST}),
        (DAY + HOUR, {What.REMIND_LAST}),
        (DAY, set()),
        (HOUR, set()),
    ],
)
def test_what_is_up_for_a_short_time_needs_no_reminder(lasts: timedelta, reminders: set[What]) -> None:
    found = set(after(a_request(expires=NOON + lasts)))
    assert found & {What.REMIND, What.REMIND_LAST} == reminders


def test_nothing_but_the_end_comes_at_or_after_the_end() -> None:
    found = after(a_request(expires=NOON + 2 * DAY, widen=True))
    assert {what for what, moment in found.items() if moment >= 2 * DAY} == {What.END}


# Further, ring by ring


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"audience": N}, True),
        ({"state": State.RELEASED}, True),
        ({"widen": False}, False),
        ({"audience": M}, False),
        ({"audience": P}, False),
        ({"kind": Kind.OFFER}, False),
        ({"state": State.RESPONDED}, False),
        ({"state": State.PROPOSED}, False),
        ({"state": State.AGREED}, False),
        ({"node_id": "node-noord"}, False),
    ],
    ids=str,
)
def test_only_with_consent_and_only_while_nobody_answers(change: dict[str, object], may: bool) -> None:
    post = a_request(**{"widen": True, **change})
    assert may_release(post) is may
    assert (What.RELEASE in after(post)) is may


@pytest.mark.parametrize(
    ("now", "reachable", "then"),
    [
        (N, {A, M}, A),
        (N, {M}, M),
        (N, {A}, A),
        (N, set(), None),
        (A, {A, M}, M),
        (A, {A}, None),
        (M, {A, M}, None),
        (N, {P}, None),
        (A, {P}, None),
    ],
)
def test_the_next_ring_is_the_nearest_that_we_reach(
    now: Audience, reachable: set[Audience], then: Audience | None
) -> None:
    assert next_ring(a_request(audience=now), reachable) is then


def test_each_ring_has_its_time_and_no_day_has_two() -> None:
    post = a_request(widen=True, state=State.RELEASED, released=NOON + 3 * DAY)
    stand = Stand(NOON, widened=NOON + 3 * DAY)
    assert after(post, stand)[What.RELEASE] == 6 * DAY
    quick = replace(USUAL, release=(HOUR, HOUR, HOUR))
    found = due(post, stand, quick, UTC)[What.RELEASE]
    assert found == (NOON + 4 * DAY).replace(hour=8)


def test_it_waits_anew_when_who_answered_left_again() -> None:
    assert after(a_request(widen=True), Stand(NOON + 9 * DAY))[What.RELEASE] == 12 * DAY
    assert after(a_request(), Stand(NOON + 9 * DAY))[What.NOBODY] == 19 * DAY


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-11-03 07:59", "2026-11-03 08:00"),
        ("2026-11-03 08:00", "2026-11-03 08:00"),
        ("2026-11-03 19:59", "2026-11-03 19:59"),
        ("2026-11-03 20:00", "2026-11-04 08:00"),
        ("2026-11-03 23:30", "2026-11-04 08:00"),
        ("2026-11-04 00:30", "2026-11-04 08:00"),
        ("2026-12-31 21:00", "2027-01-01 08:00"),
        ("2026-10-24 21:00", "2026-10-25 08:00"),  # the night the clock goes back
        ("2026-10-25 01:30", "2026-10-25 08:00"),
        ("2027-03-27 22:00", "2027-03-28 08:00"),  # the night it goes forward
        ("2027-03-28 00:15", "2027-03-28 08:00"),
    ],
)
def test_by_day_by_the_clock_on_the_wall(moment: str, then: str) -> None:
    def read(text: str) -> datetime:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HERE).astimezone(UTC)

    found = by_day(read(moment), USUAL, HERE)
    assert found == read(then)
    assert found.tzinfo is UTC
    assert is_day(found, USUAL, HERE)


def test_the_wall_tells_another_time_in_summer() -> None:
    summer, winter = datetime(2026, 7, 1, 6, 30, tzinfo=UTC), datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
    assert is_day(summer, USUAL, HERE)
    assert not is_day(winter, USUAL, HERE)
    assert next_day(summer, USUAL, HERE) == datetime(2026, 7, 2, 6, tzinfo=UTC)
    assert next_day(winter, USUAL, HERE) == datetime(2026, 12, 2, 7, tzinfo=UTC)


def test_when_the_day_is_past_and_nobody_helps_who_asked_is_asked() -> None:
    day = days(NOON.date() + DAY)
    post, past = a_request(when=day), {What.DAY_PAST: 36 * HOUR}
    assert past.items() <= after(post).items()
    assert past.items() <= after(replace(post, state=State.RESPONDED), Stand(NOON, pending=NOON)).items()
    for other in (
        replace(post, repeats=Repeats.WEEKLY),
        replace(post, kind=Kind.OFFER),
        replace(post, state=State.PAUSED),
        replace(post, when=None),
        replace(post, node_id="node-noord"),
    ):
        assert What.DAY_PAST not in after(other)
    assert What.DAY_PAST not in after(post, Stand(NOON, agreed=NOON))
    assert What.RELEASE not in after(replace(post, widen=True)), "nobody new hears of a day gone by"
