"""A node that was away gets all that waited for it, as soon as there is a sign of life."""

from datetime import timedelta

from node.clock import now
from node.neighbourhood.post import State
from tests.federation.queue import failed, gets, time_goes_by
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until_true


async def away(a: Place, b: Place, nodes: Nodes, times: int) -> None:
    """Let the other be away until it was tried so often; then nothing is due for hours."""
    await failed(a, b, 1)
    for number in range(2, times + 1):
        await time_goes_by(a)
        await failed(a, b, number)
    await a.change("destinations", due=now() + timedelta(hours=12))


async def test_a_signed_request_of_a_host_that_was_away_brings_it_all(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    posts = [await a.asks(f"Vraag {number}") for number in range(3)]
    await away(a, b, pair, 3)
    pair.wire.down.clear()
    theirs = await b.asks("Een teken van leven")
    await gets(a, theirs)
    await gets(b, *posts)


async def test_also_when_it_was_being_tried_at_that_moment(pair: Nodes) -> None:
    """A try to a dead host takes its time; the sign of life that comes meanwhile is not forgotten."""
    a, b = pair
    pair.wire.down.add(b.origin)
    post = await a.asks()
    await away(a, b, pair, 8)
    pair.wire.down.clear()
    with pair.wire.holding(those("Create", a.origin)) as held:
        await time_goes_by(a)
        await until_true(lambda: len(held))
        theirs = await b.asks("Een teken van leven")
        await gets(a, theirs)
        held.let_go(arrives=False)
        held.free = True
        await gets(b, post)


async def test_also_a_document_of_it_is_a_sign_of_life(pair: Nodes) -> None:
    """It was we who were off the net: what we can read again, we can write to again."""
    a, b = pair
    pair.wire.down.add(b.origin)
    post = await a.asks()
    await away(a, b, pair, 8)
    pair.wire.down.clear()
    await b.stop()
    await a.change("lookups", due=now())
    await gets(b, post)


async def test_a_stopped_node_catches_up_when_it_is_back(trio: Nodes) -> None:
    a, b, c = trio
    kept, changed, closed = await a.asks("Blijft"), await a.asks("Wordt anders"), await a.asks("Gaat weg")
    await gets(b, kept, changed, closed)
    trio.wire.down.add(b.origin)
    b = await trio.restart(b)
    fresh = await a.asks("Nieuw")
    await a.edits(changed, title="Is anders")
    await a.withdraws(closed)
    theirs = await c.asks("Van zuid")
    answered = await c.answers(kept)
    await a.agrees(kept, answered)
    for place in (a, c):
        await failed(place, b, 1)
        await place.change("destinations", due=now() + timedelta(hours=12))
    trio.wire.down.clear()
    b.start()
    await gets(b, fresh, theirs)
    await b.holds(changed, title="Is anders")
    await b.holds(kept, state=State.AGREED)
    await b.loses(closed)
    await trio.quiet()


async def test_a_stopped_node_sends_what_it_still_had_to_say(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    post = await a.asks()
    await failed(a, b, 1)
    a = await pair.restart(a)
    pair.wire.down.clear()
    a.start()
    await gets(b, post)
