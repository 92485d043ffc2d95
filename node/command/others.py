"""Other nodes from the machine itself: the borders with them. Done by name, as *console*."""

from datetime import datetime

from node.acts import moving
from node.acts import nodes as borders
from node.command.answers import Answer, iso
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage import lookups, nodes
from node.storage.database import Transaction
from node.storage.lookups import Lookup


def node_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    asked = [*lookups.open_for(tx, "neighbour"), *lookups.open_for(tx, "new home")]
    return {
        "nodes": [told(node) for node in nodes.everyone(tx)],
        "looked_up": [{"address": one.subject, "tries": one.attempts, "error": one.error} for one in asked],
    }


def node_add(tx: Transaction, settings: Settings, at: datetime, address: str) -> Answer:
    borders.ask(tx, console(at), address, at)
    return {"address": address}


def node_accept(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.say_yes(tx, console(at), find_node(tx, which).id, at))


def node_refuse(tx: Transaction, settings: Settings, at: datetime, which: str, reason: str) -> Answer:
    return told(borders.say_no(tx, console(at), find_node(tx, which).id, reason, at))


def node_end(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    typed = [*lookups.open_for(tx, "neighbour"), *lookups.open_for(tx, "hub")]
    asked = [one for one in typed if one.subject == which.strip()]
    if asked:
        return not_looked_up(tx, asked, at)
    return told(borders.end(tx, console(at), find_node(tx, which).id, at))


def node_block(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.block(tx, console(at), find_node(tx, which).id, at))


def node_unblock(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.unblock(tx, console(at), find_node(tx, which).id, at))


def node_pause(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.pause(tx, console(at), find_node(tx, which).id, at))


def node_resume(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.resume(tx, console(at), find_node(tx, which).id, at))


def node_move_to(tx: Transaction, settings: Settings, at: datetime, address: str) -> Answer:
    moving.ask(tx, console(at), address, at)
    return {"address": address}


def node_follow(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(moving.follow(tx, console(at), find_node(tx, which).id, at))


def node_confirm(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return told(borders.confirm_keys(tx, console(at), find_node(tx, which).id, at))


def find_node(tx: Transaction, which: str) -> Node:
    """A node by id, address, actor or name, when only one is called so."""
    words = which.strip().rstrip("/")
    found = [n for n in nodes.everyone(tx) if words in (n.id, n.origin, n.actor, n.name)]
    if len(found) != 1:
        raise Invalid({"node": phrase("Write the address of one node, as `node list` shows it.")})
    return found[0]


def not_looked_up(tx: Transaction, asked: list[Lookup], at: datetime) -> Answer:
    """These addresses, that somebody typed, are looked up no more."""
    for one in asked:
        borders.stop_looking(tx, console(at), one.id)
    return {"forgotten": [one.subject for one in asked]}


def told(node: Node) -> Answer:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "url": (node.url or node.origin).rstrip("/"),
        "origin": node.origin,
        "actor": node.actor,
        "area": node.area,
        "standing": node.standing,
        "alarm": node.alarm,
        "paused": node.paused,
        "moved_to": node.leaves_for,
        "last_seen": iso(node.last_seen),
    }
