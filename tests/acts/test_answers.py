"""Saying yes, and taking it back: here, from next door, and to a post next door."""

from dataclasses import replace
from typing import Any

from node.acts import matches, nodes, posts, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import Response, ResponseState
from node.storage import matches as kept_matches
from node.storage import nodes as kept_nodes
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage import responses as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR


def asked(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    post = posts.post(tx, cast.poster, town.asks(**change), NOON)
    sent(tx)
    return post


def offer(tx: Transaction, node: Node, post: Post, number: int = 1, **change: Any) -> str:
    """Kees (or who bears that number) of the neighbourhood next door says yes; the id of the Offer."""
    uri = f"{node.origin}/ap/a/{number}"
    said = {"party": f"{node.origin}/ap/p/{number}", "name": "Kees", "text": "Ik kan om tien uur.", **change}
    responses.offered(tx, node, uri, post.uri, said["party"], said["name"], said["text"], NOON)
    return uri


def a_copy(tx: Transaction, node: Node, **change: Any) -> Post:
    copy = town.a_copy(node, **change)
    kept_posts.add(tx, copy)
    return copy


def state(tx: Transaction, response: Response) -> ResponseState:
    return kept.get(tx, response.id).state


# Here


@story
def test_a_yes_reaches_the_poster(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, " Ik kom. ", NOON)
    assert (yes.text, yes.name, yes.state) == ("Ik kom.", "Merel", ResponseState.PENDING)
    assert kept_posts.get(tx, post.id).state is State.RESPONDED
    assert written(tx) == ["answered to Bea"]
    assert happened(tx, post.id) == [Happening.POSTED, Happening.ANSWERED]
    assert kept.count_pending(tx, [post.id]) == {post.id: 1}


@story
def test_nobody_answers_twice_or_to_themselves(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    assert "answered this already" in refused(
        tx, Conflict, responses.answer, cast.helper, post.id, "Echt!", NOON
    )
    assert "your own" in refused(tx, Conflict, responses.answer, cast.poster, post.id, "Ik kom.", NOON)
    responses.withdraw(tx, cast.helper, yes.id, NOON)
    again = responses.answer(tx, cast.helper, post.id, "Toch wel.", NOON)
    assert again.party == yes.party  # the same person, under this post


@story
def test_only_residents_answer_what_they_may_see(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    refused(tx, NotFound, responses.answer, cast.outsider, post.id, "Ik kom.", NOON)
    refused(tx, NotFound, responses.answer, cast.helper, "0" * 32, "Ik kom.", NOON)
    kept_posts.save(tx, replace(post, audience=Audience.PUBLIC))
    assert "not let in" in refused(tx, NotAllowed, responses.answer, cast.outsider, post.id, "Ik kom.", NOON)
    assert "Write when" in refused(tx, Invalid, responses.answer, cast.helper, post.id, " ", NOON)
    kept_posts.save(tx, post)


@story
def test_too_late_is_said_kindly(tx: Transaction, cast: town.Cast) -> None:
    closed, over, full = asked(tx, cast), asked(tx, cast, expires=NOON + HOUR), asked(tx, cast)
    posts.close(tx, cast.poster, closed.id, NOON)
    answer = responses.answer(tx, cast.helper, full.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, full.id, answer.id, NOON)
    for post, words in ((closed, "no longer open"), (over, "no longer open"), (full, "already helps")):
        assert words in refused(tx, Conflict, responses.answer, cast.other, post.id, "Ik kom.", NOON + HOUR)


@story
def test_only_who_gave_it_takes_it_back(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    for name, who in cast.all().items():
        if name != "helper":
            refused(tx, NotAllowed, responses.withdraw, who, yes.id, NOON)
    written(tx)
    assert responses.withdraw(tx, cast.helper, yes.id, LATER, "ziek").state is ResponseState.WITHDRAWN
    assert responses.withdraw(tx, cast.helper, yes.id, LATER).state is ResponseState.WITHDRAWN
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert written(tx) == ["answer withdrawn to Bea"]
    assert happened(tx, post.id).count(Happening.ANSWER_WITHDRAWN) == 1


@story
def test_the_poster_or_a_broker_says_kindly_no(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    for by, who in ((cast.poster, cast.helper), (cast.broker, cast.other)):
        yes = responses.answer(tx, who, post.id, "Ik kom.", NOON)
        written(tx)
        for name, stranger in cast.all().items():
            if name not in ("poster", "broker"):
                refused(tx, NotAllowed, responses.decline, stranger, yes.id, LATER)
        assert responses.decline(tx, by, yes.id, LATER).state is ResponseState.DECLINED
        assert responses.decline(tx, by, yes.id, LATER).state is ResponseState.DECLINED
        assert written(tx) == [f"not needed to {who.name}"]
        assert kept_posts.get(tx, post.id).state is State.OPEN
        assert "dealt with" in refused(tx, Conflict, responses.withdraw, who, yes.id, LATER)
    back = responses.answer(tx, cast.helper, post.id, "Echt niet?", LATER)
    responses.withdraw(tx, cast.helper, back.id, LATER)
    assert "dealt with" in refused(tx, Conflict, responses.decline, cast.poster, back.id, LATER)


# From next door


@story
def test_a_yes_from_next_door_is_a_yes(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    uri = offer(tx, noord, post)
    yes = kept.by_uri(tx, uri)
    assert yes is not None
    assert (yes.node_id, yes.resident, yes.name, yes.state) == (noord.id, None, "Kees", ResponseState.PENDING)
    assert written(tx) == ["answered to Bea"]
    assert sent(tx) == []
    for who in cast.all().values():
        refused(tx, NotAllowed, responses.withdraw, who, yes.id, NOON)


@story
def test_who_may_not_know_a_post_hears_that_it_is_unknown(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx), town.neighbour(tx, "zuid", they_claim=False)
    private = asked(tx, cast, audience="neighbourhood")
    copy = a_copy(tx, noord)
    never = replace(private, uri=tx.home.uri("o", "0" * 32))
    for number, (node, post) in enumerate(
        [(noord, private), (noord, copy), (noord, never), (zuid, asked(tx, cast))]
    ):
        offer(tx, node, post, number)
        assert sent(tx) == [f"Reject to {node.name}"]
        answer = outbox.answer_to(tx, f"{node.origin}/ap/a/{number}")
        assert answer is not None
        assert answer.facts == {"node": node.id, "reason": "unknown"}
    assert written(tx) == []


@story
def test_too_late_from_next_door_hears_why(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    closed, full = asked(tx, cast), asked(tx, cast)
    posts.close(tx, cast.poster, closed.id, NOON)
    yes = responses.answer(tx, cast.helper, full.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, full.id, yes.id, NOON)
    sent(tx)
    for number, (post, reason) in enumerate([(closed, "closed"), (full, "taken")]):
        answer = outbox.answer_to(tx, offer(tx, noord, post, number))
        assert answer is not None
        assert answer.facts is not None
        assert answer.facts["reason"] == reason
    assert sent(tx) == ["Reject to Noord"] * 2


@story
def test_one_party_has_one_yes_that_waits(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    offer(tx, noord, post, 1)
    offer(tx, noord, post, 2, party=f"{noord.origin}/ap/p/1")
    assert told(tx, "Reject")["reason"] == "declined"
    offer(tx, noord, post, 3)  # somebody else of there
    assert kept.count_pending(tx, [post.id]) == {post.id: 2}


@story
def test_words_that_cannot_be_shown_are_declined(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    for number, text in enumerate(["", "a\x07b", "\ud800", "x" * 2001]):
        offer(tx, noord, post, number, text=text)
    assert sent(tx) == ["Reject to Noord"] * 4
    assert kept.of_post(tx, post.id) == []


@story
def test_an_undo_takes_back_only_ones_own(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = asked(tx, cast)
    uri = offer(tx, noord, post)
    here = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    written(tx)
    responses.undone(tx, zuid, uri, LATER, None)
    responses.undone(tx, zuid, here.uri, LATER, None)
    assert [answer.state for answer in kept.of_post(tx, post.id)] == [ResponseState.PENDING] * 2
    responses.undone(tx, noord, uri, LATER, "ziek")
    responses.undone(tx, noord, uri, LATER, "ziek")
    assert written(tx) == ["answer withdrawn to Bea"]
    assert kept.count_pending(tx, [post.id]) == {post.id: 1}


@story
def test_an_undo_that_comes_first_makes_the_offer_void(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = asked(tx, cast)
    responses.undone(tx, noord, f"{noord.origin}/ap/a/1", NOON, None)
    responses.undone(tx, zuid, f"{noord.origin}/ap/a/2", NOON, None)  # not theirs to undo
    offer(tx, noord, post, 1)
    offer(tx, noord, post, 2)
    assert [answer.uri for answer in kept.of_post(tx, post.id)] == [f"{noord.origin}/ap/a/2"]
    timers.tick(tx, NOON + 90 * DAY)
    assert kept.is_void(tx, f"{noord.origin}/ap/a/1", noord.origin)
    timers.tick(tx, NOON + 91 * DAY)
    assert not kept.is_void(tx, f"{noord.origin}/ap/a/1", noord.origin)


# To a post next door


@story
def test_a_yes_to_a_post_next_door_goes_there(tx: Transaction, cast: town.Cast) -> None:
    noord, _ = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    copy = a_copy(tx, noord)
    yes = responses.answer(tx, cast.helper, copy.id, "Ik kom.", NOON)
    assert sent(tx) == ["Offer to Noord"]
    assert told(tx, "Offer") == {"party": yes.party, "name": "Merel", "text": "Ik kom."}
    assert cast.helper.id not in yes.party
    assert written(tx) == []
    assert kept_posts.get(tx, copy.id).state is State.OPEN  # its home decides what becomes of it
    assert "answered this already" in refused(
        tx, Conflict, responses.answer, cast.helper, copy.id, "Echt!", NOON
    )
    assert "decides about it" in refused(tx, Conflict, responses.decline, cast.broker, yes.id, NOON)
    responses.withdraw(tx, cast.helper, yes.id, LATER, "ziek")
    assert sent(tx) == ["Undo to Noord"]
    assert told(tx, "Undo") == {"node": noord.id, "reason": "ziek"}


@story
def test_two_posts_know_one_helper_by_two_parties(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    parties = {
        responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON).party for _ in range(3)
    }
    parties |= {
        responses.answer(tx, cast.helper, asked(tx, cast).id, "Ik kom.", NOON).party for _ in range(3)
    }
    assert len(parties) == 6


@story
def test_only_the_home_of_the_post_says_yes_or_no(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    yes = responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON)
    accept, agreement = f"{zuid.origin}/ap/a/9", f"{zuid.origin}/ap/g/9"
    matches.accepted(tx, zuid, yes.uri, accept, agreement, LATER)
    matches.rejected(tx, zuid, yes.uri, "taken", LATER)
    here = responses.answer(tx, cast.helper, asked(tx, cast).id, "Ik kom.", NOON)
    matches.accepted(tx, noord, here.uri, accept, agreement, LATER)  # of an answer that never went out
    matches.accepted(tx, noord, f"{noord.origin}/ap/a/0", accept, agreement, LATER)
    assert [state(tx, answer) for answer in (yes, here)] == [ResponseState.PENDING] * 2
    assert kept_matches.of_resident(tx, cast.helper.id) == []


@story
def test_a_no_from_next_door_is_told_kindly(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    expected = {
        "taken": ResponseState.TAKEN,
        "closed": ResponseState.DECLINED,
        "<script>": ResponseState.DECLINED,
    }
    for reason, after in expected.items():
        yes = responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON)
        matches.rejected(tx, noord, yes.uri, reason, LATER)
        matches.rejected(tx, noord, yes.uri, reason, LATER)
        assert state(tx, yes) is after
        assert written(tx) == ["not needed to Merel"]


@story
def test_a_yes_from_next_door_is_an_agreement(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    copy = a_copy(tx, noord)
    yes = responses.answer(tx, cast.helper, copy.id, "Ik kom.", NOON)
    accept, agreement = f"{noord.origin}/ap/a/9", f"{noord.origin}/ap/g/9"
    for _ in range(2):  # twice is as good as once
        matches.accepted(tx, noord, yes.uri, accept, agreement, LATER)
    [match] = kept_matches.of_resident(tx, cast.helper.id)
    assert (match.uri, match.state) == (agreement, "agreed")
    assert written(tx) == ["agreed to Merel"]
    zuid = town.neighbour(tx, "zuid")
    assert matches.undone(tx, zuid, accept, LATER, None)  # known, and not theirs
    assert state(tx, yes) is ResponseState.ACCEPTED
    assert matches.undone(tx, noord, accept, LATER, "ziek")
    assert state(tx, yes) is ResponseState.DECLINED
    assert kept_matches.get(tx, match.id).state == "cancelled"
    assert written(tx) == ["called off to Merel"]
    assert not matches.undone(tx, noord, f"{noord.origin}/ap/a/0", LATER, None)


@story
def test_a_yes_that_crosses_the_undo_comes_too_late(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    yes = responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON)
    responses.withdraw(tx, cast.helper, yes.id, NOON)
    matches.accepted(tx, noord, yes.uri, f"{noord.origin}/ap/a/9", f"{noord.origin}/ap/g/9", LATER)
    assert state(tx, yes) is ResponseState.WITHDRAWN
    assert kept_matches.of_resident(tx, cast.helper.id) == []


@story
def test_with_a_blocked_node_every_yes_ends(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    waits, agreed, done = (asked(tx, cast) for _ in range(3))
    for number, post in enumerate([waits, agreed, done]):
        offer(tx, noord, post, number)
    for post in (agreed, done):
        [yes] = kept.of_post(tx, post.id)
        matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    [helped] = kept_matches.of_post(tx, done.id)
    matches.complete(tx, cast.poster, helped.id, NOON)
    ours, theirs = (
        responses.answer(tx, cast.helper, a_copy(tx, noord).id, "Ik kom.", NOON) for _ in range(2)
    )
    matches.accepted(tx, noord, theirs.uri, f"{noord.origin}/ap/a/9", f"{noord.origin}/ap/g/9", NOON)
    sent(tx), written(tx)
    nodes.block(tx, cast.operator, noord.id, LATER)
    assert sorted(sent(tx)) == ["Reject to Noord", *["Undo to Noord"] * 3]
    assert sorted(written(tx)) == ["called off to Merel", "not needed to Merel"]
    assert [kept_posts.get(tx, post.id).state for post in (waits, agreed, done)] == [
        State.OPEN,
        State.OPEN,
        State.DONE,
    ]
    assert {state(tx, yes) for yes in (ours, theirs)} == {ResponseState.WITHDRAWN}
    assert [copy.title for copy in kept_posts.held_from(tx, noord.id)] == ["", ""]
    assert kept_nodes.get(tx, noord.id).blocked
