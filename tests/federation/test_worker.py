"""The work of this door, as it starts, stops, and goes on whatever comes."""

import asyncio

from node.federation import worker
from node.storage.database import Transaction
from tests.federation.town_of_nodes import Nodes


def _nothing(tx: Transaction) -> None:
    """An act that changes nothing; its COMMIT wakes the workers all the same."""


async def test_it_stops_also_when_something_was_committed_just_now(strangers: Nodes) -> None:
    place, *_ = strangers
    await place.stop()
    for _ in range(50):
        running = asyncio.create_task(worker.run(place.door))
        for _ in range(3):
            await place.database.writing(_nothing)
        running.cancel()
        await asyncio.wait({running}, timeout=5)
        assert running.done()
