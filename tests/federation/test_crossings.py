"""What was said twice, too early, too late or at the same time on both sides (`wire.md` 6)."""

import json

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.post import State
from node.neighbourhood.response import ResponseState
from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.offers import answers_to, offered
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import those, until, until_true

ACCEPTED, DECLINED, WITHDRAWN = ResponseState.ACCEPTED, ResponseState.DECLINED, ResponseState.WITHDRAWN


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
        await a.database.writing(posts.close, a.cast.poster, post.id, now())
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
