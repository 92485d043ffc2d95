"""The queue: whole destinations, in order, one worker each, and nothing that waits is forgotten."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from node.neighbourhood.node import Node
from node.storage import deliveries, destinations, outbox
from node.storage.database import Database, Transaction
from tests import town
from tests.storage.conftest import POSTGRESQL

NOON = town.NOON
SOON = timedelta(seconds=30)


def say(tx: Transaction, node: Node, words: str) -> outbox.Activity:
    activity = outbox.add(tx, "Note", words, {"node": node.id}, NOON)
    outbox.send_to(tx, activity, node.id)
    return activity


def things(tx: Transaction, claim: deliveries.Claim) -> list[str]:
    """What waits for a destination, in its order."""
    found = []
    for delivery in deliveries.head(tx, claim.origin, NOON):
        activity = outbox.get(tx, delivery.activity_id)
        assert activity is not None
        found.append(activity.object)
    return found


@pytest.fixture
async def noord(database: Database) -> Node:
    return await database.writing(town.neighbour, "noord")


async def claimed(database: Database, after: timedelta = timedelta(0)) -> deliveries.Claim:
    [claim] = await database.writing(deliveries.claim, NOON + after, 10)
    return claim


async def test_messages_go_in_the_order_in_which_they_were_written(database: Database, noord: Node) -> None:
    for words in ("one", "two", "three"):
        await database.writing(say, noord, words)
    claim = await claimed(database)
    assert (claim.origin, claim.attempts) == (noord.origin, 0)
    assert await database.reading(things, claim) == ["one", "two", "three"]


async def test_one_destination_has_one_worker_until_the_lease_is_over(
    database: Database, noord: Node
) -> None:
    await database.writing(say, noord, "one")
    first = await claimed(database)
    assert await database.writing(deliveries.claim, NOON + timedelta(seconds=59), 10) == []
    second = await claimed(database, timedelta(seconds=60))
    assert second.fence == first.fence + 1
    await database.writing(
        deliveries.release, first, None, 0, None
    )  # it woke up late: it has no say any more
    assert await database.writing(deliveries.claim, NOON + timedelta(seconds=61), 10) == []


async def test_one_that_does_not_answer_sleeps_and_holds_up_nobody(database: Database, noord: Node) -> None:
    zuid = await database.writing(town.neighbour, "zuid")
    await database.writing(say, noord, "to noord")
    claim = await claimed(database)
    await database.writing(deliveries.release, claim, NOON + SOON, 1, "no answer")
    await database.writing(say, noord, "to noord again")
    await database.writing(say, zuid, "to zuid")
    assert (await claimed(database)).origin == zuid.origin
    assert await database.reading(deliveries.failing) == [(noord.origin, 1, "no answer", NOON + SOON)]
    later = await claimed(database, SOON)
    assert later.attempts == 1
    assert await database.reading(things, later) == ["to noord", "to noord again"]


async def test_a_sign_of_life_wakes_it(database: Database, noord: Node) -> None:
    await database.writing(say, noord, "hello")
    await database.writing(deliveries.release, await claimed(database), NOON + SOON, 4, "no answer")
    assert await database.writing(deliveries.revive, noord.origin, NOON)
    assert (await claimed(database)).attempts == 0
    assert not await database.writing(deliveries.revive, noord.origin, NOON)


async def test_what_is_done_is_done_and_then_there_is_rest(database: Database, noord: Node) -> None:
    await database.writing(say, noord, "hello")
    claim = await claimed(database)
    [delivery] = await database.reading(deliveries.head, claim.origin, NOON)
    await database.writing(deliveries.failed, delivery.id, "no answer")
    [again] = await database.reading(deliveries.head, claim.origin, NOON)
    assert again.attempts == 1
    await database.writing(deliveries.settle, delivery.id, "done")
    await database.writing(deliveries.release, claim, None, 0, None)
    assert await database.reading(deliveries.next_due) is None
    assert await database.reading(destinations.count, "pending") == 0
    assert await database.writing(deliveries.claim, NOON + town.DAY, 10) == []


async def test_a_worker_that_was_killed_leaves_its_work_to_the_next(database: Database, noord: Node) -> None:
    await database.writing(say, noord, "hello")
    await claimed(database)
    assert await database.reading(deliveries.next_due) == NOON + deliveries.LEASE
    assert await database.reading(things, await claimed(database, deliveries.LEASE)) == ["hello"]


async def test_the_same_bytes_are_queued_again(database: Database, noord: Node) -> None:
    activity = await database.writing(say, noord, "yes")
    assert await database.writing(outbox.keep_body, activity.id, b"first") == b"first"
    assert await database.writing(outbox.keep_body, activity.id, b"second") == b"first"
    claim = await claimed(database)
    [delivery] = await database.reading(deliveries.head, claim.origin, NOON)
    await database.writing(deliveries.settle, delivery.id, "done")
    await database.writing(deliveries.release, claim, None, 0, None)
    await database.writing(outbox.send_again, activity, noord.id, NOON + SOON)
    assert await database.reading(things, await claimed(database, SOON)) == ["yes"]


async def test_a_blocked_node_is_sent_nothing(database: Database) -> None:
    node = await database.writing(town.neighbour, "noord", blocked=True)
    await database.writing(say, node, "hello")
    assert await database.reading(destinations.count, "pending") == 0
    assert await database.writing(deliveries.claim, NOON, 10) == []


async def test_what_is_set_aside_waits_alone(database: Database, noord: Node) -> None:
    for word in ("refused", "hello"):
        await database.writing(say, noord, word)
    claim = await claimed(database)
    first, second = await database.reading(deliveries.head, claim.origin, NOON)
    await database.writing(deliveries.set_aside, first.id, "answered 401", NOON + town.DAY)
    assert [one.id for one in await database.reading(deliveries.head, claim.origin, NOON)] == [second.id]
    await database.writing(deliveries.settle, second.id, "done")
    await database.writing(deliveries.release, claim, None, 0, None)
    assert await database.reading(deliveries.next_due) == NOON + town.DAY
    [again] = await database.reading(deliveries.head, claim.origin, NOON + town.DAY)
    assert (again.id, again.attempts) == (first.id, 1)


# PostgreSQL, where several write at the same time


async def at_once(*acts: Coroutine[Any, Any, object]) -> None:
    await asyncio.wait_for(asyncio.gather(*acts), 30)


@pytest.mark.parametrize("kind", [POSTGRESQL], indirect=True)
async def test_a_worker_does_not_lay_to_rest_what_has_just_got_work(database: Database, noord: Node) -> None:
    """The worker sees that nothing waits; before it says so, something is queued. Fifty times."""
    await database.writing(say, noord, "the first")
    for number in range(50):
        claim = await claimed(database, timedelta(hours=number))
        for delivery in await database.reading(deliveries.head, claim.origin, NOON + 100 * town.DAY, 100):
            await database.writing(deliveries.settle, delivery.id, "done")
        rest = database.writing(deliveries.release, claim, None, 0, None)
        await at_once(rest, database.writing(say, noord, f"message {number}"))
        assert await database.reading(destinations.count, "pending") == 1
        assert await database.reading(deliveries.next_due) is not None


@pytest.mark.parametrize("kind", [POSTGRESQL], indirect=True)
async def test_those_who_write_to_a_new_host_at_once_all_succeed(database: Database) -> None:
    for number in range(20):
        node = await database.writing(town.neighbour, f"node{number}")
        await at_once(*(database.writing(say, node, words) for words in "abcd"))
        assert sorted(await database.reading(things, await claimed(database))) == list("abcd")


@pytest.mark.parametrize("kind", [POSTGRESQL], indirect=True)
async def test_of_two_who_wait_for_each_other_both_succeed(database: Database) -> None:
    nodes = [await database.writing(town.neighbour, name) for name in ("noord", "zuid")]
    for node in nodes:
        await database.writing(say, node, "hello")

    def hold(tx: Transaction, order: list[Node]) -> None:
        for node in order:
            deliveries.still_mine(tx, deliveries.Claim(node.origin, 0, 0))

    await at_once(database.writing(hold, nodes), database.writing(hold, nodes[::-1]))
