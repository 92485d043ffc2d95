"""What waits for a host goes out as soon as it can: after a restart here, after a sign of life there."""

from tests.federation import by_hand
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import those, until_true


async def test_a_restarted_node_goes_on_at_once(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.holding(those("Create", to=b.origin)) as held:
        post = await a.asks()
        await until_true(lambda: len(held) == 1)
        a = await pair.restart(a)
    assert await b.post(post) is None
    a.start()
    await b.holds(post)  # it waits ten seconds at most; the lease of the process that ended runs for sixty


async def test_a_sign_of_life_during_a_try_that_fails_counts(pair: Nodes) -> None:
    a, b = pair
    await a.change("destinations", attempts=7)  # after one more failure it would sleep for hours
    with pair.wire.holding(those("Create", to=b.origin)) as held:
        post = await a.asks()
        await until_true(lambda: len(held) == 1)
        key = b.door.keys.application
        assert (await by_hand.signed(a, "GET", "/ap/buurt/centrum/outbox", key)).status_code == 200
        held.let_go(arrives=False)
        await until_true(lambda: held.waiting)
    await b.holds(post)
