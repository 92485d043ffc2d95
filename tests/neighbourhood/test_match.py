"""Who may be picked, which place is free, and what state that gives a post."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.neighbourhood.category import Category, known
from node.neighbourhood.match import free_place, require_pickable, state_after
from node.neighbourhood.post import (
    ANSWERABLE,
    HELD_STATE,
    LISTING_STATE,
    PRIVATE,
    State,
    later,
    require_running,
)
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import Reason, Response, ResponseState, require_answerable, too_late
from tests import town
from tests.town import DAY, NOON

POST = town.a_post()
YES = Response(
    "3", "https://centrum.example/ap/a/3", "1", "p", "Merel", "Ik kom.", ResponseState.PENDING, NOON
)


@given(st.integers(1, 50), st.sets(st.integers(1, 50)))
def test_the_lowest_free_place_is_given(places: int, taken: set[int]) -> None:
    post, free = replace(POST, places=places), set(range(1, places + 1)) - taken
    if free:
        assert free_place(post, frozenset(taken)) == min(free)
    else:
        with pytest.raises(Conflict, match="Somebody already helps"):
            free_place(post, frozenset(taken))


@pytest.mark.parametrize(
    ("places", "running", "done", "pending", "state"),
    [
        (1, 0, 0, 0, State.OPEN),
        (1, 0, 0, 2, State.RESPONDED),
        (1, 1, 0, 0, State.AGREED),
        (1, 0, 1, 0, State.DONE),
        (3, 2, 0, 0, State.OPEN),
        (3, 1, 1, 1, State.RESPONDED),
        (3, 1, 2, 0, State.AGREED),
        (3, 0, 3, 0, State.DONE),
    ],
)
def test_agreements_and_answers_give_the_state(
    places: int, running: int, done: int, pending: int, state: State
) -> None:
    assert state_after(replace(POST, places=places), running, done, pending) is state


def test_only_who_still_waits_can_be_picked_for_what_is_still_open() -> None:
    require_pickable(POST, YES, NOON)
    for state in set(ResponseState) - {ResponseState.PENDING}:
        with pytest.raises(
            Conflict, match="took the answer back" if state == "withdrawn" else "dealt with already"
        ):
            require_pickable(POST, replace(YES, state=state), NOON)
    for over in set(State) - ANSWERABLE:
        with pytest.raises(Conflict, match="no longer open"):
            require_pickable(replace(POST, state=over), YES, NOON)
    with pytest.raises(Conflict, match="no longer open"):
        require_pickable(POST, YES, POST.expires)
    with pytest.raises(Conflict, match="already helps"):
        require_pickable(replace(POST, places_left=0), YES, NOON)


def test_whoever_is_too_late_hears_why() -> None:
    full, closed = replace(POST, places_left=0), replace(POST, state=State.CLOSED)
    for post, words, reason in (
        (full, "already helps", Reason.TAKEN),
        (closed, "no longer open", Reason.CLOSED),
    ):
        with pytest.raises(Conflict, match=words):
            require_answerable(post, NOON)
        assert too_late(post) is reason
    require_answerable(POST, POST.expires - timedelta(milliseconds=1))


def test_every_change_is_newer_than_the_one_before() -> None:
    assert later(NOON, NOON + DAY) == NOON + DAY
    assert later(NOON, NOON) > NOON
    assert later(NOON, NOON - DAY) > NOON  # the clock went back
    assert POST.moved(State.CLOSED, NOON).ended == NOON
    assert POST.moved(State.CLOSED, NOON).moved(State.OPEN, NOON).ended is None


def test_what_is_over_cannot_be_changed() -> None:
    for state in State:
        if state in (State.WITHDRAWN, State.DONE, State.THANKED):
            with pytest.raises(Conflict):
                require_running(replace(POST, state=state))
        else:
            require_running(replace(POST, state=state))


def test_every_state_has_a_word_for_other_nodes_or_is_never_sent() -> None:
    assert set(State) - set(LISTING_STATE) == {State.DRAFT, State.WITHDRAWN}
    assert set(LISTING_STATE.values()) == set(HELD_STATE)
    for state, word in LISTING_STATE.items():
        assert LISTING_STATE[HELD_STATE[word]] == word
        assert (state in PRIVATE) == (HELD_STATE[word] in PRIVATE)


def test_a_word_we_do_not_know_is_shown_as_other() -> None:
    assert known("tuin") is Category.GARDEN
    assert known("raketten") is Category.OTHER
