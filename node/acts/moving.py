"""Moving: this neighbourhood lives at another address from now on, and whoever follows it is told where.

The new node names the old one (`formerly` in its settings), the old one names the new: only so others believe
it. Posts do not move along; neighbours ask each other anew, by a yes of their operators.
"""

from datetime import datetime

from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import log, lookups, outbox, policies, spread
from node.storage.database import Transaction


def ask(tx: Transaction, by: Resident, address: str, at: datetime) -> None:
    """Say where we live from now on. It is looked at first: does that one say that it was us? Only an
    operator, and once."""
    require(by, Deed.RUN_BORDERS)
    address = address.strip()
    if not address.isprintable() or not 3 < len(address) <= 500 or "." not in address:
        raise Invalid(
            {"address": phrase("Write the address of the other node, such as https://buurt.example.")}
        )
    if address.rstrip("/") in (tx.home.origin, tx.home.actor):
        raise Invalid({"address": phrase("This is our own address.")})
    if policies.moved_to(tx) is not None:
        raise Conflict(phrase("We moved already. That cannot be undone."))
    lookups.ask(tx, "new home", address, at, by.id)


def moved(tx: Transaction, actor: str, at: datetime) -> None:
    """The new one was looked up, and names us: everybody who follows us is told, once."""
    if policies.moved_to(tx) is not None:
        return
    policies.set_moved_to(tx, actor)
    told = outbox.add(tx, "Move", tx.home.actor, {"target": actor}, at)
    outbox.send_to_partners(tx, told)
    spread.to_followers(tx, told, None, at)
    log.record(tx, Happening.MOVED_AWAY, None, actor, at)
