"""On which days, and how often: in one spelling, still to come; of others only what a form of ours gives."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.neighbourhood.match import Match, MatchState, checked_agreed_for
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.when import LONGEST, Days, believed, checked_days, days, read
from tests.town import DAY, HOUR, NOON

ZONE = ZoneInfo("Europe/Amsterdam")
THURSDAY = date(2026, 11, 5)


def test_a_day_and_several_days_have_one_spelling() -> None:
    assert str(days(THURSDAY)) == "2026-11-05"
    assert str(days(THURSDAY, THURSDAY)) == "2026-11-05"
    assert str(days(THURSDAY, THURSDAY + timedelta(days=3))) == "2026-11-05/2026-11-08"
    assert read("") is None


@given(st.dates(date(2000, 1, 1), date(2190, 1, 1)), st.integers(0, LONGEST.days))
def test_what_is_spelled_is_read_again(first: date, more: int) -> None:
    found = days(first, first + timedelta(days=more))
    assert read(str(found)) == found


@pytest.mark.parametrize(
    "spelled",
    [
        "morgen",
        "2026-02-30",
        "2026-11-05/",
        "/2026-11-05",
        "2026-11-05 ",
        "2026-11-08/2026-11-05",
        "2026-11-05/2027-11-05",
        "2026-11-05/2026-11-08/2026-11-09",
        "٢٠٢٦-11-05",
        "20261105",
    ],
)
def test_anything_else_is_refused_from_a_form_and_any_day_from_another_node(spelled: str) -> None:
    with pytest.raises(Invalid):
        read(spelled)
    assert believed(spelled, NOON) is None


@pytest.mark.parametrize("said", [None, 7, ["2026-11-05"], {"day": "2026-11-05"}, "0001-01-01", "9999-12-31"])
def test_another_node_is_believed_only_in_a_day_that_somebody_means(said: object) -> None:
    assert believed(said, NOON) is None


def test_another_node_is_believed_in_a_day_like_ours() -> None:
    assert believed("2026-11-05", NOON) == Days(THURSDAY, THURSDAY)


def test_a_day_is_still_to_come_by_the_clock_of_the_neighbourhood() -> None:
    late = NOON.replace(day=5, hour=23, minute=30)  # half past midnight there: it is Friday already
    with pytest.raises(Invalid):
        checked_days(days(THURSDAY), ZONE, late + 60 * DAY, late)
    assert checked_days(days(THURSDAY), ZONE, NOON + 60 * DAY, NOON) == days(THURSDAY)
    with pytest.raises(Invalid):
        checked_days(days(THURSDAY), ZONE, NOON + DAY, NOON)


def test_it_is_over_at_the_end_of_the_last_day() -> None:
    assert days(date(2026, 11, 3)).over(ZONE).isoformat() == "2026-11-03T23:00:00+00:00"


def test_whether_it_worked_out_is_asked_from_when_it_was_to_be() -> None:
    made = Match("m", "u", "p", "r", 1, MatchState.AGREED, NOON)
    midnight = NOON.replace(day=4, hour=23)  # the beginning of the fifth there
    assert made.to_be(ZONE) == NOON
    assert (
        Match("m", "u", "p", "r", 1, MatchState.AGREED, NOON, None, midnight).to_be(ZONE)
        == midnight + 12 * HOUR
    )
    at_ten = Match("m", "u", "p", "r", 1, MatchState.AGREED, NOON, None, midnight + 10 * HOUR)
    assert at_ten.to_be(ZONE) == midnight + 10 * HOUR


def test_an_appointment_is_from_yesterday_on_and_within_a_year() -> None:
    for right in (NOON - 23 * HOUR, NOON, NOON + 365 * DAY):
        assert checked_agreed_for(right, NOON) == right
    for wrong in (NOON - 2 * DAY, NOON + 400 * DAY):
        with pytest.raises(Invalid):
            checked_agreed_for(wrong, NOON)
