"""Invites over the border: an answer from next door to ours, and one from there to our people."""

import asyncio
import random
from dataclasses import replace
from typing import Any

from node.acts import invites, matches, nodes, posts, responses, timers
from node.neighbourhood.invite import LASTS_MOST, WAITING_MOST, Invite, InviteState
from node.neighbourhood.match import Match
from node.neighbourhood.node import Membership, Node
from node.neighbourhood.post import Audience, Kind, Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import ResponseState
from node.storage import invites as kept
from node.storage import matches as kept_matches
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Database, Transaction
from tests import town
from tests.acts.test_invites import an_offer_of, asked, invited, offered, state
from tests.acts.witness import refused, sent, sound, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR

# An answer from next door to our invite


def offer(tx: Transaction, node: Node, post: Post, invite_uri: str | None, number: int = 1) -> str:
    """Somebody there says yes, in answer to this invite."""
    uri = f"{node.origin}/ap/a/{number}"
    party = f"{node.origin}/ap/p/{number}"
    responses.offered(tx, node, uri, post.uri, party, "Kees", "Ik kom.", LATER, invite_uri)
    return uri


def answer_of(tx: Transaction, uri: str) -> ResponseState:
    found = kept_responses.by_uri(tx, uri)
    assert found is not None
    return found.state


@story
def test_a_yes_from_next_door_to_an_invite_is_the_first(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, made = invited(tx, cast, an_offer_of(tx, noord))
    waits = responses.answer(tx, cast.other, post.id, "Ik kan ook.", NOON)
    uri = offer(tx, noord, post, made.uri)
    assert answer_of(tx, uri) is ResponseState.ACCEPTED
    assert state(tx, made) is InviteState.ACCEPTED
    assert kept_responses.get(tx, waits.id).state is ResponseState.TAKEN
    assert sent(tx) == ["Accept to Noord", "Update to Noord"]


@story
def test_an_answer_to_no_invite_of_ours_is_like_any_other(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post, made = invited(tx, cast, an_offer_of(tx, noord))
    other, local = asked(tx, cast), invited(tx, cast, offered(tx, cast))
    lies = (
        (zuid, post, made.uri),  # the invite of another node
        (noord, other, made.uri),  # for another post
        (noord, post, f"{tx.home.origin}/ap/a/{'0' * 32}"),  # never made
        (noord, local[0], local[1].uri),  # to somebody here
    )
    for number, (node, to, uri) in enumerate(lies, start=10):
        assert answer_of(tx, offer(tx, node, to, uri, number)) is ResponseState.PENDING
    assert state(tx, made) is InviteState.PENDING
    late = kept.get(tx, made.id)
    kept.save(tx, replace(late, expires=LATER))
    assert answer_of(tx, offer(tx, noord, post, made.uri, 20)) is ResponseState.PENDING
    assert kept_matches.of_post(tx, post.id) == []


@story
def test_an_invite_is_answered_once(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, made = invited(tx, cast, an_offer_of(tx, noord), places=2)
    offer(tx, noord, post, made.uri, 1)
    assert answer_of(tx, offer(tx, noord, post, made.uri, 2)) is ResponseState.PENDING
    assert len(kept_matches.of_post(tx, post.id)) == 1


@story
def test_only_the_node_that_was_asked_says_no(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post, made = invited(tx, cast, an_offer_of(tx, noord))
    invites.declined(tx, zuid, made.uri, "declined", LATER)
    invites.declined(tx, noord, f"{tx.home.origin}/ap/a/0", "declined", LATER)
    assert state(tx, made) is InviteState.PENDING
    invites.declined(tx, noord, made.uri, "declined", LATER)
    invites.declined(tx, noord, made.uri, "unknown", LATER)
    assert state(tx, made) is InviteState.DECLINED
    assert kept_posts.get(tx, post.id).state is State.OPEN
    _, unknown = invited(tx, cast, an_offer_of(tx, noord))
    invites.declined(tx, noord, unknown.uri, "unknown", LATER)
    assert state(tx, unknown) is InviteState.TAKEN


# At the helper's node


def arrives(
    tx: Transaction, node: Node, post: Post | str, offer: Post | str, number: int = 1, **change: Any
) -> Invite | None:
    """The broker there asks whoever stands behind an offer here."""
    uri = f"{node.origin}/ap/a/invite{number}"
    about, target = (thing if isinstance(thing, str) else thing.uri for thing in (post, offer))
    invites.arrived(tx, node, uri, about, target, change.get("ends", NOON + DAY), NOON)
    return kept.by_uri(tx, uri)


def answered(tx: Transaction, node: Node, number: int = 1) -> str | None:
    """With which reason it was refused."""
    answer = outbox.answer_to(tx, f"{node.origin}/ap/a/invite{number}")
    return None if answer is None or answer.facts is None else str(answer.facts["reason"])


def a_request_of(tx: Transaction, node: Node, **change: Any) -> Post:
    copy = town.a_copy(node, **{"expires": NOON + 30 * DAY, **change})
    kept_posts.add(tx, copy)
    return copy


@story
def test_somebody_of_ours_is_asked_and_says_yes(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = a_request_of(tx, noord)
    made = arrives(tx, noord, post, offered(tx, cast))
    assert made is not None
    assert (made.resident, made.node_id, made.by, made.state) == (
        cast.helper.id,
        noord.id,
        None,
        InviteState.PENDING,
    )
    assert written(tx) == ["invited to Merel"]
    assert sent(tx) == []
    yes = invites.accept(tx, cast.helper, made.id, "Ik kom.", LATER)
    assert sent(tx) == ["Offer to Noord"]
    facts = {"party": yes.party, "name": "Merel", "text": "Ik kom.", "invite": made.uri}
    assert told(tx, "Offer") == facts
    assert yes.state is ResponseState.PENDING  # its home decides
    kept_invite = kept.get(tx, made.id)
    assert (kept_invite.state, kept_invite.response_id) == (InviteState.ACCEPTED, yes.id)


@story
def test_somebody_of_ours_says_no(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, mine = a_request_of(tx, noord), offered(tx, cast)
    made = arrives(tx, noord, post, mine)
    assert made is not None
    invites.decline(tx, cast.helper, made.id, LATER)
    assert sent(tx) == ["Reject to Noord"]
    assert told(tx, "Reject") == {"node": noord.id, "reason": "declined"}
    written(tx)
    for number, through in ((2, mine), (3, offered(tx, cast))):  # who said no is not asked again
        assert arrives(tx, noord, post, through, number) is None
        assert answered(tx, noord, number) == "declined"
    assert written(tx) == []


@story
def test_who_lies_about_post_or_offer_hears_that_it_is_unknown(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post, mine = a_request_of(tx, noord), offered(tx, cast)
    closed = offered(tx, cast, "other")
    posts.close(tx, cast.other, closed.id, NOON)
    ours = asked(tx, cast)
    lies: list[tuple[Node, Post | str, Post | str]] = [
        (zuid, post, mine),  # the post of another
        (noord, ours, mine),  # our own
        (noord, f"{noord.origin}/ap/o/never", mine),
        (noord, a_request_of(tx, noord, state=State.AGREED), mine),
        (noord, a_request_of(tx, noord, hidden=True), mine),
        (noord, a_request_of(tx, noord, expires=NOON), mine),
        (noord, a_request_of(tx, noord, kind=Kind.NOTICE), mine),
        (noord, post, ours),  # no offer
        (noord, post, closed),
        (noord, post, an_offer_of(tx, zuid)),  # somebody else's offer
        (noord, post, f"{tx.home.origin}/ap/o/never"),
    ]
    for number, (node, about, target) in enumerate(lies):
        assert arrives(tx, node, about, target, number) is None, number
        assert answered(tx, node, number) == "unknown", number
    assert written(tx) == []


@story
def test_only_a_partner_asks_our_people(tx: Transaction, cast: town.Cast) -> None:
    known = town.neighbour(tx, "ver", we_claim=False)
    post = a_request_of(tx, known, audience=Audience.PUBLIC)
    assert arrives(tx, known, post, offered(tx, cast)) is None
    assert (sent(tx), written(tx)) == ([], [])
    member = town.neighbour(tx, "lid", we_claim=False, membership=Membership.MEMBER)
    post = a_request_of(tx, member, audience=Audience.MUNICIPALITY)
    assert arrives(tx, member, post, offered(tx, cast)) is not None


@story
def test_nobody_is_flooded_with_questions(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    mine = offered(tx, cast)
    for number in range(WAITING_MOST + 2):
        arrives(tx, noord, a_request_of(tx, noord), mine, number)
    assert len(kept.waiting_for(tx, cast.helper.id)) == WAITING_MOST
    assert answered(tx, noord, WAITING_MOST) == "declined"
    assert len(written(tx)) == WAITING_MOST


@story
def test_an_invite_from_elsewhere_lasts_no_longer_than_we_allow(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    made = arrives(tx, noord, a_request_of(tx, noord), offered(tx, cast), ends=NOON + 1000 * DAY)
    assert made is not None
    assert made.expires == NOON + LASTS_MOST
    assert arrives(tx, noord, a_request_of(tx, noord), offered(tx, cast), 2, ends=NOON) is None
    assert (sent(tx), answered(tx, noord, 2)) == ([], None)


@story
def test_what_became_of_the_post_ends_the_invite_here(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    mine = offered(tx, cast)

    def ends(number: int) -> tuple[Post, Invite]:
        post = a_request_of(tx, noord if number < 4 else zuid)
        made = arrives(tx, noord if number < 4 else zuid, post, mine, number)
        assert made is not None
        written(tx)
        return post, made

    post, matched = ends(1)
    kept_posts.save(tx, replace(post, state=State.AGREED, places_left=0))
    gone, deleted = ends(2)
    kept_posts.erase(tx, gone)
    _, past = ends(3)
    kept.save(tx, replace(past, expires=LATER))
    _, blocked = ends(4)
    nodes.block(tx, cast.operator, zuid.id, NOON)
    sent(tx)
    assert "over" in refused(tx, Conflict, invites.accept, cast.helper, past.id, "Ja.", LATER)
    timers.tick(tx, LATER)
    assert [state(tx, one) for one in (matched, deleted, blocked)] == [InviteState.TAKEN] * 3
    assert state(tx, past) is InviteState.EXPIRED
    assert written(tx) == ["invite over to Merel"] * 4
    assert sent(tx) == []


# At once


def race(tx: Transaction, cast: town.Cast, there: Node) -> tuple[Post, Invite, Invite, str]:
    """A request with an answer that waits, and somebody here and somebody there who were asked."""
    offer, far = offered(tx, cast), an_offer_of(tx, there)
    post, made = invited(tx, cast, offer)
    away = invites.ask(tx, cast.broker, post.id, far.id, NOON)
    yes = responses.answer(tx, cast.other, post.id, "Ik kan ook.", NOON)
    return post, made, away, yes.id


async def test_one_place_is_given_once_whoever_was_asked(database: Database, cast: town.Cast) -> None:
    """Fifty times: a yes to an invite from here, one from there, and the poster's pick, at once."""
    noord = await database.writing(town.neighbour)
    chance, firsts = random.Random(4), set()
    for number in range(50):
        post, here, there, waits = await database.writing(race, cast, noord)
        at_once = [
            database.writing(invites.accept, cast.helper, here.id, "Ja.", LATER),
            database.writing(offer, noord, post, there.uri, number),
            database.writing(matches.agree, cast.poster, post.id, waits, LATER),
        ]
        chance.shuffle(at_once)
        done = await asyncio.gather(*at_once, return_exceptions=True)
        assert all(isinstance(one, Conflict) for one in done if isinstance(one, BaseException)), done
        [match] = await database.reading(kept_matches.of_post, post.id)
        assert isinstance(match, Match)
        firsts.add(match.response_id == waits)
        ends = [(await database.reading(kept.get, one.id)).state for one in (here, there)]
        assert ends.count(InviteState.ACCEPTED) == (match.response_id != waits)
        assert set(ends) <= {InviteState.ACCEPTED, InviteState.TAKEN}
    assert firsts == {True, False}, "no race"
    await database.reading(sound)
