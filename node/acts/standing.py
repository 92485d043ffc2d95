"""What follows when another node comes nearer to ours, or goes: what it may hold is sent, or called back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from node.acts import held, publish
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_hold
from node.neighbourhood.node import Node
from node.storage import log, lookups, nodes, outbox, posts
from node.storage.database import Transaction


def moved(tx: Transaction, node: Node, at: datetime, **change: object) -> Node:
    """Keep how a node stands to us now; when it comes nearer or goes by this, do what belongs to that."""
    after: Node = _replace(node, **change)
    nodes.save(tx, after)
    if after.active and not node.active:
        log.record(tx, Happening.NODE_ACTIVE, None, node.id, at)
    if (after.active and not node.active) or (after.member and not node.member):
        outbox.forget_called_back(tx, node.id)
        lookups.ask(tx, "outbox", node.id, at)
        say_changed(tx, after, at)
    if (node.active and not after.active) or (node.member and not after.member):
        _call_back(tx, after, at)
        held.drop_beyond(tx, after)
    return after


_replace: Callable[..., Node] = replace


def say_changed(tx: Transaction, node: Node, at: datetime) -> None:
    """Have a node look at us again: it may have read our outbox before we knew how it stands to us."""
    outbox.send_to(tx, outbox.add(tx, "Update", tx.home.actor, {"node": node.id}, at), node.id)


def _call_back(tx: Transaction, node: Node, at: datetime) -> None:
    """Ask a node to throw away what it may no longer hold of ours; the rest stays there. One that we block
    hears nothing (`wire.md` 2), also not what still waits for it."""
    for uri in outbox.shared_with(tx, node.id):
        post = posts.by_uri(tx, uri)
        if node.blocked:
            outbox.drop_waiting(tx, uri, node.id)
        elif post is not None and not may_hold(node, post):
            publish.delete_at(tx, post, node.id, at)
