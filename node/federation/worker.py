"""What this door does by itself: carry deliveries, answer look-ups, and confirm what was taken in."""

import asyncio
from datetime import datetime

from node import clock
from node.federation import delivery, lookups
from node.federation.door import Federation
from node.federation.errands import LOOK_EVERY
from node.storage import outbox, seen
from node.storage.database import Transaction


async def run(door: Federation) -> None:
    """All of it, until cancelled; if one part fails, all stop and the error comes out."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(delivery.run(door), name="delivery")
            group.create_task(lookups.run(door), name="look-ups")
            group.create_task(_receipts(door), name="receipts")
    finally:
        await door.remote.close()


async def _receipts(door: Federation) -> None:
    """Tell the home of each post that its copy is here, or gone: at most once a minute per node (`wire.md`
    8)."""
    while True:
        due = await door.database.reading(seen.next_receipts)
        if due is not None and due <= clock.now():
            await door.database.writing(_confirm, clock.now())
        await asyncio.sleep(LOOK_EVERY)  # once a minute for each node: nothing is gained by looking sooner


def _confirm(tx: Transaction, at: datetime) -> None:
    for node_id, uris in seen.receipts_due(tx, at).items():
        receipt = outbox.add(tx, "Accept", uris[0], {"node": node_id, "receipts": uris}, at)
        outbox.send_to(tx, receipt, node_id)
