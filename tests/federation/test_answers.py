"""Somebody on one node says yes to a post on another, and its home decides, once (`wire.md` 6)."""

import json
from typing import Any

import pytest

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.neighbourhood.response import ResponseState
from tests import town
from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, those, until, until_true

PENDING, ACCEPTED, TAKEN = ResponseState.PENDING, ResponseState.ACCEPTED, ResponseState.TAKEN
DECLINED, WITHDRAWN = ResponseState.DECLINED, ResponseState.WITHDRAWN


def answers_to(nodes: Nodes, offer_uri: str) -> list[Exchange]:
    """What was sent in answer to an Offer, in order."""
    found = [e for e in nodes.wire.log if e.kind in ("Accept", "Reject")]
    return [e for e in found if e.said["object"] == offer_uri]


async def reason_heard(nodes: Nodes, offer_uri: str) -> Any:
    await until_true(lambda: answers_to(nodes, offer_uri))
    (answer,) = answers_to(nodes, offer_uri)
    return answer.said.get("reason")


async def offered(nodes: Nodes, home: Place, by: Place, post_uri: str, **change: Any) -> str:
    """A yes that the other node's people could not say in a page: made by hand. Gives its id."""
    liar = Liar(nodes.wire)
    stub = await home.asks("Alleen voor de vorm", audience="neighbourhood")
    offer = liar.offer(stub)
    offer["object"]["stipulates"]["satisfies"] = f"{post_uri}#primary"
    offer |= {"actor": by.home.actor, "to": [home.home.actor], "id": by.home.uri("a", liar.uri()[-32:])}
    offer["party"] = {"id": by.home.uri("p", "1" * 32), "name": "Merel"}
    answer = await by_hand.posted(home, {**offer, **change}, by.door.keys.group)
    assert answer.status_code == 202
    return str(offer["id"])


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


async def test_an_undo_that_crosses_an_accept_wins(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    await a.heard(response)
    with pair.wire.holding(those("Accept", a.origin)) as accepts, pair.wire.holding(those("Undo")) as undos:
        await a.agrees(post, response)
        await until_true(lambda: len(accepts))
        await b.takes_back(response, "ziek")
        await until_true(lambda: len(undos))
        accepts.release()
        await until_true(lambda: pair.wire.said("Accept", a.origin))
        assert (await b.heard(response)).state is WITHDRAWN
        assert not await b.agreements(post)
        undos.release()
    await a.heard(response, state=WITHDRAWN)
    await b.holds(post, state=State.OPEN, places_left=1)
    assert not await a.agreements(post)
    assert await b.letters("agreed") == []


async def test_an_undo_that_comes_before_its_offer_makes_it_void(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks(decide="first")
    await b.holds(post)
    with pair.wire.holding(those("Offer")) as held:
        response = await b.answers(post)
        await until_true(lambda: len(held))
        offer = held.waiting[0][0]
        held.let_go(arrives=False)
        held.free = True
        undo = Liar(pair.wire).activity(
            "Undo", response.uri, actor=b.home.actor, id=b.home.uri("a", "2" * 32)
        )
        assert (await by_hand.posted(a, undo, b.door.keys.group)).status_code == 202
        assert (await pair.wire.carried(offer)).status_code == 202
    await pair.quiet()
    assert not await a.agreements(post)
    assert await a.count("responses") == 0
    assert not answers_to(pair, response.uri)


@pytest.mark.parametrize("how", ["accept", "reject"])
async def test_an_offer_that_is_repeated_gets_the_same_bytes_again(pair: Nodes, how: str) -> None:
    a, b = pair
    post = await a.asks(decide="first")
    if how == "reject":
        await b.holds(post)
        await closed(a, post)
        offer_id = await offered(pair, a, b, post.uri)
        offer = {"id": offer_id, "type": "Offer", "actor": b.home.actor, "object": {"type": "Agreement"}}
        body = json.dumps(offer).encode()
    else:
        offer_id = (await b.answers(post)).uri
        await until_true(lambda: pair.wire.said("Offer"))
        body = next(e.body for e in pair.wire.log if e.kind == "Offer")
    await until_true(lambda: answers_to(pair, offer_id))
    await pair.quiet()
    before = await a.rows("deliveries", "destinations", "nodes.last_seen")
    for number in (2, 3, 4):
        assert (await by_hand.posted(a, body, b.door.keys.group)).status_code == 202
        await pair.quiet()
        assert len(answers_to(pair, offer_id)) == number
    assert len({e.body for e in answers_to(pair, offer_id)}) == 1
    assert {e.kind for e in answers_to(pair, offer_id)} == {how.capitalize()}
    assert await a.rows("deliveries", "destinations", "nodes.last_seen") == before
    assert len(await b.agreements(post)) == (how == "accept")


async def test_a_lost_answer_comes_again(pair: Nodes) -> None:
    """The home decided, and its answer was lost on the way: the same Offer comes again, and gets the same."""
    a, b = pair
    post = await a.asks(decide="first")
    await b.holds(post)
    with pair.wire.losing_replies(those("Offer")):
        response = await b.answers(post)
        await b.heard(response, state=ACCEPTED)
        await until(b.idle)
    await b.change("destinations", due=now())
    await pair.quiet()
    sent = [e for e in pair.wire.log if e.kind == "Offer"]
    assert len(sent) > 1
    assert len({e.body for e in sent}) == 1
    assert len({e.body for e in answers_to(pair, response.uri)}) == 1
    assert len(await a.agreements(post)) == len(await b.agreements(post)) == 1


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


async def test_a_post_taken_back_while_agreed_says_undo_and_then_delete(trio: Nodes) -> None:
    a, b, c = trio
    post = await a.asks(places=2)
    response, waiting = await b.answers(post), await c.answers(post)
    await a.heard(waiting)
    await a.agrees(post, response)
    await b.heard(response, state=ACCEPTED)
    with trio.wire.holding(those(None, a.origin, None, "inbox")) as held:
        await a.withdraws(post)
        await until_true(lambda: len(held) == 2)
        held.release()
    await b.heard(response, state=DECLINED)
    await c.heard(waiting, state=DECLINED)
    await b.loses(post)
    await c.loses(post)
    await trio.quiet()
    accept = next(e.said["id"] for e in answers_to(trio, response.uri))
    there = [e for e in trio.wire.log if e.kind in ("Undo", "Delete") and e.to == b.origin]
    assert [e.kind for e in there] == ["Undo", "Delete"]
    assert there[0].said["object"] == accept
    assert not await a.agreements(post)
    assert not await b.agreements(post)
    stub = await b.post(post)
    assert stub is not None
    assert (stub.title, stub.text, stub.author_name) == ("", "", "")


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
