"""What does not get through: an operator has it tried again, without waiting for its time."""

from datetime import datetime

from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import destinations, nodes
from node.storage.database import Transaction


def try_now(tx: Transaction, by: Resident, node_id: str, at: datetime) -> None:
    """Try at once what waits for a node; when nothing waits there, nothing happens. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    destinations.due_now(tx, nodes.get(tx, node_id).origin, at)


def send_again(tx: Transaction, by: Resident, delivery_id: int, at: datetime) -> None:
    """Send a message again that the other side refused too often: as the same bytes. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    if not destinations.send_parked(tx, delivery_id, at):
        raise NotFound(phrase("This message is not here, or no longer."))
