"""Agreeing, calling off, and saying that it is done."""

from typing import Any

from node.acts import matches, posts, responses
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Decide, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import ResponseState
from node.storage import matches as kept
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.test_answers import a_copy, asked, offer
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR = town.NOON, town.HOUR
LATER = NOON + HOUR


def agreed(
    tx: Transaction, cast: town.Cast, helper: Resident | None = None, **change: Any
) -> tuple[Post, Match]:
    """Bea and Merel (or another) have agreed, and that news is out."""
    post = asked(tx, cast, **change)
    yes = responses.answer(tx, helper or cast.helper, post.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    sent(tx), written(tx)
    return post, match


def now(tx: Transaction, post: Post) -> Post:
    return kept_posts.get(tx, post.id)


# Agreeing


@story
def test_picking_is_agreeing(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    responses.answer(tx, cast.other, post.id, "Ik ook.", NOON)
    written(tx)
    match = matches.agree(tx, cast.poster, post.id, yes.id, LATER)
    assert (match.place, match.state) == (1, MatchState.AGREED)
    assert (now(tx, post).state, now(tx, post).places_left) == (State.AGREED, 0)
    assert written(tx) == ["agreed to Merel", "not needed to Tariq"]
    assert sent(tx) == ["Update to Noord"]
    assert told(tx, "Update")["listing_state"] == "matched"
    log = [Happening.POSTED, Happening.ANSWERED, Happening.ANSWERED, Happening.AGREED, Happening.ANSWER_TAKEN]
    assert happened(tx, post.id) == log
    assert {answer.state for answer in kept_responses.of_post(tx, post.id)} == {"accepted", "taken"}


@story
def test_somebody_next_door_is_told_and_so_are_the_others(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = asked(tx, cast)
    uri = offer(tx, noord, post)
    offer(tx, zuid, post)
    yes = kept_responses.by_uri(tx, uri)
    assert yes is not None
    match = matches.agree(tx, cast.poster, post.id, yes.id, LATER)
    assert sent(tx) == ["Accept to Noord", "Update to Noord", "Update to Zuid", "Reject to Zuid"]
    assert told(tx, "Reject")["reason"] == "taken"
    told_there = {
        "node": noord.id,
        "agreement": match.uri,
        "post": post.uri,
        "party": post.party,
        "name": "Bea",
    }
    assert told(tx, "Accept") == told_there


@story
def test_a_broker_may_pick_and_nobody_else(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    for name, who in cast.all().items():
        if name not in ("poster", "broker"):
            kind = NotFound if name == "outsider" else NotAllowed
            refused(tx, kind, matches.agree, who, post.id, yes.id, LATER)
    matches.agree(tx, cast.broker, post.id, yes.id, LATER)
    assert "already helps" in refused(tx, Conflict, matches.agree, cast.poster, post.id, yes.id, LATER)


@story
def test_only_what_fits_is_agreed(tx: Transaction, cast: town.Cast) -> None:
    post, other = asked(tx, cast), asked(tx, cast)
    elsewhere = responses.answer(tx, cast.helper, other.id, "Ik kom.", NOON)
    assert "another post" in refused(tx, Invalid, matches.agree, cast.poster, post.id, elsewhere.id, LATER)
    refused(tx, NotFound, matches.agree, cast.poster, post.id, "0" * 32, LATER)
    back = responses.answer(tx, cast.other, other.id, "Ik ook.", NOON)
    responses.withdraw(tx, cast.other, back.id, NOON)
    assert "took the answer back" in refused(
        tx, Conflict, matches.agree, cast.poster, other.id, back.id, LATER
    )
    late = NOON + 31 * town.DAY
    assert "no longer open" in refused(tx, Conflict, matches.agree, cast.poster, other.id, elsewhere.id, late)
    copy = a_copy(tx, town.neighbour(tx))
    yes = responses.answer(tx, cast.helper, copy.id, "Ik kom.", NOON)
    assert "decides about it" in refused(tx, Conflict, matches.agree, cast.broker, copy.id, yes.id, LATER)


@story
def test_the_first_yes_has_it(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast, decide="first")
    assert post.decide is Decide.FIRST
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    assert yes.state is ResponseState.ACCEPTED
    assert sorted(written(tx)) == ["agreed to Merel", "answered to Bea"]
    assert sent(tx) == ["Update to Noord"]
    assert "already helps" in refused(tx, Conflict, responses.answer, cast.other, post.id, "Ik ook.", NOON)
    offer(tx, noord, post)
    assert told(tx, "Reject")["reason"] == "taken"


@story
def test_the_first_yes_may_come_from_next_door(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = asked(tx, cast, decide="first")
    offer(tx, noord, post)
    offer(tx, zuid, post)
    assert sent(tx) == ["Accept to Noord", "Update to Noord", "Update to Zuid", "Reject to Zuid"]


@story
def test_a_group_job_has_a_place_for_each(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast, places=2)
    here = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    uri = offer(tx, noord, post)
    responses.answer(tx, cast.other, post.id, "Ik ook.", NOON)
    written(tx)
    first = matches.agree(tx, cast.poster, post.id, here.id, LATER)
    assert (now(tx, post).state, now(tx, post).places_left) == (State.RESPONDED, 1)
    assert written(tx) == ["agreed to Merel"]  # nobody is sent away while there is a place
    there = kept_responses.by_uri(tx, uri)
    assert there is not None
    second = matches.agree(tx, cast.poster, post.id, there.id, LATER)
    assert {first.place, second.place} == {1, 2}
    assert written(tx) == ["not needed to Tariq"]
    matches.complete(tx, cast.poster, first.id, LATER)
    assert now(tx, post).state is State.AGREED
    matches.complete(tx, cast.poster, second.id, LATER)
    assert now(tx, post).state is State.DONE


@story
def test_a_place_that_is_free_again_is_given_again(tx: Transaction, cast: town.Cast) -> None:
    post, first = agreed(tx, cast, places=2)
    yes = responses.answer(tx, cast.other, post.id, "Ik ook.", NOON)
    second = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    matches.cancel(tx, cast.helper, first.id, LATER)
    again = responses.answer(tx, cast.helper, post.id, "Toch wel.", LATER)
    third = matches.agree(tx, cast.poster, post.id, again.id, LATER)
    assert (second.place, third.place) == (2, 1)


# Calling off


@story
def test_each_side_undoes_its_own(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    for by, letters in (
        (cast.helper, ["helper cancelled to Bea"]),
        (cast.poster, ["called off to Merel"]),
        (cast.broker, ["called off to Merel"]),
    ):
        post, match = agreed(tx, cast)
        off = matches.cancel(tx, by, match.id, LATER, "ziek")
        assert (off.state, off.ended) == (MatchState.CANCELLED, LATER)
        assert matches.cancel(tx, by, match.id, LATER).state is MatchState.CANCELLED
        assert (now(tx, post).state, now(tx, post).places_left) == (State.OPEN, 1)
        assert written(tx) == letters
        assert sent(tx) == ["Update to Noord"]
        assert happened(tx, post.id).count(Happening.CANCELLED) == 1


@story
def test_nobody_else_touches_an_agreement(tx: Transaction, cast: town.Cast) -> None:
    _, match = agreed(tx, cast)
    for name, who in cast.all().items():
        if name not in ("poster", "broker", "helper"):
            assert "between others" in refused(tx, NotAllowed, matches.cancel, who, match.id, LATER)
            assert "between others" in refused(tx, NotAllowed, matches.complete, who, match.id, LATER)
    assert "not yours" in refused(tx, NotAllowed, matches.complete, cast.helper, match.id, LATER)
    refused(tx, NotFound, matches.cancel, cast.poster, "0" * 32, LATER)


@story
def test_at_the_helpers_node_only_the_helper_calls_off(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    yes = responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON)
    matches.accepted(tx, noord, yes.uri, f"{noord.origin}/ap/a/9", f"{noord.origin}/ap/g/9", NOON)
    [match] = kept.of_resident(tx, cast.helper.id)
    for who in (cast.broker, cast.poster, cast.operator):
        assert "between others" in refused(tx, NotAllowed, matches.cancel, who, match.id, LATER)
    assert "Who asked" in refused(tx, Conflict, matches.complete, cast.helper, match.id, LATER)
    sent(tx)
    assert matches.cancel(tx, cast.helper, match.id, LATER).state is MatchState.CANCELLED
    assert sent(tx) == ["Undo to Noord"]


@story
def test_who_helps_from_next_door_hears_that_it_is_off(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    yes = kept_responses.by_uri(tx, offer(tx, noord, post))
    assert yes is not None
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    sent(tx)
    matches.cancel(tx, cast.poster, match.id, LATER, "ziek")
    assert sent(tx) == ["Undo to Noord", "Update to Noord"]
    assert told(tx, "Undo") == {"node": noord.id, "reason": "ziek"}


@story
def test_an_undo_that_crosses_the_accept_frees_the_place(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    uri = offer(tx, noord, post)
    yes = kept_responses.by_uri(tx, uri)
    assert yes is not None
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    sent(tx), written(tx)
    responses.undone(tx, noord, uri, LATER, None)
    assert (now(tx, post).state, now(tx, post).places_left) == (State.OPEN, 1)
    assert written(tx) == ["helper cancelled to Bea"]
    assert sent(tx) == ["Update to Noord"]


# Done


@story
def test_the_poster_says_that_it_is_done(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    for by in (cast.poster, cast.broker):
        post, match = agreed(tx, cast)
        assert matches.complete(tx, by, match.id, LATER).state is MatchState.DONE
        assert matches.complete(tx, by, match.id, LATER).state is MatchState.DONE
        assert (now(tx, post).state, now(tx, post).ended) == (State.DONE, LATER)
        assert sent(tx) == ["Update to Noord"]
        assert happened(tx, post.id).count(Happening.DONE) == 1


@story
def test_what_is_done_stays_done(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    _, match = agreed(tx, cast)
    matches.complete(tx, cast.poster, match.id, LATER)
    for who in (cast.poster, cast.helper, cast.broker):
        assert "done already" in refused(tx, Conflict, matches.cancel, who, match.id, LATER)
    assert "done already" in refused(tx, Conflict, responses.withdraw, cast.helper, match.response_id, LATER)
    post = asked(tx, cast)
    uri = offer(tx, noord, post)
    yes = kept_responses.by_uri(tx, uri)
    assert yes is not None
    matches.complete(tx, cast.poster, matches.agree(tx, cast.poster, post.id, yes.id, NOON).id, NOON)
    written(tx)
    responses.undone(tx, noord, uri, LATER, None)
    assert written(tx) == []
    assert now(tx, post).state is State.DONE


@story
def test_what_was_called_off_is_not_done(tx: Transaction, cast: town.Cast) -> None:
    _, match = agreed(tx, cast)
    matches.cancel(tx, cast.poster, match.id, LATER)
    assert "called off" in refused(tx, Conflict, matches.complete, cast.poster, match.id, LATER)


@story
def test_a_group_job_that_ended_keeps_its_agreements(tx: Transaction, cast: town.Cast) -> None:
    tomorrow = NOON + town.DAY
    off, on = (agreed(tx, cast, places=2, expires=tomorrow) for _ in range(2))
    assert posts.expire(tx, tomorrow) == 2
    matches.cancel(tx, cast.helper, off[1].id, tomorrow)
    matches.complete(tx, cast.poster, on[1].id, tomorrow)
    assert (now(tx, off[0]).state, now(tx, off[0]).places_left) == (State.EXPIRED, 2)
    assert (now(tx, on[0]).state, now(tx, on[0]).places_left) == (State.EXPIRED, 1)
