"""Somebody erases themselves: next door the copies go, the helper hears first, and the receipt fills up."""

from node.acts import erasing
from node.clock import now
from node.neighbourhood.response import ResponseState
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import until


async def test_v13_every_node_that_ever_got_something_is_asked_and_the_receipt_says_who_did(
    trio: Nodes,
) -> None:
    a, b, c = trio
    post = await a.asks()
    held = await b.holds(post)
    await c.holds(post)
    answer = await b.answers(held)
    there = await a.heard(answer)
    await a.agrees(post, there)
    await b.heard(answer, state=ResponseState.ACCEPTED)
    await trio.quiet()
    before = len(trio.wire.log)
    secret = await a.database.writing(erasing.erase, a.cast.poster, now())
    for place in (b, c):
        await place.loses(post)
        await place.change("nodes", receipts_due=now())

    async def all_gone() -> bool:
        _, holders = await a.database.reading(erasing.receipt, secret, now())
        return [(one.asked, one.gone) for one in holders] == [(1, 1), (1, 1)]

    await until(all_gone)
    to_b = [one.kind for one in trio.wire.log[before:] if one.to == b.origin]
    assert to_b[:2] == ["Undo", "Delete"]  # `wire.md` 6
    assert (await b.heard(answer)).state is ResponseState.DECLINED
