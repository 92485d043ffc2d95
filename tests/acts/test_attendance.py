"""Coming to an event: while there is place, here and over the border; and when it is off."""

from typing import Any

from node.acts import attendance, matches, nodes, posts, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import Reason, Response, ResponseState
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage import responses as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR
COMES, AWAY, BACK = ResponseState.ACCEPTED, ResponseState.DECLINED, ResponseState.WITHDRAWN


def planned(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    """Bea plans something, and that news is out."""
    post = posts.post(tx, cast.poster, town.plans(**change), NOON)
    sent(tx)
    return post


def join(tx: Transaction, node: Node, post: Post, number: int = 1) -> str:
    """Kees of that node comes; the id of the Join."""
    uri = f"{node.origin}/ap/a/{number}"
    attendance.joined(tx, node, uri, post.uri, f"{node.origin}/ap/p/{number}", "Kees", LATER)
    return uri


def a_copy(tx: Transaction, node: Node, **change: Any) -> Post:
    starts = NOON + 2 * DAY
    values = {"kind": Kind.EVENT, "starts": starts, "expires": starts + HOUR, "places": 0, "places_left": 0}
    copy = town.a_copy(node, **{**values, **change})
    kept_posts.add(tx, copy)
    return copy


def state(tx: Transaction, response: Response) -> ResponseState:
    return kept.get(tx, response.id).state


def left(tx: Transaction, post: Post) -> int:
    return kept_posts.get(tx, post.id).places_left


# Here


@story
def test_who_says_so_comes_and_all_may(tx: Transaction, cast: town.Cast) -> None:
    post = planned(tx, cast)
    assert (post.places, post.places_left, post.state) == (0, 0, State.OPEN)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    responses.answer(tx, cast.other, post.id, "", LATER)
    assert one.state is COMES
    assert kept.accepted(tx, post.id) == 2
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert written(tx) == ["answered to Bea"] * 2
    assert sent(tx) == [], "how many come is for its home"
    assert happened(tx, post.id) == [Happening.POSTED, Happening.ANSWERED, Happening.ANSWERED]


@story
def test_full_is_full_until_somebody_does_not_come(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = planned(tx, cast, places=1)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    assert sent(tx) == ["Update to Noord"], "whether there is place is told"
    why = refused(tx, Conflict, responses.answer, cast.other, post.id, "", LATER)
    assert why == "It is full: there is no place left."
    assert kept_posts.get(tx, post.id).state is State.OPEN
    responses.withdraw(tx, cast.helper, one.id, LATER)
    assert left(tx, post) == 1
    responses.answer(tx, cast.other, post.id, "", LATER)
    assert left(tx, post) == 0


@story
def test_nobody_comes_twice_and_everybody_may_come_back(tx: Transaction, cast: town.Cast) -> None:
    post = planned(tx, cast)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    refused(tx, Conflict, responses.answer, cast.helper, post.id, "", LATER)
    responses.withdraw(tx, cast.helper, one.id, LATER)
    again = responses.answer(tx, cast.helper, post.id, "", LATER)
    assert (again.state, again.party) == (COMES, one.party)


@story
def test_who_may_not_come(tx: Transaction, cast: town.Cast) -> None:
    post = planned(tx, cast)
    refused(tx, NotAllowed, responses.answer, cast.outsider, post.id, "", LATER)
    refused(tx, Conflict, responses.answer, cast.poster, post.id, "", LATER)
    near = planned(tx, cast, title="Alleen hier", audience="neighbourhood")
    refused(tx, NotFound, responses.answer, cast.outsider, near.id, "", LATER)
    assert post.ends is not None
    refused(tx, Conflict, responses.answer, cast.helper, post.id, "", post.ends)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    for by in (cast.poster, cast.other, cast.broker):
        refused(tx, NotAllowed, responses.withdraw, by, one.id, LATER)
    refused(tx, Conflict, matches.agree, cast.poster, post.id, one.id, LATER)


@story
def test_the_poster_or_a_broker_may_send_somebody_away(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast, places=2)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    uri = join(tx, north, post)
    sent(tx), written(tx)
    for by in (cast.other, cast.supervisor, cast.helper):
        refused(tx, NotAllowed, responses.decline, by, one.id, LATER)
    responses.decline(tx, cast.poster, one.id, LATER)
    theirs = kept.by_uri(tx, uri)
    assert theirs is not None
    responses.decline(tx, cast.broker, theirs.id, LATER)
    assert (state(tx, one), state(tx, theirs), left(tx, post)) == (AWAY, AWAY, 2)
    assert written(tx) == ["called off to Merel"]
    assert sent(tx) == ["Update to Noord", "Undo to Noord", "Update to Noord"]


@story
def test_who_was_sent_away_does_not_come_back(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast, places=2)
    one, uri = responses.answer(tx, cast.helper, post.id, "", LATER), join(tx, north, post)
    theirs = kept.by_uri(tx, uri)
    assert theirs is not None
    for response in (one, theirs):
        responses.decline(tx, cast.poster, response.id, LATER)
    sent(tx)
    why = "Whoever organises this let you know that you cannot come."
    assert refused(tx, Conflict, responses.answer, cast.helper, post.id, "", LATER + HOUR) == why
    again = f"{north.origin}/ap/a/again"
    attendance.joined(tx, north, again, post.uri, theirs.party, "Kees", LATER)
    assert sent(tx) == ["Reject to Noord"]
    assert told(tx, "Reject") == {"node": north.id, "reason": Reason.DECLINED}
    assert left(tx, post) == 2
    responses.answer(tx, cast.other, post.id, "", LATER)


@story
def test_an_event_that_is_on_again_is_for_all(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast)
    one, uri = responses.answer(tx, cast.helper, post.id, "", LATER), join(tx, north, post)
    away = responses.answer(tx, cast.other, post.id, "", LATER)
    responses.decline(tx, cast.poster, away.id, LATER)
    posts.close(tx, cast.poster, post.id, LATER + HOUR)
    posts.reopen(tx, cast.poster, post.id, LATER + HOUR)
    theirs = kept.by_uri(tx, uri)
    assert theirs is not None
    assert (state(tx, one), theirs.state) == (AWAY, AWAY)
    assert responses.answer(tx, cast.helper, post.id, "", LATER + 2 * HOUR).state is COMES
    attendance.joined(tx, north, f"{uri}-again", post.uri, theirs.party, "Kees", LATER + 2 * HOUR)
    assert kept.accepted(tx, post.id) == 2
    refused(tx, Conflict, responses.answer, cast.other, post.id, "", LATER + 2 * HOUR)


@story
def test_an_event_that_is_off_is_told_to_all_who_come(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    for act in (posts.close, posts.withdraw):
        post = planned(tx, cast, title=f"Een {act.__name__}")
        one = responses.answer(tx, cast.helper, post.id, "", LATER)
        join(tx, north, post, len(act.__name__))
        sent(tx), written(tx)
        act(tx, cast.poster, post.id, LATER)
        assert written(tx) == ["called off to Merel"]
        assert sent(tx) == ["Undo to Noord", "Update to Noord" if act is posts.close else "Delete to Noord"]
        assert state(tx, one) is AWAY
        assert kept.accepted(tx, post.id) == 0


@story
def test_when_it_is_over_nobody_is_told_anything(tx: Transaction, cast: town.Cast) -> None:
    post = planned(tx, cast)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    written(tx)
    assert post.ends is not None
    while timers.tick(tx, post.ends):
        pass
    assert kept_posts.get(tx, post.id).state is State.EXPIRED
    assert state(tx, one) is COMES
    assert "called off to Merel" not in written(tx)
    refused(tx, Conflict, posts.reopen, cast.poster, post.id, post.ends)
    refused(tx, Conflict, posts.extend, cast.poster, post.id, post.ends)


@story
def test_more_or_fewer_places_and_another_day(tx: Transaction, cast: town.Cast) -> None:
    post = planned(tx, cast)
    for by in (cast.helper, cast.other):
        responses.answer(tx, by, post.id, "", LATER)
    edit = posts.edit(tx, cast.poster, post.id, PostChange(places=3), LATER)
    assert (edit.places, edit.places_left) == (3, 1)
    edit = posts.edit(tx, cast.poster, post.id, PostChange(places=2), LATER)
    assert (edit.places, edit.places_left) == (2, 0)
    assert "2 people come already" in refused(
        tx, Invalid, posts.edit, cast.poster, post.id, PostChange(places=1), LATER
    )
    edit = posts.edit(tx, cast.poster, post.id, PostChange(places=0), LATER)
    assert (edit.places, edit.places_left) == (0, 0)
    assert post.starts is not None
    edit = posts.edit(tx, cast.poster, post.id, PostChange(starts=post.starts + DAY), LATER)
    assert (edit.starts, edit.ends) == (post.starts + DAY, post.expires + DAY)


@story
def test_narrowed_who_comes_from_elsewhere_hears_it_and_who_lives_here_still_comes(
    tx: Transaction, cast: town.Cast
) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast, audience="adjacent", places=3)
    one = responses.answer(tx, cast.helper, post.id, "", LATER)
    uri = join(tx, north, post)
    sent(tx)
    after = posts.edit(tx, cast.poster, post.id, PostChange(audience="neighbourhood"), LATER)
    assert sent(tx) == ["Undo to Noord", "Delete to Noord"]
    theirs = kept.by_uri(tx, uri)
    assert theirs is not None
    assert (state(tx, one), theirs.state, after.places_left) == (COMES, AWAY, 2)


# From elsewhere


@story
def test_a_join_is_answered_once_and_for_all(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast, audience="adjacent")
    uri = join(tx, north, post)
    assert sent(tx) == ["Accept to Noord"]
    assert told(tx, "Accept") == {"node": north.id, "join": post.uri}
    assert written(tx) == ["answered to Bea"]
    responses.undone(tx, north, uri, LATER, None)
    found = kept.by_uri(tx, uri)
    assert found is not None
    assert found.state is BACK
    assert written(tx) == ["answer withdrawn to Bea"]


@story
def test_why_a_join_is_refused(tx: Transaction, cast: town.Cast) -> None:
    north, far = town.neighbour(tx), town.neighbour(tx, "ver", we_claim=False)
    full = planned(tx, cast, places=1, audience="adjacent")
    join(tx, north, full, 1)
    sent(tx)
    closed = planned(tx, cast, title="Gaat niet door", audience="adjacent")
    posts.close(tx, cast.poster, closed.id, LATER)
    notice = posts.post(tx, cast.poster, town.tells(), NOON)
    asked = posts.post(tx, cast.poster, town.asks(), NOON)
    here = planned(tx, cast, title="Alleen hier", audience="neighbourhood")
    near = planned(tx, cast, title="Naast ons", audience="adjacent")
    sent(tx)
    cases = [
        (north, full, Reason.TAKEN),
        (north, closed, Reason.CLOSED),
        (north, notice, Reason.UNKNOWN),
        (north, asked, Reason.UNKNOWN),
        (north, here, Reason.UNKNOWN),
        (far, near, Reason.UNKNOWN),
    ]
    for number, (node, post, reason) in enumerate(cases, start=10):
        uri = join(tx, node, post, number)
        answer = kept_answer(tx, uri)
        assert answer == {"node": node.id, "reason": reason}, (post.title, answer)
        assert kept.by_uri(tx, uri) is None


def kept_answer(tx: Transaction, uri: str) -> dict[str, Any] | None:
    answer = outbox.answer_to(tx, uri)
    return answer.facts if answer is not None and answer.type == "Reject" else None


@story
def test_an_offer_is_no_way_to_an_event_or_a_notice(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    for number, post in enumerate((planned(tx, cast), posts.post(tx, cast.poster, town.tells(), NOON))):
        uri = f"{north.origin}/ap/a/{number}"
        responses.offered(tx, north, uri, post.uri, f"{north.origin}/ap/p/1", "Kees", "Ik kom.", LATER)
        assert kept_answer(tx, uri) == {"node": north.id, "reason": Reason.UNKNOWN}


@story
def test_a_party_comes_once_and_an_undo_that_came_first_counts(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = planned(tx, cast, audience="adjacent")
    join(tx, north, post)
    uri = f"{north.origin}/ap/a/again"
    attendance.joined(tx, north, uri, post.uri, f"{north.origin}/ap/p/1", "Kees", LATER)
    assert kept_answer(tx, uri) == {"node": north.id, "reason": Reason.DECLINED}
    early = f"{north.origin}/ap/a/77"
    responses.undone(tx, north, early, LATER, None)
    assert join(tx, north, post, 77) == early
    assert kept.by_uri(tx, early) is None
    assert kept.accepted(tx, post.id) == 1


# To elsewhere


@story
def test_to_an_event_of_next_door_a_join_goes_and_its_home_decides(tx: Transaction, cast: town.Cast) -> None:
    north, south = town.neighbour(tx), town.neighbour(tx, "zuid")
    copy = a_copy(tx, north)
    one = responses.answer(tx, cast.helper, copy.id, "Leuk", NOON)
    assert one.state is ResponseState.PENDING
    assert sent(tx) == ["Join to Noord"]
    assert told(tx, "Join") == {"party": one.party, "name": "Merel"}, "no words go along"
    accept = f"{north.origin}/ap/a/5"
    attendance.accepted(tx, south, one.uri, accept, LATER)
    assert state(tx, one) is ResponseState.PENDING, "only its home decides"
    attendance.accepted(tx, north, one.uri, accept, LATER)
    assert state(tx, one) is COMES
    written(tx)
    assert matches.undone(tx, north, accept, LATER, None)
    assert state(tx, one) is AWAY
    assert written(tx) == ["called off to Merel"]


@story
def test_who_wanted_to_come_elsewhere_hears_that_it_is_full(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    copy = a_copy(tx, north)
    for who, reason, letter in ((cast.helper, "taken", "full"), (cast.other, "declined", "not needed")):
        one = responses.answer(tx, who, copy.id, "", NOON)
        matches.rejected(tx, north, one.uri, reason, LATER)
        assert written(tx) == [f"{letter} to {who.name}"]


@story
def test_who_does_not_come_after_all_undoes_the_join(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    copy = a_copy(tx, north)
    one = responses.answer(tx, cast.helper, copy.id, "", NOON)
    attendance.accepted(tx, north, one.uri, f"{north.origin}/ap/a/5", NOON)
    sent(tx)
    responses.withdraw(tx, cast.helper, one.id, LATER)
    assert sent(tx) == ["Undo to Noord"]
    attendance.accepted(tx, north, one.uri, f"{north.origin}/ap/a/5", LATER)
    assert state(tx, one) is BACK, "an Accept that crossed it is dropped"


@story
def test_a_block_is_told_on_both_sides(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post, copy = planned(tx, cast, audience="adjacent", places=4), a_copy(tx, north)
    join(tx, north, post)
    one = responses.answer(tx, cast.helper, copy.id, "", NOON)
    attendance.accepted(tx, north, one.uri, f"{north.origin}/ap/a/5", NOON)
    written(tx)
    nodes.block(tx, cast.operator, north.id, LATER)
    assert state(tx, one) is BACK
    assert written(tx) == ["called off to Merel"]
    assert (kept.accepted(tx, post.id), left(tx, post)) == (0, 4)
