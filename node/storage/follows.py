"""Which districts somebody sees on their own front page: what they chose, and what is usual."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, select

from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.node import Node
from node.neighbourhood.resident import Resident
from node.storage import nodes
from node.storage.database import Transaction
from node.storage.tables import follows

_WISHES = select(follows.c.node_id, follows.c.wish).where(follows.c.resident_id == bindparam("resident"))


@dataclass(frozen=True)
class District:
    """A node whose posts we hold: how near it is, what this person said about it, and what follows from that.

    `shown`: its posts stand on this person's front page.
    """

    node: Node
    ring: Ring
    wish: Wish | None
    shown: bool


def choose(tx: Transaction, resident_id: str, node_id: str, wish: Wish) -> None:
    """Keep what somebody wants of a district, over what they said before."""
    if not tx.add_new(follows, resident_id=resident_id, node_id=node_id, wish=wish):
        tx.run(follows.update().where(_said(resident_id, node_id)).values(wish=wish))


def forget(tx: Transaction, resident_id: str, node_id: str) -> None:
    """Back to what is usual for a district."""
    tx.run(follows.delete().where(_said(resident_id, node_id)))


def wishes(tx: Transaction, resident_id: str) -> dict[str, Wish]:
    """What somebody said, by node."""
    return {row[0]: row[1] for row in tx.run(_WISHES, {"resident": resident_id})}


def districts(tx: Transaction, who: Resident | None) -> list[District]:
    """All districts around, next door first, then those elsewhere in the municipality; each by name.

    Without a word those next door are shown, the others are not; at a hub all its members are. Somebody who
    is not let in said nothing yet.
    """
    return with_wishes(tx, wishes_of(tx, who))


def wishes_of(tx: Transaction, who: Resident | None) -> dict[str, Wish]:
    """What somebody said, by node; nothing of who is not let in."""
    return wishes(tx, who.id) if who is not None and who.admitted is not None else {}


def with_wishes(tx: Transaction, said: Mapping[str, Wish]) -> list[District]:
    """All districts around as somebody sees them who said this."""
    near = nodes.neighbours(tx)
    known = {node.id for node in near}
    further = [node for node in nodes.members(tx) if node.id not in known]
    rings = [*((node, Ring.NEXT_DOOR) for node in near), *((node, Ring.TOWN) for node in further)]
    return [_district(node, ring, said.get(node.id), tx.home.is_hub) for node, ring in rings]


def _district(node: Node, ring: Ring, wish: Wish | None, at_hub: bool) -> District:
    usual = at_hub or ring is Ring.NEXT_DOOR
    return District(node, ring, wish, usual if wish is None else wish is Wish.FOLLOW)


def _said(resident_id: str, node_id: str) -> ColumnElement[bool]:
    return and_(follows.c.resident_id == resident_id, follows.c.node_id == node_id)
