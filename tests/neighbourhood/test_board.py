"""The broker's board: in which column a post stands, how long it waits, and what comes first."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from node.neighbourhood.board import Column, Standing, board, checked_explanation, placed
from node.neighbourhood.pace import USUAL
from node.neighbourhood.post import Kind, Post, State, Urgency
from node.neighbourhood.refusal import Invalid
from tests import town
from tests.town import DAY, HOUR, NOON

POST = town.a_post(expires=NOON + 30 * DAY)


def stands(post: Post = POST, at: datetime = NOON, **known: Any) -> tuple[Column, int, bool] | None:
    """Where it stands, how many hours it waits there, and whether it is on top."""
    item = placed(post, Standing(**known), USUAL, at)
    return None if item is None else (item.column, item.hours(at), item.top)


@pytest.mark.parametrize(("urgency", "hours"), [("urgent", 4), ("week", 48), ("whenever", 120)])
def test_a_request_is_new_until_its_timer_runs_out(urgency: str, hours: int) -> None:
    post = replace(POST, urgency=Urgency(urgency))
    end = NOON + hours * HOUR
    assert stands(post, end - HOUR) == (Column.NEW, hours - 1, False)
    assert stands(post, end) == (Column.NO_RESPONSE, hours, True)


def test_after_ten_days_without_anybody_somebody_has_to_choose() -> None:
    for days, words in ((9, "in time"), (10, "call, refer, or close")):
        item = placed(POST, Standing(), USUAL, NOON + days * DAY)
        assert item is not None
        assert words in item.why[0]


def test_an_answer_comes_before_an_invite() -> None:
    waits = {"invites": 1, "invite_since": NOON}
    assert stands(POST, NOON + HOUR, **waits) == (Column.PROPOSED, 1, False)
    both = {**waits, "responses": 2, "response_since": NOON - HOUR}
    assert stands(POST, NOON + HOUR, **both) == (Column.RESPONSES, 2, False)


def test_an_answer_that_nobody_picks_comes_up_a_day_after_the_reminder() -> None:
    known = {"responses": 1, "response_since": NOON}
    assert stands(POST, NOON + 71 * HOUR, **known) == (Column.RESPONSES, 71, False)
    assert stands(POST, NOON + 72 * HOUR, **known) == (Column.RESPONSES, 72, True)


def test_an_offer_is_there_once_somebody_answered() -> None:
    offer = replace(POST, kind=Kind.OFFER)
    assert stands(offer) is None
    assert stands(offer, invites=1, invite_since=NOON) is None
    assert stands(offer, responses=1, response_since=NOON) == (Column.RESPONSES, 0, False)


def test_what_was_agreed_is_asked_after_a_day_later() -> None:
    post, known = replace(POST, state=State.AGREED, places_left=0), {"agreed": 1, "agreed_since": NOON}
    assert stands(post, NOON + 23 * HOUR, **known) == (Column.AGREED, 23, False)
    assert stands(post, NOON + 24 * HOUR, **known) == (Column.AFTERCARE, 24, True)
    done = replace(post, state=State.DONE, ended=NOON)
    assert stands(done, NOON + 6 * DAY) == (Column.AFTERCARE, 144, False)
    assert stands(done, NOON + 7 * DAY) is None


def test_what_ends_soon_is_on_top() -> None:
    post = replace(POST, expires=NOON + 25 * HOUR)
    assert stands(post) == (Column.NEW, 0, False)
    item = placed(post, Standing(), USUAL, NOON + HOUR)
    assert item is not None
    assert "ends within a day" in item.why[0]
    assert stands(post, NOON + 25 * HOUR) is None


def test_it_waits_anew_when_a_helper_fell_away() -> None:
    assert stands(POST, NOON + 50 * HOUR, turned=NOON + 40 * HOUR) == (Column.NEW, 10, False)


@pytest.mark.parametrize(
    "change",
    [
        {"node_id": "noord"},
        {"kind": Kind.NOTICE},
        {"kind": Kind.EVENT},
        *({"state": state} for state in (State.DRAFT, State.WAITING, State.CLOSED, State.WITHDRAWN)),
        *({"state": state} for state in (State.EXPIRED, State.PAUSED, State.HIDDEN, State.REFERRED)),
    ],
)
def test_what_does_not_belong_there(change: dict[str, Any]) -> None:
    assert stands(replace(POST, **change), responses=1, response_since=NOON) is None


def test_what_needs_somebody_first_then_the_most_urgent_then_what_waits_longest() -> None:
    def post(key: str, hours: int, urgency: Urgency = Urgency.WEEK, ends: int = 700) -> Post:
        created = NOON - hours * HOUR
        return replace(POST, id=key, created=created, urgency=urgency, expires=NOON + ends * HOUR)

    found = [
        post("young", 1),
        post("old", 40),
        post("urgent", 2, Urgency.URGENT),
        post("ends", 1, Urgency.WHENEVER, 5),
        post("late", 60),
        post("later", 70),
    ]
    made = board([(one, Standing()) for one in found], USUAL, NOON)
    assert list(made) == list(Column)
    assert [item.post.id for item in made[Column.NEW]] == ["ends", "urgent", "old", "young"]
    assert [item.post.id for item in made[Column.NO_RESPONSE]] == ["later", "late"]


def test_an_explanation_is_a_sentence_that_can_be_read() -> None:
    assert checked_explanation(" De gemeente\r\ndoet het. ") == "De gemeente\ndoet het."
    for words in ("", "  ", "x" * 501, "a\x00"):
        with pytest.raises(Invalid, match="words"):
            checked_explanation(words)
