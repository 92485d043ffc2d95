"""Somebody on one node says yes to a post on another, and its home decides, once (`wire.md` 6)."""

from typing import Any

import pytest

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.neighbourhood.response import ResponseState
from tests import town
from tests.federation.offers import offered, reason_heard
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until_true

PENDING, ACCEPTED, TAKEN = ResponseState.PENDING, ResponseState.ACCEPTED, ResponseState.TAKEN
DECLINED, WITHDRAWN = ResponseState.DECLINED, ResponseState.WITHDRAWN


async def test_choosing_one_of_many(three: Nodes) -> None:
    a, b, c = three
    post = await a.asks()
    first, second, own = await b.answers(post), await c.answers(post), await a.answers(post, part="other")
    await a.heard(first, state=PENDING, name="Merel", text="Ik kan om tien uur.")
    await a.heard(second, state=PENDING)
    assert await a.letters("answered") == [a.cast.poster.id] * 3
    assert (await a.holds(post)).state is State.RESPONDED
    assert (await b.holds(post)).state is State.OPEN, "that somebody answered is nobody's business"
    match = await a.agrees(post, second)
    await c.heard(second, state=ACCEPTED)
    await b.heard(first, state=TAKEN)
    await a.heard(own, state=TAKEN)
    for place in three:
        await place.holds(post, state=State.AGREED, places_left=0)
    (there,) = await c.agreements(post)
    assert (there.uri, there.state) == (match.uri, MatchState.AGREED)
    assert not await b.agreements(post)
    assert await c.letters("agreed") == [c.cast.helper.id]
    assert await b.letters("not needed") == [b.cast.helper.id]
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    for place in three:
        await place.holds(post, state=State.DONE)
    (there,) = await c.agreements(post)
    assert there.state is MatchState.DONE


async def test_the_first_yes_has_it(trio: Nodes) -> None:
    a, b, c = trio
    post = await a.asks(decide="first")
    first = await b.answers(post)
    await b.heard(first, state=ACCEPTED)
    await c.holds(post, state=State.AGREED)
    with pytest.raises(Conflict, match="already helps"):
        await c.answers(post)
    late = await offered(trio, a, c, post.uri)
    assert await reason_heard(trio, late) == "taken"
    assert len(await a.agreements(post)) == 1


async def test_a_job_for_three_takes_three(trio: Nodes) -> None:
    a, b, c = trio
    post = await a.asks(decide="first", places=3)
    said = [await b.answers(post), await b.answers(post, part="other"), await c.answers(post)]
    for place, response in zip((b, b, c), said, strict=True):
        await place.heard(response, state=ACCEPTED)
    await c.holds(post, state=State.AGREED, places_left=0)
    assert [match.place for match in await a.agreements(post)] == [1, 2, 3]
    late = await offered(trio, a, c, post.uri)
    assert await reason_heard(trio, late) == "taken"
    await b.takes_back(said[0])
    await c.holds(post, state=State.OPEN, places_left=1)


async def closed(a: Place, post: Post) -> None:
    await a.database.writing(posts.close, a.cast.poster, post.id, now())


async def agreed(a: Place, post: Post) -> None:
    own = await a.answers(post, part="other")
    await a.database.writing(matches.agree, a.cast.poster, post.id, own.id, now())


async def withdrawn(a: Place, post: Post) -> None:
    await a.withdraws(post)


async def ended(a: Place, post: Post) -> None:
    await a.change("posts", expires=now())


@pytest.mark.parametrize(
    ("what", "reason"), [(closed, "closed"), (agreed, "taken"), (withdrawn, "closed"), (ended, "closed")]
)
async def test_a_yes_that_comes_too_late_hears_why(pair: Nodes, what: Any, reason: str) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    with pair.wire.holding(those("Offer")) as held:
        response = await b.answers(post)
        await until_true(lambda: len(held))
        await what(a, post)
        held.release()
        assert await reason_heard(pair, response.uri) == reason
    await b.heard(response, state=TAKEN if reason == "taken" else DECLINED)
    assert await b.letters("not needed") == [b.cast.helper.id]


async def test_unknown_is_one_answer_for_all_that_one_may_not_know(trio: Nodes) -> None:
    a, b, c = trio
    hidden = await a.asks(audience="neighbourhood")
    shared = await a.asks()
    await b.holds(shared)
    await a.ends(c)
    await trio.quiet()
    cases = [
        (b, hidden.uri),
        (b, a.home.uri("o", "0" * 32)),
        (b, (await b.asks()).uri),
        (c, shared.uri),
    ]
    before = await a.count("responses")
    for by, uri in cases:
        assert await reason_heard(trio, await offered(trio, a, by, uri)) == "unknown"
    contents = {answer["content"] for answer in trio.wire.said("Reject", a.origin)}
    assert contents == {"<p>Deze vraag kennen wij niet.</p>"}
    assert await a.count("responses") == before
    assert await a.letters("answered") == []


async def test_one_yes_of_a_person_waits_at_a_time(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    await a.heard(response)
    with pytest.raises(Conflict, match="answered this already"):
        await b.answers(post)
    again = await offered(pair, a, b, post.uri, party={"id": response.party, "name": "Merel"})
    assert await reason_heard(pair, again) == "declined"
    other = await b.answers(post, part="other")
    await a.heard(other, state=PENDING)


async def test_taking_it_back_before_and_after(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    first = await b.answers(post)
    await a.heard(first)
    await b.takes_back(first, "toch niet")
    await a.heard(first, state=WITHDRAWN)
    await a.holds(post, state=State.OPEN)
    second = await b.answers(post, "Nu wel")
    await a.agrees(post, second)
    await b.heard(second, state=ACCEPTED)
    await b.takes_back(second, "ziek")
    await a.heard(second, state=WITHDRAWN)
    await b.holds(post, state=State.OPEN, places_left=1)
    assert not await a.agreements(post)
    assert not await b.agreements(post)
    assert await a.letters("helper cancelled") == [a.cast.poster.id]


async def test_the_home_calls_it_off(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    match = await a.agrees(post, response)
    await b.heard(response, state=ACCEPTED)
    await a.database.writing(matches.cancel, a.cast.poster, match.id, now(), "opgelost")
    await b.heard(response, state=DECLINED)
    await b.holds(post, state=State.OPEN, places_left=1)
    assert not await b.agreements(post)
    assert await b.letters("called off") == [b.cast.helper.id]
    again = await b.answers(post, "Als het toch weer nodig is")
    await a.agrees(post, again)
    await b.heard(again, state=ACCEPTED)


async def test_who_answered_sees_that_the_post_changed_since(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    assert (await b.holds(post)).updated <= response.created
    await a.heard(response)
    await a.edits(post, text="Toch op woensdag.")
    held = await b.holds(post, text="Toch op woensdag.")
    assert held.updated > (await b.heard(response)).created
    assert (await b.heard(response)).state is PENDING, "nothing is undone by that"
    await a.agrees(post, response)
    await b.heard(response, state=ACCEPTED)


async def test_only_the_home_decides(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    match = await a.agrees(post, response)
    await b.heard(response, state=ACCEPTED)
    (there,) = await b.agreements(post)
    here = await b.holds(post)
    for by in (b.cast.broker, b.cast.operator, b.cast.other):
        with pytest.raises(NotAllowed):
            await b.database.writing(matches.cancel, by, there.id, now())
        with pytest.raises(NotAllowed):
            await b.database.writing(matches.complete, by, there.id, now())
    with pytest.raises((NotAllowed, Conflict)):
        await b.database.writing(matches.agree, b.cast.broker, here.id, response.id, now())
    with pytest.raises((NotAllowed, Conflict)):
        await b.database.writing(responses.decline, b.cast.broker, response.id, now())
    with pytest.raises(Conflict, match="Who asked says"):
        await b.database.writing(matches.complete, b.cast.helper, there.id, now())
    assert (await a.agreements(post))[0].id == match.id


async def test_an_offer_of_help_is_answered_the_same_way(pair: Nodes) -> None:
    a, b = pair
    post = await a.database.writing(posts.post, a.cast.poster, town.offers(), now())
    response = await b.answers(post, "Graag, mijn heg is hoog.")
    await a.agrees(post, response, "broker")
    await b.heard(response, state=ACCEPTED)
    assert (await a.heard(response)).node_id == (await a.knows(b)).id
