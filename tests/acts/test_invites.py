"""A broker asks somebody to help: who may, whom, the yes that is first, the no, and when it is over."""

from dataclasses import replace
from typing import Any

from node.acts import invites, matches, posts, responses
from node.neighbourhood.activity import Happening
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Membership, Node
from node.neighbourhood.post import Audience, Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import ResponseState
from node.storage import invites as kept
from node.storage import matches as kept_matches
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR


def asked(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    """Bea asks for a hand in the garden."""
    post = posts.post(tx, cast.poster, town.asks(category="tuin", **change), NOON)
    sent(tx)
    return post


def offered(tx: Transaction, cast: town.Cast, part: str = "helper") -> Post:
    """Merel (or somebody else) offers to work in the garden."""
    made = posts.post(tx, getattr(cast, part), town.offers(), NOON)
    sent(tx)
    return made


def an_offer_of(tx: Transaction, node: Node, **change: Any) -> Post:
    """Kees, next door, offers it too."""
    copy = town.a_copy(node, **{"kind": Kind.OFFER, "category": "tuin", "title": "Ik snoei", **change})
    kept_posts.add(tx, copy)
    return copy


def state(tx: Transaction, invite: Invite) -> InviteState:
    return kept.get(tx, invite.id).state


def invited(tx: Transaction, cast: town.Cast, offer: Post, **change: Any) -> tuple[Post, Invite]:
    """A request, and somebody who is asked to help with it."""
    post = asked(tx, cast, **change)
    made = invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    sent(tx)
    written(tx)
    return post, made


# Asking


@story
def test_somebody_here_is_asked_by_a_letter(tx: Transaction, cast: town.Cast) -> None:
    post, offer = asked(tx, cast), offered(tx, cast)
    made = invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    assert (made.resident, made.node_id, made.by) == (cast.helper.id, None, cast.broker.id)
    assert made.expires == NOON + 3 * DAY
    assert kept_posts.get(tx, post.id).state is State.PROPOSED
    assert sent(tx) == []
    assert written(tx) == ["invited to Merel"]
    assert happened(tx, post.id) == [Happening.POSTED, Happening.INVITED_HELPER]


@story
def test_somebody_next_door_is_asked_through_their_node(tx: Transaction, cast: town.Cast) -> None:
    noord, _ = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post, offer = asked(tx, cast, urgency="urgent"), an_offer_of(tx, noord)
    made = invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    assert sent(tx) == ["Invite to Noord"]
    ends = "2026-11-04T12:00:00.000Z"  # urgent: a day
    assert told(tx, "Invite") == {"node": noord.id, "target": offer.uri, "ends": ends}
    assert (made.resident, made.node_id) == (None, noord.id)
    assert kept_posts.get(tx, post.id).state is State.PROPOSED
    assert written(tx) == []


@story
def test_a_state_that_only_home_knows_tells_no_copy(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post, offer = asked(tx, cast), offered(tx, cast)
    made = invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    invites.decline(tx, cast.helper, made.id, LATER)
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert sent(tx) == []


@story
def test_only_a_broker_asks(tx: Transaction, cast: town.Cast) -> None:
    post, offer = asked(tx, cast), offered(tx, cast)
    for name, who in cast.all().items():
        if name != "broker":
            refused(tx, NotAllowed, invites.ask, who, post.id, offer.id, NOON)
    assert written(tx) == []


@story
def test_only_for_an_open_request_of_our_own(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    offer, by = offered(tx, cast), cast.broker
    held = town.a_copy(noord, category="tuin")
    kept_posts.add(tx, held)
    closed, over = asked(tx, cast), asked(tx, cast, expires=NOON + HOUR)
    posts.close(tx, cast.poster, closed.id, NOON)
    full = asked(tx, cast)
    yes = responses.answer(tx, cast.other, full.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, full.id, yes.id, NOON)
    for post, words in (
        (held, "decides about it"),
        (offered(tx, cast, "other"), "a request alone"),
        (closed, "no longer open"),
        (over, "no longer open"),
        (full, "already helps"),
    ):
        assert words in refused(tx, Conflict, invites.ask, by, post.id, offer.id, LATER)
    refused(tx, NotFound, invites.ask, by, "0" * 32, offer.id, LATER)
    refused(tx, NotFound, invites.ask, by, asked(tx, cast).id, "0" * 32, LATER)


@story
def test_only_through_an_open_offer_of_somebody_else(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, by = asked(tx, cast), cast.broker
    paused = offered(tx, cast)
    posts.pause(tx, cast.helper, paused.id, NOON)
    hidden = an_offer_of(tx, noord)
    kept_posts.save(tx, replace(hidden, hidden=True))
    refused(tx, NotFound, invites.ask, by, post.id, hidden.id, NOON)
    for offer, words in (
        (asked(tx, cast), "not open now"),
        (paused, "not open now"),
        (an_offer_of(tx, noord, state=State.CLOSED), "not open now"),
        (an_offer_of(tx, noord, places_left=0), "not open now"),
        (offered(tx, cast, "poster"), "of who asks"),
    ):
        assert words in refused(tx, Conflict, invites.ask, by, post.id, offer.id, NOON)


@story
def test_only_people_whose_node_may_see_the_request(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    here = asked(tx, cast, audience="neighbourhood")
    widen = refused(tx, Conflict, invites.ask, cast.broker, here.id, an_offer_of(tx, noord).id, NOON)
    assert "Noord does not see this request" in widen
    assert "may go further" in widen
    known = town.neighbour(tx, "ver", we_claim=False)
    offer = an_offer_of(tx, known, audience=Audience.PUBLIC)
    assert "Ver is not connected" in refused(
        tx, Conflict, invites.ask, cast.broker, asked(tx, cast).id, offer.id, NOON
    )
    assert sent(tx) == []


@story
def test_a_fellow_member_is_asked_once_the_request_is_there(tx: Transaction, cast: town.Cast) -> None:
    """What the hub passes on may be slower than what we send ourselves."""
    town.neighbour(tx, "hub", kind="hub", we_claim=False, membership=Membership.MEMBER)
    far = town.neighbour(
        tx, "ver", we_claim=False, their_follow="none", membership=Membership.MEMBER, hub="h"
    )
    post = asked(tx, cast, audience="municipality")
    offer = an_offer_of(tx, far, audience=Audience.MUNICIPALITY)
    assert "still on its way to Ver" in refused(
        tx, Conflict, invites.ask, cast.broker, post.id, offer.id, NOON
    )
    outbox.reached(tx, post.uri, far.id, "holds", NOON, post.id)
    invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    assert sent(tx) == ["Invite to Ver"]


@story
def test_nobody_is_asked_twice_and_a_no_is_a_no(tx: Transaction, cast: town.Cast) -> None:
    offer = offered(tx, cast)
    post, made = invited(tx, cast, offer)
    again = (cast.broker, post.id, offer.id, LATER)
    assert "asked already" in refused(tx, Conflict, invites.ask, *again)
    assert not kept.add(tx, replace(made, id="2", uri="2"))  # also not by two at once
    invites.decline(tx, cast.helper, made.id, LATER)
    assert "said no" in refused(tx, Conflict, invites.ask, *again)
    invites.ask(tx, cast.broker, post.id, offered(tx, cast, "other").id, LATER)
    assert written(tx) == ["invited to Tariq"]


@story
def test_who_answered_is_not_asked(tx: Transaction, cast: town.Cast) -> None:
    post, offer = asked(tx, cast), offered(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    assert "answered this" in refused(tx, Conflict, invites.ask, cast.broker, post.id, offer.id, NOON)


# Yes and no, here


@story
def test_a_yes_to_an_invite_is_agreed_at_once(tx: Transaction, cast: town.Cast) -> None:
    post, made = invited(tx, cast, offered(tx, cast))
    yes = invites.accept(tx, cast.helper, made.id, "Ik kom zaterdag.", LATER)
    assert yes.state is ResponseState.ACCEPTED
    invite = kept.get(tx, made.id)
    assert (invite.state, invite.response_id) == (InviteState.ACCEPTED, yes.id)
    [match] = kept_matches.of_post(tx, post.id)
    assert (match.response_id, match.state) == (yes.id, MatchState.AGREED)
    assert kept_posts.get(tx, post.id).state is State.AGREED
    assert sorted(written(tx)) == ["agreed to Merel", "answered to Bea"]
    assert "answered this already" in refused(tx, Conflict, invites.decline, cast.helper, made.id, LATER)


@story
def test_only_who_was_asked_answers(tx: Transaction, cast: town.Cast) -> None:
    _, made = invited(tx, cast, offered(tx, cast))
    for name, who in cast.all().items():
        if name != "helper":
            refused(tx, NotFound, invites.accept, who, made.id, "Ik kom.", LATER)
            refused(tx, NotFound, invites.decline, who, made.id, LATER)
    assert "Write when" in refused(tx, Invalid, invites.accept, cast.helper, made.id, " ", LATER)
    assert state(tx, made) is InviteState.PENDING


@story
def test_a_no_is_kind_and_said_once(tx: Transaction, cast: town.Cast) -> None:
    post, made = invited(tx, cast, offered(tx, cast))
    for _ in range(2):
        assert invites.decline(tx, cast.helper, made.id, LATER).state is InviteState.DECLINED
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert written(tx) == []
    assert happened(tx, post.id).count(Happening.INVITE_DECLINED) == 1
    assert "said no" in refused(tx, Conflict, invites.accept, cast.helper, made.id, "Toch!", LATER)
    late = responses.answer(tx, cast.helper, post.id, "Toch wel.", LATER)  # as anybody may
    assert late.state is ResponseState.PENDING


@story
def test_an_answer_that_is_there_comes_before_one_that_may_come(tx: Transaction, cast: town.Cast) -> None:
    post, _ = invited(tx, cast, offered(tx, cast))
    yes = responses.answer(tx, cast.other, post.id, "Ik kan ook.", LATER)
    assert yes.state is ResponseState.PENDING
    assert kept_posts.get(tx, post.id).state is State.RESPONDED
    responses.withdraw(tx, cast.other, yes.id, LATER)
    assert kept_posts.get(tx, post.id).state is State.PROPOSED


@story
def test_who_says_yes_by_themselves_is_no_first(tx: Transaction, cast: town.Cast) -> None:
    """They said it on the page of the post, where it says that the poster chooses."""
    post, made = invited(tx, cast, offered(tx, cast))
    yes = responses.answer(tx, cast.helper, post.id, "Ik kan ook.", LATER)
    assert yes.state is ResponseState.PENDING
    assert "answered this already" in refused(
        tx, Conflict, invites.accept, cast.helper, made.id, "Ja.", LATER
    )
    written(tx)
    matches.agree(tx, cast.poster, post.id, yes.id, LATER)
    assert state(tx, made) is InviteState.ACCEPTED
    assert written(tx) == ["agreed to Merel"]  # and no letter that it is over


@story
def test_who_offers_twice_is_asked_once(tx: Transaction, cast: town.Cast) -> None:
    post, _ = invited(tx, cast, offered(tx, cast))
    other = offered(tx, cast)
    assert "asked already" in refused(tx, Conflict, invites.ask, cast.broker, post.id, other.id, NOON)
