"""The hub's relay: what a member says to the whole municipality goes on to the other members, byte for byte.

The hub only carries: each member believes the author's own proof, never the hub's word (`wire.md` 5).
"""

from datetime import datetime
from typing import Any

from node.federation.documents import listed, origin_of, uri_of
from node.neighbourhood.node import Node, NodeKind
from node.storage import nodes
from node.storage import relay as kept
from node.storage.database import Transaction

HANDED_ON = ("Create", "Update", "Delete")


def hand_on(tx: Transaction, node: Node, body: bytes, activity: dict[str, Any], at: datetime) -> None:
    """At the hub: queue a member's message for all other members, if it is for them. Only what it proved."""
    if not tx.home.is_hub or not nodes.get(tx, node.id).member:
        return
    uri, thing = uri_of(activity), uri_of(activity.get("object"))
    if uri is None or thing is None or thing == node.actor:
        return
    if origin_of(thing) != node.origin:  # nobody else's posts: the members would not believe it either
        return
    if activity.get("type") in HANDED_ON and tx.home.directory in _named(activity):
        kept.pass_on(tx, node.id, uri, str(activity["type"]), thing, body, at)


def may_hand_on(tx: Transaction, carrier: str, author: str, activity: dict[str, Any]) -> bool:
    """At a member: whether this carrier is our own hub, the author one of its members, not blocked, and what
    it says for all of them: nobody carries what is for one alone."""
    hub, node = nodes.by_actor(tx, carrier), nodes.by_actor(tx, author)
    if hub is None or not hub.member or hub.kind is not NodeKind.HUB:
        return False
    return node is not None and node.member and hub.directory in _named(activity)


def _named(activity: dict[str, Any]) -> list[Any]:
    return [*listed(activity.get("to")), *listed(activity.get("cc"))]
