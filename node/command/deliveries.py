"""What does not get through, from the machine itself: who does not answer, and trying again. As *console*."""

from datetime import datetime
from typing import Any

from node.acts import deliveries
from node.command.answers import Answer, iso
from node.command.others import find_node
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage import destinations
from node.storage.database import Transaction
from node.storage.destinations import GIVEN_UP, PARKED, Failing, Laid

MOST = 1000  # messages of each sort in a list


def delivery_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {
        "failing": [_failing(one) for one in destinations.failing(tx)],
        "parked": [_laid(one) for one in destinations.laid_aside(tx, PARKED, 0, MOST)],
        "given_up": [_laid(one) for one in destinations.laid_aside(tx, GIVEN_UP, 0, MOST)],
        "waiting": destinations.count(tx, "pending"),
    }


def delivery_now(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    node = find_node(tx, which)
    deliveries.try_now(tx, console(at), node.id, at)
    return {"id": node.id, "name": node.name}


def delivery_again(tx: Transaction, settings: Settings, at: datetime, number: int) -> Answer:
    deliveries.send_again(tx, console(at), number, at)
    return {"id": number}


def _failing(one: Failing) -> dict[str, Any]:
    moments = {name: iso(getattr(one, name)) for name in ("again", "oldest", "heard")}
    return {**vars(one), **moments}


def _laid(one: Laid) -> dict[str, Any]:
    return {**vars(one), "created": iso(one.created)}
