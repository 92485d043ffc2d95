"""Invites of other nodes' brokers to our people, and our people's answers to them (`wire.md` 6)."""

from datetime import datetime
from typing import Any

from node.acts import invites
from node.federation.documents import moment_of, uri_of
from node.neighbourhood.node import Node
from node.storage.database import Transaction


def invite(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A neighbour, or a member of our hub, may ask one of our people to help with its own post, through their
    own offer."""
    post, offer = uri_of(activity.get("object")), uri_of(activity.get("target"))
    ends = moment_of(activity.get("endTime"))
    if post is not None and offer is not None and ends is not None:
        invites.arrived(tx, node, str(activity["id"]), post, offer, ends, at)
