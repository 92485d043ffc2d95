"""Releasing: a request that nobody answers goes one ring further, if its poster agreed to that. By day."""

from dataclasses import replace
from datetime import datetime

from node.acts import pace, publish
from node.neighbourhood.activity import Happening
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.timers import is_day, may_release, next_ring
from node.storage import letters, log, nodes
from node.storage.database import Transaction


def widen(tx: Transaction, post: Post, at: datetime) -> bool:
    """Let the next ring see it, tell every node that may hold it now, and tell the poster.

    False, and nothing happens: at night, without consent, and while there is no wider ring that we reach.
    Done by the node itself.
    """
    ring = next_ring(post, reachable(tx))
    if ring is None or not may_release(post) or not is_day(at, tx.home.pace, tx.home.zone):
        return False
    after = replace(post.moved(State.RELEASED, at), audience=ring, released=at)
    pace.save(tx, after, at)
    log.record(tx, Happening.RELEASED, None, post.id, at, ring)
    publish.update(tx, after, at)
    letters.add(tx, "released", at, resident_id=post.author, post=post.id)
    return True


def reachable(tx: Transaction) -> set[Audience]:
    """The rings in which somebody would see it: next door if there are neighbours, the municipality through a
    hub. None while we speak with nobody."""
    rings: set[Audience] = set()
    if not tx.home.federates:
        return rings
    if not tx.home.is_hub and nodes.neighbours(tx):
        rings.add(Audience.ADJACENT)
    if nodes.hub_actor(tx) is not None:
        rings.add(Audience.MUNICIPALITY)
    return rings
