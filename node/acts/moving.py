"""Moving: a neighbourhood lives at another address from now on, and whoever follows it is told where.

The new node names the old one (`formerly` in its settings), the old one names the new: only so others believe
it. Posts do not move along; neighbours ask each other anew, by a yes of their operators.
"""

from dataclasses import replace
from datetime import datetime

from node.acts import alerts
from node.acts import nodes as borders
from node.neighbourhood.account import MOVES_EVERY
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Severity
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, Role, require
from node.storage import blocks, log, lookups, nodes, outbox, policies, spread
from node.storage.database import Transaction

ADDRESS_LENGTH = 500


def ask(tx: Transaction, by: Resident, address: str, at: datetime) -> None:
    """Say where we live from now on. It is looked at first: does that one say that it was us? Only an
    operator, and once."""
    require(by, Deed.RUN_BORDERS)
    address = address.strip()
    if not address.isprintable() or not 3 < len(address) <= ADDRESS_LENGTH or "." not in address:
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


# When another node moves


def hears(tx: Transaction, node: Node, target: str, origin: str, at: datetime) -> None:
    """A node says that it lives at another address (`target`, of `origin`): we look at both. Only of a
    neighbour, a hub or a member of ours, not at whom we block, one move at a time, and none within thirty
    days of the last (A19)."""
    if not node.chosen or node.blocked or _moved_lately(node, at) or len(target) > ADDRESS_LENGTH:
        return
    there = nodes.by_origin(tx, origin)
    blocked = there is not None and there.blocked
    if blocked or blocks.severity(tx, origin, target) is Severity.BLOCK:
        return
    if not lookups.begins(tx, "node moves", f"{node.id} "):
        lookups.ask(tx, "node moves", f"{node.id} {target}", at)


def leaves(tx: Transaction, node_id: str, actor: str, at: datetime) -> None:
    """Both the old and the new one say so: our operators are told, and nothing else happens."""
    node = nodes.get(tx, node_id, lock=True)
    if not node.chosen or node.blocked or _moved_lately(node, at):
        return
    nodes.save(tx, replace(node, moved_to=actor, moved=at))
    log.record(tx, Happening.NODE_MOVED, node.id, node.id, at)
    alerts.to_role(tx, Role.OPERATOR, "node moved", at)


def follow(tx: Transaction, by: Resident, node_id: str, at: datetime) -> Node:
    """A neighbour moved: its new address is asked as any other, and the old one is let go. Only an operator;
    the other one has to say yes as well."""
    require(by, Deed.RUN_BORDERS)
    node = nodes.get(tx, node_id, lock=True)
    if node.leaves_for is None or not node.we_claim:
        raise Conflict(phrase("This is no neighbour that moved."))
    borders.ask(tx, by, node.leaves_for, at)
    return borders.end(tx, by, node.id, at)


def _moved_lately(node: Node, at: datetime) -> bool:
    return node.moved is not None and at - node.moved < MOVES_EVERY
